//! Bytes of Roaring bitmaps, as CRoaring writes them.

use serde::Deserialize;
use styring_segments::overlap::{AudienceSet, RoaringForm, RoaringIds, RoaringIds64};
use styring_testkit::reference::Reference;

use crate::bytes::{base64, sha256};
use crate::ordered::Spec;

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Input {
    Roaring32 { set: Spec, plain_b64: String, runopt_b64: String },
    Roaring64 { set: Spec, b64: String },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Expected {
    Roaring32(Expected32),
    Roaring64(Expected64),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected32 {
    cardinality: u64,
    min: Option<u32>,
    max: Option<u32>,
    plain_sha256: String,
    runopt_sha256: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected64 {
    cardinality: u64,
    min: Option<String>,
    max: Option<String>,
    sha256: String,
}

#[test]
fn roaring_interop() {
    Reference::new("segments", "roaring_interop").run(|input: Input, expected: Expected, check| {
        match (input, expected) {
            (Input::Roaring32 { set, plain_b64, runopt_b64 }, Expected::Roaring32(expected)) => {
                let ids = set.set();
                let set: RoaringIds = ids.ids().iter().map(|id| u32::try_from(*id).expect("32 bits")).collect();
                check.equal("cardinality", &set.cardinality(), &expected.cardinality);
                check.equal("min", &set.min(), &expected.min);
                check.equal("max", &set.max(), &expected.max);
                check.equal("plain", &sha256(&set.to_bytes(RoaringForm::Plain)), &expected.plain_sha256);
                check.equal("runs", &sha256(&set.to_bytes(RoaringForm::Runs)), &expected.runopt_sha256);
                for text in [plain_b64, runopt_b64] {
                    let read = RoaringIds::from_bytes(&base64(&text)).map(|set| set.ids().collect::<Vec<_>>());
                    check.equal("read", &read, &Ok(set.ids().collect()));
                }
            }
            (Input::Roaring64 { set, b64 }, Expected::Roaring64(expected)) => {
                let set: RoaringIds64 = set.set().ids().iter().copied().collect();
                check.equal("cardinality", &set.cardinality(), &expected.cardinality);
                check.equal("min", &set.min().map(|id| id.to_string()), &expected.min);
                check.equal("max", &set.max().map(|id| id.to_string()), &expected.max);
                // A file has one form: that of its first block, whose cookie stands after the number of blocks and the upper half.
                let bytes = base64(&b64);
                let runs = bytes.get(12..14) == Some(&12_347_u16.to_le_bytes());
                let form = if runs { RoaringForm::Runs } else { RoaringForm::Plain };
                check.equal("bytes", &sha256(&set.to_bytes(form)), &expected.sha256);
                let read = RoaringIds64::from_bytes(&bytes).map(|set| set.ids().collect::<Vec<_>>());
                check.equal("read", &read, &Ok(set.ids().collect()));
            }
            _ => check.fail("the expectation is not of the kind of the input"),
        }
    });
}
