use diesel::prelude::*;
use infra_sql::accounts::AccountRow;
use infra_sql::coins::CoinAccountRow;
use infra_sql::rooms::{InvitationRow, ParticipantRow, PersonRow, RoomWithHead};
use infra_sql::schema::{coin_accounts, invitations, participants, rooms, search_progress};
use infra_sql::search::TermRow;
use infra_sql::statements::searching::{AddTerms, Lists, PlaceLists, PutProgress};
use infra_sql::statements::{EventStatements, queries};
use infra_sql::{Dialect, StoredId};

use crate::connection::Connection;

impl PlaceLists for Connection {
    const LISTS: Lists = Lists::Together;
}

impl Dialect for Connection {
    fn lock_room(&mut self, id: StoredId) -> QueryResult<Option<RoomWithHead>> {
        let Some(row) = rooms::table.find(id).for_update().first(&mut **self).optional()? else {
            return Ok(None);
        };
        // A query of its own sees all that was committed before the lock was had.
        let head = self.head(id)?;
        Ok(Some(RoomWithHead { row, head_seq: head.map(|(head, _)| head.seq) }))
    }

    fn lock_account(&mut self, user_id: &str) -> QueryResult<Option<(AccountRow, CoinAccountRow)>> {
        queries::living_account(user_id).for_update().first(&mut **self).optional()
    }

    fn lock_person(&mut self, user_id: &str, room_id: StoredId) -> QueryResult<Option<PersonRow>> {
        queries::person(user_id, room_id).for_update().first(&mut **self).optional()
    }

    fn lock_invitation(&mut self, id: StoredId) -> QueryResult<Option<InvitationRow>> {
        invitations::table.find(id).for_update().first(&mut **self).optional()
    }

    fn lock_invitation_by_token(&mut self, hash: &[u8]) -> QueryResult<Option<InvitationRow>> {
        invitations::table.filter(invitations::token_hash.eq(hash)).for_update().first(&mut **self).optional()
    }

    fn lock_coin_account(&mut self, id: &str) -> QueryResult<CoinAccountRow> {
        coin_accounts::table.find(id).for_update().first(&mut **self)
    }

    fn put_participant(&mut self, participant: &ParticipantRow) -> QueryResult<usize> {
        diesel::insert_into(participants::table)
            .values(participant)
            .on_conflict(diesel::dsl::DuplicatedKeys)
            .do_update()
            .set(participants::joined_as.eq(&participant.joined_as))
            .execute(&mut **self)
    }

    fn lock_search_progress(&mut self, room_ids: &[StoredId]) -> QueryResult<Vec<(StoredId, i64)>> {
        // What is there is locked as it is, and what is not is made, for only what is there can be locked.
        let rooms: Vec<_> = room_ids.iter().map(|id| (*id, 0)).collect();
        PutProgress::of(&rooms, " ON DUPLICATE KEY UPDATE indexed_seq = indexed_seq").execute(&mut **self)?;
        search_progress::table.filter(search_progress::room_id.eq_any(room_ids)).load(&mut **self)
    }

    fn put_search_progress(&mut self, rooms: &[(StoredId, i64)]) -> QueryResult<usize> {
        let merging = " ON DUPLICATE KEY UPDATE indexed_seq = VALUES(indexed_seq)";
        PutProgress::of(rooms, merging).execute(&mut **self)
    }

    fn add_search_terms(&mut self, rows: &[TermRow]) -> QueryResult<usize> {
        AddTerms::of(rows, " ON DUPLICATE KEY UPDATE seqs = seqs | VALUES(seqs)").execute(&mut **self)
    }
}
