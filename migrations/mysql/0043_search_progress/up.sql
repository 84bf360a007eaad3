-- Up to where each room's log is indexed. Nothing where nothing of it is; -1 where what is has to go first.
CREATE TABLE search_progress (
    room_id BINARY(16) NOT NULL PRIMARY KEY,
    indexed_seq BIGINT NOT NULL CHECK (indexed_seq >= -1)
) ENGINE = InnoDB CHARACTER SET ascii COLLATE ascii_bin;
