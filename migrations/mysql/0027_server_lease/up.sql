-- Which server works on this database: one row, written by whoever starts, and read by each of its
-- transactions. It is no part of what the store holds, and no export has it.
CREATE TABLE server_lease (
    only_row INT NOT NULL PRIMARY KEY CHECK (only_row = 1),
    holder BINARY(16) NOT NULL
) ENGINE = InnoDB CHARACTER SET ascii COLLATE ascii_bin;
