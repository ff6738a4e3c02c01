//! A run of the program, and what it left.
#![allow(dead_code, reason = "no test uses all of it")]

use std::fs;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// The program ran in `folder` and wrote to `out` in it.
pub(crate) struct Run {
    pub(crate) folder: TempDir,
    pub(crate) output: Output,
}

pub(crate) fn styring() -> Command {
    Command::new(env!("CARGO_BIN_EXE_styring"))
}

impl Run {
    /// With these files in the folder.
    pub(crate) fn with_files(files: &[(&str, &[u8])], arguments: &[&str], options: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, contents) in files {
            fs::write(folder.path().join(name), contents).unwrap();
        }
        let output = styring().current_dir(folder.path()).args(arguments).args(options).output().unwrap();
        Self { folder, output }
    }

    pub(crate) fn code(&self) -> Option<i32> {
        self.output.status.code()
    }

    pub(crate) fn errors(&self) -> String {
        String::from_utf8_lossy(&self.output.stderr).into_owned()
    }

    pub(crate) fn printed(&self) -> String {
        String::from_utf8_lossy(&self.output.stdout).replace('\u{a0}', " ")
    }

    pub(crate) fn file(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join("out").join(name)).unwrap_or_default()
    }

    pub(crate) fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.folder.path().join("out"));
        let mut names: Vec<String> = entries
            .map(|entries| entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect())
            .unwrap_or_default();
        names.sort();
        names
    }

    /// What a run that succeeded wrote to this file.
    pub(crate) fn read(&self, name: &str) -> Value {
        assert_eq!(self.code(), Some(0), "{}", self.errors());
        serde_json::from_str(&self.file(name)).unwrap()
    }
}
