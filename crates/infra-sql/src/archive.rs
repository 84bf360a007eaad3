//! A whole store as lines of JSON, with which it moves into another store of whatever kind.
//!
//! The first line says what this is and in which version; each line after it is one row under its
//! table's name; the last line counts the rows and has a digest of all lines before it. No row refers
//! to a later one, so that they can be written down and taken in as they come, a few at a time.

mod error;
mod line;
mod reader;
mod table;
mod writer;

use std::io::{BufRead, Write};

use diesel::QueryResult;
use domain::ports::Randomness;

use crate::StoredId;
use crate::accounts::{AccountRow, RecoveryCodeRow, RefreshTokenRow, SessionRow};
use crate::admin::{AdminRecordRow, PasswordLinkRow};
use crate::coins::{CoinAccountRow, EntryRow, GrantRow, TransferRow};
use crate::events::EventRow;
use crate::friends::{BlockRow, FriendRequestRow, FriendshipRow};
use crate::operations::audit;
use crate::rooms::{BanRow, InvitationRow, ParticipantRow, RoomRow, SeatRow};
use crate::statements::Statements;

pub use error::{ExportError, ImportError};
use line::Row;
use reader::Reader;
#[doc(hidden)]
pub use table::scope;
pub use table::{FreeJoinRow, Table};
use writer::Writer;

/// The version of the format. A change to any row's columns makes it another one.
const VERSION: u32 = 2;

/// The oldest version that is still read: what it did not have yet is absent in its rows.
const OLDEST_VERSION: u32 = 1;

/// A connection to a database with all tables.
pub trait Tables:
    Statements
    + Table<AccountRow>
    + Table<RoomRow>
    + Table<FreeJoinRow>
    + Table<SessionRow>
    + Table<RefreshTokenRow>
    + Table<RecoveryCodeRow>
    + Table<ParticipantRow>
    + Table<SeatRow>
    + Table<BanRow>
    + Table<InvitationRow>
    + Table<EventRow>
    + Table<CoinAccountRow>
    + Table<TransferRow>
    + Table<EntryRow>
    + Table<GrantRow>
    + Table<FriendRequestRow>
    + Table<FriendshipRow>
    + Table<BlockRow>
    + Table<PasswordLinkRow>
    + Table<AdminRecordRow>
{
    /// Whether there is more than what the migrations made.
    fn holds_anything(&mut self) -> QueryResult<bool>;

    /// Deletes the coin accounts, to which no row may refer.
    fn delete_coin_accounts(&mut self) -> QueryResult<()>;

    /// Sets a room's epoch.
    fn set_epoch(&mut self, room_id: StoredId, epoch: StoredId) -> QueryResult<()>;
}

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

/// What is done with one table after the other.
trait Work {
    type Error;

    fn table<R: Row>(&mut self, connection: &mut impl Table<R>) -> Result<(), Self::Error>;
}

/// Every table, none before those to which it refers.
fn in_order<W: Work>(connection: &mut impl Tables, work: &mut W) -> Result<(), W::Error> {
    work.table::<AccountRow>(connection)?;
    work.table::<RoomRow>(connection)?;
    work.table::<FreeJoinRow>(connection)?;
    work.table::<SessionRow>(connection)?;
    work.table::<RefreshTokenRow>(connection)?;
    work.table::<RecoveryCodeRow>(connection)?;
    work.table::<ParticipantRow>(connection)?;
    work.table::<SeatRow>(connection)?;
    work.table::<BanRow>(connection)?;
    work.table::<InvitationRow>(connection)?;
    work.table::<EventRow>(connection)?;
    work.table::<CoinAccountRow>(connection)?;
    work.table::<TransferRow>(connection)?;
    work.table::<EntryRow>(connection)?;
    work.table::<GrantRow>(connection)?;
    work.table::<FriendRequestRow>(connection)?;
    work.table::<FriendshipRow>(connection)?;
    work.table::<BlockRow>(connection)?;
    work.table::<PasswordLinkRow>(connection)?;
    work.table::<AdminRecordRow>(connection)
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
    match audit::violations(connection)? {
        violations if violations.is_empty() => Ok(rows),
        violations => Err(ImportError::Violations(violations)),
    }
}

/// Gives every room another epoch, so that whoever remembers a number of its log reads it anew, and
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
