-- Of an event that is no message: the newest message of its room that was not deleted by then, or 0. So nobody who lists
-- rooms has to look for it. After this the server itself notes it where a log ends with such an event.
ALTER TABLE events ADD COLUMN last_message_seq INTEGER CHECK (last_message_seq BETWEEN 0 AND seq);
