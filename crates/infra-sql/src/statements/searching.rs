//! Looking at many places at once, and filling the search index.

use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Binary, HasSqlType, Nullable, Text};

use super::reading::padded;
use crate::search::TermRow;
use crate::stored::StoredId;

/// How many rooms or rows one statement indexes at most.
pub const MOST_PLACES: usize = 64;

/// How many places are read with one statement at most. Of more than 200 MySQL guesses how many rows there are.
pub const MOST_READ: usize = 128;

/// What follows a term's row that is to be added to one that is there.
pub type Merging = &'static str;

/// A room and a shelf of it.
pub type TermKey = (StoredId, i64);

/// How a backend finds many places of a table by its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lists {
    /// By a query for each, put together by `UNION ALL`: SQLite plans and does them as fast as if they were one.
    OneByOne,
    /// By one condition, `(a, b) IN ((?, ?), (?, ?))`: MySQL plans each query of a union anew whenever it is done.
    Together,
}

/// A connection to a backend that finds many places in its own way.
pub trait PlaceLists {
    /// In which way.
    const LISTS: Lists;
}

/// Declares queries of one row for each of some places in the rooms' logs.
macro_rules! queries_at_places {
    ($($(#[$doc:meta])* $Query:ident, $select:literal: $row:ty;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub struct $Query {
            places: Vec<(StoredId, i64)>,
            lists: Lists,
        }

        impl $Query {
            /// About these places, of which there is at least one and [`MOST_READ`] at most.
            pub fn of(places: &[(StoredId, i64)], lists: Lists) -> Self {
                Self { places: padded(places), lists }
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
            DB: Backend + HasSqlType<Binary> + HasSqlType<BigInt>,
            StoredId: ToSql<Binary, DB>,
            i64: ToSql<BigInt, DB>,
        {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
                let [first, others, between, end] = match self.lists {
                    Lists::OneByOne => {
                        [concat!($select, "room_id = "), concat!(" UNION ALL ", $select, "room_id = "), " AND seq = ", ""]
                    }
                    Lists::Together => [concat!($select, "(room_id, seq) IN (("), "), (", ", ", "))"],
                };
                for (position, (room_id, seq)) in self.places.iter().enumerate() {
                    out.push_sql(if position == 0 { first } else { others });
                    out.push_bind_param::<Binary, _>(room_id)?;
                    out.push_sql(between);
                    out.push_bind_param::<BigInt, _>(seq)?;
                }
                out.push_sql(end);
                Ok(())
            }
        }
    )+};
}

queries_at_places! {
    /// The messages at some places: a room's id and a [`MessageRow`](crate::events::MessageRow).
    MessagesAt, "SELECT room_id, seq, actor_id, at, message_id, client_message_id, data FROM events \
                 WHERE message_id IS NOT NULL AND ":
        (Binary, (BigInt, Text, BigInt, Nullable<Binary>, Nullable<Text>, Text));

    /// When the events at some places happened: `(StoredId, i64, i64)`.
    InstantsAt, "SELECT room_id, seq, at FROM events WHERE ": (Binary, BigInt, BigInt);
}

const LOG_PART: [&str; 3] = [
    "SELECT room_id, kind, seq, actor_id, at, message_id, client_message_id, data FROM events WHERE room_id = ",
    " AND seq > ",
    " AND seq <= ",
];

/// The events of some rooms from above a seq up to another, [`MOST_PLACES`] rooms at most:
/// [`IndexedEventRow`](crate::search::IndexedEventRow).
#[derive(Debug, Clone)]
pub struct LogParts(Vec<(StoredId, i64, i64)>);

impl LogParts {
    /// The events of these parts, of which there is at least one.
    pub fn of(parts: &[(StoredId, i64, i64)]) -> Self {
        Self(padded(parts))
    }
}

impl QueryId for LogParts {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for LogParts {
    type SqlType = (Binary, Text, (BigInt, Text, BigInt, Nullable<Binary>, Nullable<Text>, Text));
}

impl<C> RunQueryDsl<C> for LogParts {}

impl<DB> QueryFragment<DB> for LogParts
where
    DB: Backend + HasSqlType<Binary> + HasSqlType<BigInt>,
    StoredId: ToSql<Binary, DB>,
    i64: ToSql<BigInt, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        for (position, (room_id, since, up_to)) in self.0.iter().enumerate() {
            out.push_sql(if position == 0 { "" } else { " UNION ALL " });
            out.push_sql(LOG_PART[0]);
            out.push_bind_param::<Binary, _>(room_id)?;
            out.push_sql(LOG_PART[1]);
            out.push_bind_param::<BigInt, _>(since)?;
            out.push_sql(LOG_PART[2]);
            out.push_bind_param::<BigInt, _>(up_to)?;
        }
        Ok(())
    }
}

const POSTINGS: &str = "SELECT room_id, block, seqs FROM search_terms WHERE ";

/// Where a term occurs on some shelves, or the terms from one to below another:
/// [`PostingRow`](crate::search::PostingRow).
#[derive(Debug, Clone)]
pub struct Postings<'a> {
    shelves: Vec<TermKey>,
    term: &'a [u8],
    below: Option<&'a [u8]>,
    lists: Lists,
}

impl<'a> Postings<'a> {
    /// Where a term occurs on these shelves, of which there is at least one and [`MOST_READ`] at most.
    pub fn of(shelves: &[TermKey], term: &'a [u8], lists: Lists) -> Self {
        Self { shelves: padded(shelves), term, below: None, lists }
    }

    /// Where the terms from one to below another occur.
    pub fn between(shelves: &[TermKey], term: &'a [u8], below: &'a [u8], lists: Lists) -> Self {
        Self { shelves: padded(shelves), term, below: Some(below), lists }
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
        let is_together = self.lists == Lists::Together;
        for (position, (room_id, shelf)) in self.shelves.iter().enumerate() {
            if !is_together {
                out.push_sql(if position == 0 { "" } else { " UNION ALL " });
                out.push_sql(POSTINGS);
                out.push_sql("room_id = ");
            } else if position == 0 {
                out.push_sql(POSTINGS);
                out.push_sql("(room_id, shelf) IN ((");
            } else {
                out.push_sql("), (");
            }
            out.push_bind_param::<Binary, _>(room_id)?;
            out.push_sql(if is_together { ", " } else { " AND shelf = " });
            out.push_bind_param::<BigInt, _>(shelf)?;
            if !is_together {
                self.walk_term(out.reborrow())?;
            }
        }
        if is_together {
            out.push_sql("))");
            self.walk_term(out)?;
        }
        Ok(())
    }
}

impl Postings<'_> {
    fn walk_term<'b, DB>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()>
    where
        DB: Backend + HasSqlType<Binary>,
        [u8]: ToSql<Binary, DB>,
    {
        out.push_sql(if self.below.is_some() { " AND term >= " } else { " AND term = " });
        out.push_bind_param::<Binary, _>(self.term)?;
        if let Some(below) = self.below {
            out.push_sql(" AND term < ");
            out.push_bind_param::<Binary, _>(below)?;
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
