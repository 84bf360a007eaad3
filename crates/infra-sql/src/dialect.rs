use diesel::QueryResult;

use crate::StoredId;
use crate::accounts::AccountRow;
use crate::coins::CoinAccountRow;
use crate::rooms::{InvitationRow, ParticipantRow, PersonRow, RoomWithHead};
use crate::search::TermRow;
use crate::statements::Statements;

/// The statements for which each database has its own words, on a connection in a transaction.
///
/// What is locked stays as it was read until the transaction ends, also if others write; a database
/// with one writer at a time need do nothing for that. What a lock holds:
///
/// - a room's: its row, seats, participants, bans, log and invitations;
/// - an account's: its row, coins, sessions, refresh tokens and grants, and that it comes by no further
///   seat or room; with another's lock, also everything between the two;
/// - an invitation's: that it is not revoked because its invitee's account ends;
/// - a coin account's: its balance and last line, where it is one of the system's own;
/// - how far a room is indexed: that, and its terms. Nothing else is locked beside it.
///
/// The operations lock in this order, rooms and accounts by their ids, so that no two of them wait for each
/// other. Reads after a lock must see all that was committed before it was had: on a server database
/// that takes `READ COMMITTED`.
pub trait Dialect: Statements {
    /// Locks a room.
    fn lock_room(&mut self, id: StoredId) -> QueryResult<Option<RoomWithHead>>;

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

    /// Locks how far some rooms are indexed, in the order of their ids and not too many at once, and with it all that is
    /// indexed of them; nothing for a room of which nothing is.
    fn lock_search_progress(&mut self, room_ids: &[StoredId]) -> QueryResult<Vec<(StoredId, i64)>>;

    /// Notes how far some rooms are indexed, not too many at once.
    fn put_search_progress(&mut self, rooms: &[(StoredId, i64)]) -> QueryResult<usize>;

    /// Adds where terms occur to where they occurred before, not too many rows at once.
    fn add_search_terms(&mut self, rows: &[TermRow]) -> QueryResult<usize>;
}
