-- Members who are mentioned by a message since it was edited, or no more since it was edited or deleted. The tallies count the
-- messages as they were posted; what somebody has not read is told with these.
CREATE TABLE recounted_mentions (
    room_id BINARY(16) NOT NULL,
    user_id VARCHAR(32) NOT NULL,
    -- The message.
    seq BIGINT NOT NULL,
    -- The event that changed it.
    event_seq BIGINT NOT NULL,
    mentioned BOOLEAN NOT NULL,
    PRIMARY KEY (room_id, user_id, seq, event_seq)
) ENGINE = InnoDB CHARACTER SET ascii COLLATE ascii_bin;
