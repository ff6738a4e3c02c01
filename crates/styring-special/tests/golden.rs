//! Every row of `golden/*.csv` (made by `golden/generate.py`), against limits on the relative error.
//!
//! `cargo test -p styring-special --test golden -- --nocapture` prints the worst error by region: the accuracy the crate's page states.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use styring_special::{Split, beta_inc, beta_inc_inv, gamma_inc, gamma_inc_inv};

/// Smaller tail above, name, largest relative error allowed. The task set 1e-12, and 1e-10 beyond shapes of 1e6.
const DEPTHS: [(f64, &str, f64); 3] =
    [(1e-3, "1e-3 and more", 1e-14), (1e-20, "down to 1e-20", 3e-14), (0.0, "down to 1e-300", 4e-13)];

/// What rounding x costs a quantile.
const ROUNDING: f64 = 1e-15;

#[test]
fn gamma() -> Result<(), Box<dyn Error>> {
    let mut report = Report::default();
    for row in rows("gamma.csv", "a,x,lower,upper,side,tail,quantile,slope")? {
        let a = row.number("a")?;
        let tails = gamma_inc(a, row.number("x")?)?;
        report.tails(&row, a, tails)?;
        let x = gamma_inc_inv(a, row.target()?)?;
        report.quantile(&row, a, relative_error(x, row.number("quantile")?))?;
    }
    report.finish("gamma")
}

#[test]
fn beta() -> Result<(), Box<dyn Error>> {
    let mut report = Report::default();
    for row in rows("beta.csv", "a,b,which,smaller,lower,upper,side,tail,x,y,slope")? {
        let (a, b, smaller) = (row.number("a")?, row.number("b")?, row.number("smaller")?);
        let x = if row.text("which")? == "x" { Split::from_lower(smaller) } else { Split::from_upper(smaller) };
        report.tails(&row, a.max(b), beta_inc(a, b, x?)?)?;
        let x = beta_inc_inv(a, b, row.target()?)?;
        let error = relative_error(x.lower(), row.number("x")?).max(relative_error(x.upper(), row.number("y")?));
        report.quantile(&row, a.max(b), error)?;
    }
    report.finish("beta")
}

struct Row {
    line: String,
    cells: BTreeMap<&'static str, String>,
}

impl Row {
    fn text(&self, column: &str) -> Result<&str, String> {
        self.cells.get(column).map(String::as_str).ok_or_else(|| format!("no column {column}"))
    }

    fn number(&self, column: &str) -> Result<f64, Box<dyn Error>> {
        Ok(self.text(column)?.parse()?)
    }

    fn target(&self) -> Result<Split, Box<dyn Error>> {
        let tail = self.number("tail")?;
        Ok(if self.text("side")? == "lower" { Split::from_lower(tail)? } else { Split::from_upper(tail)? })
    }
}

/// The rows of a file that must be there, with this header and no fewer rows than it is known to have.
fn rows(name: &str, header: &'static str) -> Result<Vec<Row>, Box<dyn Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    let content = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut lines = content.lines();
    assert_eq!(lines.next(), Some(header), "{name}: header");
    let mut rows = Vec::new();
    for line in lines {
        let cells: Vec<_> = line.split(',').map(String::from).collect();
        assert_eq!(cells.len(), header.split(',').count(), "{name}: {line}");
        rows.push(Row { line: line.to_owned(), cells: header.split(',').zip(cells).collect() });
    }
    assert!(rows.len() >= 600, "{name}: only {} cases", rows.len());
    Ok(rows)
}

fn relative_error(got: f64, wanted: f64) -> f64 {
    ((got - wanted) / wanted).abs()
}

#[derive(Default)]
struct Report {
    /// Cases and worst relative error.
    regions: BTreeMap<String, (u32, f64)>,
    misses: Vec<String>,
}

impl Report {
    fn tails(&mut self, row: &Row, shape: f64, got: Split) -> Result<(), Box<dyn Error>> {
        let error =
            relative_error(got.lower(), row.number("lower")?).max(relative_error(got.upper(), row.number("upper")?));
        let (_, depth, limit) = depth(row)?;
        self.add(&format!("tails     tail {depth:14}  shapes {}", band(shape)), row, error, limit);
        Ok(())
    }

    /// The error of the tail, carried over to x.
    fn quantile(&mut self, row: &Row, shape: f64, error: f64) -> Result<(), Box<dyn Error>> {
        let (_, depth, limit) = depth(row)?;
        let slope = row.number("slope")?;
        let steep = if slope < 1.0 { "below 1" } else { "from 1 on" };
        self.add(
            &format!("quantile  tail {depth:14}  shapes {}  slope {steep}", band(shape)),
            row,
            error,
            ROUNDING + limit / slope,
        );
        Ok(())
    }

    fn add(&mut self, region: &str, row: &Row, error: f64, limit: f64) {
        let (cases, worst) = self.regions.entry(region.to_owned()).or_default();
        *cases += 1;
        *worst = worst.max(error);
        // Written so that NaN is a miss.
        if !matches!(error.partial_cmp(&limit), Some(std::cmp::Ordering::Less)) {
            self.misses.push(format!("{region}: error {error:.1e}, limit {limit:.1e}: {}", row.line));
        }
    }

    fn finish(self, name: &str) -> Result<(), Box<dyn Error>> {
        for (region, (cases, worst)) in &self.regions {
            println!("{name:5}  {region:75} {cases:4} cases, worst error {worst:.1e}");
        }
        if self.misses.is_empty() { Ok(()) } else { Err(self.misses.join("\n").into()) }
    }
}

fn depth(row: &Row) -> Result<(f64, &'static str, f64), Box<dyn Error>> {
    let tail = row.number("tail")?;
    DEPTHS.into_iter().find(|&(above, ..)| tail > above).ok_or_else(|| format!("no tail: {}", row.line).into())
}

fn band(shape: f64) -> &'static str {
    match shape {
        shape if shape < 1e-3 => "below 1e-3",
        shape if shape <= 1e6 => "1e-3 to 1e6",
        shape if shape <= 1e8 => "1e6 to 1e8",
        _ => "beyond 1e8",
    }
}
