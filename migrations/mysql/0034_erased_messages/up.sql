-- The deleted messages. The tallies count them like all others; what somebody has not read is told without them.
CREATE TABLE erased_messages (
    room_id BINARY(16) NOT NULL,
    seq BIGINT NOT NULL,
    sender_id VARCHAR(32) NOT NULL,
    -- The event that deleted it.
    deletion_seq BIGINT NOT NULL,
    PRIMARY KEY (room_id, seq)
) ENGINE = InnoDB CHARACTER SET ascii COLLATE ascii_bin;
