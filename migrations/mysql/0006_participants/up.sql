-- Everyone who ever sat in a room, on the terms of the last time.
CREATE TABLE participants (
    room_id BINARY(16) NOT NULL,
    user_id VARCHAR(32) NOT NULL,
    joined_as VARCHAR(8) NOT NULL CHECK (joined_as IN ('creator', 'prime', 'free', 'paid')),
    first_joined_at BIGINT NOT NULL,
    PRIMARY KEY (room_id, user_id),
    KEY participants_by_user (user_id, room_id),
    FOREIGN KEY (room_id) REFERENCES rooms (room_id),
    FOREIGN KEY (user_id) REFERENCES accounts (user_id)
) ENGINE = InnoDB CHARACTER SET ascii COLLATE ascii_bin;
