CREATE TABLE rooms (
    room_id BLOB NOT NULL PRIMARY KEY CHECK (length(room_id) = 16),
    name TEXT NOT NULL,
    owner_id TEXT NOT NULL REFERENCES accounts (user_id),
    password_hash TEXT NOT NULL,
    locked INTEGER NOT NULL CHECK (locked IN (0, 1)),
    created_at INTEGER NOT NULL,
    closed_at INTEGER,
    epoch BLOB NOT NULL CHECK (length(epoch) = 16),
    head_seq INTEGER NOT NULL CHECK (head_seq >= 0)
) STRICT, WITHOUT ROWID;

CREATE INDEX rooms_by_owner ON rooms (owner_id, closed_at);

-- Everyone who ever sat in a room, on the terms of the last time.
CREATE TABLE participants (
    room_id BLOB NOT NULL REFERENCES rooms (room_id),
    user_id TEXT NOT NULL REFERENCES accounts (user_id),
    joined_as TEXT NOT NULL CHECK (joined_as IN ('creator', 'prime', 'free', 'paid')),
    first_joined_at INTEGER NOT NULL,
    PRIMARY KEY (room_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX participants_by_user ON participants (user_id, room_id);

-- Six numbers and a key: the database itself refuses a seventh seat and a second holder of one.
CREATE TABLE seats (
    room_id BLOB NOT NULL REFERENCES rooms (room_id),
    number INTEGER NOT NULL CHECK (number BETWEEN 1 AND 6),
    user_id TEXT NOT NULL,
    joined_at INTEGER NOT NULL,
    fee INTEGER NOT NULL CHECK (fee >= 0),
    read_seq INTEGER NOT NULL CHECK (read_seq >= 0),
    PRIMARY KEY (room_id, number),
    UNIQUE (user_id, room_id),
    FOREIGN KEY (room_id, user_id) REFERENCES participants (room_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE bans (
    room_id BLOB NOT NULL REFERENCES rooms (room_id),
    user_id TEXT NOT NULL REFERENCES accounts (user_id),
    banned_at INTEGER NOT NULL,
    PRIMARY KEY (room_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE invitations (
    invitation_id BLOB NOT NULL PRIMARY KEY CHECK (length(invitation_id) = 16),
    room_id BLOB NOT NULL REFERENCES rooms (room_id),
    invitee_id TEXT NOT NULL REFERENCES accounts (user_id),
    token_hash BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at INTEGER,
    revoked_at INTEGER,
    CHECK (used_at IS NULL OR revoked_at IS NULL)
) STRICT, WITHOUT ROWID;

CREATE INDEX invitations_by_room ON invitations (room_id, invitation_id);
CREATE INDEX invitations_by_invitee ON invitations (invitee_id);
