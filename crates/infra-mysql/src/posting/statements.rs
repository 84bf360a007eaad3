//! The statements that concern many messages at once.
//!
//! Diesel never keeps a prepared insertion of a list, so this one is written out.

use std::collections::BTreeSet;

use diesel::dsl;
use diesel::mysql::Mysql;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Binary, Nullable, Text};
use infra_sql::StoredId;
use infra_sql::events::{EventRow, HeadRow};
use infra_sql::posting::PostingStatements;
use infra_sql::rooms::{SeatRow, SenderRow};
use infra_sql::schema::{events, participants, rooms, seats};
use infra_sql::statements::queries;

use super::in_list::InList;
use crate::connection::Connection;
use crate::lease::Holder;

impl PostingStatements for Connection {
    fn heads(&mut self, room_ids: &BTreeSet<StoredId>) -> QueryResult<Vec<HeadRow>> {
        Heads::of(room_ids).load(&mut **self)
    }

    fn senders(&mut self, keys: &BTreeSet<(StoredId, &str)>) -> QueryResult<Vec<SenderRow>> {
        senders(keys).load(&mut **self)
    }

    fn earlier_posts(&mut self, client_ids: &BTreeSet<(&str, &str)>) -> QueryResult<Vec<EventRow>> {
        earlier_posts(client_ids).load(&mut **self)
    }

    fn seats(&mut self, room_ids: &BTreeSet<StoredId>) -> QueryResult<Vec<SeatRow>> {
        seats_of(room_ids).load(&mut **self)
    }

    fn originals(&mut self, ids: &BTreeSet<StoredId>) -> QueryResult<Vec<EventRow>> {
        originals(ids).load(&mut **self)
    }
}

/// For each of some rooms a look at the end of its log's key: [`HeadRow`].
struct Heads(InList<(rooms::room_id,), (dsl::AsExprOf<StoredId, Binary>,)>);

impl Heads {
    fn of(room_ids: &BTreeSet<StoredId>) -> Self {
        Self(InList::values(rooms::room_id, room_ids.iter().map(|id| (*id).into_sql::<Binary>())))
    }
}

impl QueryId for Heads {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Heads {
    type SqlType = (Binary, BigInt, Binary, Nullable<Binary>);
}

impl<C> RunQueryDsl<C> for Heads {}

impl QueryFragment<Mysql> for Heads {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Mysql>) -> QueryResult<()> {
        out.push_sql(
            "SELECT events.room_id, events.seq, events.tally, events.mention_tally FROM rooms INNER JOIN events \
             ON events.room_id = rooms.room_id AND events.seq = (SELECT last.seq FROM events last \
             WHERE last.room_id = rooms.room_id ORDER BY last.room_id DESC, last.seq DESC LIMIT 1) WHERE ",
        );
        self.0.walk_ast(out)
    }
}

/// A room and somebody who may have sat there.
type ParticipantKey<'a> = (dsl::AsExprOf<StoredId, Binary>, dsl::AsExprOf<&'a str, Text>);

/// [`SenderRow`].
#[dsl::auto_type(no_type_alias)]
fn senders<'a>(keys: &BTreeSet<(StoredId, &'a str)>) -> _ {
    let wanted: InList<(participants::room_id, participants::user_id), ParticipantKey<'a>> = InList::pairs(
        (participants::room_id, participants::user_id),
        keys.iter().map(|&(room_id, user_id)| (room_id.into_sql::<Binary>(), user_id.into_sql::<Text>())),
    );
    let senders: queries::senders = queries::senders();
    senders.filter(wanted)
}

/// A sender and one of their client ids.
type ClientId<'a> = (dsl::AsExprOf<&'a str, Text>, dsl::AsExprOf<&'a str, Text>);

/// [`EventRow`].
#[dsl::auto_type(no_type_alias)]
fn earlier_posts<'a>(client_ids: &BTreeSet<(&'a str, &'a str)>) -> _ {
    let wanted: InList<(events::actor_id, events::client_message_id), ClientId<'a>> = InList::pairs(
        (events::actor_id, events::client_message_id),
        client_ids.iter().map(|&(sender_id, id)| (sender_id.into_sql::<Text>(), id.into_sql::<Text>())),
    );
    events::table.filter(wanted)
}

/// [`SeatRow`].
#[dsl::auto_type(no_type_alias)]
fn seats_of(room_ids: &BTreeSet<StoredId>) -> _ {
    let wanted: InList<(seats::room_id,), (dsl::AsExprOf<StoredId, Binary>,)> =
        InList::values(seats::room_id, room_ids.iter().map(|id| (*id).into_sql::<Binary>()));
    seats::table.filter(wanted)
}

