-- Of an event that is no message: the newest message of its room that was not deleted by then, or 0. So nobody who lists
-- rooms has to look for it.
ALTER TABLE events ADD COLUMN last_message_seq BIGINT AFTER tally;
