CREATE TABLE transfers (
    transfer_id BINARY(16) NOT NULL PRIMARY KEY,
    reason VARCHAR(16) NOT NULL CHECK (reason IN ('registration', 'grant', 'join_fee')),
    room_id BINARY(16),
    at BIGINT NOT NULL,
    KEY transfers_by_room (room_id),
    FOREIGN KEY (room_id) REFERENCES rooms (room_id),
    CHECK ((reason = 'join_fee') = (room_id IS NOT NULL))
) ENGINE = InnoDB CHARACTER SET ascii COLLATE ascii_bin;
