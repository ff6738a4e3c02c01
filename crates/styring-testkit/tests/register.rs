//! The register and the folder of cases agree.
#![allow(clippy::expect_used)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use styring_testkit::owners::register;
use styring_testkit::reference;

fn files(folder: &Path) -> Vec<(String, String, PathBuf)> {
    let mut found = Vec::new();
    for area in std::fs::read_dir(folder).expect("the folder of cases").flatten() {
        for file in std::fs::read_dir(area.path()).into_iter().flatten().flatten() {
            let path = file.path();
            if path.extension().is_some_and(|ending| ending == "json") {
                let area = area.file_name().to_string_lossy().into_owned();
                let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                found.push((area, stem, path));
            }
        }
    }
    found.sort();
    found
}

#[test]
fn every_file_is_known_and_no_id_repeats() {
    let files = files(&reference::folder());
    assert!(!files.is_empty());
    let mut faults = Vec::new();
    let mut seen: BTreeMap<String, String> = BTreeMap::new();
    for (area, file, path) in files {
        match register().iter().find(|o| o.area == area && o.file == file) {
            None => faults.push(format!("{area}/{file}: no crate owns it")),
            Some(owned) if owned.owner.is_none() => {
                println!("reference {area}/{file}: its crate is not built yet");
                continue;
            }
            Some(_) => {}
        }
        match reference::ids(&path) {
            Err(fault) => faults.push(format!("{area}/{file}: {fault}")),
            Ok(ids) => {
                for id in ids {
                    if let Some(other) = seen.insert(format!("{area}/{id}"), file.clone()) {
                        faults.push(format!("{area}: id {id} in {other} and {file}"));
                    }
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_own_copy_holds_exactly_what_is_owned() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("reference");
    let copied: Vec<_> = files(&own).into_iter().map(|(a, f, _)| (a, f)).collect();
    let mut owned: Vec<_> = register()
        .iter()
        .filter(|o| o.owner.is_some() && !o.in_place)
        .map(|o| (o.area.to_owned(), o.file.to_owned()))
        .collect();
    owned.sort();
    assert_eq!(copied, owned);
}
