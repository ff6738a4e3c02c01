//! Tables as CSV, made in memory.

use crate::Error;

/// A table that grows row by row.
pub(crate) struct Table(csv::Writer<Vec<u8>>);

fn broken(fault: &dyn ToString) -> Error {
    Error::Report(fault.to_string())
}

impl Table {
    pub(crate) fn new(columns: &[&str]) -> Result<Self, Error> {
        let mut table = Self(csv::Writer::from_writer(Vec::new()));
        table.row(columns)?;
        Ok(table)
    }

    pub(crate) fn row(&mut self, cells: &[&str]) -> Result<(), Error> {
        self.0.write_record(cells).map_err(|fault| broken(&fault))
    }

    pub(crate) fn finish(self) -> Result<String, Error> {
        let bytes = self.0.into_inner().map_err(|fault| broken(&fault))?;
        String::from_utf8(bytes).map_err(|fault| broken(&fault))
    }
}
