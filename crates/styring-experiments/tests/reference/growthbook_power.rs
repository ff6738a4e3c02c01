use serde::Deserialize;
use styring_experiments::parity::growthbook_power::{MidExperiment, Settings};
use styring_experiments::{Counts, Level};
use styring_testkit::reference::{Number, Reference};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Arm {
    n: u64,
    sum: f64,
}

impl Arm {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn counts(&self) -> Counts {
        assert!(self.sum >= 0.0 && self.sum.fract() == 0.0, "a count, not {}", self.sum);
        Counts::new(self.sum as u64, self.n).expect("counts")
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Prior {
    mean: f64,
    variance: f64,
    proper: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    control: Arm,
    treatment: Arm,
    target_mde_relative: f64,
    target_power: f64,
    goals: u32,
    variations: u32,
    corrected: bool,
    sequential: bool,
    tuning_n: f64,
    prior: Prior,
    alpha: f64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    power_now: f64,
    power_double: f64,
    power_x10: f64,
    scaling_factor: f64,
    additional_users: Number,
    se: f64,
}

#[test]
fn gb_midexperiment_power() {
    Reference::new("experiments", "gb_midexperiment_power").run(|input: Input, expected: Expected, check| {
        let settings = Settings {
            target_effect: input.target_mde_relative,
            target_power: input.target_power,
            goals: input.goals,
            variations: input.variations,
            level: Level::from_alpha(input.alpha).expect("a level"),
            corrected: input.corrected,
            sequential: input.sequential.then_some(input.tuning_n),
            prior: input.prior.proper.then_some((input.prior.mean, input.prior.variance)),
        };
        let running = MidExperiment::new(input.control.counts(), input.treatment.counts(), settings).expect("counts");
        check.float("se", running.se(), expected.se);
        check.float("power_now", running.power(0.0), expected.power_now);
        check.float("power_double", running.power(1.0), expected.power_double);
        check.float("power_x10", running.power(9.0), expected.power_x10);
        check.float("scaling_factor", running.scaling_factor().expect("a factor"), expected.scaling_factor);
        check.number("additional_users", running.additional_visitors().expect("visitors"), expected.additional_users);
    });
}
