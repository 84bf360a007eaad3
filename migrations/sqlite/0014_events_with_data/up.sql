-- Makes room for events whose kind decides the shape of their data.
DROP INDEX events_by_message;
DROP INDEX events_by_client_message;
ALTER TABLE events RENAME TO former_events;

-- Every durable change in a room: what it is found by, and its data as JSON, whose shape the kind decides. The shape
-- is checked where it is written, and by the audit, so that another kind of event needs no other table. A message's body
-- stands in its own event only: what edits or deletes it points there. The rows lie in the order of the key, so that
-- history and resuming are each one run of neighbours.
CREATE TABLE events (
    room_id BLOB NOT NULL REFERENCES rooms (room_id),
    seq INTEGER NOT NULL CHECK (seq >= 1),
    kind TEXT NOT NULL,
    actor_id TEXT NOT NULL REFERENCES accounts (user_id),
    at INTEGER NOT NULL,
    -- Of a posted message. The client's own id for it is taken for good, so that a late retry finds what it was
    -- the id of.
    message_id BLOB,
    client_message_id TEXT,
    -- How many messages, deletions, and messages from each of the six seats the log holds up to here.
    tally BLOB NOT NULL CHECK (length(tally) = 32),
    data TEXT NOT NULL,
    PRIMARY KEY (room_id, seq)
) STRICT, WITHOUT ROWID;

-- The deleted messages. The tallies count them like all others; what somebody has not read is told without them.
CREATE TABLE erased_messages (
    room_id BLOB NOT NULL,
    seq INTEGER NOT NULL,
    sender_id TEXT NOT NULL,
    -- The event that deleted it.
    deletion_seq INTEGER NOT NULL,
    PRIMARY KEY (room_id, seq)
) STRICT, WITHOUT ROWID;
