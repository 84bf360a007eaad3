//! Looking at many places at once, and filling the index by which messages are found.

use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Binary, HasSqlType, Nullable, Text};

use super::reading::padded;
use crate::search::TermRow;
use crate::stored::StoredId;

/// How many places one statement is about at most.
pub const MOST_PLACES: usize = 64;

/// What follows a term's row that is to be added to one that is there.
pub type Merging = &'static str;

/// A room and a shelf of it.
pub type TermKey = (StoredId, i64);

/// Declares a query of one row or a few for each of some places, put together by `UNION ALL`: each is found by its key, on
/// every backend.
macro_rules! queries_of_places {
    ($($(#[$doc:meta])* $Query:ident of ($($place:ty as $kind:ty),+), [$($words:literal),+]: $row:ty;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $Query(Vec<($($place,)+)>);

        impl $Query {
            /// About these places, of which there is at least one and [`MOST_PLACES`] at most.
            pub fn of(places: &[($($place,)+)]) -> Self {
                Self(padded(places))
            }
        }

        impl QueryId for $Query {
            type QueryId = ();

            const HAS_STATIC_QUERY_ID: bool = false;
        }

        impl Query for $Query {
            type SqlType = $row;
        }

        impl<C> RunQueryDsl<C> for $Query {}

        impl<DB> QueryFragment<DB> for $Query
        where
            DB: Backend $(+ HasSqlType<$kind>)+,
            $($place: ToSql<$kind, DB>,)+
        {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
                for (position, place) in self.0.iter().enumerate() {
                    out.push_sql(if position == 0 { "" } else { " UNION ALL " });
                    queries_of_places!(@walk out place [$($words),+] [$($kind),+]);
                }
                Ok(())
            }
        }
    )+};
    (@walk $out:ident $place:ident [$one:literal, $other:literal] [$A:ty, $B:ty]) => {
        $out.push_sql($one);
        $out.push_bind_param::<$A, _>(&$place.0)?;
        $out.push_sql($other);
        $out.push_bind_param::<$B, _>(&$place.1)?;
    };
    (@walk $out:ident $place:ident [$one:literal, $other:literal, $third:literal] [$A:ty, $B:ty, $C:ty]) => {
        queries_of_places!(@walk $out $place [$one, $other] [$A, $B]);
        $out.push_sql($third);
        $out.push_bind_param::<$C, _>(&$place.2)?;
    };
}

queries_of_places! {
    /// The messages at some places of rooms' logs: a room's id and a [`MessageRow`](crate::events::MessageRow).
    MessagesAt of (StoredId as Binary, i64 as BigInt), [
        "SELECT room_id, seq, actor_id, at, message_id, client_message_id, data FROM events \
         WHERE message_id IS NOT NULL AND room_id = ",
        " AND seq = "
    ]: (Binary, (BigInt, Text, BigInt, Nullable<Binary>, Nullable<Text>, Text));

    /// When the events at some places of rooms' logs happened: `(StoredId, i64, i64)`.
    InstantsAt of (StoredId as Binary, i64 as BigInt), [
        "SELECT room_id, seq, at FROM events WHERE room_id = ",
        " AND seq = "
    ]: (Binary, BigInt, BigInt);

    /// The events of some rooms from above a seq up to another: [`IndexedEventRow`](crate::search::IndexedEventRow).
    LogParts of (StoredId as Binary, i64 as BigInt, i64 as BigInt), [
        "SELECT room_id, kind, seq, actor_id, at, message_id, client_message_id, data FROM events WHERE room_id = ",
        " AND seq > ",
        " AND seq <= "
    ]: (Binary, Text, (BigInt, Text, BigInt, Nullable<Binary>, Nullable<Text>, Text));
}

const POSTINGS: [&str; 2] =
    ["SELECT room_id, block, seqs FROM search_terms WHERE room_id = ", " AND shelf = "];

/// Where a term occurs on some shelves, or the terms from one to below another:
/// [`PostingRow`](crate::search::PostingRow).
#[derive(Debug, Clone)]
pub struct Postings<'a> {
    shelves: Vec<TermKey>,
    term: &'a [u8],
    below: Option<&'a [u8]>,
}

impl<'a> Postings<'a> {
    /// Where a term occurs on these shelves, of which there is at least one and [`MOST_PLACES`] at most.
    pub fn of(shelves: &[TermKey], term: &'a [u8]) -> Self {
        Self { shelves: padded(shelves), term, below: None }
    }

