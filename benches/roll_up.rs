//! Writes a large export, and reads it in two ways, each as a process of its own: for `benches/peers/roll_up.py`.
//!
//! `roll_up write FILE ROWS`, `roll_up csv FILE` (the CSV reader alone), `roll_up styring FILE` (validated, rolled up by week, channel, segment and creative).

use std::error::Error;
use std::fs::File;
use std::io::BufWriter;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["write", file, rows] => {
            let mut file = BufWriter::with_capacity(1 << 20, File::create(file)?);
            styring_benches::write_export(rows.parse()?, &mut file)?;
        }
        ["csv", file] => println!("{} cells", styring_benches::read_cells(File::open(file)?)?),
        ["styring", file] => {
            let ingested = styring_benches::read_export(File::open(file)?)?;
            println!("{} rows in {} groups", ingested.findings.used, ingested.facts.len());
        }
        _ => return Err("roll_up write FILE ROWS | csv FILE | styring FILE".into()),
    }
    Ok(())
}
