//! A whole store as lines of JSON, with which it moves into another store of whatever kind.
//!
//! The first line says what this is and in which version; each line after it is one row under its
//! table's name; the last line counts the rows and has a digest of all lines before it. No row refers
//! to a later one, so that they can be written down and taken in as they come, a few at a time.

mod error;
mod former;
mod line;
mod order;
mod reader;
mod writer;

use std::io::{BufRead, Write};

use diesel::QueryResult;
use domain::ports::Randomness;

use crate::operations::{audit, last_messages};
use crate::rooms::RoomRow;
use crate::stored::StoredId;
use crate::tables::{Table, Tables};

pub use error::{ExportError, ImportError};
use order::in_order;
use reader::Reader;
use writer::Writer;

/// A store as something that moves as a whole. Each call is one transaction.
pub trait Archive {
    /// Writes the store down, as of one moment, and answers how many rows that is. Others may work on
    /// it meanwhile.
    fn export(&mut self, to: &mut dyn Write) -> Result<u64, ExportError>;

    /// Fills the store, which must hold nothing yet, and answers with how many rows. It holds nothing
    /// after an error either.
    fn import(&mut self, from: &mut dyn BufRead) -> Result<u64, ImportError>;

    /// Gives every room another epoch, and answers how many there are. No server may work on the store
    /// meanwhile.
    fn renew_epochs(&mut self, randomness: &dyn Randomness) -> QueryResult<usize>;
}

/// Writes the whole store down and answers how many rows that is. Everything must be read as of one
/// moment.
pub fn export(connection: &mut impl Tables, to: impl Write) -> Result<u64, ExportError> {
    let mut writer = Writer::begin(to)?;
    in_order(connection, &mut writer)?;
    Ok(writer.end()?)
}

/// Takes in what [`export`] wrote, checks that it keeps every promise, and answers how many rows it is.
///
/// The store must be migrated and hold nothing yet. Unless the answer is good, the transaction in which
/// this happens must be rolled back.
pub fn import(connection: &mut impl Tables, from: impl BufRead) -> Result<u64, ImportError> {
    let mut reader = Reader::begin(from)?;
    if connection.holds_anything()? {
        return Err(ImportError::NotEmpty);
    }
    // The migrations made the system's own, which come with the rows.
    connection.delete_coin_accounts()?;
    in_order(connection, &mut reader)?;
    let rows = reader.end()?;
    // Older versions did not tell.
    last_messages::note_all(connection)?;
    match audit::violations(connection)? {
        violations if violations.is_empty() => Ok(rows),
        violations => Err(ImportError::Violations(violations)),
    }
}

/// Gives every room another epoch, so that clients that remember a number of its log read it anew, and
/// answers how many rooms that were.
pub fn renew_epochs(connection: &mut impl Tables, randomness: &dyn Randomness) -> QueryResult<usize> {
    let mut rooms = Vec::new();
    Table::<RoomRow>::each(connection, &mut |room| {
        rooms.push(room.room_id);
        Ok(())
    })?;
    for room_id in &rooms {
        connection.set_epoch(*room_id, StoredId(randomness.id()))?;
    }
    Ok(rooms.len())
}
