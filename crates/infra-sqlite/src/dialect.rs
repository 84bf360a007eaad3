use std::collections::BTreeSet;
use std::ops::{Deref, DerefMut};

use diesel::prelude::*;
use infra_sql::accounts::AccountRow;
use infra_sql::coins::CoinAccountRow;
use infra_sql::events::{EventRow, HeadRow};
use infra_sql::posting::PostingStatements;
use infra_sql::rooms::{InvitationRow, ParticipantRow, PersonRow, RoomWithHead, SeatRow, SenderRow};
use infra_sql::schema::{coin_accounts, invitations, participants, search_progress};
use infra_sql::search::TermRow;
use infra_sql::statements::searching::{AddTerms, Lists, PlaceLists, PutProgress};
use infra_sql::statements::{AccountStatements, EventStatements, RoomStatements, queries};
use infra_sql::{Dialect, StoredId};

/// A connection as the shared operations use it. Where they write, it is the only one that does, and so
/// whatever they ask it to lock stays as they read it.
pub(crate) struct SqliteDialect<'c>(pub(crate) &'c mut SqliteConnection);

impl Deref for SqliteDialect<'_> {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        self.0
    }
}

impl DerefMut for SqliteDialect<'_> {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        self.0
    }
}

infra_sql::implement_statements!(SqliteDialect<'_>);

impl PlaceLists for SqliteDialect<'_> {
    const LISTS: Lists = Lists::OneByOne;
}

impl Dialect for SqliteDialect<'_> {
    fn lock_room(&mut self, id: StoredId) -> QueryResult<Option<RoomWithHead>> {
        self.room(id)
    }

    fn lock_account(&mut self, user_id: &str) -> QueryResult<Option<(AccountRow, CoinAccountRow)>> {
        self.account(user_id)
    }

    fn lock_person(&mut self, user_id: &str, room_id: StoredId) -> QueryResult<Option<PersonRow>> {
        queries::person(user_id, room_id).first(self.0).optional()
    }

    fn lock_invitation(&mut self, id: StoredId) -> QueryResult<Option<InvitationRow>> {
        invitations::table.find(id).first(self.0).optional()
    }

    fn lock_invitation_by_token(&mut self, hash: &[u8]) -> QueryResult<Option<InvitationRow>> {
        self.invitation_by_token(hash)
    }

    fn lock_coin_account(&mut self, id: &str) -> QueryResult<CoinAccountRow> {
        coin_accounts::table.find(id).first(self.0)
    }

    fn put_participant(&mut self, participant: &ParticipantRow) -> QueryResult<usize> {
        diesel::insert_into(participants::table)
            .values(participant)
            .on_conflict((participants::room_id, participants::user_id))
            .do_update()
            .set(participants::joined_as.eq(&participant.joined_as))
            .execute(self.0)
    }

    fn lock_search_progress(&mut self, room_ids: &[StoredId]) -> QueryResult<Vec<(StoredId, i64)>> {
        search_progress::table.filter(search_progress::room_id.eq_any(room_ids)).load(self.0)
    }

    fn put_search_progress(&mut self, rooms: &[(StoredId, i64)]) -> QueryResult<usize> {
        let merging = " ON CONFLICT (room_id) DO UPDATE SET indexed_seq = excluded.indexed_seq";
        PutProgress::of(rooms, merging).execute(self.0)
    }

    fn add_search_terms(&mut self, rows: &[TermRow]) -> QueryResult<usize> {
        let merging = " ON CONFLICT (room_id, shelf, term, block) DO UPDATE SET seqs = search_terms.seqs | excluded.seqs";
        AddTerms::of(rows, merging).execute(self.0)
    }
}

/// One small statement after the other, each prepared once: there is no way to a server and back to be saved.
impl PostingStatements for SqliteDialect<'_> {
    fn heads(&mut self, room_ids: &BTreeSet<StoredId>) -> QueryResult<Vec<HeadRow>> {
        let heads = room_ids.iter().filter_map(|id| self.head(*id).transpose());
        heads.map(|found| found.map(|(head, _)| head)).collect()
    }

    fn senders(&mut self, keys: &BTreeSet<(StoredId, &str)>) -> QueryResult<Vec<SenderRow>> {
        keys.iter().filter_map(|(room_id, user_id)| self.sender(*room_id, user_id).transpose()).collect()
    }

    fn earlier_posts(&mut self, client_ids: &BTreeSet<(&str, &str)>) -> QueryResult<Vec<EventRow>> {
        client_ids.iter().filter_map(|(sender_id, id)| self.earlier_post(sender_id, id).transpose()).collect()
    }

    fn seats(&mut self, room_ids: &BTreeSet<StoredId>) -> QueryResult<Vec<SeatRow>> {
        let seats = room_ids.iter().map(|id| self.seats_of(*id)).collect::<QueryResult<Vec<_>>>()?;
        Ok(seats.concat())
    }

    fn originals(&mut self, ids: &BTreeSet<StoredId>) -> QueryResult<Vec<EventRow>> {
        ids.iter().filter_map(|id| self.message(*id).transpose()).collect()
    }
}
