CREATE TABLE transfer_entries (
    coin_account_id VARCHAR(32) NOT NULL,
    entry_no BIGINT NOT NULL CHECK (entry_no >= 1),
    transfer_id BINARY(16) NOT NULL,
    amount BIGINT NOT NULL CHECK (amount <> 0),
    balance BIGINT NOT NULL,
    PRIMARY KEY (coin_account_id, entry_no),
    UNIQUE KEY transfer_entries_by_transfer (transfer_id, coin_account_id),
    FOREIGN KEY (coin_account_id) REFERENCES coin_accounts (coin_account_id),
    FOREIGN KEY (transfer_id) REFERENCES transfers (transfer_id),
    CHECK (balance >= 0 OR coin_account_id = '@mint')
) ENGINE = InnoDB CHARACTER SET ascii COLLATE ascii_bin;
