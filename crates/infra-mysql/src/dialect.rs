use diesel::prelude::*;
use infra_sql::accounts::{self, AccountRow, PersonRow};
use infra_sql::coins::{self, CoinAccountRow};
use infra_sql::rooms::{self, InvitationRow, ParticipantRow, RoomRow};
use infra_sql::schema::participants;
use infra_sql::{Dialect, StoredId};

use crate::connection::Connection;

impl Dialect for Connection {
    fn lock_room(&mut self, id: StoredId) -> QueryResult<Option<RoomRow>> {
        rooms::room(id).for_update().first(&mut **self).optional()
    }

    fn lock_account(&mut self, user_id: &str) -> QueryResult<Option<(AccountRow, CoinAccountRow)>> {
        accounts::living(user_id).for_update().first(&mut **self).optional()
    }

    fn lock_person(&mut self, user_id: &str, room_id: StoredId) -> QueryResult<Option<PersonRow>> {
        accounts::in_room(user_id, room_id).for_update().first(&mut **self).optional()
    }

    fn lock_invitation(&mut self, id: StoredId) -> QueryResult<Option<InvitationRow>> {
        rooms::invitation(id).for_update().first(&mut **self).optional()
    }

    fn lock_invitation_by_token(&mut self, hash: &[u8]) -> QueryResult<Option<InvitationRow>> {
        rooms::invitation_by_token(hash).for_update().first(&mut **self).optional()
    }

    fn lock_coin_account(&mut self, id: &str) -> QueryResult<CoinAccountRow> {
        coins::coin_account(id).for_update().first(&mut **self)
    }

    fn put_participant(&mut self, participant: &ParticipantRow) -> QueryResult<usize> {
        diesel::insert_into(participants::table)
            .values(participant)
            .on_conflict(diesel::dsl::DuplicatedKeys)
            .do_update()
            .set(participants::joined_as.eq(&participant.joined_as))
            .execute(&mut **self)
    }
}
