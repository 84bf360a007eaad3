CREATE TABLE refresh_tokens (
    token_hash BINARY(32) NOT NULL PRIMARY KEY,
    session_id BINARY(16) NOT NULL,
    generation BIGINT NOT NULL CHECK (generation >= 0),
    expires_at BIGINT NOT NULL,
    KEY refresh_tokens_by_session (session_id, expires_at),
    FOREIGN KEY (session_id) REFERENCES sessions (session_id) ON DELETE CASCADE
) ENGINE = InnoDB CHARACTER SET ascii COLLATE ascii_bin;
