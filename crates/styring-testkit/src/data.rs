//! Real data sets that stay outside the repository.

use std::path::PathBuf;

/// The file `name` in the folder of real data: `$STYRING_DATA`, else `shared/data` beside the project's root. `None`, with a line saying so, where it is
/// absent.
pub fn file(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("STYRING_DATA").map_or_else(|| shared().join("data"), PathBuf::from);
    let path = folder.join(name);
    if path.is_file() {
        Some(path)
    } else {
        println!("skipped: no data ({name})");
        None
    }
}

/// The folder beside the project's root where cases and data lie that are not ours to publish.
pub(crate) fn shared() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared")
}
