//! The statements that concern many messages at once.
//!
//! Diesel never keeps a prepared update, nor an insertion of a list, so these two are written out.

use std::collections::BTreeSet;

use diesel::dsl;
use diesel::mysql::Mysql;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Binary, Integer, Nullable, Text};
use infra_sql::StoredId;
use infra_sql::events::EventRow;
use infra_sql::schema::{events, participants, rooms, seats};

use super::in_list::InList;

/// Some rooms: where their logs end, and when they were closed: `(StoredId, i64, Option<i64>)`.
#[dsl::auto_type(no_type_alias)]
pub(super) fn heads(room_ids: BTreeSet<StoredId>) -> _ {
    let wanted: InList<(rooms::room_id,), (dsl::AsExprOf<StoredId, Binary>,)> =
        InList::values(rooms::room_id, room_ids.into_iter().map(IntoSql::into_sql::<Binary>));
    rooms::table.filter(wanted).select((rooms::room_id, rooms::head_seq, rooms::closed_at))
}

/// A room and somebody who may have sat there.
type ParticipantKey<'a> = (dsl::AsExprOf<StoredId, Binary>, dsl::AsExprOf<&'a str, Text>);

/// Which of these have ever sat in the rooms named with them, and whether they still do:
/// `(StoredId, String, bool)`.
#[dsl::auto_type(no_type_alias)]
pub(super) fn participants<'a>(keys: BTreeSet<(StoredId, &'a str)>) -> _ {
    let wanted: InList<(participants::room_id, participants::user_id), ParticipantKey<'a>> = InList::pairs(
        (participants::room_id, participants::user_id),
        keys.into_iter().map(|(room_id, user_id)| (room_id.into_sql::<Binary>(), user_id.into_sql::<Text>())),
    );
    let is_theirs = seats::user_id.eq(participants::user_id).and(seats::room_id.eq(participants::room_id));
    participants::table.left_join(seats::table.on(is_theirs)).filter(wanted).select((
        participants::room_id,
        participants::user_id,
        seats::number.nullable().is_not_null(),
    ))
}

/// A sender and one of their client ids.
type ClientId<'a> = (dsl::AsExprOf<&'a str, Text>, dsl::AsExprOf<&'a str, Text>);

/// The senders' messages under these client ids, each with both: `(String, String, EarlierPostRow)`.
#[dsl::auto_type(no_type_alias)]
pub(super) fn earlier_posts<'a>(client_ids: BTreeSet<(&'a str, &'a str)>) -> _ {
    let wanted: InList<(events::actor_id, events::client_message_id), ClientId<'a>> = InList::pairs(
        (events::actor_id, events::client_message_id),
        client_ids.into_iter().map(|(sender_id, id)| (sender_id.into_sql::<Text>(), id.into_sql::<Text>())),
    );
    events::table.filter(wanted).select((
        events::actor_id,
        events::client_message_id.assume_not_null(),
        (events::message_id, events::room_id, events::seq, events::body_digest, events::at),
    ))
}

/// Adds the events that posted messages are.
#[derive(Debug, Clone, Copy)]
pub(super) struct InsertMessages<'a>(pub(super) &'a [EventRow]);

/// Moves the heads of some rooms, each to a seq of its own.
///
/// The seqs are named: MySQL would find the newest event of a room by going through all of them.
#[derive(Debug, Clone)]
pub(super) struct MoveHeads(Vec<(StoredId, i64)>);

impl MoveHeads {
    /// Moves the heads of these rooms to these seqs. The last is repeated until there are a power of two,
    /// so that there are few forms of the statement.
    pub(super) fn to(heads: impl IntoIterator<Item = (StoredId, i64)>) -> Self {
        let mut heads = Vec::from_iter(heads);
        if let Some(last) = heads.last().copied() {
            heads.resize(heads.len().next_power_of_two(), last);
        }
        Self(heads)
    }
}

/// `rows` in pieces whose lengths are powers of two, so that there are few forms of the statement
/// that adds a piece.
pub(super) fn pieces(mut rows: &[EventRow]) -> impl Iterator<Item = &[EventRow]> {
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

impl QueryFragment<Mysql> for InsertMessages<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Mysql>) -> QueryResult<()> {
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

impl QueryFragment<Mysql> for MoveHeads {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Mysql>) -> QueryResult<()> {
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

#[cfg(test)]
mod tests {
    use diesel::debug_query;
    use domain::rules::messages::posted;
    use domain::{Message, MessageId, RoomId, Seq, Timestamp};
    use uuid::Uuid;

    use super::*;

    /// The text of a statement, without the values that diesel shows after it.
    fn text(statement: &impl QueryFragment<Mysql>) -> String {
        let shown = debug_query::<Mysql, _>(statement).to_string();
        shown.split(" -- binds:").next().unwrap_or_default().to_owned()
    }

    fn message() -> EventRow {
        EventRow::from(&posted(Message {
            id: MessageId(Uuid::max()),
            room_id: RoomId(Uuid::max()),
            seq: Seq(1),
            sender_id: "ana".parse().expect("a user id"),
            client_message_id: "client id".parse().expect("a client message id"),
            body: Some("hello".parse().expect("a body")),
            sent_at: Timestamp::from_millis(1),
            revision: 0,
            edited_at: None,
        }))
    }

    #[test]
    fn each_statement_comes_in_nine_forms() {
        let ids: Vec<_> = (0..256).map(|number| StoredId(Uuid::from_u128(number))).collect();
        let messages = vec![message(); 256];
        let mut forms = [const { BTreeSet::new() }; 5];
        for length in 1..=256 {
            let ids = || ids[..length].iter().copied();
            let names: Vec<_> = ids().map(|id| id.0.to_string()).collect();
            forms[0].insert(text(&heads(ids().collect())));
            forms[1].insert(text(&participants(ids().map(|id| (id, "ana")).collect())));
            forms[2].insert(text(&earlier_posts(names.iter().map(|name| ("ana", name.as_str())).collect())));
            forms[3].insert(text(&MoveHeads::to(ids().map(|id| (id, 1)))));
            let pieces: Vec<_> = pieces(&messages[..length]).collect();
            assert_eq!(pieces.iter().map(|piece| piece.len()).sum::<usize>(), length);
            forms[4].extend(pieces.into_iter().map(|piece| text(&InsertMessages(piece))));
        }
        assert_eq!(forms.map(|forms| forms.len()), [9; 5]);
    }

    /// MySQL goes through a room's whole log for its newest event.
    #[test]
    fn heads_move_without_a_look_at_the_log() {
        assert!(!text(&MoveHeads::to([(StoredId::HIGHEST, 1)])).contains("events"));
    }

    #[test]
    fn a_list_of_none_is_a_query_that_finds_nothing() {
        assert!(text(&heads(BTreeSet::new())).contains("WHERE 1 = 0"));
    }
}
