-- Every durable change in a room. A message's body stands in its own row only: what edits or
-- deletes it points there. The rows lie in the order of the key, so that history, resuming and what
-- is unread are each one run of neighbours, and a message costs no further index for them.
--
-- Whom an event names is held by no foreign key: checking one locks the account until the commit, and
-- a commit of many messages would lock many in no order. No account's row is ever deleted, and the
-- audit looks for events without theirs.
CREATE TABLE events (
    room_id BINARY(16) NOT NULL,
    seq BIGINT NOT NULL CHECK (seq >= 1),
    kind VARCHAR(16) NOT NULL CHECK (kind IN (
        'message_posted', 'message_edited', 'message_deleted',
        'member_joined', 'member_left', 'member_removed', 'room_changed', 'room_closed'
    )),
    actor_id VARCHAR(32) NOT NULL,
    at BIGINT NOT NULL,
    -- Whom it is about: the member, or a changed room's new owner.
    subject_id VARCHAR(32),
    -- Of a member's removal.
    banned BOOLEAN CHECK (banned IN (0, 1)),
    -- Of a changed room.
    new_name VARCHAR(80) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
    new_locked BOOLEAN CHECK (new_locked IN (0, 1)),
    password_changed BOOLEAN CHECK (password_changed IN (0, 1)),
    -- Of a posted message; the body and its digest go when it is deleted. The client's own name for it
    -- may end in a blank, so its bytes are what counts.
    client_message_id VARBINARY(64),
    body VARCHAR(4000) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
    body_digest BINARY(16),
    message_id BINARY(16),
    revision INT CHECK (revision >= 0),
    edited_at BIGINT,
    -- Of an edit or a deletion: the seq of the message's own row.
    target_seq BIGINT,
    PRIMARY KEY (room_id, seq),
    UNIQUE KEY events_by_message (message_id),
    -- A client's name for a message is taken for good, so that a late retry finds what it was the name of.
    UNIQUE KEY events_by_client_message (actor_id, client_message_id),
    FOREIGN KEY (room_id) REFERENCES rooms (room_id),
    CHECK (target_seq < seq),
    CHECK ((kind IN ('member_joined', 'member_left', 'member_removed')) <= (subject_id IS NOT NULL)),
    CHECK ((kind = 'member_removed') = (banned IS NOT NULL)),
    CHECK ((kind = 'room_changed') = (password_changed IS NOT NULL)),
    CHECK (kind = 'room_changed' OR (new_name IS NULL AND new_locked IS NULL)),
    CHECK ((kind = 'message_posted') = (message_id IS NOT NULL)),
    CHECK ((kind = 'message_posted') = (revision IS NOT NULL)),
    CHECK (kind = 'message_posted' OR (body IS NULL AND edited_at IS NULL)),
    CHECK ((body IS NULL) = (body_digest IS NULL)),
    CHECK ((kind = 'message_posted') = (client_message_id IS NOT NULL)),
    CHECK ((kind IN ('message_edited', 'message_deleted')) = (target_seq IS NOT NULL))
) ENGINE = InnoDB CHARACTER SET ascii COLLATE ascii_bin;
