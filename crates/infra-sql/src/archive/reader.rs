use std::io::{BufRead, Read};

use sha2::{Digest, Sha256};

use super::error::ImportError;
use super::line::{Line, OLDEST_VERSION, Row, VERSION};
use super::order::Work;
use crate::tables::Table;

/// So many rows are added by one statement.
const ROWS_AT_ONCE: usize = 200;

/// Longer than any line: a message takes at most 24 KB as JSON.
const LONGEST_LINE: u64 = 256 * 1024;

/// Reads lines, and remembers what the last one must tell of them.
pub(super) struct Reader<F> {
    from: F,
    version: u32,
    /// How many lines were read.
    number: u64,
    /// A line that was read and belongs to the table that comes next.
    ahead: Option<Line>,
    rows: u64,
    digest: Sha256,
}

impl<F: BufRead> Reader<F> {
    /// Reads the first line.
    pub(super) fn begin(from: F) -> Result<Self, ImportError> {
        let mut reader =
            Self { from, version: VERSION, number: 0, ahead: None, rows: 0, digest: Sha256::new() };
        match reader.read() {
            Ok(Some(Line::HexroomExport { version: version @ OLDEST_VERSION..=VERSION })) => {
                Ok(Self { version, ..reader })
            }
            Ok(Some(Line::HexroomExport { version })) => Err(ImportError::Version(version)),
            Err(ImportError::Read(error)) => Err(error.into()),
            Ok(_) | Err(_) => Err(ImportError::NotAnExport),
        }
    }

    /// Reads the last line and answers how many rows there were.
    pub(super) fn end(mut self) -> Result<u64, ImportError> {
        let Some(line) = self.next()? else { return Err(ImportError::Cut(self.number)) };
        let Line::End { rows, sha256 } = line else { return Err(ImportError::Line(self.number)) };
        if rows != self.rows || sha256 != hex::encode(self.digest.clone().finalize()) {
            return Err(ImportError::Altered);
        }
        match self.next()? {
            None => Ok(rows),
            Some(_) => Err(ImportError::Line(self.number)),
        }
    }

    fn next(&mut self) -> Result<Option<Line>, ImportError> {
        match self.ahead.take() {
            Some(line) => Ok(Some(line)),
            None => self.read(),
        }
    }

    fn read(&mut self) -> Result<Option<Line>, ImportError> {
        let mut bytes = Vec::new();
        if (&mut self.from).take(LONGEST_LINE).read_until(b'\n', &mut bytes)? == 0 {
            return Ok(None);
        }
        let Ok(line) = Line::of_version(self.version, &bytes) else {
            let is_whole = bytes.ends_with(b"\n");
            return Err(if is_whole {
                ImportError::Line(self.number + 1)
            } else {
                ImportError::Cut(self.number)
            });
        };
        self.number += 1;
        if !matches!(line, Line::End { .. }) {
            self.digest.update(&bytes);
        }
        Ok(Some(line))
    }

    fn add<R>(&mut self, connection: &mut impl Table<R>, rows: &mut Vec<R>) -> Result<(), ImportError> {
        connection.add(rows).map_err(|source| ImportError::Rows { line: self.number + 1, source })?;
        self.rows += rows.len() as u64;
        rows.clear();
        Ok(())
    }
}

impl<F: BufRead> Work for Reader<F> {
    type Error = ImportError;

    fn table<R: Row>(&mut self, connection: &mut impl Table<R>) -> Result<(), ImportError> {
        let mut rows = Vec::new();
        while let Some(line) = self.next()? {
            match R::of_line(line) {
                Ok(row) => rows.push(row),
                Err(another) => {
                    self.ahead = Some(another);
                    break;
                }
            }
            if rows.len() == ROWS_AT_ONCE {
                self.add(connection, &mut rows)?;
            }
        }
        if rows.is_empty() { Ok(()) } else { self.add(connection, &mut rows) }
    }
}
