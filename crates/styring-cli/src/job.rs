//! What all commands do alike: read one table, set rows aside, write files whole or not at all, print.

use std::fs::File;
use std::io::{IsTerminal, Read, Seek, Write};
use std::path::{Path, PathBuf};

use csv::ByteRecord;

use crate::Error;
use crate::progress::Progress;
use crate::source::{Rejection, Rejects, Strict};
use crate::write::{Pending, publish};

const REJECTED: &str = "rejected.csv";

/// A table to read, and a folder to write to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Job<'a> {
    /// The table; `-` for standard input.
    pub(crate) input: &'a Path,
    /// Where to write.
    pub(crate) out: &'a Path,
    /// Stop at the first row that cannot be used.
    pub(crate) strict: bool,
    /// Print nothing but errors.
    pub(crate) quiet: bool,
}

impl Job<'_> {
    /// The input as messages call it.
    pub(crate) fn name(&self) -> String {
        match self.input.to_str() {
            Some("-") => "standard input".to_owned(),
            _ => self.input.display().to_string(),
        }
    }

    /// Refuses to write over what is read.
    pub(crate) fn check_outputs(&self, names: &[&str]) -> Result<(), Error> {
        let input = self.input.canonicalize().ok();
        let mut outputs = names.iter().chain([&REJECTED]).map(|name| self.out.join(name));
        match outputs.find(|output| input.is_some() && output.canonicalize().ok() == input) {
            Some(path) => Err(Error::ResultsInTheWay { path }),
            None => Ok(()),
        }
    }

    /// Reads the table, and keeps the rows that are set aside in a file without a name.
    pub(crate) fn read<T>(
        &self,
        read: impl FnOnce(Box<dyn Read + '_>, &str, &mut dyn Rejects) -> Result<T, Error>,
    ) -> Result<(T, Option<File>), Error> {
        let name = self.name();
        let mut rejects = RejectedRows { job: self, name: &name, columns: ByteRecord::new(), rows: None };
        let (input, length): (Box<dyn Read>, _) = if self.input.as_os_str() == "-" {
            (Box::new(std::io::stdin().lock()), None)
        } else {
            let unreadable = |fault| Error::Read { name: name.clone(), fault };
            let input = File::open(self.input).map_err(unreadable)?;
            let about = input.metadata().map_err(unreadable)?;
            // A pipe has a path too, and no length.
            (Box::new(input), about.is_file().then_some(about.len()))
        };
        let watched = !self.quiet && std::io::stderr().is_terminal();
        let progress = if watched { Progress::new(length) } else { Progress::hidden() };
        let answer = read(Box::new(progress.of(input)), &name, &mut rejects);
        progress.end();
        Ok((answer?, rejects.finish()?))
    }

    /// Gives the files their names, all or none, and prints what there is to say in so many columns.
    pub(crate) fn publish(
        &self,
        mut files: Vec<Pending>,
        rejected: Option<File>,
        said: impl FnOnce(u16) -> Result<String, Error>,
    ) -> Result<(), Error> {
        let said = if self.quiet { String::new() } else { said(console_width())? };
        let none_rejected = rejected.is_none();
        if none_rejected {
            self.check_rejected()?;
        }
        if let Some(mut rows) = rejected {
            let mut pending = Pending::new(self.out, REJECTED)?;
            std::io::copy(&mut rows, &mut pending).map_err(|fault| self.unwritable(fault))?;
            files.push(pending);
        }
        let written: Vec<PathBuf> = files.iter().map(|file| file.path().to_owned()).collect();
        publish(files)?;
        if none_rejected {
            self.forget_rejected()?;
        }
        if !self.quiet {
            say(&said);
            for path in written {
                say(&format!("wrote {}\n", path.display()));
            }
        }
        Ok(())
    }

    /// One table of the rows that were set aside of several inputs, with the name of the input in front. Its columns are named where all of them have the same.
    pub(crate) fn together(&self, parts: Vec<(String, File)>) -> Result<Option<File>, Error> {
        let mut tables: Vec<(String, csv::Reader<File>)> = Vec::new();
        for (name, file) in parts {
            tables.push((name, csv::ReaderBuilder::new().flexible(true).from_reader(file)));
        }
        let mut columns = Vec::new();
        for (_, table) in &mut tables {
            let own = table.byte_headers().map_err(|fault| self.unwritable(fault))?;
            columns.push(own.clone());
        }
        let Some(first) = columns.first() else { return Ok(None) };
        let named = columns.iter().all(|own| own == first);
        let header: ByteRecord = if named { first.clone() } else { first.iter().take(2).collect() };
        let file = tempfile::tempfile().map_err(|fault| self.unwritable(fault))?;
        let mut rows = csv::WriterBuilder::new().flexible(true).from_writer(file);
        rows.write_byte_record(&beside(["file"], &header)).map_err(|fault| self.unwritable(fault))?;
        for (name, table) in &mut tables {
            for row in table.byte_records() {
                let row = row.map_err(|fault| self.unwritable(fault))?;
                rows.write_byte_record(&beside([name], &row)).map_err(|fault| self.unwritable(fault))?;
            }
        }
        self.rewound(rows).map(Some)
    }

    fn rewound(&self, rows: csv::Writer<File>) -> Result<File, Error> {
        let mut rows = rows.into_inner().map_err(|fault| self.unwritable(fault.into_error()))?;
        rows.rewind().map_err(|fault| self.unwritable(fault))?;
        Ok(rows)
    }

    fn unwritable(&self, fault: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
        Error::Write { path: self.out.join(REJECTED), fault: std::io::Error::other(fault) }
    }

    /// A folder in the place of what an earlier run set aside could not be removed; said before anything is written.
    fn check_rejected(&self) -> Result<(), Error> {
        let path = self.out.join(REJECTED);
        if path.is_dir() && !path.is_symlink() {
            return Err(Error::Write { path, fault: std::io::ErrorKind::IsADirectory.into() });
        }
        Ok(())
    }

    /// What an earlier run set aside is not what this one did.
    fn forget_rejected(&self) -> Result<(), Error> {
        let path = self.out.join(REJECTED);
        match std::fs::remove_file(&path) {
            Err(fault) if fault.kind() != std::io::ErrorKind::NotFound => Err(Error::Write { path, fault }),
            _ => Ok(()),
        }
    }
}

