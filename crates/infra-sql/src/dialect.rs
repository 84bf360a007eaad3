use diesel::QueryResult;

use crate::StoredId;
use crate::accounts::{AccountRow, PersonRow};
use crate::coins::CoinAccountRow;
use crate::rooms::{HeadRow, InvitationRow, ParticipantRow, RoomRow};
use crate::statements::Statements;

/// The statements for which each database has its own words, on a connection in a transaction.
///
/// What is locked stays as it was read until the transaction ends, whoever else writes; a database
/// with one writer at a time need do nothing for that. The verbs lock in one order, so that no two of
/// them wait for each other: rooms by their ids, accounts by theirs, an invitation, and last the
/// system's own coin accounts. Whatever a rule is told hangs on one of these:
///
/// - a room's lock holds its row, seats, participants, bans, invitations' use and log;
/// - an account's lock holds its row, coins, sessions, refresh tokens and grants, that it takes no seat
///   and no room, and, with the other's lock, everything between the two.
///
/// Reads after a lock must see what was committed before it was had. On a server database that takes
/// `READ COMMITTED`.
pub trait Dialect: Statements {
    /// Locks a room.
    fn lock_room(&mut self, id: StoredId) -> QueryResult<Option<RoomRow>>;

    /// Locks rooms in the order of their ids.
    fn lock_heads(&mut self, room_ids: &[StoredId]) -> QueryResult<Vec<HeadRow>>;

    /// Locks an account that is not erased, and its coins.
    fn lock_account(&mut self, user_id: &str) -> QueryResult<Option<(AccountRow, CoinAccountRow)>>;

    /// Locks an account that is not erased, and its coins, as a room sees it.
    fn lock_person(&mut self, user_id: &str, room_id: StoredId) -> QueryResult<Option<PersonRow>>;

    /// Locks an invitation.
    fn lock_invitation(&mut self, id: StoredId) -> QueryResult<Option<InvitationRow>>;

    /// Locks the invitation whose token has this hash.
    fn lock_invitation_by_token(&mut self, hash: &[u8]) -> QueryResult<Option<InvitationRow>>;

    /// Locks a coin account.
    fn lock_coin_account(&mut self, id: &str) -> QueryResult<CoinAccountRow>;

    /// Adds a participant, or sets the terms on which one who was there before comes back.
    fn put_participant(&mut self, participant: &ParticipantRow) -> QueryResult<usize>;
}
