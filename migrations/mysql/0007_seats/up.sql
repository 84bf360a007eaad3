-- Six numbers and a key: the database itself refuses a seventh seat and a second holder of one.
CREATE TABLE seats (
    room_id BINARY(16) NOT NULL,
    number INT NOT NULL CHECK (number BETWEEN 1 AND 6),
    user_id VARCHAR(32) NOT NULL,
    joined_at BIGINT NOT NULL,
    fee BIGINT NOT NULL CHECK (fee >= 0),
    read_seq BIGINT NOT NULL CHECK (read_seq >= 0),
    PRIMARY KEY (room_id, number),
    UNIQUE KEY seats_by_user (user_id, room_id),
    KEY seats_by_participant (room_id, user_id),
    FOREIGN KEY (room_id) REFERENCES rooms (room_id),
    FOREIGN KEY (room_id, user_id) REFERENCES participants (room_id, user_id)
) ENGINE = InnoDB CHARACTER SET ascii COLLATE ascii_bin;
