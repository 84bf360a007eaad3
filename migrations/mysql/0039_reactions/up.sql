-- The data of a message has the reactions to it, which an older version cannot read, and their events are of kinds that
-- it does not know. It is refused the store because of this migration, which changes nothing.
DO 0;
