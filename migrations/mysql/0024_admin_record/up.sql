-- What admins did; without an admin it was the command line. Rows are only ever added.
CREATE TABLE admin_record (
    record_id BINARY(16) NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    admin_id VARCHAR(32),
    action VARCHAR(32) NOT NULL,
    user_id VARCHAR(32),
    room_id BINARY(16),
    reason VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
    KEY admin_record_by_admin (admin_id),
    KEY admin_record_by_user (user_id),
    KEY admin_record_by_room (room_id),
    FOREIGN KEY (admin_id) REFERENCES accounts (user_id),
    FOREIGN KEY (user_id) REFERENCES accounts (user_id),
    FOREIGN KEY (room_id) REFERENCES rooms (room_id)
) ENGINE = InnoDB CHARACTER SET ascii COLLATE ascii_bin;
