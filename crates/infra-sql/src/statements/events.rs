use super::prelude::*;
use super::statements;

statements! {
    ($)
    /// The rooms' logs, and the messages in them.
    trait EventStatements, implemented by implement_event_statements;

    fn insert_event(connection, event: &EventRow) -> usize {
        insert_into(events::table).values(event).execute(connection)
    }

    /// The seq of a room's newest event.
    fn head(connection, room_id: StoredId) -> Option<i64> {
        events::table
            .filter(events::room_id.eq(room_id))
            .select(events::seq)
            .order(events::seq.desc())
            .first(connection)
            .optional()
    }

    /// A message by its id.
    fn message(connection, id: StoredId) -> Option<MessageRow> {
        events::table
            .filter(events::message_id.eq(id))
            .select(MessageRow::as_select())
            .first(connection)
            .optional()
    }

    /// Sets what a message says.
    fn revise_message(connection, room_id: StoredId, seq: i64, body: &str, revision: i32, at: i64) -> usize {
        diesel::update(events::table.find((room_id, seq)))
            .set((events::body.eq(body), events::revision.eq(revision), events::edited_at.eq(at)))
            .execute(connection)
    }

    /// Takes a message's body and its digest away.
    fn erase_message(connection, room_id: StoredId, seq: i64) -> usize {
        diesel::update(events::table.find((room_id, seq)))
            .set((events::body.eq(None::<String>), events::body_digest.eq(None::<Vec<u8>>)))
            .execute(connection)
    }

    /// A sender's message under a client id.
    fn earlier_post(connection, sender_id: &str, client_message_id: &str) -> Option<EarlierPostRow> {
        events::table
            .filter(events::client_message_id.eq(client_message_id))
            .filter(events::actor_id.eq(sender_id))
            .select(EarlierPostRow::as_select())
            .first(connection)
            .optional()
    }

    /// A room's events above `since`, oldest first.
    fn events_since(connection, room_id: StoredId, since: i64, limit: i64) -> Vec<EventRow> {
        events::table
            .filter(events::room_id.eq(room_id))
            .filter(events::seq.gt(since))
            .order(events::seq.asc())
            .limit(limit)
            .load(connection)
    }

    /// A room's events above `since`, oldest first, if that member sits there.
    fn events_for_member(
        connection,
        room_id: StoredId,
        user_id: &str,
        since: i64,
        limit: i64
    ) -> Vec<EventRow> {
        events::table
            .filter(events::room_id.eq(room_id))
            .filter(events::seq.gt(since))
            .filter(exists(seat(user_id, room_id)))
            .order(events::seq.asc())
            .limit(limit)
            .load(connection)
    }

    /// The messages posted with some events of a room.
    fn messages_at(connection, room_id: StoredId, seqs: &[i64]) -> Vec<MessageRow> {
        events::table
            .filter(events::room_id.eq(room_id))
            .filter(events::seq.eq_any(seqs))
            .select(MessageRow::as_select())
            .load(connection)
    }

    /// The oldest messages between two seqs, oldest first, if that member sits there.
    fn oldest_messages(
        connection,
        room_id: StoredId,
        user_id: &str,
        above: i64,
        below: i64,
        limit: i64
    ) -> Vec<MessageRow> {
        events::table
            .filter(exists(seat(user_id, room_id)))
            .filter(events::room_id.eq(room_id))
            .filter(events::seq.gt(above))
            .filter(events::seq.lt(below))
            .filter(events::message_id.is_not_null())
            .select(MessageRow::as_select())
            .order(events::seq.asc())
            .limit(limit)
            .load(connection)
    }

    /// The newest messages below a seq, newest first, if that member sits there.
    fn newest_messages(
        connection,
        room_id: StoredId,
        user_id: &str,
        below: i64,
        limit: i64
    ) -> Vec<MessageRow> {
        events::table
            .filter(exists(seat(user_id, room_id)))
            .filter(events::room_id.eq(room_id))
            .filter(events::seq.lt(below))
            .filter(events::message_id.is_not_null())
            .select(MessageRow::as_select())
            .order(events::seq.desc())
            .limit(limit)
            .load(connection)
    }
}
