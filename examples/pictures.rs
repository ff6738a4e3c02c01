//! Draws the pictures of the README from the bundled launch: `cargo run -p styring-examples --example pictures`.

use std::error::Error;
use std::fs::File;
use std::path::{Path, PathBuf};

use styring_cli::source::{self, Strict};
use styring_cli::{frequency, plan_file};
use styring_playbook::{Results, Review};
use styring_report::charts::{self, WIDE};

/// The pictures by file name.
fn draw() -> Result<[(&'static str, String); 2], Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/launch");
    let file = plan_file::read(&folder.join("plan.toml"))?;
    let results = File::open(folder.join("results.csv"))?;
    let read = source::read(results, "results.csv", &file.source, &file.plan, &mut Strict("results.csv"))?;
    let path = file.frequency.ok_or("the plan names no frequency file")?;
    let frequency = frequency::read(&path, &file.plan, &read.facts)?;
    let review = Review::new(&file.plan, &Results { facts: read.facts, frequency, span: read.span })?;
    Ok([
        ("budget.svg", charts::budget(&file.plan, &review, WIDE)?),
        ("score.svg", charts::score(&file.plan, &review, WIDE)?),
    ])
}

fn pictures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/pictures")
}

fn main() -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(pictures())?;
    for (name, picture) in draw()? {
        std::fs::write(pictures().join(name), picture)?;
        println!("wrote {name}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_committed_pictures_are_what_this_program_draws() {
        for (name, drawn) in draw().expect("pictures") {
            let committed = std::fs::read_to_string(pictures().join(name)).expect("the committed picture");
            assert!(drawn == committed, "{name} differs: run the example pictures again");
        }
    }
}
