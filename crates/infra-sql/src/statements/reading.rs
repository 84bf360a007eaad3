//! How far somebody has read, in many rooms at once.

use diesel::backend::Backend;
use diesel::dsl;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Binary, HasSqlType, Nullable, Text};

use crate::schema::seats;
use crate::stored::StoredId;

/// How many rooms one statement is about at most.
pub const MOST_ROOMS: usize = 64;

/// One room: its id, its epoch, where its log ends, up to where they have read, and how many living messages
/// by others lie above that. A room in which they do not sit gives a row of nothing.
///
/// The marker's row is found by its whole key, so that it is read before the plan is made, and the log is
/// searched from the marker on. In a join with many seats MySQL would read each room's whole log.
const ONE_ROOM: [&str; 2] = [
    "SELECT MAX(seats.room_id), MAX(rooms.epoch), MAX(events.seq), MAX(seats.read_seq), \
     COUNT(CASE WHEN events.seq > seats.read_seq AND events.actor_id <> seats.user_id \
     AND events.body IS NOT NULL THEN 1 END) \
     FROM seats INNER JOIN rooms ON rooms.room_id = seats.room_id \
     INNER JOIN events ON events.room_id = seats.room_id AND events.seq >= seats.read_seq \
     WHERE seats.user_id = ",
    " AND seats.room_id = ",
];

/// How far somebody has read in some rooms, [`MOST_ROOMS`] at most: [`ReadingRow`](crate::rooms::ReadingRow).
/// The last room is repeated until there are a power of two, so that there are few forms of the statement,
/// and each is prepared once.
#[derive(Debug, Clone)]
pub struct Reading<'a> {
    user_id: &'a str,
    rooms: Vec<StoredId>,
}

impl<'a> Reading<'a> {
    /// How far they have read in these rooms, of which there is at least one.
    pub fn of(user_id: &'a str, rooms: &[StoredId]) -> Self {
        let mut rooms = rooms.to_vec();
        if let Some(last) = rooms.last().copied() {
            rooms.resize(rooms.len().next_power_of_two(), last);
        }
        Self { user_id, rooms }
    }
}

impl QueryId for Reading<'_> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Reading<'_> {
    type SqlType = (Nullable<Binary>, Nullable<Binary>, Nullable<BigInt>, Nullable<BigInt>, BigInt);
}

impl<C> RunQueryDsl<C> for Reading<'_> {}

impl<DB> QueryFragment<DB> for Reading<'_>
where
    DB: Backend + HasSqlType<Binary> + HasSqlType<Text>,
    StoredId: ToSql<Binary, DB>,
    str: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        for (position, room_id) in self.rooms.iter().enumerate() {
            out.push_sql(if position == 0 { "" } else { " UNION ALL " });
            out.push_sql(ONE_ROOM[0]);
            out.push_bind_param::<Text, _>(self.user_id)?;
            out.push_sql(ONE_ROOM[1]);
            out.push_bind_param::<Binary, _>(room_id)?;
        }
        Ok(())
    }
}

/// Somebody's seat in a room.
#[dsl::auto_type(no_type_alias)]
pub fn seat<'a>(user_id: &'a str, room_id: StoredId) -> _ {
    seats::table.filter(seats::user_id.eq(user_id)).filter(seats::room_id.eq(room_id))
}
