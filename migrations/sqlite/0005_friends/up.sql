CREATE TABLE friend_requests (
    friend_request_id BLOB NOT NULL PRIMARY KEY CHECK (length(friend_request_id) = 16),
    from_id TEXT NOT NULL REFERENCES accounts (user_id),
    to_id TEXT NOT NULL REFERENCES accounts (user_id),
    status TEXT NOT NULL CHECK (status IN ('pending', 'accepted', 'declined', 'cancelled')),
    created_at INTEGER NOT NULL,
    resolved_at INTEGER,
    CHECK (from_id <> to_id),
    CHECK ((status = 'pending') = (resolved_at IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX friend_requests_by_sender ON friend_requests (from_id, status, friend_request_id);
CREATE INDEX friend_requests_by_recipient ON friend_requests (to_id, status, friend_request_id);
CREATE UNIQUE INDEX friend_requests_pending_by_pair
    ON friend_requests (min(from_id, to_id), max(from_id, to_id)) WHERE status = 'pending';

-- One row for each pair, the lower id first.
CREATE TABLE friendships (
    low_id TEXT NOT NULL REFERENCES accounts (user_id),
    high_id TEXT NOT NULL REFERENCES accounts (user_id),
    friends_since INTEGER NOT NULL,
    PRIMARY KEY (low_id, high_id),
    CHECK (low_id < high_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX friendships_by_high_id ON friendships (high_id, low_id);

CREATE TABLE blocks (
    blocker_id TEXT NOT NULL REFERENCES accounts (user_id),
    blocked_id TEXT NOT NULL REFERENCES accounts (user_id),
    blocked_at INTEGER NOT NULL,
    PRIMARY KEY (blocker_id, blocked_id),
    CHECK (blocker_id <> blocked_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX blocks_by_blocked ON blocks (blocked_id);
