//! A list of names, one a line: the canonical form of each, what is wrong, what platforms would not take, and which names nearly are one.
//!
//! `cargo run -p styring-examples --example names [FILE [SCHEME.toml]]`; without a file a short list is read, without a scheme the one that comes with the crate.

use std::error::Error;
use std::fs::read_to_string;

use styring_segments::Language;
use styring_segments::naming::{Diagnostic, Fix, LintRow, PlatformLimits, Scheme, SchemeSpec};

const NAMES: &str = "\
Prospect – Løpesko – Oslo
prospect - løpesko - oslo
Prospect – Løpeskoo – Oslo
RT — forlatt kurv — siste 7 dager
Retarget – Forlatt kurv – 1 uke
Prospect – Løpesko – Tromso
Retarget – Kjøpt
Prospect – Sko (herre) til fjells og langs kysten – Bergen
";

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let names = arguments.next().map_or_else(|| Ok(NAMES.to_owned()), read_to_string)?;
    let scheme = match arguments.next() {
        Some(path) => toml::from_str(&read_to_string(path)?)?,
        None => SchemeSpec::norsk().scheme()?,
    };
    report(&scheme, &names)
}

fn report(scheme: &Scheme, names: &str) -> Result<(), Box<dyn Error>> {
    let limits = PlatformLimits::bundled()?.only(["dv360_line_item", "meta_ad_set", "gam_value"])?;
    let report = scheme.lint(LintRow::numbered(names.lines()), &limits);
    println!("scheme {} {}, platforms {}\n", report.scheme, report.version, report.platforms.join(", "));
    for name in &report.names {
        match &name.canonical {
            Some(canonical) => println!("{:>3}  {canonical}", name.id),
            None => println!("{:>3}  no name: {}", name.id, name.text),
        }
        name.diagnostics.iter().for_each(say);
        for finding in &name.platforms {
            println!("       {} ({} of {}):", finding.object, finding.length, finding.limit);
            finding.diagnostics.iter().for_each(say);
        }
    }
    println!();
    for near in &report.near_duplicates {
        let members: Vec<&str> =
            near.members.iter().filter_map(|at| Some(report.names.get(*at)?.text.as_str())).collect();
        println!("{:?}: {}", near.reason, members.join(" | "));
    }
    let summary = &report.summary;
    println!(
        "\n{} names: {} clean, {} mended, {} invalid, {} refused by a platform",
        summary.names, summary.clean, summary.warned, summary.invalid, summary.refused_by_platform
    );
    for (code, count) in &summary.codes {
        println!("{count:>5}  {code}");
    }
    Ok(())
}

fn say(wrong: &Diagnostic) {
    let fix = match wrong.fix() {
        Some(Fix::Part(text) | Fix::Name(text)) => format!(" → {text}"),
        None => String::new(),
    };
    println!("       {}: {}{fix}", wrong.code(), wrong.message_in(Language::Norwegian));
}
