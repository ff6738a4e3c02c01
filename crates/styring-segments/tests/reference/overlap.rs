//! Pairs, regions and reach of exact sets, in every exact engine.

use std::collections::BTreeMap;

use serde::Deserialize;
use styring_segments::overlap::{Added, AudienceSet, Audiences, Ratio};
use styring_testkit::reference::{Check, Reference};

use crate::ordered::{Ordered, Spec};

#[derive(Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
enum Input {
    Pairwise { sets: Ordered<Spec> },
    Venn { sets: Ordered<Spec> },
    Incremental { sets: Ordered<Spec>, order: Vec<String> },
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Expected {
    Pairwise(Pairwise),
    Venn(Venn),
    Incremental(Incremental),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pairwise {
    sizes: BTreeMap<String, u64>,
    pairs: Vec<Pair>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Pair {
    a: String,
    b: String,
    intersection: u64,
    union: u64,
    a_minus_b: u64,
    b_minus_a: u64,
    jaccard: Option<f64>,
    overlap_coefficient: Option<f64>,
    share_of_a: Option<f64>,
    share_of_b: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Venn {
    exclusive: BTreeMap<String, u64>,
    inclusive: BTreeMap<String, u64>,
    members_in_exactly_k: BTreeMap<String, u64>,
    union: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Incremental {
    steps: Vec<Step>,
    greedy: Vec<Pick>,
    only_in: BTreeMap<String, u64>,
}

#[derive(Deserialize, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
struct Step {
    name: String,
    size: u64,
    new: u64,
    duplicated: u64,
    cumulative: u64,
}

#[derive(Deserialize, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
struct Pick {
    name: String,
    new: u64,
    cumulative: u64,
}

impl From<Added<u64>> for Step {
    fn from(Added { name, size, new, duplicated, cumulative, .. }: Added<u64>) -> Self {
        Self { name, size, new, duplicated, cumulative }
    }
}

fn ratio(check: &mut Check, what: &str, got: Ratio, expected: Option<f64>) {
    match (got.value(), expected) {
        (Ok(got), Some(expected)) => check.float(what, got, expected),
        (Err(_), None) => {}
        (got, expected) => check.fail(format!("{what}: got {got:?}, expected {expected:?}")),
    }
}

fn pairwise<S: AudienceSet<Count = u64>>(check: &mut Check, audiences: &Audiences<S>, expected: &Pairwise) {
    let table = audiences.pairs().expect("a table");
    let sizes = table.sizes.into_iter().map(|set| (set.name, set.size)).collect();
    check.equal("sizes", &sizes, &expected.sizes);
    check.equal("pairs", &table.pairs.len(), &expected.pairs.len());
    for (got, expected) in table.pairs.iter().zip(&expected.pairs) {
        check.equal("a", &got.a, &expected.a);
        check.equal("b", &got.b, &expected.b);
        check.equal("intersection", &got.intersection, &expected.intersection);
        check.equal("union", &got.union, &expected.union);
        check.equal("a_minus_b", &got.a_minus_b, &expected.a_minus_b);
        check.equal("b_minus_a", &got.b_minus_a, &expected.b_minus_a);
        ratio(check, "jaccard", got.jaccard, expected.jaccard);
        ratio(check, "overlap_coefficient", got.overlap_coefficient, expected.overlap_coefficient);
        ratio(check, "share_of_a", got.share_of_a, expected.share_of_a);
        ratio(check, "share_of_b", got.share_of_b, expected.share_of_b);
    }
}

fn venn<S: AudienceSet<Count = u64>>(check: &mut Check, audiences: &Audiences<S>, expected: &Venn) {
    let regions = audiences.regions().expect("regions");
    let exclusive = regions.regions().into_iter().map(|region| (region.sets.join("&"), region.exclusive)).collect();
    check.equal("exclusive", &exclusive, &expected.exclusive);
    let all = regions.combinations(64).expect("combinations");
    let inclusive = all.into_iter().map(|region| (region.sets.join("&"), region.inclusive)).collect();
    check.equal("inclusive", &inclusive, &expected.inclusive);
    let by_number = regions.by_number_of_sets();
    let by_number = by_number.into_iter().map(|(sets, people)| (sets.to_string(), people)).collect();
    check.equal("members_in_exactly_k", &by_number, &expected.members_in_exactly_k);
    check.equal("union", &regions.union(), &expected.union);
}

fn incremental<S: AudienceSet<Count = u64>>(
    check: &mut Check,
    audiences: &Audiences<S>,
    order: &[String],
    expected: &Incremental,
) {
    let regions = audiences.regions().expect("regions");
    let order: Vec<&str> = order.iter().map(String::as_str).collect();
    let steps: Vec<Step> = regions.added(&order).expect("steps").into_iter().map(Step::from).collect();
    check.equal("steps", &steps, &expected.steps);
    let greedy: Vec<Pick> = regions
        .added_greedily()
        .into_iter()
        .map(|Added { name, new, cumulative, .. }| Pick { name, new, cumulative })
        .collect();
    check.equal("greedy", &greedy, &expected.greedy);
    let only_in = regions.only_in().into_iter().map(|set| (set.name, set.size)).collect();
    check.equal("only_in", &only_in, &expected.only_in);
}

fn run<S: AudienceSet<Count = u64>>(
    check: &mut Check,
    input: &Input,
    expected: &Expected,
    engine: impl Fn(&Ordered<Spec>) -> Audiences<S>,
) {
    match (input, expected) {
        (Input::Pairwise { sets }, Expected::Pairwise(expected)) => pairwise(check, &engine(sets), expected),
        (Input::Venn { sets }, Expected::Venn(expected)) => venn(check, &engine(sets), expected),
        (Input::Incremental { sets, order }, Expected::Incremental(expected)) => {
            incremental(check, &engine(sets), order, expected);
        }
        _ => check.fail("the expectation is not of the kind of the input"),
    }
}

#[test]
fn overlap_exact() {
    Reference::new("segments", "overlap_exact").run(|input: Input, expected: Expected, check| {
        run(check, &input, &expected, Ordered::audiences);
        #[cfg(feature = "roaring")]
        {
            use styring_segments::overlap::{RoaringIds, RoaringIds64};

            let narrow = |id: &u64| u32::try_from(*id).expect("32 bits");
            run(check, &input, &expected, |sets| {
                let sets = sets.audiences();
                let sets = sets.iter().map(|(name, set)| (name, set.ids().iter().map(narrow).collect::<RoaringIds>()));
                Audiences::new(sets).expect("names that differ")
            });
            run(check, &input, &expected, |sets| {
                let sets = sets.audiences();
                let sets = sets.iter().map(|(name, set)| (name, set.ids().iter().copied().collect::<RoaringIds64>()));
                Audiences::new(sets).expect("names that differ")
            });
        }
    });
}
