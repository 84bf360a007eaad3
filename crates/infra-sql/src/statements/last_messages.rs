//! The newest message of many rooms at once.

use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Binary, HasSqlType, Nullable, Text};

use super::reading::padded;
use crate::stored::StoredId;

/// The newest event of one room, and the newest message that is not deleted: [`LastRow`](crate::events::LastRow).
///
/// Both are found by their whole key, however many events that are no messages, or deleted ones, lie between them.
const LAST: [&str; 2] = [
    "SELECT head.room_id, head.at, last.seq, last.actor_id, accounts.name, last.at, last.data FROM events head \
     LEFT JOIN events last ON last.room_id = head.room_id AND last.seq = COALESCE(head.last_message_seq, head.seq) \
     LEFT JOIN accounts ON accounts.user_id = last.actor_id \
     WHERE head.room_id = ",
    " AND head.seq = ",
];

/// The newest messages of some rooms, [`MOST_ROOMS`](super::reading::MOST_ROOMS) at most.
#[derive(Debug, Clone)]
pub struct LastMessages(Vec<(StoredId, i64)>);

impl LastMessages {
    /// Those where the rooms' logs end at these events, of which there is at least one.
    pub fn at(heads: &[(StoredId, i64)]) -> Self {
        Self(padded(heads))
    }
}

impl QueryId for LastMessages {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for LastMessages {
    type SqlType =
        (Binary, BigInt, Nullable<BigInt>, Nullable<Text>, Nullable<Text>, Nullable<BigInt>, Nullable<Text>);
}

impl<C> RunQueryDsl<C> for LastMessages {}

impl<DB> QueryFragment<DB> for LastMessages
where
    DB: Backend + HasSqlType<Binary> + HasSqlType<BigInt>,
    StoredId: ToSql<Binary, DB>,
    i64: ToSql<BigInt, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        for (position, (room_id, seq)) in self.0.iter().enumerate() {
            out.push_sql(if position == 0 { "" } else { " UNION ALL " });
            out.push_sql(LAST[0]);
            out.push_bind_param::<Binary, _>(room_id)?;
            out.push_sql(LAST[1]);
            out.push_bind_param::<BigInt, _>(seq)?;
        }
        Ok(())
    }
}
