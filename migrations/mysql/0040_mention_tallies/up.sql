-- How often messages were changed so that they mention others, and how many were posted that mention the holder of each of
-- the six seats, up to here. Nothing in a log in which nobody was mentioned. The column is added at once, however long the
-- log is: no CHECK holds it to its length, for which all of the log would be read.
ALTER TABLE events ADD COLUMN mention_tally BINARY(28);
