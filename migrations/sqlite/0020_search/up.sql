-- Where each term occurs: a word, two neighbouring letters, or the sender. It follows from the events, and is no part of an
-- export. The newest messages of a room stand together, so that they are written and searched without the older ones.
CREATE TABLE search_terms (
    room_id BLOB NOT NULL,
    -- 4,096 seqs side by side.
    shelf INTEGER NOT NULL,
    term BLOB NOT NULL,
    -- 32 seqs side by side.
    block INTEGER NOT NULL,
    -- Which of these, the lowest bit for the lowest of them.
    seqs INTEGER NOT NULL CHECK (seqs BETWEEN 1 AND 4294967295),
    PRIMARY KEY (room_id, shelf, term, block)
) STRICT, WITHOUT ROWID;

-- Up to where each room's log is indexed. Nothing where nothing of it is; -1 where what is has to go first.
CREATE TABLE search_progress (
    room_id BLOB NOT NULL PRIMARY KEY,
    indexed_seq INTEGER NOT NULL CHECK (indexed_seq >= -1)
) STRICT, WITHOUT ROWID;
