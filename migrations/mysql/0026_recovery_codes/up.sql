-- What an account may sign in with once in the place of its authenticator.
CREATE TABLE recovery_codes (
    user_id VARCHAR(32) NOT NULL,
    code_hash BINARY(32) NOT NULL,
    PRIMARY KEY (user_id, code_hash),
    FOREIGN KEY (user_id) REFERENCES accounts (user_id)
) ENGINE = InnoDB CHARACTER SET ascii COLLATE ascii_bin;
