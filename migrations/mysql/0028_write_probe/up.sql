-- What is written to find out whether anything can be. It is no part of what the store holds.
CREATE TABLE write_probe (
    only_row INT NOT NULL PRIMARY KEY CHECK (only_row = 1),
    number BIGINT NOT NULL
) ENGINE = InnoDB CHARACTER SET ascii COLLATE ascii_bin;
