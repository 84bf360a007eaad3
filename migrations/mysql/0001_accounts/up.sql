-- An erased account keeps its id for all time and loses everything personal.
--
-- Ids and all that the server itself names are ASCII, compared byte by byte. The collation overlooks
-- blanks at the end, which is why no id may hold one. What people write is utf8mb4.
CREATE TABLE accounts (
    user_id VARCHAR(32) NOT NULL PRIMARY KEY,
    name VARCHAR(80) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
    phone VARCHAR(16),
    password_hash VARCHAR(255),
    prime BOOLEAN NOT NULL DEFAULT 0 CHECK (prime IN (0, 1)),
    prime_until BIGINT,
    admin BOOLEAN NOT NULL DEFAULT 0 CHECK (admin IN (0, 1)),
    -- The room that used up the one free join.
    free_join_room_id BINARY(16),
    member_since BIGINT NOT NULL,
    erased_at BIGINT,
    CHECK (CHAR_LENGTH(user_id) >= 3 AND user_id = LOWER(user_id) AND user_id NOT LIKE '% %'),
    CHECK (prime_until IS NULL OR prime = 1),
    CHECK ((erased_at IS NULL) = (name IS NOT NULL)),
    CHECK ((erased_at IS NULL) = (phone IS NOT NULL)),
    CHECK ((erased_at IS NULL) = (password_hash IS NOT NULL))
) ENGINE = InnoDB CHARACTER SET ascii COLLATE ascii_bin;
