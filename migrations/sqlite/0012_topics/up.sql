-- What a room is about; empty where it has no topic.
ALTER TABLE rooms ADD COLUMN topic TEXT NOT NULL DEFAULT '';

-- Of a changed room; empty where the topic was removed.
ALTER TABLE events ADD COLUMN new_topic TEXT CHECK (new_topic IS NULL OR kind = 'room_changed');
