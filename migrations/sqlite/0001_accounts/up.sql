-- An erased account keeps its id for all time and loses everything personal.
CREATE TABLE accounts (
    user_id TEXT NOT NULL PRIMARY KEY CHECK (length(user_id) BETWEEN 3 AND 32 AND user_id = lower(user_id)),
    name TEXT,
    phone TEXT,
    password_hash TEXT,
    prime INTEGER NOT NULL DEFAULT 0 CHECK (prime IN (0, 1)),
    prime_until INTEGER CHECK (prime_until IS NULL OR prime = 1),
    admin INTEGER NOT NULL DEFAULT 0 CHECK (admin IN (0, 1)),
    -- The room that used up the one free join.
    free_join_room_id BLOB REFERENCES rooms (room_id),
    member_since INTEGER NOT NULL,
    erased_at INTEGER,
    CHECK ((erased_at IS NULL) = (name IS NOT NULL)),
    CHECK ((erased_at IS NULL) = (phone IS NOT NULL)),
    CHECK ((erased_at IS NULL) = (password_hash IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (
    session_id BLOB NOT NULL PRIMARY KEY CHECK (length(session_id) = 16),
    user_id TEXT NOT NULL REFERENCES accounts (user_id),
    device_id TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    -- The newest generation of refresh tokens that has been used.
    generation INTEGER NOT NULL CHECK (generation >= 0),
    UNIQUE (user_id, device_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE refresh_tokens (
    token_hash BLOB NOT NULL PRIMARY KEY CHECK (length(token_hash) = 32),
    session_id BLOB NOT NULL REFERENCES sessions (session_id) ON DELETE CASCADE,
    generation INTEGER NOT NULL CHECK (generation >= 0),
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX refresh_tokens_by_session ON refresh_tokens (session_id, expires_at);
