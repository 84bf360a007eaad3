-- How often messages were changed so that they mention others, and how many were posted that mention the holder of each of
-- the six seats, up to here. Nothing in a log in which nobody was mentioned. The column is added at once, however long the
-- log is: no CHECK holds it to its length, for which all of the log would be read.
ALTER TABLE events ADD COLUMN mention_tally BLOB;

-- Members who are mentioned by a message since it was edited, or no more since it was edited or deleted. The tallies count the
-- messages as they were posted; what somebody has not read is told with these.
CREATE TABLE recounted_mentions (
    room_id BLOB NOT NULL,
    user_id TEXT NOT NULL,
    -- The message.
    seq INTEGER NOT NULL,
    -- The event that changed it.
    event_seq INTEGER NOT NULL,
    mentioned INTEGER NOT NULL,
    PRIMARY KEY (room_id, user_id, seq, event_seq)
) STRICT, WITHOUT ROWID;
