-- The secret of an account's authenticator, encrypted under a key that does not stand here; the newest step of
-- which a code was accepted; and the secret of an authenticator that has yet to be confirmed.
ALTER TABLE accounts ADD COLUMN totp_secret BLOB;
ALTER TABLE accounts ADD COLUMN totp_last_step INTEGER;
ALTER TABLE accounts ADD COLUMN totp_offered BLOB;

-- What an account may sign in with once in the place of its authenticator.
CREATE TABLE recovery_codes (
    user_id TEXT NOT NULL REFERENCES accounts (user_id),
    code_hash BLOB NOT NULL CHECK (length(code_hash) = 32),
    PRIMARY KEY (user_id, code_hash)
) STRICT, WITHOUT ROWID;