/// [`EventRow`].
#[dsl::auto_type(no_type_alias)]
fn originals(ids: &BTreeSet<StoredId>) -> _ {
    let wanted: InList<(events::message_id,), (dsl::AsExprOf<StoredId, Nullable<Binary>>,)> =
        InList::values(events::message_id, ids.iter().map(|id| (*id).into_sql::<Nullable<Binary>>()));
    events::table.filter(wanted)
}

/// Adds the events that posted messages are, if `holder` is still the server on this database.
///
/// The first row takes its kind from the lease, and so lacks it where the lease is another's.
#[derive(Debug, Clone, Copy)]
pub(super) struct InsertMessages<'a> {
    pub(super) rows: &'a [EventRow],
    pub(super) holder: Option<Holder>,
}

impl QueryId for InsertMessages<'_> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<C> RunQueryDsl<C> for InsertMessages<'_> {}

impl QueryFragment<Mysql> for InsertMessages<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Mysql>) -> QueryResult<()> {
        // Where nobody was ever mentioned, the statement is as short as it was without mentions.
        let has_mentions = self.rows.iter().any(|row| row.mention_tally.is_some());
        out.push_sql(
            "INSERT INTO events (kind, room_id, seq, actor_id, at, message_id, client_message_id, tally, data",
        );
        out.push_sql(if has_mentions { ", mention_tally) VALUES " } else { ") VALUES " });
        for (position, row) in self.rows.iter().enumerate() {
            out.push_sql(if position == 0 { "(" } else { ", (" });
            match &self.holder {
                Some(holder) if position == 0 => {
                    out.push_sql("(SELECT 'message_posted' FROM server_lease WHERE holder = ");
                    out.push_bind_param::<Binary, _>(holder.as_bytes())?;
                    out.push_sql(" LOCK IN SHARE MODE)");
                }
                _ => out.push_sql("'message_posted'"),
            }
            out.push_sql(", ");
            out.push_bind_param::<Binary, _>(&row.room_id)?;
            out.push_sql(", ");
            out.push_bind_param::<BigInt, _>(&row.seq)?;
            out.push_sql(", ");
            out.push_bind_param::<Text, _>(&row.actor_id)?;
            out.push_sql(", ");
            out.push_bind_param::<BigInt, _>(&row.at)?;
            out.push_sql(", ");
            out.push_bind_param::<Nullable<Binary>, _>(&row.message_id)?;
            out.push_sql(", ");
            out.push_bind_param::<Nullable<Text>, _>(&row.client_message_id)?;
            out.push_sql(", ");
            out.push_bind_param::<Binary, _>(&row.tally)?;
            out.push_sql(", ");
            out.push_bind_param::<Text, _>(&row.data)?;
            if has_mentions {
                out.push_sql(", ");
                out.push_bind_param::<Nullable<Binary>, _>(&row.mention_tally)?;
            }
            out.push_sql(")");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use diesel::debug_query;
    use uuid::Uuid;

    use super::*;

    /// The text of a statement, without the values that diesel shows after it.
    fn text(statement: &impl QueryFragment<Mysql>) -> String {
        let shown = debug_query::<Mysql, _>(statement).to_string();
        shown.split(" -- binds:").next().unwrap_or_default().to_owned()
    }

    #[test]
    fn each_question_comes_in_nine_forms() {
        let ids: Vec<_> = (0..256).map(|number| StoredId(Uuid::from_u128(number))).collect();
        let mut forms = [const { BTreeSet::new() }; 5];
        for length in 1..=256 {
            let ids = || ids[..length].iter().copied();
            let names: Vec<_> = ids().map(|id| id.0.to_string()).collect();
            forms[0].insert(text(&Heads::of(&ids().collect())));
            forms[1].insert(text(&senders(&ids().map(|id| (id, "ana")).collect())));
            forms[4].insert(text(&seats_of(&ids().collect())));
            forms[3].insert(text(&originals(&ids().collect())));
            forms[2].insert(text(&earlier_posts(&names.iter().map(|name| ("ana", name.as_str())).collect())));
        }
        assert_eq!(forms.map(|forms| forms.len()), [9; 5]);
    }

    #[test]
    fn a_list_of_none_is_a_query_that_finds_nothing() {
        assert!(text(&Heads::of(&BTreeSet::new())).contains("WHERE 1 = 0"));
    }
}
