use std::collections::VecDeque;
use std::io::{BufRead, Read};

use sha2::{Digest, Sha256};

use super::error::ImportError;
use super::former::Former;
use super::line::{Line, OLDEST_VERSION, Row, VERSION};
use super::order::Work;
use crate::tables::Table;

/// So many rows are added by one statement.
const ROWS_AT_ONCE: usize = 200;

/// As long as any line can be: MySQL takes no longer data of an event. A body takes at most 24 KB as JSON, and the
/// reactions to it what its members have added.
const LONGEST_LINE: u64 = 16 * 1024 * 1024;

/// Reads lines, and remembers what the last one must tell of them.
pub(super) struct Reader<F> {
    from: F,
    /// How many lines were read.
    number: u64,
    /// Lines that were read and belong to a table that comes next.
    ahead: VecDeque<Line>,
    former: Option<Former>,
    digest: Sha256,
}

impl<F: BufRead> Reader<F> {
    /// Reads the first line.
    pub(super) fn begin(from: F) -> Result<Self, ImportError> {
        let mut reader =
            Self { from, number: 0, ahead: VecDeque::new(), former: None, digest: Sha256::new() };
        match reader.next() {
            Ok(Some(Line::HexroomExport { version: version @ OLDEST_VERSION..=VERSION })) => {
                Ok(Self { former: Former::of_version(version), ..reader })
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
        // The first line is no row, and neither is this one.
        if rows + 2 != self.number || sha256 != hex::encode(self.digest.clone().finalize()) {
            return Err(ImportError::Altered);
        }
        match self.next()? {
            None => Ok(rows),
            Some(_) => Err(ImportError::Line(self.number)),
        }
    }

    fn next(&mut self) -> Result<Option<Line>, ImportError> {
        if self.ahead.is_empty() {
            self.read()?;
        }
        Ok(self.ahead.pop_front())
    }

    /// Reads a line, if there is one more.
    fn read(&mut self) -> Result<(), ImportError> {
        let mut bytes = Vec::new();
        if (&mut self.from).take(LONGEST_LINE).read_until(b'\n', &mut bytes)? == 0 {
            return Ok(());
        }
        let lines = match &mut self.former {
            Some(former) => former.turn(&bytes),
            None => serde_json::from_slice(&bytes).map(|line| vec![line]),
        };
        let Ok(lines) = lines else {
            let is_whole = bytes.ends_with(b"\n");
            return Err(if is_whole {
                ImportError::Line(self.number + 1)
            } else {
                ImportError::Cut(self.number)
            });
        };
        self.number += 1;
        if !matches!(lines.last(), Some(Line::End { .. })) {
            self.digest.update(&bytes);
        }
        self.ahead.extend(lines);
        Ok(())
    }

    fn add<R>(&mut self, connection: &mut impl Table<R>, rows: &mut Vec<R>) -> Result<(), ImportError> {
        connection.add(rows).map_err(|source| ImportError::Rows { line: self.number + 1, source })?;
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
                    self.ahead.push_front(another);
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
