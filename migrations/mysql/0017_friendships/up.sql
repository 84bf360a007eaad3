-- One row for each pair, the lower id first.
CREATE TABLE friendships (
    low_id VARCHAR(32) NOT NULL,
    high_id VARCHAR(32) NOT NULL,
    friends_since BIGINT NOT NULL,
    PRIMARY KEY (low_id, high_id),
    KEY friendships_by_high_id (high_id, low_id),
    FOREIGN KEY (low_id) REFERENCES accounts (user_id),
    FOREIGN KEY (high_id) REFERENCES accounts (user_id),
    CHECK (low_id < high_id)
) ENGINE = InnoDB CHARACTER SET ascii COLLATE ascii_bin;
