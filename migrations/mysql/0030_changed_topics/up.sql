-- Of a changed room; empty where the topic was removed. The column is added at once, however long the log is. No
-- CHECK holds it to its kind of event, as one does a new name: to add it, the whole log would be copied.
ALTER TABLE events ADD COLUMN new_topic VARCHAR(250) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
