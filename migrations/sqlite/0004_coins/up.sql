-- A member's coins are in the account of their id; '@' begins no user id.
CREATE TABLE coin_accounts (
    coin_account_id TEXT NOT NULL PRIMARY KEY
        CHECK (coin_account_id NOT LIKE '@%' OR coin_account_id IN ('@mint', '@house')),
    balance INTEGER NOT NULL DEFAULT 0 CHECK (balance >= 0 OR coin_account_id = '@mint'),
    last_entry_no INTEGER NOT NULL DEFAULT 0 CHECK (last_entry_no >= 0)
) STRICT, WITHOUT ROWID;

INSERT INTO coin_accounts (coin_account_id) VALUES ('@mint'), ('@house');

CREATE TABLE transfers (
    transfer_id BLOB NOT NULL PRIMARY KEY CHECK (length(transfer_id) = 16),
    reason TEXT NOT NULL CHECK (reason IN ('registration', 'grant', 'join_fee')),
    room_id BLOB REFERENCES rooms (room_id),
    at INTEGER NOT NULL,
    CHECK ((reason = 'join_fee') = (room_id IS NOT NULL))
) STRICT, WITHOUT ROWID;

CREATE TABLE transfer_entries (
    coin_account_id TEXT NOT NULL REFERENCES coin_accounts (coin_account_id),
    entry_no INTEGER NOT NULL CHECK (entry_no >= 1),
    transfer_id BLOB NOT NULL REFERENCES transfers (transfer_id),
    amount INTEGER NOT NULL CHECK (amount <> 0),
    balance INTEGER NOT NULL CHECK (balance >= 0 OR coin_account_id = '@mint'),
    PRIMARY KEY (coin_account_id, entry_no),
    UNIQUE (transfer_id, coin_account_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE grants (
    user_id TEXT NOT NULL REFERENCES accounts (user_id),
    idempotency_key TEXT NOT NULL,
    transfer_id BLOB NOT NULL UNIQUE REFERENCES transfers (transfer_id),
    PRIMARY KEY (user_id, idempotency_key)
) STRICT, WITHOUT ROWID;

CREATE TRIGGER transfers_are_never_updated BEFORE UPDATE ON transfers
BEGIN SELECT RAISE(ABORT, 'transfers are append-only'); END;
CREATE TRIGGER transfers_are_never_deleted BEFORE DELETE ON transfers
BEGIN SELECT RAISE(ABORT, 'transfers are append-only'); END;
CREATE TRIGGER transfer_entries_are_never_updated BEFORE UPDATE ON transfer_entries
BEGIN SELECT RAISE(ABORT, 'transfer entries are append-only'); END;
CREATE TRIGGER transfer_entries_are_never_deleted BEFORE DELETE ON transfer_entries
BEGIN SELECT RAISE(ABORT, 'transfer entries are append-only'); END;
