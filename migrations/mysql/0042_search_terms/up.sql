-- Where each term occurs: a word, two neighbouring letters, or the sender. It follows from the events, and is no part of an
-- export. The newest messages of a room stand together, so that they are written and searched without the older ones.
CREATE TABLE search_terms (
    room_id BINARY(16) NOT NULL,
    -- 4,096 seqs side by side.
    shelf BIGINT NOT NULL,
    term VARBINARY(48) NOT NULL,
    -- 32 seqs side by side.
    block BIGINT NOT NULL,
    -- Which of these, the lowest bit for the lowest of them.
    seqs BIGINT NOT NULL CHECK (seqs BETWEEN 1 AND 4294967295),
    PRIMARY KEY (room_id, shelf, term, block)
) ENGINE = InnoDB CHARACTER SET ascii COLLATE ascii_bin;
