-- A member's coins are in the account of their id; '@' begins no user id.
CREATE TABLE coin_accounts (
    coin_account_id VARCHAR(32) NOT NULL PRIMARY KEY,
    balance BIGINT NOT NULL DEFAULT 0,
    last_entry_no BIGINT NOT NULL DEFAULT 0 CHECK (last_entry_no >= 0),
    CHECK (coin_account_id NOT LIKE '@%' OR coin_account_id IN ('@mint', '@house')),
    CHECK (balance >= 0 OR coin_account_id = '@mint')
) ENGINE = InnoDB CHARACTER SET ascii COLLATE ascii_bin;
