//! What more than one statement builds on, or is locked by an adapter as well.

use diesel::backend::Backend;
use diesel::dsl;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Binary, HasSqlType};

use crate::schema::{accounts, bans, coin_accounts, invitations, participants};
use crate::stored::StoredId;

/// An account that is not erased, with its balance: `(AccountRow, CoinAccountRow)`.
#[dsl::auto_type(no_type_alias)]
pub fn living_account<'a>(user_id: &'a str) -> _ {
    accounts::table
        .inner_join(coin_accounts::table.on(coin_accounts::coin_account_id.eq(accounts::user_id)))
        .filter(accounts::user_id.eq(user_id))
        .filter(accounts::erased_at.is_null())
}

/// An account that is not erased, as a room sees it: [`PersonRow`](crate::rooms::PersonRow).
#[dsl::auto_type(no_type_alias)]
pub fn person<'a>(user_id: &'a str, room_id: StoredId) -> _ {
    accounts::table
        .inner_join(coin_accounts::table.on(coin_accounts::coin_account_id.eq(accounts::user_id)))
        .left_join(
            participants::table
                .on(participants::user_id.eq(accounts::user_id).and(participants::room_id.eq(room_id))),
        )
        .left_join(bans::table.on(bans::user_id.eq(accounts::user_id).and(bans::room_id.eq(room_id))))
        .filter(accounts::user_id.eq(user_id))
        .filter(accounts::erased_at.is_null())
}

/// The invitations that are open at that instant.
#[dsl::auto_type(no_type_alias)]
pub fn open_invitations(at: i64) -> _ {
    invitations::table
        .filter(invitations::used_at.is_null())
        .filter(invitations::revoked_at.is_null())
        .filter(invitations::expires_at.gt(at))
}

/// Moves a room's head to `seq`, if it stands at the one before.
///
/// Written out because diesel keeps no prepared update, and this one goes with every event.
#[derive(Debug, Clone, Copy, QueryId)]
pub struct MoveHead {
    #[expect(missing_docs, reason = "the room's column")]
    pub room_id: StoredId,
    /// Where the room's head is to stand.
    pub seq: i64,
}

impl<C> RunQueryDsl<C> for MoveHead {}

impl<DB> QueryFragment<DB> for MoveHead
where
    DB: Backend + HasSqlType<Binary> + HasSqlType<BigInt>,
    StoredId: ToSql<Binary, DB>,
    i64: ToSql<BigInt, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("UPDATE rooms SET head_seq = ");
        out.push_bind_param::<BigInt, _>(&self.seq)?;
        out.push_sql(" WHERE room_id = ");
        out.push_bind_param::<Binary, _>(&self.room_id)?;
        out.push_sql(" AND head_seq + 1 = ");
        out.push_bind_param::<BigInt, _>(&self.seq)
    }
}
