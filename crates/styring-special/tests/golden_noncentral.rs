//! The noncentral t against the high-precision values of `golden/noncentral.csv` (made by `golden/generate_noncentral.py`).

use std::error::Error;
use std::path::Path;

use styring_special::{noncentral_student, normal, student};

#[test]
fn noncentral_t() -> Result<(), Box<dyn Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/noncentral.csv");
    let content = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut worst = 0.0_f64;
    let mut rows = 0;
    for line in content.lines().skip(1) {
        let row = line.split(',').map(str::parse).collect::<Result<Vec<f64>, _>>()?;
        let [df, delta, t, lower, upper] = row[..] else { return Err("a row of five".into()) };
        let got = noncentral_student(df, delta, t)?;
        let error = (got.lower() / lower - 1.0).abs().max((got.upper() / upper - 1.0).abs());
        assert!(error <= 1e-11, "{row:?}: got {got:?}, error {error:.1e}");
        worst = worst.max(error);
        rows += 1;
    }
    assert!(rows >= 200, "{rows} rows");
    println!("noncentral t: {rows} rows, worst error {worst:.1e}");
    Ok(())
}

#[test]
fn without_an_offset_it_is_students() -> Result<(), Box<dyn Error>> {
    for df in [0.5, 1.0, 3.7, 40.0, 1e5, 1e12] {
        for t in [0.0, 0.4, 2.0, 9.0, 25.0] {
            let (got, wanted) = (noncentral_student(df, 0.0, t)?, student(df, t)?);
            assert!((got.upper() / wanted.upper() - 1.0).abs() < 1e-11, "{df} {t}: {got:?} {wanted:?}");
        }
    }
    Ok(())
}

#[test]
fn the_ends() -> Result<(), Box<dyn Error>> {
    assert_eq!(noncentral_student(f64::INFINITY, 1.0, 2.5)?, normal(1.5)?);
    assert!(noncentral_student(3.0, 1.0, f64::INFINITY)?.upper() <= 0.0);
    assert!(noncentral_student(3.0, 1.0, f64::NEG_INFINITY)?.lower() <= 0.0);
    for (df, delta, t) in [
        (0.1, 0.0, 1.0),
        (f64::NAN, 0.0, 1.0),
        (3.0, f64::NAN, 1.0),
        (3.0, 1e4, 1.0),
        (3.0, 1.0, 1e5),
        (3.0, 1.0, f64::NAN),
    ] {
        assert!(noncentral_student(df, delta, t).is_err(), "{df} {delta} {t}");
    }
    Ok(())
}
