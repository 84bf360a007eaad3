-- What a room is about; empty where it has no topic.
ALTER TABLE rooms
    ADD COLUMN topic VARCHAR(250) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL DEFAULT '';
