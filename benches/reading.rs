//! Reading and rolling up an export, against the CSV reader alone. Throughput is in bytes of the file; the ratio of the two is the cost of everything beyond
//! finding the cells: dates, names, exact numbers, checks, sums.
#![allow(missing_docs, clippy::expect_used)]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn reading(criterion: &mut Criterion) {
    let mut export = Vec::new();
    styring_benches::write_export(100_000, &mut export).expect("memory");
    let mut group = criterion.benchmark_group("reading");
    group.throughput(Throughput::Bytes(export.len() as u64)).sample_size(10);
    group.bench_function("csv alone", |bencher| bencher.iter(|| styring_benches::read_cells(export.as_slice())));
    group.bench_function("styring", |bencher| bencher.iter(|| styring_benches::read_export(export.as_slice())));
    group.finish();
}

criterion_group!(benches, reading);
criterion_main!(benches);
