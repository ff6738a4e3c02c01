//! The reference cases of this crate, and the example that every text on the method shows.
#![allow(clippy::expect_used, clippy::float_cmp)]

use serde::Deserialize;
use styring_testkit::reference::Reference;
use styring_triangle::{ChainLadder, Triangle};

#[derive(Deserialize)]
#[serde(tag = "fn", rename_all = "snake_case", deny_unknown_fields)]
enum Input {
    ChainLadder {
        #[serde(rename = "dataset")]
        _dataset: String,
        cumulative: Vec<Vec<f64>>,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    factors: Vec<f64>,
    sigma2: Vec<f64>,
    ultimate: Vec<f64>,
    se: Vec<f64>,
    total_se: f64,
}

#[test]
fn ltv_chain_ladder() {
    Reference::new("metrics", "ltv_chain_ladder").run(|input: Input, expected: Expected, check| {
        let Input::ChainLadder { cumulative, .. } = input;
        let ladder = ChainLadder::fit(Triangle::from_cumulative((0..).zip(cumulative)).expect("a triangle"));
        let oldest = ladder.oldest_age();
        let steps = ladder.steps();
        check.equal("steps", &steps.len(), &expected.factors.len());
        for (step, (factor, sigma2)) in steps.iter().zip(expected.factors.iter().zip(&expected.sigma2)) {
            check.float(&format!("factor {}", step.age), step.factor.unwrap_or(f64::NAN), *factor);
            check.float(&format!("sigma2 {}", step.age), step.spread.sigma2().unwrap_or(f64::NAN), *sigma2);
        }
        let cohorts = ladder.project_all(oldest).expect("all factors");
        check.equal("cohorts", &cohorts.len(), &expected.ultimate.len());
        check.equal("errors", &expected.se.len(), &expected.ultimate.len());
        for ((cohort, projection), (ultimate, se)) in cohorts.iter().zip(expected.ultimate.iter().zip(&expected.se)) {
            check.float(&format!("ultimate {cohort}"), projection.value(), *ultimate);
            check.float(&format!("se {cohort}"), projection.se().unwrap_or(f64::NAN), *se);
        }
        let total = ladder.total(oldest).expect("all factors");
        check.float("total", total.value(), expected.ultimate.iter().sum());
        check.float("total se", total.se().unwrap_or(f64::NAN), expected.total_se);
    });
}

/// Taylor and Ashe 1983, with the results Mack (1993, table 3) gives: the errors in thousands, and the total's in full.
#[test]
fn the_published_example() {
    let claims: [&[u32]; 10] = [
        &[357_848, 1_124_788, 1_735_330, 2_218_270, 2_745_596, 3_319_994, 3_466_336, 3_606_286, 3_833_515, 3_901_463],
        &[352_118, 1_236_139, 2_170_033, 3_353_322, 3_799_067, 4_120_063, 4_647_867, 4_914_039, 5_339_085],
        &[290_507, 1_292_306, 2_218_525, 3_235_179, 3_985_995, 4_132_918, 4_628_910, 4_909_315],
        &[310_608, 1_418_858, 2_195_047, 3_757_447, 4_029_929, 4_381_982, 4_588_268],
        &[443_160, 1_136_350, 2_128_333, 2_897_821, 3_402_672, 3_873_311],
        &[396_132, 1_333_217, 2_180_715, 2_985_752, 3_691_712],
        &[440_832, 1_288_463, 2_419_861, 3_483_130],
        &[359_480, 1_421_128, 2_864_498],
        &[376_686, 1_363_294],
        &[344_014],
    ];
    let rows = claims.iter().map(|row| row.iter().map(|value| f64::from(*value)).collect());
    let ladder = ChainLadder::fit(Triangle::from_cumulative((1..).zip(rows)).expect("a triangle"));
    let outstanding = [0, 94_634, 469_511, 709_638, 984_889, 1_419_459, 2_177_641, 3_920_301, 4_278_972, 4_625_811];
    let errors = [0, 76, 122, 134, 261, 411, 558, 875, 971, 1363];
    for ((cohort, projection), (left, error)) in
        ladder.project_all(9).expect("all factors").iter().zip(outstanding.iter().zip(errors))
    {
        assert_eq!(projection.outstanding().round(), f64::from(*left), "{cohort}");
        assert_eq!((projection.se().expect("an error") / 1000.0).round(), f64::from(error), "{cohort}");
    }
    let total = ladder.total(9).expect("all factors");
    assert_eq!(total.outstanding().round(), 18_680_856.0);
    assert_eq!(total.se().map(f64::round), Some(2_447_095.0));
    println!("total {} se {}", total.outstanding(), total.se().unwrap_or_default());
}
