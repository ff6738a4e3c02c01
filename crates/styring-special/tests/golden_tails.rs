//! The normal distribution and Student's t against the high-precision values of `golden/normal.csv` and `golden/student.csv` (made by `golden/generate_tails.py`).

#![allow(clippy::float_cmp, reason = "the ends are exact")]

use std::error::Error;
use std::path::Path;

use styring_special::{Split, normal, normal_inv, student, student_inv};

fn rows(name: &str, columns: usize) -> Result<Vec<Vec<f64>>, Box<dyn Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    let content = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let read = |line: &str| line.split(',').map(str::parse).collect::<Result<Vec<f64>, _>>();
    let rows = content.lines().skip(1).map(read).collect::<Result<Vec<_>, _>>()?;
    assert!(rows.len() >= 200 && rows.iter().all(|row| row.len() == columns), "{name}: {} rows", rows.len());
    Ok(rows)
}

fn relative(got: f64, wanted: f64) -> f64 {
    if got == wanted { 0.0 } else { ((got - wanted) / wanted).abs() }
}

/// Written so that NaN is a miss.
fn check(what: &str, row: &[f64], error: f64, limit: f64) {
    assert!(error <= limit, "{what} of {row:?}: error {error:.1e}, limit {limit:.1e}");
}

#[test]
fn the_normal_distribution() -> Result<(), Box<dyn Error>> {
    let mut worst = (0.0_f64, 0.0_f64);
    for row in rows("normal.csv", 4)? {
        let [x, upper, tail, quantile] = row[..] else { return Err("a row of four".into()) };
        let error = relative(normal(x)?.upper(), upper).max(relative(normal(-x)?.lower(), upper));
        check("tail", &row, error, 1e-15);
        let found = normal_inv(Split::from_upper(tail)?);
        // Near zero x is only as good as 1/2 minus it.
        let error_inv = (found - quantile).abs() / quantile.max(1.0);
        check("quantile", &row, error_inv, 4e-16);
        assert_eq!(
            found.to_bits(),
            (-normal_inv(Split::from_lower(tail)?)).to_bits() & !(u64::from(found == 0.0) << 63)
        );
        worst = (worst.0.max(error), worst.1.max(error_inv));
    }
    println!("normal: worst error {:.1e}, of a quantile {:.1e}", worst.0, worst.1);
    Ok(())
}

#[test]
fn students_t() -> Result<(), Box<dyn Error>> {
    let mut worst = (0.0_f64, 0.0_f64);
    for row in rows("student.csv", 5)? {
        let [df, t, upper, tail, quantile] = row[..] else { return Err("a row of five".into()) };
        let error = relative(student(df, t)?.upper(), upper).max(relative(student(df, -t)?.lower(), upper));
        let limit = if upper > 1e-3 {
            1e-14
        } else if upper > 1e-20 {
            3e-14
        } else {
            4e-13
        };
        check("tail", &row, error, limit);
        let found = student_inv(df, Split::from_upper(tail)?)?;
        let error_inv = (found - quantile).abs() / quantile.max(1.0);
        check("quantile", &row, error_inv, 3e-15 + limit / df.min(1.0));
        worst = (worst.0.max(error), worst.1.max(error_inv));
    }
    println!("student: worst error {:.1e}, of a quantile {:.1e}", worst.0, worst.1);
    Ok(())
}

#[test]
fn the_ends() -> Result<(), Box<dyn Error>> {
    assert_eq!((normal(f64::INFINITY)?.upper(), normal(f64::NEG_INFINITY)?.lower()), (0.0, 0.0));
    assert_eq!((normal(1e300)?.upper(), student(3.0, f64::INFINITY)?.upper()), (0.0, 0.0));
    assert_eq!((normal_inv(Split::from_upper(0.0)?), normal_inv(Split::from_lower(0.5)?)), (f64::INFINITY, 0.0));
    assert_eq!(student_inv(3.0, Split::from_lower(0.0)?)?, f64::NEG_INFINITY);
    assert_eq!(student(f64::INFINITY, 1.5)?, normal(1.5)?);
    assert_eq!((student(4.0, 0.0)?.upper(), student(1e-3, 0.0)?.lower()), (0.5, 0.5));
    // Far out in Cauchy's tail, 1 / (π t).
    assert!(relative(student(1.0, 1e150)?.upper(), std::f64::consts::FRAC_1_PI * 1e-150) < 1e-13);
    assert!(normal(f64::NAN).is_err() && student(2.0, f64::NAN).is_err());
    assert!(
        student(0.0, 1.0).is_err()
            && student(f64::NAN, 1.0).is_err()
            && student_inv(-1.0, Split::from_lower(0.5)?).is_err()
    );
    Ok(())
}