    /// Where the terms from one to below another occur.
    pub fn between(shelves: &[TermKey], term: &'a [u8], below: &'a [u8]) -> Self {
        Self { shelves: padded(shelves), term, below: Some(below) }
    }
}

impl QueryId for Postings<'_> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Postings<'_> {
    type SqlType = (Binary, BigInt, BigInt);
}

impl<C> RunQueryDsl<C> for Postings<'_> {}

impl<DB> QueryFragment<DB> for Postings<'_>
where
    DB: Backend + HasSqlType<Binary> + HasSqlType<BigInt>,
    StoredId: ToSql<Binary, DB>,
    i64: ToSql<BigInt, DB>,
    [u8]: ToSql<Binary, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        for (position, (room_id, shelf)) in self.shelves.iter().enumerate() {
            out.push_sql(if position == 0 { "" } else { " UNION ALL " });
            out.push_sql(POSTINGS[0]);
            out.push_bind_param::<Binary, _>(room_id)?;
            out.push_sql(POSTINGS[1]);
            out.push_bind_param::<BigInt, _>(shelf)?;
            out.push_sql(if self.below.is_some() { " AND term >= " } else { " AND term = " });
            out.push_bind_param::<Binary, _>(self.term)?;
            if let Some(below) = self.below {
                out.push_sql(" AND term < ");
                out.push_bind_param::<Binary, _>(below)?;
            }
        }
        Ok(())
    }
}

/// Adds where terms occur to what is known of them, [`MOST_PLACES`] rows at most.
#[derive(Debug, Clone)]
pub struct AddTerms<'a> {
    rows: Vec<&'a TermRow>,
    merging: Merging,
}

impl<'a> AddTerms<'a> {
    /// Adds these rows, of which there is at least one, in a database's own words for a row that is there.
    pub fn of(rows: &'a [TermRow], merging: Merging) -> Self {
        Self { rows: padded(&rows.iter().collect::<Vec<_>>()), merging }
    }
}

impl QueryId for AddTerms<'_> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<C> RunQueryDsl<C> for AddTerms<'_> {}

impl<DB> QueryFragment<DB> for AddTerms<'_>
where
    DB: Backend + HasSqlType<Binary> + HasSqlType<BigInt>,
    StoredId: ToSql<Binary, DB>,
    i64: ToSql<BigInt, DB>,
    [u8]: ToSql<Binary, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("INSERT INTO search_terms (room_id, shelf, term, block, seqs) VALUES ");
        for (position, row) in self.rows.iter().enumerate() {
            out.push_sql(if position == 0 { "(" } else { ", (" });
            out.push_bind_param::<Binary, _>(&row.room_id)?;
            out.push_sql(", ");
            out.push_bind_param::<BigInt, _>(&row.shelf)?;
            out.push_sql(", ");
            out.push_bind_param::<Binary, _>(row.term.as_slice())?;
            out.push_sql(", ");
            out.push_bind_param::<BigInt, _>(&row.block)?;
            out.push_sql(", ");
            out.push_bind_param::<BigInt, _>(&row.seqs)?;
            out.push_sql(")");
        }
        out.push_sql(self.merging);
        Ok(())
    }
}

/// Notes how far some rooms are indexed, [`MOST_PLACES`] at most.
#[derive(Debug, Clone)]
pub struct PutProgress {
    rooms: Vec<TermKey>,
    merging: Merging,
}

impl PutProgress {
    /// Notes it of these rooms, of which there is at least one, in a database's own words for a row that is there.
    pub fn of(rooms: &[(StoredId, i64)], merging: Merging) -> Self {
        Self { rooms: padded(rooms), merging }
    }
}

impl QueryId for PutProgress {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<C> RunQueryDsl<C> for PutProgress {}

impl<DB> QueryFragment<DB> for PutProgress
where
    DB: Backend + HasSqlType<Binary> + HasSqlType<BigInt>,
    StoredId: ToSql<Binary, DB>,
    i64: ToSql<BigInt, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("INSERT INTO search_progress (room_id, indexed_seq) VALUES ");
        for (position, (room_id, indexed_seq)) in self.rooms.iter().enumerate() {
            out.push_sql(if position == 0 { "(" } else { ", (" });
            out.push_bind_param::<Binary, _>(room_id)?;
            out.push_sql(", ");
            out.push_bind_param::<BigInt, _>(indexed_seq)?;
            out.push_sql(")");
        }
        out.push_sql(self.merging);
        Ok(())
    }
}
