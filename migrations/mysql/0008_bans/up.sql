CREATE TABLE bans (
    room_id BINARY(16) NOT NULL,
    user_id VARCHAR(32) NOT NULL,
    banned_at BIGINT NOT NULL,
    PRIMARY KEY (room_id, user_id),
    KEY bans_by_user (user_id),
    FOREIGN KEY (room_id) REFERENCES rooms (room_id),
    FOREIGN KEY (user_id) REFERENCES accounts (user_id)
) ENGINE = InnoDB CHARACTER SET ascii COLLATE ascii_bin;
