use super::prelude::*;
use super::statements;

statements! {
    ($)
    /// The events that are still to be converted, beside those that were.
    trait FormerEventStatements, implemented by implement_former_event_statements;

    /// The last event in the order of rooms and seqs.
    fn last_event(connection) -> Option<(StoredId, i64, Tally)> {
        events::table
            .select((events::room_id, events::seq, events::tally))
            .order((events::room_id.desc(), events::seq.desc()))
            .first(connection)
            .optional()
    }

    /// Adds converted events. Their table has no column yet for the last message, and none for mentions.
    fn insert_converted(connection, rows: &[EventRow]) -> usize {
        let rows: Vec<_> = rows
            .iter()
            .map(|row| {
                (
                    events::room_id.eq(row.room_id),
                    events::seq.eq(row.seq),
                    events::kind.eq(&row.kind),
                    events::actor_id.eq(&row.actor_id),
                    events::at.eq(row.at),
                    events::message_id.eq(row.message_id),
                    events::client_message_id.eq(&row.client_message_id),
                    events::tally.eq(row.tally),
                    events::data.eq(&row.data),
                )
            })
            .collect();
        insert_into(events::table).values(rows).execute(connection)
    }

    /// A room's former events above `after`, oldest first.
    fn former_events_of(connection, room_id: StoredId, after: i64, limit: i64) -> Vec<FormerEventRow> {
        former_events::table
            .filter(former_events::room_id.eq(room_id))
            .filter(former_events::seq.gt(after))
            .order((former_events::room_id.asc(), former_events::seq.asc()))
            .limit(limit)
            .load(connection)
    }

    /// The former events of the rooms above `after`, by room and seq.
    fn former_events_of_rooms_after(connection, after: StoredId, limit: i64) -> Vec<FormerEventRow> {
        former_events::table
            .filter(former_events::room_id.gt(after))
            .order((former_events::room_id.asc(), former_events::seq.asc()))
            .limit(limit)
            .load(connection)
    }

    /// Notes the deletions among the former events, those that are not noted already.
    fn note_former_deletions(connection) -> usize {
        sql_query(
            "INSERT INTO erased_messages (room_id, seq, sender_id, deletion_seq) \
             SELECT d.room_id, d.target_seq, m.actor_id, MAX(d.seq) FROM former_events d \
             JOIN former_events m ON m.room_id = d.room_id AND m.seq = d.target_seq \
             LEFT JOIN erased_messages e ON e.room_id = d.room_id AND e.seq = d.target_seq \
             WHERE d.kind = 'message_deleted' AND e.seq IS NULL \
             GROUP BY d.room_id, d.target_seq, m.actor_id",
        )
        .execute(connection)
    }
}
