CREATE TABLE blocks (
    blocker_id VARCHAR(32) NOT NULL,
    blocked_id VARCHAR(32) NOT NULL,
    blocked_at BIGINT NOT NULL,
    PRIMARY KEY (blocker_id, blocked_id),
    KEY blocks_by_blocked (blocked_id),
    FOREIGN KEY (blocker_id) REFERENCES accounts (user_id),
    FOREIGN KEY (blocked_id) REFERENCES accounts (user_id),
    CHECK (blocker_id <> blocked_id)
) ENGINE = InnoDB CHARACTER SET ascii COLLATE ascii_bin;
