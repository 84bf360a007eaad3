use super::prelude::*;
use super::statements;

statements! {
    ($)
    /// The rooms' logs, and the messages in them.
    trait EventStatements, implemented by implement_event_statements;

    /// Adds an event.
    fn insert_event(connection, event: &EventRow) -> usize {
        insert_into(schema::events::table).values(event).execute(connection)
    }

    /// Moves a room's head to `seq`, if it stands at the one before.
    fn move_head(connection, room_id: StoredId, seq: i64) -> usize {
        rooms::MoveHead { room_id, seq }.execute(connection)
    }

    /// A message by its name.
    fn message(connection, id: StoredId) -> Option<MessageRow> {
        events::message(id).first(connection).optional()
    }

    /// Sets what a message says.
    fn revise_message(connection, room_id: StoredId, seq: i64, body: &str, revision: i32, at: i64) -> usize {
        update(events::event(room_id, seq))
            .set((
                schema::events::body.eq(body),
                schema::events::revision.eq(revision),
                schema::events::edited_at.eq(at),
            ))
            .execute(connection)
    }

    /// Takes a message's body and its digest away.
    fn erase_message(connection, room_id: StoredId, seq: i64) -> usize {
        update(events::event(room_id, seq))
            .set((schema::events::body.eq(None::<String>), schema::events::body_digest.eq(None::<Vec<u8>>)))
            .execute(connection)
    }

    /// A sender's message under a client id.
    fn earlier_post(connection, sender_id: &str, client_message_id: &str) -> Option<EarlierPostRow> {
        events::earlier_post(sender_id, client_message_id).first(connection).optional()
    }

    /// A room's events above `since`, oldest first.
    fn events_since(connection, room_id: StoredId, since: i64, limit: i64) -> Vec<EventRow> {
        events::since(room_id, since, limit).load(connection)
    }

    /// The messages posted with some events of a room.
    fn messages_at(connection, room_id: StoredId, seqs: &[i64]) -> Vec<MessageRow> {
        events::messages_at(room_id, seqs).load(connection)
    }

    /// The oldest messages between two seqs, oldest first.
    fn oldest_messages(connection, room_id: StoredId, above: i64, below: i64, limit: i64) -> Vec<MessageRow> {
        events::oldest_messages(room_id, above, below, limit).load(connection)
    }

    /// The newest messages below a seq, newest first.
    fn newest_messages(connection, room_id: StoredId, below: i64, limit: i64) -> Vec<MessageRow> {
        events::newest_messages(room_id, below, limit).load(connection)
    }
}
