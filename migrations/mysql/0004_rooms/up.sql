CREATE TABLE rooms (
    room_id BINARY(16) NOT NULL PRIMARY KEY,
    name VARCHAR(80) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    owner_id VARCHAR(32) NOT NULL,
    password_hash VARCHAR(255) NOT NULL,
    locked BOOLEAN NOT NULL CHECK (locked IN (0, 1)),
    created_at BIGINT NOT NULL,
    closed_at BIGINT,
    epoch BINARY(16) NOT NULL,
    head_seq BIGINT NOT NULL CHECK (head_seq >= 0),
    KEY rooms_by_owner (owner_id, closed_at),
    FOREIGN KEY (owner_id) REFERENCES accounts (user_id)
) ENGINE = InnoDB CHARACTER SET ascii COLLATE ascii_bin;
