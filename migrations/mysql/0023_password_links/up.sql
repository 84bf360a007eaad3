CREATE TABLE password_links (
    token_hash BINARY(32) NOT NULL PRIMARY KEY,
    user_id VARCHAR(32) NOT NULL,
    expires_at BIGINT NOT NULL,
    KEY password_links_by_user (user_id),
    FOREIGN KEY (user_id) REFERENCES accounts (user_id)
) ENGINE = InnoDB CHARACTER SET ascii COLLATE ascii_bin;
