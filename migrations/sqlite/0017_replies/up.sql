-- The data of a message says what it replies to, which an older version cannot read. It is refused the store because of
-- this migration, which changes nothing.
SELECT 1;
