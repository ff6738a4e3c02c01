//! Files that are there whole or not at all.

use std::io::Write;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::Error;

/// A file under a temporary name in the folder where it will stand.
#[derive(Debug)]
pub struct Pending {
    file: NamedTempFile,
    path: PathBuf,
}

impl Pending {
    /// Begins the file `name` in `folder`, which is made if it is missing.
    ///
    /// # Errors
    /// If the folder or the file cannot be made.
    pub fn new(folder: &Path, name: &str) -> Result<Self, Error> {
        let path = folder.join(name);
        let begin = || {
            std::fs::create_dir_all(folder)?;
            // A temporary file is private by default; the finished one is as readable as any other.
            let mut builder = tempfile::Builder::new();
            #[cfg(unix)]
            {
                use std::os::unix::fs::PermissionsExt;
                builder.permissions(std::fs::Permissions::from_mode(0o666));
            }
            builder.prefix(".styring-").tempfile_in(folder)
        };
        match begin() {
            Ok(file) => Ok(Self { file, path }),
            Err(fault) => Err(Error::Write { path, fault }),
        }
    }

    /// A whole file at once.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn with(folder: &Path, name: &str, contents: &str) -> Result<Self, Error> {
        let mut pending = Self::new(folder, name)?;
        match pending.write_all(contents.as_bytes()) {
            Ok(()) => Ok(pending),
            Err(fault) => Err(Error::Write { path: pending.path, fault }),
        }
    }

    /// Where the file will stand.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Write for Pending {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.flush()
    }
}

/// Gives all files their names, once all have been written and no name is found to be taken by a folder.
///
/// # Errors
/// If one cannot be flushed or renamed. What was not renamed leaves no trace; a disk that fails between two renames can leave the files before it renamed.
pub fn publish(files: Vec<Pending>) -> Result<(), Error> {
    for Pending { file, path } in &files {
        if path.is_dir() {
            let fault = std::io::Error::from(std::io::ErrorKind::IsADirectory);
            return Err(Error::Write { path: path.clone(), fault });
        }
        file.as_file().sync_all().map_err(|fault| Error::Write { path: path.clone(), fault })?;
    }
    for Pending { file, path } in files {
        file.persist(&path).map_err(|error| Error::Write { path, fault: error.error })?;
    }
    Ok(())
}
