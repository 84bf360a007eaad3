-- A device's name is the client's own and may end in a blank, so its bytes are what counts.
CREATE TABLE sessions (
    session_id BINARY(16) NOT NULL PRIMARY KEY,
    user_id VARCHAR(32) NOT NULL,
    device_id VARBINARY(128) NOT NULL,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    -- The newest generation of refresh tokens that has been used.
    generation BIGINT NOT NULL CHECK (generation >= 0),
    UNIQUE KEY sessions_by_device (user_id, device_id),
    FOREIGN KEY (user_id) REFERENCES accounts (user_id)
) ENGINE = InnoDB CHARACTER SET ascii COLLATE ascii_bin;
