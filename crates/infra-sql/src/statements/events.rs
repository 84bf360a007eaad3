use super::prelude::*;
use super::statements;

statements! {
    ($)
    /// The rooms' logs, and the messages in them.
    trait EventStatements, implemented by implement_event_statements;

    fn insert_event(connection, event: &EventRow) -> usize {
        insert_into(events::table).values(event).execute(connection)
    }

    /// The end of a room's log, and which message is the last one there, if that event is none itself.
    fn head(connection, room_id: StoredId) -> Option<(HeadRow, Option<i64>)> {
        events::table
            .filter(events::room_id.eq(room_id))
            .select(((events::room_id, events::seq, events::tally, events::mention_tally), events::last_message_seq))
            .order(events::seq.desc())
            .first(connection)
            .optional()
    }

    /// The newest events of a room below a seq, newest first, as places where the newest message may be.
    fn candidates(connection, room_id: StoredId, below: i64, limit: i64) -> Vec<CandidateRow> {
        events::table
            .filter(events::room_id.eq(room_id))
            .filter(events::seq.lt(below))
            .select((
                events::seq,
                events::message_id.is_not_null(),
                events::last_message_seq,
                exists(erased_messages::table.find((events::room_id, events::seq))),
            ))
            .order(events::seq.desc())
            .limit(limit)
            .load(connection)
    }

    /// Where the logs of some rooms end, not too many at once, and their newest messages that are not deleted.
    fn last_messages(connection, heads: &[(StoredId, i64)]) -> Vec<LastRow> {
        LastMessages::at(heads).load(connection)
    }

    /// Sets which message is the last one by an event that is none.
    fn set_last_message(connection, room_id: StoredId, seq: i64, last_message_seq: i64) -> usize {
        diesel::update(events::table.find((room_id, seq)))
            .set(events::last_message_seq.eq(last_message_seq))
            .execute(connection)
    }

    /// An event of a room.
    fn event(connection, room_id: StoredId, seq: i64) -> Option<EventRow> {
        events::table.find((room_id, seq)).first(connection).optional()
    }

    /// The event that posted a message.
    fn message(connection, id: StoredId) -> Option<EventRow> {
        events::table.filter(events::message_id.eq(id)).first(connection).optional()
    }

    /// Sets what an event says.
    fn set_event_data(connection, room_id: StoredId, seq: i64, data: &str) -> usize {
        diesel::update(events::table.find((room_id, seq))).set(events::data.eq(data)).execute(connection)
    }

    fn insert_erased_message(connection, erased: &ErasedMessageRow) -> usize {
        insert_into(erased_messages::table).values(erased).execute(connection)
    }

    fn insert_recounted_mentions(connection, recounted: &[RecountedMentionRow]) -> usize {
        insert_into(recounted_mentions::table).values(recounted).execute(connection)
    }

    /// The recounted mentions of the rooms from one to another.
    fn recounted_mentions_between(
        connection,
        lowest: StoredId,
        highest: StoredId
    ) -> Vec<RecountedMentionRow> {
        recounted_mentions::table
            .filter(recounted_mentions::room_id.between(lowest, highest))
            .load(connection)
    }

    /// The event that posted a sender's message under a client id.
    fn earlier_post(connection, sender_id: &str, client_message_id: &str) -> Option<EventRow> {
        events::table
            .filter(events::client_message_id.eq(client_message_id))
            .filter(events::actor_id.eq(sender_id))
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

    /// The events of the rooms above one, up to another, by room and seq.
    fn events_of_rooms_between(
        connection,
        above: StoredId,
        highest: StoredId,
        limit: i64
    ) -> Vec<EventRow> {
        events::table
            .filter(events::room_id.gt(above))
            .filter(events::room_id.le(highest))
            .order((events::room_id.asc(), events::seq.asc()))
            .limit(limit)
            .load(connection)
    }

    /// The deleted messages of the rooms from one to another.
    fn erased_messages_between(connection, lowest: StoredId, highest: StoredId) -> Vec<ErasedMessageRow> {
        erased_messages::table.filter(erased_messages::room_id.between(lowest, highest)).load(connection)
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
            .select(MessageRow::as_select())
            .filter(events::room_id.eq(room_id))
            .filter(events::seq.eq_any(seqs))
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
            .select(MessageRow::as_select())
            .filter(exists(seat(user_id, room_id)))
            .filter(events::room_id.eq(room_id))
            .filter(events::seq.gt(above))
            .filter(events::seq.lt(below))
            .filter(events::message_id.is_not_null())
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
            .select(MessageRow::as_select())
            .filter(exists(seat(user_id, room_id)))
            .filter(events::room_id.eq(room_id))
            .filter(events::seq.lt(below))
            .filter(events::message_id.is_not_null())
            .order(events::seq.desc())
            .limit(limit)
            .load(connection)
    }

    /// The newest messages below a seq and the oldest from it on, in no order, if that member sits there; so many of
    /// each at most.
    fn messages_around(
        connection,
        room_id: StoredId,
        user_id: &str,
        seq: i64,
        limit: i64
    ) -> Vec<MessageRow> {
        let messages = events::table
            .select(MessageRow::as_select())
            .filter(exists(seat(user_id, room_id)))
            .filter(events::room_id.eq(room_id))
            .filter(events::message_id.is_not_null());
        let older = messages.filter(events::seq.lt(seq)).order(events::seq.desc()).limit(limit);
        let newer = messages.filter(events::seq.ge(seq)).order(events::seq.asc()).limit(limit);
        older.union_all(newer).load(connection)
    }
}
