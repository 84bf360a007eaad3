use super::check::Check;

/// The rooms' logs and the messages in them.
pub(super) const CHECKS: &[Check] = &[
    Check::new(
        "log_without_a_gap",
        "the log of the room {0} holds {1} events, numbered {2} to {3}",
        &["#r.room_id", "COALESCE(e.held, 0)", "e.first", "e.last"],
        "rooms r LEFT JOIN (SELECT room_id, COUNT(*) AS held, MIN(seq) AS first, MAX(seq) AS last \
         FROM events GROUP BY room_id) e ON e.room_id = r.room_id \
         WHERE e.held IS NULL OR e.first <> 1 OR e.last <> e.held",
    ),
    Check::new(
        "one_event_a_seq",
        "the room {0} has {2} events numbered {1}",
        &["#room_id", "seq", "COUNT(*)"],
        "events GROUP BY room_id, seq HAVING COUNT(*) > 1",
    ),
    Check::new(
        "messages_are_whole",
        "the {2} event {1} of the room {0} lacks what belongs to it, or holds what does not",
        &["#room_id", "seq", "kind"],
        "events WHERE (kind = 'message_posted') <> (message_id IS NOT NULL) \
         OR (kind = 'message_posted') <> (revision IS NOT NULL) \
         OR (kind = 'message_posted') <> (client_message_id IS NOT NULL) \
         OR (kind IN ('message_edited', 'message_deleted')) <> (target_seq IS NOT NULL) \
         OR (kind <> 'message_posted' AND (body IS NOT NULL OR edited_at IS NOT NULL)) \
         OR (kind IN ('member_joined', 'member_left', 'member_removed') AND subject_id IS NULL)",
    ),
    Check::new(
        "a_deleted_message_keeps_nothing",
        "the message {1} of the room {0} is deleted but keeps its body or digest",
        &["#room_id", "seq"],
        "events WHERE (body IS NULL) <> (body_digest IS NULL)",
    ),
    Check::new(
        "deletions_delete",
        "the event {1} of the room {0} deleted the message {2}, which has a body",
        &["#e.room_id", "e.seq", "e.target_seq"],
        "events e JOIN events m ON m.room_id = e.room_id AND m.seq = e.target_seq \
         WHERE e.kind = 'message_deleted' AND m.body IS NOT NULL",
    ),
    Check::new(
        "only_deletions_delete",
        "the message {1} of the room {0} has no body, and no event deleted it",
        &["#m.room_id", "m.seq"],
        // Gathered first: nothing else leads to a message's deletion than the room's whole log.
        "events m LEFT JOIN (SELECT DISTINCT room_id, target_seq FROM events \
         WHERE kind = 'message_deleted') e ON e.room_id = m.room_id AND e.target_seq = m.seq \
         WHERE m.kind = 'message_posted' AND m.body IS NULL AND e.target_seq IS NULL",
    ),
    Check::new(
        "changes_point_at_messages",
        "the event {1} of the room {0} changed the message {2}, where there is none",
        &["#e.room_id", "e.seq", "e.target_seq"],
        "events e LEFT JOIN events m ON m.room_id = e.room_id AND m.seq = e.target_seq \
         AND m.kind = 'message_posted' WHERE e.target_seq IS NOT NULL AND m.seq IS NULL",
    ),
    Check::new(
        "revisions_are_counted",
        "the message {1} of the room {0} has the revision {2}, and {3} events edited it",
        &["#m.room_id", "m.seq", "m.revision", "COALESCE(e.edits, 0)"],
        "events m LEFT JOIN (SELECT room_id, target_seq, COUNT(*) AS edits FROM events \
         WHERE kind = 'message_edited' GROUP BY room_id, target_seq) e \
         ON e.room_id = m.room_id AND e.target_seq = m.seq WHERE m.kind = 'message_posted' \
         AND (m.revision <> COALESCE(e.edits, 0) OR (m.revision > 0) <> (m.edited_at IS NOT NULL))",
    ),
    Check::new(
        "one_message_an_id",
        "{1} messages have the id {0}",
        &["#message_id", "COUNT(*)"],
        "events WHERE message_id IS NOT NULL GROUP BY message_id HAVING COUNT(*) > 1",
    ),
    Check::new(
        "one_message_a_client_id",
        "{0} has {1} messages under one client id",
        &["actor_id", "COUNT(*)"],
        "events WHERE client_message_id IS NOT NULL GROUP BY actor_id, client_message_id \
         HAVING COUNT(*) > 1",
    ),
    Check::new(
        "writers_are_participants",
        "{2} wrote the message {1} of the room {0}, where they never sat",
        &["#e.room_id", "e.seq", "e.actor_id"],
        "events e LEFT JOIN participants p ON p.room_id = e.room_id AND p.user_id = e.actor_id \
         WHERE e.kind = 'message_posted' AND p.user_id IS NULL",
    ),
    Check::new(
        "participants_have_joined",
        "{1} is in the history of the room {0}, and no event says that they joined",
        &["#p.room_id", "p.user_id"],
        "participants p LEFT JOIN (SELECT DISTINCT room_id, subject_id FROM events \
         WHERE kind = 'member_joined') e ON e.room_id = p.room_id AND e.subject_id = p.user_id \
         WHERE e.subject_id IS NULL",
    ),
    Check::new(
        "who_joined_is_a_participant",
        "the event {1} of the room {0} says that {2} joined, who is not in the room's history",
        &["#e.room_id", "e.seq", "e.subject_id"],
        "events e LEFT JOIN participants p ON p.room_id = e.room_id AND p.user_id = e.subject_id \
         WHERE e.kind = 'member_joined' AND p.user_id IS NULL",
    ),
    Check::new(
        "seats_follow_the_log",
        "the last event about {1} in the open room {0} is their {2}, and the seats say otherwise",
        &["#p.room_id", "p.user_id", "e.kind"],
        "participants p JOIN rooms r ON r.room_id = p.room_id AND r.closed_at IS NULL \
         JOIN (SELECT room_id, subject_id, MAX(seq) AS last FROM events \
         WHERE kind IN ('member_joined', 'member_left', 'member_removed') \
         GROUP BY room_id, subject_id) l ON l.room_id = p.room_id AND l.subject_id = p.user_id \
         JOIN events e ON e.room_id = l.room_id AND e.seq = l.last \
         LEFT JOIN seats s ON s.room_id = p.room_id AND s.user_id = p.user_id \
         WHERE (e.kind = 'member_joined') <> (s.user_id IS NOT NULL)",
    ),
    Check::new(
        "closed_rooms_end_with_their_closing",
        "the room {0} was closed at {1}, and its last event is {2}",
        &["#r.room_id", "r.closed_at", "e.kind"],
        "rooms r LEFT JOIN (SELECT room_id, MAX(seq) AS head_seq FROM events GROUP BY room_id) h \
         ON h.room_id = r.room_id LEFT JOIN events e ON e.room_id = h.room_id AND e.seq = h.head_seq \
         WHERE (r.closed_at IS NOT NULL) <> (COALESCE(e.kind, '') = 'room_closed')",
    ),
];
