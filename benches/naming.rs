//! Reading names: against a check of NFC and a split, which is the least that reading can be, and did-you-mean against a plain loop of distances.
#![allow(missing_docs, clippy::expect_used)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use rand_distr::{Distribution, Uniform};
use styring_segments::naming::{Dimension, Entry, LintRow, PlatformLimits, SchemeSpec, fold};
use unicode_normalization::is_nfc;

const CANONICAL: [&str; 3] = [
    "Prospect – Løpesko – Oslo",
    "Retarget – Forlatt kurv – 7 dager",
    "Retarget – Nettstedbesøk – 3–7 dager – Møre og Romsdal",
];
const WRITTEN: [&str; 3] = [
    "prospect - Løpesko - oslo",
    "RT  — forlatt kurv — siste 7d",
    "retarget -- nettstedbesøk -- 3-7 days -- møre og romsdal",
];

/// Words of two to five syllables, as names of places are.
fn labels(count: usize) -> Vec<String> {
    const SYLLABLES: [&str; 24] = [
        "ber", "gen", "os", "lo", "trom", "sø", "ål", "sund", "vik", "dal", "nes", "fjord", "stav", "ang", "ham",
        "mar", "bo", "dø", "sand", "lil", "le", "hau", "ge", "kir",
    ];
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    let mut pick = |below: usize| Uniform::new(0, below).map_or(0, |range| range.sample(&mut rng));
    let mut words = std::collections::BTreeSet::new();
    while words.len() < count {
        let length = 2 + pick(4);
        let word: String = (0..length).map(|_| SYLLABLES[pick(SYLLABLES.len())]).collect();
        let mut letters = word.chars();
        words.extend(letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()));
    }
    words.into_iter().collect()
}

fn reading(criterion: &mut Criterion) {
    let scheme = SchemeSpec::norsk().scheme().expect("a scheme");
    let mut group = criterion.benchmark_group("names, three");
    group.sample_size(50);
    group.bench_function("floor: NFC check and split", |b| {
        b.iter(|| {
            for text in black_box(CANONICAL) {
                assert!(is_nfc(text));
                black_box(text.split(" – ").collect::<Vec<_>>());
            }
        });
    });
    group.bench_function("strict", |b| b.iter(|| black_box(CANONICAL).map(|text| scheme.parse_strict(text).is_ok())));
    group.bench_function("lenient, canonical", |b| b.iter(|| black_box(CANONICAL).map(|text| scheme.parse(text).ok())));
    group.bench_function("lenient, as written", |b| b.iter(|| black_box(WRITTEN).map(|text| scheme.parse(text).ok())));
    group.finish();
}

fn suggesting(criterion: &mut Criterion) {
    let labels = labels(1000);
    let entries = labels.iter().map(|label| Entry::new(label.as_str()));
    let scheme = SchemeSpec::new("bench")
        .dimension("stage", Dimension::vocab([Entry::new("Prospect")]))
        .dimension("geo", Dimension::vocab(entries))
        .template("Prospect", ["geo"], [])
        .scheme()
        .expect("a scheme");
    let folded: Vec<String> = labels.iter().map(|label| fold(label)).collect();
    // A letter left out of a short, a middling and a long label.
    let mut by_length: Vec<&String> = labels.iter().collect();
    by_length.sort_by_key(|label| label.chars().count());
    let words: Vec<String> = [100, 500, 900]
        .iter()
        .filter_map(|at| by_length.get(*at))
        .map(|label| label.chars().enumerate().filter(|(at, _)| *at != 2).map(|(_, letter)| letter).collect())
        .collect();
    for word in &words {
        assert!(!scheme.suggest("geo", word).is_empty());
    }
    let mut group = criterion.benchmark_group("did you mean, three of 1000 labels");
    group.sample_size(30);
    group.bench_function("strsim, plain loop over folded labels", |b| {
        b.iter(|| {
            for word in black_box(&words) {
                let word = fold(word);
                let limit = (word.chars().count() / 4).clamp(1, 3);
                let near = folded.iter().map(|label| strsim::osa_distance(&word, label)).enumerate();
                let mut near: Vec<(usize, usize)> =
                    near.filter(|(_, distance)| *distance <= limit).map(|(at, distance)| (distance, at)).collect();
                near.sort_unstable();
                black_box(near);
            }
        });
    });
    group.bench_function("styring", |b| {
        b.iter(|| {
            for word in black_box(&words) {
                black_box(scheme.suggest("geo", word));
            }
        });
    });
    group.finish();
}

fn linting(criterion: &mut Criterion) {
    let scheme = SchemeSpec::norsk().scheme().expect("a scheme");
    let limits = PlatformLimits::bundled().expect("limits");
    let labels = labels(1000);
    let places = ["Oslo", "bergen", "Tromso", "Møre og Romsdal", "NO"];
    let rows: Vec<LintRow> =
        LintRow::numbered(labels.iter().flat_map(|label| places.map(|place| format!("prospect - {label} - {place}"))));
    let mut group = criterion.benchmark_group("lint, 5000 names, 14 platforms");
    group.sample_size(10);
    group.bench_function("report", |b| b.iter(|| scheme.lint(black_box(rows.clone()), &limits)));
    group.bench_function("limit: parsing alone", |b| {
        b.iter(|| rows.iter().filter(|row| scheme.parse(&row.name).ok()).count());
    });
    group.finish();
}

criterion_group!(benches, reading, suggesting, linting);
criterion_main!(benches);