/// Prints, and does not mind if nobody listens any more (`styring … | head`).
pub(crate) fn say(text: &str) {
    let _ = std::io::stdout().lock().write_all(text.as_bytes());
}

pub(crate) fn console_width() -> u16 {
    const PLAIN: u16 = 120;
    let (_, width) = console::Term::stdout().size();
    if std::io::stdout().is_terminal() { width } else { PLAIN }
}

/// Rows that are set aside go to `rejected.csv` as they stand, with line and reason in front. While they are read they are kept in a file without a name, which is gone
/// however the program ends.
struct RejectedRows<'a> {
    job: &'a Job<'a>,
    name: &'a str,
    columns: ByteRecord,
    rows: Option<csv::Writer<File>>,
}

impl RejectedRows<'_> {
    fn finish(mut self) -> Result<Option<File>, Error> {
        self.rows.take().map(|rows| self.job.rewound(rows)).transpose()
    }
}

fn beside<const N: usize>(front: [&str; N], row: &ByteRecord) -> ByteRecord {
    front.iter().map(|cell| cell.as_bytes()).chain(row).collect()
}

impl Rejects for RejectedRows<'_> {
    fn header(&mut self, columns: &ByteRecord) -> Result<(), Error> {
        self.columns = beside(["line", "reason"], columns);
        Ok(())
    }

    fn row(&mut self, rejection: &Rejection, row: &ByteRecord) -> Result<(), Error> {
        if self.job.strict {
            return Strict(self.name).row(rejection, row);
        }
        if self.rows.is_none() {
            let file = tempfile::tempfile().map_err(|fault| self.job.unwritable(fault))?;
            // Rows with another number of cells than columns belong here above all.
            let mut rows = csv::WriterBuilder::new().flexible(true).from_writer(file);
            rows.write_byte_record(&self.columns).map_err(|fault| self.job.unwritable(fault))?;
            self.rows = Some(rows);
        }
        let line = beside([&rejection.line.to_string(), &rejection.reason()], row);
        let written = self.rows.as_mut().map(|rows| rows.write_byte_record(&line)).transpose();
        written.map(|_| ()).map_err(|fault| self.job.unwritable(fault))
    }
}
