-- For a list of more than two values SQLite makes a table of its own for each statement whose rows it checks,
-- and each message is a statement. The checks are those of before without such lists.
CREATE TABLE new_events (
    room_id BLOB NOT NULL REFERENCES rooms (room_id),
    seq INTEGER NOT NULL CHECK (seq >= 1),
    kind TEXT NOT NULL CHECK (
        kind = 'message_posted' OR kind = 'message_edited' OR kind = 'message_deleted'
        OR kind = 'member_joined' OR kind = 'member_left' OR kind = 'member_removed'
        OR kind = 'room_changed' OR kind = 'room_closed'
    ),
    actor_id TEXT NOT NULL REFERENCES accounts (user_id),
    at INTEGER NOT NULL,
    -- Whom it is about: the member, or a changed room's new owner.
    subject_id TEXT REFERENCES accounts (user_id),
    -- Of a member's removal.
    banned INTEGER CHECK (banned IN (0, 1)),
    -- Of a changed room.
    new_name TEXT,
    new_locked INTEGER CHECK (new_locked IN (0, 1)),
    password_changed INTEGER CHECK (password_changed IN (0, 1)),
    -- Of a posted message; the body and its digest go when it is deleted.
    client_message_id TEXT,
    body TEXT,
    body_digest BLOB CHECK (length(body_digest) = 16),
    message_id BLOB CHECK (length(message_id) = 16),
    revision INTEGER CHECK (revision >= 0),
    edited_at INTEGER,
    -- Of an edit or a deletion: the seq of the message's own row.
    target_seq INTEGER CHECK (target_seq < seq),
    PRIMARY KEY (room_id, seq),
    FOREIGN KEY (room_id, target_seq) REFERENCES new_events (room_id, seq),
    CHECK (
        (kind = 'member_joined' OR kind = 'member_left' OR kind = 'member_removed') <= (subject_id IS NOT NULL)
    ),
    CHECK ((kind = 'member_removed') = (banned IS NOT NULL)),
    CHECK ((kind = 'room_changed') = (password_changed IS NOT NULL)),
    CHECK (kind = 'room_changed' OR (new_name IS NULL AND new_locked IS NULL)),
    CHECK ((kind = 'message_posted') = (message_id IS NOT NULL)),
    CHECK ((kind = 'message_posted') = (revision IS NOT NULL)),
    CHECK (kind = 'message_posted' OR (body IS NULL AND edited_at IS NULL)),
    CHECK ((body IS NULL) = (body_digest IS NULL)),
    CHECK ((kind = 'message_posted') = (client_message_id IS NOT NULL)),
    CHECK ((kind IN ('message_edited', 'message_deleted')) = (target_seq IS NOT NULL))
) STRICT, WITHOUT ROWID;

INSERT INTO new_events SELECT * FROM events;
DROP TABLE events;
ALTER TABLE new_events RENAME TO events;

CREATE UNIQUE INDEX events_by_message ON events (message_id) WHERE message_id IS NOT NULL;

-- A client's name for a message is taken for good, so that a late retry finds what it was the name of.
CREATE UNIQUE INDEX events_by_client_message ON events (client_message_id, actor_id)
    WHERE client_message_id IS NOT NULL;
