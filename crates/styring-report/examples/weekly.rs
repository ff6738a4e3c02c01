//! Writes the report of a made-up launch: `cargo run -p styring-report --example weekly -- FOLDER`.

#[path = "../tests/common/mod.rs"]
mod common;

use std::error::Error;
use std::fs;
use std::path::Path;

use styring_report::charts;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("say which folder to write to")?;
    let folder = Path::new(&folder);
    fs::create_dir_all(folder)?;
    let launches = [
        ("launch", common::launch()),
        ("one", common::many(1, 1, |_| {})),
        ("two", common::many(2, 4, |_| {})),
        ("fifteen", common::many(15, 52, |_| {})),
        ("undated", common::undated()),
        ("without-spend", common::without_spend()),
    ];
    for (name, launch) in &launches {
        fs::write(folder.join(format!("{name}.html")), launch.report().html()?)?;
        fs::write(folder.join(format!("{name}.txt")), launch.report().terminal(120))?;
    }
    let launch = &launches[0].1;
    fs::write(folder.join("score.svg"), charts::score(&launch.plan, &launch.review, charts::WIDE)?)?;
    Ok(())
}
