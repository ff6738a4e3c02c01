//! Geo experiments of 50 units × 180 days: synthetic control with a placebo for every unit, conformal inference, difference in differences, against the least that the placebos can cost.
//!
//! Placebos cannot cost less than the inner products of all units, once: `floor`. The aim is a set of all placebos within 100 ms.
#![allow(missing_docs, clippy::unwrap_used)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use styring_experiments::Level;
use styring_experiments::geo::design::{Design, History, Method};
use styring_experiments::geo::local_level::{LocalLevel, Trend};
use styring_experiments::geo::{
    Conformal, Counterfactual, Did, Norm, Panel, PanelErrors, Placebos, SyntheticControl, Weighting,
};

const BEFORE: u32 = 150;

fn panel(units: u32, before: u32, days: u32) -> Panel {
    let noise = |i: u32| f64::from(i.wrapping_mul(2_654_435_761) >> 8) / f64::from(1 << 24) - 0.5;
    let row = |unit: u32| -> Vec<f64> {
        let mut own = 0.0;
        (0..days)
            .map(|day| {
                own = 0.6 * own + 4.0 * noise(unit * 1_009 + day * 7_919);
                let season = 10.0 * (f64::from(day) / 3.5).sin() * (1.0 + noise(unit * 31 + 7));
                100.0 + 20.0 * noise(unit + 5) + season + own + if unit == 0 && day >= before { 5.0 } else { 0.0 }
            })
            .collect()
    };
    Panel::new((0..units).map(|unit| (format!("geo {unit}"), row(unit))), &["geo 0"], before as usize).unwrap()
}

fn geo(criterion: &mut Criterion) {
    let panel = panel(50, BEFORE, 180);
    let demeaned = Weighting { demeaned: true, ridge: None };
    let mut group = criterion.benchmark_group("50 geos × 180 days");
    group.sample_size(20);
    let rows: Vec<Vec<f64>> =
        panel.units().iter().map(|unit| panel.values(unit).unwrap()[..BEFORE as usize].to_vec()).collect();
    group.bench_function("floor: inner products of all units", |b| {
        b.iter(|| {
            let mut sum = 0.0;
            for (place, one) in black_box(&rows).iter().enumerate() {
                for other in &rows[..=place] {
                    sum += one.iter().zip(other).map(|(x, y)| x * y).sum::<f64>();
                }
            }
            sum
        });
    });
    group.bench_function("difference in differences, cluster errors", |b| {
        b.iter(|| Did::new(black_box(&panel)).readout(PanelErrors::Cluster, Level::P90).unwrap());
    });
    group.bench_function("synthetic control", |b| {
        b.iter(|| SyntheticControl::new(black_box(&panel), demeaned).unwrap());
    });
    group.bench_function("synthetic control, all placebos", |b| {
        b.iter(|| Placebos::new(black_box(&panel), demeaned).unwrap().readout(Level::P90).unwrap());
    });
    group.bench_function("augmented, all placebos", |b| {
        let weighting = Weighting { ridge: Some(100.0), ..demeaned };
        b.iter(|| Placebos::new(black_box(&panel), weighting).unwrap().readout(Level::P90).unwrap());
    });
    group.bench_function("conformal, mean difference", |b| {
        b.iter(|| {
            Conformal::new(black_box(&panel), Counterfactual::MeanDifference, Norm::Absolute)
                .readout(Level::P90)
                .unwrap()
        });
    });
    group.bench_function("conformal, synthetic control", |b| {
        let counterfactual = Counterfactual::Synthetic(demeaned);
        b.iter(|| Conformal::new(black_box(&panel), counterfactual, Norm::Absolute).readout(Level::P90).unwrap());
    });
    let series = LocalLevel::of_panel(&panel).unwrap();
    group.bench_function("local level, averaged over the drift", |b| {
        b.iter(|| black_box(&series).effect(Level::P95).unwrap());
    });
    group.bench_function("local level, by maximum likelihood", |b| b.iter(|| black_box(&series).fit().unwrap()));
    let trend = series.clone().with_trend(Trend::Linear).unwrap();
    group.bench_function("local linear trend, averaged over both drifts", |b| {
        b.iter(|| black_box(&trend).effect(Level::P95).unwrap());
    });
    let history = History::before(&panel).unwrap();
    let method = Method::Conformal(Counterfactual::MeanDifference);
    let design = Design { method, places: 10, ..Design::days(14) };
    group.bench_function("power of a set of regions, ten places, mean difference", |b| {
        b.iter(|| design.power(black_box(&history), &["geo 0", "geo 3"]).unwrap());
    });
    group.finish();
}

fn many(criterion: &mut Criterion) {
    let panel = panel(201, 400, 430);
    let demeaned = Weighting { demeaned: true, ridge: None };
    let mut group = criterion.benchmark_group("200 donors, 400 days before");
    group.sample_size(10);
    group.bench_function("synthetic control", |b| {
        b.iter(|| SyntheticControl::new(black_box(&panel), demeaned).unwrap());
    });
    group.bench_function("synthetic control, all placebos", |b| {
        b.iter(|| Placebos::new(black_box(&panel), demeaned).unwrap().readout(Level::P90).unwrap());
    });
    group.finish();
}

criterion_group!(benches, geo, many);
criterion_main!(benches);
