-- Every durable change in a room: what it is found by, and its data as JSON, whose shape the kind decides. The shape
-- is checked where it is written, and by the audit, so that another kind of event needs no other table. A message's body
-- stands in its own event only: what edits or deletes it points there.
--
-- The rows lie in the order of the key, so that history and resuming are each one run of neighbours. The data is text,
-- and not of the type JSON, which would be parsed when it is written and composed anew when it is read.
--
-- Whom an event names is held by no foreign key: checking one locks the account until the commit, and
-- a commit of many messages would lock many in no order. No account's row is ever deleted, and the
-- audit looks for events without theirs.
CREATE TABLE events (
    room_id BINARY(16) NOT NULL,
    seq BIGINT NOT NULL CHECK (seq >= 1),
    kind VARCHAR(32) NOT NULL,
    actor_id VARCHAR(32) NOT NULL,
    at BIGINT NOT NULL,
    -- Of a posted message. The client's own id for it is taken for good, so that a late retry finds what it was
    -- the id of. It may end in a blank, so its bytes are what counts.
    message_id BINARY(16),
    client_message_id VARBINARY(64),
    -- How many messages, deletions, and messages from each of the six seats the log holds up to here.
    tally BINARY(32) NOT NULL,
    data MEDIUMTEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    PRIMARY KEY (room_id, seq),
    UNIQUE KEY events_by_message (message_id),
    -- Client ids that begin with the time, as Hexroom's own clients make them, are added at the end of an index in which
    -- they come first.
    UNIQUE KEY events_by_client_message (client_message_id, actor_id),
    FOREIGN KEY (room_id) REFERENCES rooms (room_id)
) ENGINE = InnoDB CHARACTER SET ascii COLLATE ascii_bin;
