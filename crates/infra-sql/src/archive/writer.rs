use std::io::{self, Write};

use diesel::result::Error as DieselError;
use sha2::{Digest, Sha256};

use super::error::ExportError;
use super::line::{Line, Row, VERSION};
use super::order::Work;
use crate::tables::Table;

/// Writes lines, and remembers what the last one tells of them.
pub(super) struct Writer<W> {
    to: W,
    rows: u64,
    digest: Sha256,
}

impl<W: Write> Writer<W> {
    /// Writes the first line.
    pub(super) fn begin(to: W) -> io::Result<Self> {
        let mut writer = Self { to, rows: 0, digest: Sha256::new() };
        writer.write(&Line::HexroomExport { version: VERSION })?;
        Ok(writer)
    }

    /// Writes the last line and answers how many rows there were.
    pub(super) fn end(mut self) -> io::Result<u64> {
        let (rows, sha256) = (self.rows, hex::encode(self.digest.clone().finalize()));
        self.write(&Line::End { rows, sha256 })?;
        self.to.flush()?;
        Ok(rows)
    }

    fn write(&mut self, line: &Line) -> io::Result<()> {
        let mut bytes = serde_json::to_vec(line)?;
        bytes.push(b'\n');
        self.digest.update(&bytes);
        self.to.write_all(&bytes)
    }
}

impl<W: Write> Work for Writer<W> {
    type Error = ExportError;

    fn table<R: Row>(&mut self, connection: &mut impl Table<R>) -> Result<(), ExportError> {
        let mut failed = None;
        let read = connection.each(&mut |row| {
            self.rows += 1;
            self.write(&row.into_line()).map_err(|error| {
                failed = Some(error);
                // Whatever it is, it ends the reading.
                DieselError::RollbackTransaction
            })
        });
        match failed {
            Some(error) => Err(error.into()),
            None => Ok(read?),
        }
    }
}
