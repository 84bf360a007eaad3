-- The generated columns name the pair, whoever asked, as long as the request is pending: of those
-- there is one at most.
CREATE TABLE friend_requests (
    friend_request_id BINARY(16) NOT NULL PRIMARY KEY,
    from_id VARCHAR(32) NOT NULL,
    to_id VARCHAR(32) NOT NULL,
    status VARCHAR(16) NOT NULL CHECK (status IN ('pending', 'accepted', 'declined', 'cancelled')),
    created_at BIGINT NOT NULL,
    resolved_at BIGINT,
    pending_low_id VARCHAR(32) AS (IF(status = 'pending', LEAST(from_id, to_id), NULL)) VIRTUAL,
    pending_high_id VARCHAR(32) AS (IF(status = 'pending', GREATEST(from_id, to_id), NULL)) VIRTUAL,
    UNIQUE KEY friend_requests_pending_by_pair (pending_low_id, pending_high_id),
    KEY friend_requests_by_sender (from_id, status, friend_request_id),
    KEY friend_requests_by_recipient (to_id, status, friend_request_id),
    FOREIGN KEY (from_id) REFERENCES accounts (user_id),
    FOREIGN KEY (to_id) REFERENCES accounts (user_id),
    CHECK (from_id <> to_id),
    CHECK ((status = 'pending') = (resolved_at IS NULL))
) ENGINE = InnoDB CHARACTER SET ascii COLLATE ascii_bin;
