-- A grant's key is the client's own and may end in a blank, so its bytes are what counts.
CREATE TABLE grants (
    user_id VARCHAR(32) NOT NULL,
    idempotency_key VARBINARY(64) NOT NULL,
    transfer_id BINARY(16) NOT NULL,
    PRIMARY KEY (user_id, idempotency_key),
    UNIQUE KEY grants_by_transfer (transfer_id),
    FOREIGN KEY (user_id) REFERENCES accounts (user_id),
    FOREIGN KEY (transfer_id) REFERENCES transfers (transfer_id)
) ENGINE = InnoDB CHARACTER SET ascii COLLATE ascii_bin;
