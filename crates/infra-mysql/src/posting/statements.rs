//! The statements that concern many messages at once.
//!
//! Diesel never keeps a prepared insertion of a list, so this one is written out.

use std::collections::BTreeSet;

use diesel::dsl;
use diesel::expression::SqlLiteral;
use diesel::mysql::Mysql;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Binary, Integer, Nullable, Text};
use infra_sql::StoredId;
use infra_sql::events::EventRow;
use infra_sql::schema::{events, participants, rooms, seats};

use super::in_list::InList;
use crate::lease::Holder;

/// Some rooms and where their logs end: `(StoredId, i64)`. For each a look at the end of the log's key.
#[dsl::auto_type(no_type_alias)]
pub(super) fn heads(room_ids: BTreeSet<StoredId>) -> _ {
    let wanted: InList<(events::room_id,), (dsl::AsExprOf<StoredId, Binary>,)> =
        InList::values(events::room_id, room_ids.into_iter().map(IntoSql::into_sql::<Binary>));
    let head: SqlLiteral<BigInt> = dsl::sql("MAX(seq)");
    events::table.filter(wanted).group_by(events::room_id).select((events::room_id, head))
}

/// A room and somebody who may have sat there.
type ParticipantKey<'a> = (dsl::AsExprOf<StoredId, Binary>, dsl::AsExprOf<&'a str, Text>);

/// Which of these have ever sat in the rooms named with them, whether they still do, and when the rooms were closed:
/// `(StoredId, String, bool, Option<i64>)`.
#[dsl::auto_type(no_type_alias)]
pub(super) fn participants<'a>(keys: BTreeSet<(StoredId, &'a str)>) -> _ {
    let wanted: InList<(participants::room_id, participants::user_id), ParticipantKey<'a>> = InList::pairs(
        (participants::room_id, participants::user_id),
        keys.into_iter().map(|(room_id, user_id)| (room_id.into_sql::<Binary>(), user_id.into_sql::<Text>())),
    );
    let is_theirs = seats::user_id.eq(participants::user_id).and(seats::room_id.eq(participants::room_id));
    participants::table
        .inner_join(rooms::table.on(rooms::room_id.eq(participants::room_id)))
        .left_join(seats::table.on(is_theirs))
        .filter(wanted)
        .select((
            participants::room_id,
            participants::user_id,
            seats::number.nullable().is_not_null(),
            rooms::closed_at,
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
        out.push_sql(
            "INSERT INTO events (kind, room_id, seq, actor_id, at, client_message_id, body, body_digest, \
             message_id, revision) VALUES ",
        );
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
        let mut forms = [const { BTreeSet::new() }; 3];
        for length in 1..=256 {
            let ids = || ids[..length].iter().copied();
            let names: Vec<_> = ids().map(|id| id.0.to_string()).collect();
            forms[0].insert(text(&heads(ids().collect())));
            forms[1].insert(text(&participants(ids().map(|id| (id, "ana")).collect())));
            forms[2].insert(text(&earlier_posts(names.iter().map(|name| ("ana", name.as_str())).collect())));
        }
        assert_eq!(forms.map(|forms| forms.len()), [9; 3]);
    }

    #[test]
    fn a_list_of_none_is_a_query_that_finds_nothing() {
        assert!(text(&heads(BTreeSet::new())).contains("WHERE 1 = 0"));
    }
}
