//! The statements that add many messages to many rooms at once.
//!
//! Diesel never keeps a prepared update, nor an insertion of a list, so these two are written out.

use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Binary, HasSqlType, Integer, Nullable, Text};

use crate::events::EventRow;
use crate::stored::StoredId;

/// Adds the events that posted messages are.
#[derive(Debug, Clone, Copy)]
pub struct InsertMessages<'a>(pub &'a [EventRow]);

/// Moves the heads of some rooms, each to a seq of its own.
///
/// The seqs are named: MySQL would find the newest event of a room by going through all of them.
#[derive(Debug, Clone)]
pub struct MoveHeads(Vec<(StoredId, i64)>);

impl MoveHeads {
    /// Moves the heads of these rooms to these seqs. The last is repeated until there are a power of two,
    /// so that there are few forms of the statement.
    pub fn to(heads: &[(StoredId, i64)]) -> Self {
        let mut heads = heads.to_vec();
        if let Some(last) = heads.last().copied() {
            heads.resize(heads.len().next_power_of_two(), last);
        }
        Self(heads)
    }
}

/// `rows` in pieces whose lengths are powers of two, so that there are few forms of the statement
/// that adds a piece.
pub fn pieces(mut rows: &[EventRow]) -> impl Iterator<Item = &[EventRow]> {
    std::iter::from_fn(move || {
        let length = 1 << rows.len().checked_ilog2()?;
        let (piece, rest) = rows.split_at(length);
        rows = rest;
        Some(piece)
    })
}

impl QueryId for InsertMessages<'_> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<C> RunQueryDsl<C> for InsertMessages<'_> {}

impl<DB> QueryFragment<DB> for InsertMessages<'_>
where
    DB: Backend + HasSqlType<Binary> + HasSqlType<BigInt> + HasSqlType<Integer> + HasSqlType<Text>,
    StoredId: ToSql<Binary, DB>,
    Option<StoredId>: ToSql<Nullable<Binary>, DB>,
    Option<Vec<u8>>: ToSql<Nullable<Binary>, DB>,
    i64: ToSql<BigInt, DB>,
    Option<i32>: ToSql<Nullable<Integer>, DB>,
    String: ToSql<Text, DB>,
    Option<String>: ToSql<Nullable<Text>, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(
            "INSERT INTO events (room_id, seq, kind, actor_id, at, client_message_id, body, body_digest, \
             message_id, revision) VALUES ",
        );
        for (position, row) in self.0.iter().enumerate() {
            out.push_sql(if position == 0 { "(" } else { ", (" });
            out.push_bind_param::<Binary, _>(&row.room_id)?;
            out.push_sql(", ");
            out.push_bind_param::<BigInt, _>(&row.seq)?;
            out.push_sql(", ");
            out.push_bind_param::<Text, _>(&row.kind)?;
            out.push_sql(", ");
            out.push_bind_param::<Text, _>(&row.actor_id)?;
            out.push_sql(", ");
            out.push_bind_param::<BigInt, _>(&row.at)?;
            out.push_sql(", ");
            out.push_bind_param::<Nullable<Text>, _>(&row.client_message_id)?;
            out.push_sql(", ");
            out.push_bind_param::<Nullable<Text>, _>(&row.body)?;
            out.push_sql(", ");
            out.push_bind_param::<Nullable<Binary>, _>(&row.body_digest)?;
            out.push_sql(", ");
            out.push_bind_param::<Nullable<Binary>, _>(&row.message_id)?;
            out.push_sql(", ");
            out.push_bind_param::<Nullable<Integer>, _>(&row.revision)?;
            out.push_sql(")");
        }
        Ok(())
    }
}

impl QueryId for MoveHeads {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<C> RunQueryDsl<C> for MoveHeads {}

impl<DB> QueryFragment<DB> for MoveHeads
where
    DB: Backend + HasSqlType<Binary> + HasSqlType<BigInt>,
    StoredId: ToSql<Binary, DB>,
    i64: ToSql<BigInt, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("UPDATE rooms SET head_seq = CASE room_id");
        for (room_id, seq) in &self.0 {
            out.push_sql(" WHEN ");
            out.push_bind_param::<Binary, _>(room_id)?;
            out.push_sql(" THEN ");
            out.push_bind_param::<BigInt, _>(seq)?;
        }
        out.push_sql(" END WHERE room_id IN (");
        for (position, (room_id, _)) in self.0.iter().enumerate() {
            out.push_sql(if position == 0 { "" } else { ", " });
            out.push_bind_param::<Binary, _>(room_id)?;
        }
        out.push_sql(")");
        Ok(())
    }
}
