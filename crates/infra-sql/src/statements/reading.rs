//! How far somebody has read, in many rooms at once.

use diesel::backend::Backend;
use diesel::dsl;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Binary, HasSqlType, Integer, Nullable, Text};

use crate::schema::seats;
use crate::stored::StoredId;

/// How many rooms one statement is about at most.
pub const MOST_ROOMS: usize = 64;

/// How far somebody has read in one room in which they sit: [`ReadingRow`](crate::rooms::ReadingRow).
///
/// Every row is found by its whole key, whatever lies between the marker and the end of the log.
const READING: [&str; 3] = [
    "SELECT seats.room_id, rooms.epoch, head.seq, head.tally, head.mention_tally, seats.read_seq, marker.tally, \
     marker.mention_tally, seats.number \
     FROM seats INNER JOIN rooms ON rooms.room_id = seats.room_id \
     INNER JOIN events marker ON marker.room_id = seats.room_id AND marker.seq = seats.read_seq \
     INNER JOIN events head ON head.room_id = seats.room_id \
     AND head.seq = (SELECT MAX(seq) FROM events WHERE room_id = ",
    ") WHERE seats.user_id = ",
    " AND seats.room_id = ",
];

/// How many of others' messages above a place in one room's log had been deleted when the log ended at another.
///
/// The place is a value, and no column, because the table is searched from there on: MySQL would go through all of
/// the room's deleted messages for a place that comes from another row.
const ERASED: [&str; 4] = [
    "SELECT MAX(room_id), COUNT(*) FROM erased_messages WHERE sender_id <> ",
    " AND room_id = ",
    " AND seq > ",
    " AND deletion_seq <= ",
];

/// How much more often messages above a place in one room's log had been changed so that they mention somebody than the
/// other way round, when the log ended at another place. Values for the reason that [`ERASED`] has.
const RECOUNTED: [&str; 4] = [
    "SELECT MAX(room_id), 2 * COUNT(NULLIF(mentioned, FALSE)) - COUNT(*) FROM recounted_mentions WHERE user_id = ",
    " AND room_id = ",
    " AND seq > ",
    " AND event_seq <= ",
];

/// How far somebody has read in some rooms, [`MOST_ROOMS`] at most.
#[derive(Debug, Clone)]
pub struct Reading<'a> {
    user_id: &'a str,
    rooms: Vec<StoredId>,
}

impl<'a> Reading<'a> {
    /// How far they have read in these rooms, of which there is at least one.
    pub fn of(user_id: &'a str, rooms: &[StoredId]) -> Self {
        Self { user_id, rooms: padded(rooms) }
    }
}

/// What is counted for somebody in what they have not read of some rooms, [`MOST_ROOMS`] at most:
/// `(Option<StoredId>, i64)`.
#[derive(Debug, Clone)]
pub struct CountedUnread<'a> {
    query: &'static [&'static str; 4],
    user_id: &'a str,
    rooms: Vec<UnreadRange>,
}

/// A room, up to where they have read, and where its log ends.
pub type UnreadRange = (StoredId, i64, i64);

impl<'a> CountedUnread<'a> {
    /// How many of others' messages are deleted, in rooms of which there is at least one.
    pub fn erased(user_id: &'a str, rooms: &[UnreadRange]) -> Self {
        Self { query: &ERASED, user_id, rooms: padded(rooms) }
    }

    /// How many more messages mention them than when they were posted, in rooms of which there is at least one.
    pub fn recounted(user_id: &'a str, rooms: &[UnreadRange]) -> Self {
        Self { query: &RECOUNTED, user_id, rooms: padded(rooms) }
    }
}

/// The last one is repeated until there are a power of two, so that there are few forms of the statement, and each is
/// prepared once.
pub(super) fn padded<T: Copy>(values: &[T]) -> Vec<T> {
    let mut values = values.to_vec();
    if let Some(last) = values.last().copied() {
        values.resize(values.len().next_power_of_two(), last);
    }
    values
}

impl QueryId for Reading<'_> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl QueryId for CountedUnread<'_> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Reading<'_> {
    type SqlType =
        (Binary, Binary, BigInt, Binary, Nullable<Binary>, BigInt, Binary, Nullable<Binary>, Integer);
}

impl Query for CountedUnread<'_> {
    type SqlType = (Nullable<Binary>, BigInt);
}

impl<C> RunQueryDsl<C> for Reading<'_> {}

impl<C> RunQueryDsl<C> for CountedUnread<'_> {}

impl<DB> QueryFragment<DB> for Reading<'_>
where
    DB: Backend + HasSqlType<Binary> + HasSqlType<Text>,
    StoredId: ToSql<Binary, DB>,
    str: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        for (position, room_id) in self.rooms.iter().enumerate() {
            out.push_sql(if position == 0 { "" } else { " UNION ALL " });
            out.push_sql(READING[0]);
            out.push_bind_param::<Binary, _>(room_id)?;
            out.push_sql(READING[1]);
            out.push_bind_param::<Text, _>(self.user_id)?;
            out.push_sql(READING[2]);
            out.push_bind_param::<Binary, _>(room_id)?;
        }
        Ok(())
    }
}

impl<DB> QueryFragment<DB> for CountedUnread<'_>
where
    DB: Backend + HasSqlType<Binary> + HasSqlType<BigInt> + HasSqlType<Text>,
    StoredId: ToSql<Binary, DB>,
    i64: ToSql<BigInt, DB>,
    str: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        for (position, (room_id, read_seq, head_seq)) in self.rooms.iter().enumerate() {
            out.push_sql(if position == 0 { "" } else { " UNION ALL " });
            out.push_sql(self.query[0]);
            out.push_bind_param::<Text, _>(self.user_id)?;
            out.push_sql(self.query[1]);
            out.push_bind_param::<Binary, _>(room_id)?;
            out.push_sql(self.query[2]);
            out.push_bind_param::<BigInt, _>(read_seq)?;
            out.push_sql(self.query[3]);
            out.push_bind_param::<BigInt, _>(head_seq)?;
        }
        Ok(())
    }
}

/// Somebody's seat in a room.
#[dsl::auto_type(no_type_alias)]
pub fn seat<'a>(user_id: &'a str, room_id: StoredId) -> _ {
    seats::table.filter(seats::user_id.eq(user_id)).filter(seats::room_id.eq(room_id))
}
