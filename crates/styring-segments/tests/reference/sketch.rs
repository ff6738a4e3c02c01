//! Sketches as the C++ core of DataSketches makes them.

use serde::Deserialize;
use styring_segments::overlap::{
    AudienceSet, Audiences, CpcCounter, Deviations, DistinctCount, HllCounter, HllWidth, ThetaBuilder, ThetaSketch,
};
use styring_testkit::reference::{Check, Reference};

use crate::bytes::{base64, sha256};

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Items {
    U64 {
        start: u64,
        stop: u64,
        #[serde(default = "one")]
        step: usize,
    },
    Str {
        prefix: String,
        start: u64,
        stop: u64,
        #[serde(default = "one")]
        step: usize,
    },
    List {
        items: Vec<String>,
    },
}

fn one() -> usize {
    1
}

impl Items {
    fn each(&self, mut number: impl FnMut(u64), mut text: impl FnMut(&str)) {
        let (mut one, mut other) = (Vec::new(), Vec::new());
        match self {
            Self::U64 { start, stop, step } => one.extend((*start..*stop).step_by(*step)),
            Self::Str { prefix, start, stop, step } => {
                other.extend((*start..*stop).step_by(*step).map(|index| format!("{prefix}{index}")));
            }
            Self::List { items } => other.clone_from(items),
        }
        for id in one {
            number(id);
        }
        for id in &other {
            text(id);
        }
    }
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum ThetaInput {
    Single { items: Items, lg_k: u8, seed: u64 },
    SetOps { a: Items, b: Items, lg_k: u8, seed: u64 },
    UnionMany { items: Vec<Items>, lg_k: u8, seed: u64 },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum ThetaExpected {
    Single(Sketch),
    SetOps(Box<SetOps>),
    UnionMany(UnionMany),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sketch {
    estimate: f64,
    theta64: String,
    num_retained: usize,
    is_empty: bool,
    estimation_mode: bool,
    lower: [f64; 3],
    upper: [f64; 3],
    byte_compare: bool,
    serialized_sha256: String,
    serialized_len: usize,
    serialized_b64: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetOps {
    union: Sketch,
    intersection: Sketch,
    a_not_b: Sketch,
    b_not_a: Sketch,
    jaccard: Jaccard,
    #[serde(rename = "exact")]
    _exact: Truth,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Jaccard {
    lower: f64,
    estimate: f64,
    upper: f64,
}

/// Not for a sketch to reproduce; `tests/calibration.rs` holds estimates against the truth.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Truth {
    #[serde(rename = "union")]
    _union: u64,
    #[serde(rename = "intersection")]
    _intersection: u64,
    #[serde(rename = "a_not_b")]
    _a_not_b: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UnionMany {
    result: Sketch,
    #[serde(rename = "exact")]
    _exact: u64,
}

const WIDTHS: [Deviations; 3] = [Deviations::One, Deviations::Two, Deviations::Three];

fn theta(items: &Items, lg_k: u8, seed: u64) -> ThetaSketch {
    let mut numbers = ThetaBuilder::with_seed(lg_k, seed).expect("a builder");
    let mut texts = ThetaBuilder::with_seed(lg_k, seed).expect("a builder");
    items.each(|id| numbers.insert(id), |id| texts.insert_text(id));
    if matches!(items, Items::U64 { .. }) { numbers.sketch() } else { texts.sketch() }
}

fn compare(check: &mut Check, what: &str, got: &ThetaSketch, expected: &Sketch, seed: u64) {
    let count = got.cardinality();
    check.float(&format!("{what}.estimate"), count.value(), expected.estimate);
    check.equal(&format!("{what}.theta64"), &got.theta64().to_string(), &expected.theta64);
    check.equal(&format!("{what}.num_retained"), &got.retained(), &expected.num_retained);
    check.equal(&format!("{what}.is_empty"), &got.is_empty(), &expected.is_empty);
    check.equal(&format!("{what}.estimation_mode"), &got.is_estimate(), &expected.estimation_mode);
    for (index, width) in WIDTHS.into_iter().enumerate() {
        let (lower, upper) = count.bounds(width);
        check.float(&format!("{what}.lower.{index}"), lower, expected.lower[index]);
        check.float(&format!("{what}.upper.{index}"), upper, expected.upper[index]);
    }
    let bytes = got.to_bytes();
    check.equal(&format!("{what}.len"), &bytes.len(), &expected.serialized_len);
    check.equal(&format!("{what}.same bytes"), &(sha256(&bytes) == expected.serialized_sha256), &expected.byte_compare);
    let foreign = expected.serialized_b64.as_deref().map_or(bytes, base64);
    match ThetaSketch::from_bytes_with_seed(&foreign, seed) {
        Ok(read) => check.equal(&format!("{what}.read"), &read.to_bytes(), &got.to_bytes()),
        Err(fault) => check.fail(format!("{what}.read: {fault}")),
    }
}

#[test]
fn sketch_theta() {
    Reference::new("segments", "sketch_theta").run(|input: ThetaInput, expected: ThetaExpected, check| {
        match (input, expected) {
            (ThetaInput::Single { items, lg_k, seed }, ThetaExpected::Single(expected)) => {
                compare(check, "sketch", &theta(&items, lg_k, seed), &expected, seed);
            }
            (ThetaInput::SetOps { a, b, lg_k, seed }, ThetaExpected::SetOps(expected)) => {
                let (a, b) = (theta(&a, lg_k, seed), theta(&b, lg_k, seed));
                let union = ThetaSketch::union([&a, &b], lg_k).expect("one seed");
                let intersection = a.intersection(&b).expect("one seed");
                compare(check, "union", &union, &expected.union, seed);
                compare(check, "intersection", &intersection, &expected.intersection, seed);
                compare(check, "a_not_b", &a.difference(&b).expect("one seed"), &expected.a_not_b, seed);
                compare(check, "b_not_a", &b.difference(&a).expect("one seed"), &expected.b_not_a, seed);
                let jaccard = a.jaccard(&b).expect("one seed");
                check.float("jaccard.lower", jaccard.lower, expected.jaccard.lower);
                check.float("jaccard.estimate", jaccard.value, expected.jaccard.estimate);
                check.float("jaccard.upper", jaccard.upper, expected.jaccard.upper);
                // One table of the pair agrees with the sketches of its parts.
                let pair =
                    Audiences::new([("a", a), ("b", b)]).expect("two names").pairs().expect("one seed").pairs.remove(0);
                check.float("pair.intersection", pair.intersection.value(), expected.intersection.estimate);
                check.float("pair.lower", pair.intersection.lower(), expected.intersection.lower[1]);
                check.float("pair.upper", pair.intersection.upper(), expected.intersection.upper[1]);
            }
            (ThetaInput::UnionMany { items, lg_k, seed }, ThetaExpected::UnionMany(expected)) => {
                let sketches: Vec<ThetaSketch> = items.iter().map(|items| theta(items, lg_k, seed)).collect();
                let union = ThetaSketch::union(&sketches, lg_k).expect("one seed");
                compare(check, "union", &union, &expected.result, seed);
                let mut merged = ThetaSketch::empty();
                for sketch in &sketches {
                    merged.merge(sketch).expect("one seed");
                }
                compare(check, "merged", &merged, &expected.result, seed);
            }
            _ => check.fail("the expectation is not of the kind of the input"),
        }
    });
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum HllInput {
    Hll { items: Items, lg_k: u8, r#type: Width },
    HllUnion { items: Vec<Items>, lg_k: u8, r#type: Width },
}

#[derive(Deserialize, Clone, Copy)]
enum Width {
    #[serde(rename = "HLL_4")]
    Four,
    #[serde(rename = "HLL_6")]
    Six,
    #[serde(rename = "HLL_8")]
    Eight,
}

impl From<Width> for HllWidth {
    fn from(width: Width) -> Self {
        match width {
            Width::Four => Self::Four,
            Width::Six => Self::Six,
            Width::Eight => Self::Eight,
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum HllExpected {
    Hll(Hll),
    HllUnion(HllUnion),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Hll {
    estimate: f64,
    lower: [f64; 3],
    upper: [f64; 3],
    is_empty: bool,
    compact_sha256: String,
    compact_len: usize,
    compact_b64: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HllUnion {
    result: HllCount,
    #[serde(rename = "exact")]
    _exact: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HllCount {
    estimate: f64,
    lower: [f64; 3],
    upper: [f64; 3],
    is_empty: bool,
}

fn hll(items: &Items, lg_k: u8, width: Width) -> HllCounter {
    let mut numbers = HllCounter::new(lg_k, width.into()).expect("a counter");
    let mut texts = numbers.clone();
    items.each(|id| numbers.insert(id), |id| texts.insert_text(id));
    if matches!(items, Items::U64 { .. }) { numbers } else { texts }
}

fn counted(
    check: &mut Check,
    what: &str,
    count: DistinctCount,
    bounds: impl Fn(Deviations) -> (f64, f64),
    estimate: f64,
    lower: [f64; 3],
    upper: [f64; 3],
) {
    check.float(&format!("{what}.estimate"), count.value, estimate);
    for (index, width) in WIDTHS.into_iter().enumerate() {
        let bounds = bounds(width);
        check.float(&format!("{what}.lower.{index}"), bounds.0, lower[index]);
        check.float(&format!("{what}.upper.{index}"), bounds.1, upper[index]);
    }
}

/// Without the two bytes of the header that languages set in their own ways.
fn masked(mut bytes: Vec<u8>) -> Vec<u8> {
    bytes.iter_mut().skip(4).take(2).for_each(|byte| *byte = 0);
    bytes
}

#[test]
fn sketch_hll() {
    Reference::new("segments", "sketch_hll").run(|input: HllInput, expected: HllExpected, check| {
        match (input, expected) {
            (HllInput::Hll { items, lg_k, r#type }, HllExpected::Hll(expected)) => {
                let counter = hll(&items, lg_k, r#type);
                let foreign = base64(&expected.compact_b64);
                check.equal("sha256", &sha256(&foreign), &expected.compact_sha256);
                check.equal("is_empty", &counter.is_empty(), &expected.is_empty);
                counted(
                    check,
                    "own",
                    counter.count(),
                    |width| counter.bounds(width),
                    expected.estimate,
                    expected.lower,
                    expected.upper,
                );
                let bytes = counter.to_bytes();
                check.equal("len", &bytes.len(), &expected.compact_len);
                check.equal("bytes", &masked(bytes), &masked(foreign.clone()));
                match HllCounter::from_bytes(&foreign) {
                    Ok(read) => {
                        counted(
                            check,
                            "read",
                            read.count(),
                            |width| read.bounds(width),
                            expected.estimate,
                            expected.lower,
                            expected.upper,
                        );
                    }
                    Err(fault) => check.fail(fault),
                }
            }
            (HllInput::HllUnion { items, lg_k, r#type }, HllExpected::HllUnion(expected)) => {
                let counters: Vec<HllCounter> = items.iter().map(|items| hll(items, lg_k, r#type)).collect();
                let union = HllCounter::union(&counters, lg_k, r#type.into()).expect("a union");
                let HllCount { estimate, lower, upper, is_empty } = expected.result;
                check.equal("is_empty", &union.is_empty(), &is_empty);
                counted(check, "union", union.count(), |width| union.bounds(width), estimate, lower, upper);
            }
            _ => check.fail("the expectation is not of the kind of the input"),
        }
    });
}

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum CpcInput {
    Cpc { items: Items, lg_k: u8 },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cpc {
    estimate: f64,
    lower: [f64; 3],
    upper: [f64; 3],
    sha256: String,
    len: usize,
    b64: String,
}

#[test]
fn sketch_cpc() {
    Reference::new("segments", "sketch_cpc").run(|CpcInput::Cpc { items, lg_k }: CpcInput, expected: Cpc, check| {
        let mut numbers = CpcCounter::new(lg_k).expect("a counter");
        let mut texts = numbers.clone();
        items.each(|id| numbers.insert(id), |id| texts.insert_text(id));
        let counter = if matches!(items, Items::U64 { .. }) { numbers } else { texts };
        counted(
            check,
            "own",
            counter.count(),
            |width| counter.bounds(width),
            expected.estimate,
            expected.lower,
            expected.upper,
        );
        let bytes = counter.to_bytes();
        check.equal("len", &bytes.len(), &expected.len);
        check.equal("sha256", &sha256(&bytes), &expected.sha256);
        match CpcCounter::from_bytes(&base64(&expected.b64)) {
            Ok(read) => {
                counted(
                    check,
                    "read",
                    read.count(),
                    |width| read.bounds(width),
                    expected.estimate,
                    expected.lower,
                    expected.upper,
                );
                check.equal("written again", &read.to_bytes(), &bytes);
            }
            Err(fault) => check.fail(fault),
        }
    });
}
