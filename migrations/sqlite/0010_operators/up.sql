ALTER TABLE accounts ADD COLUMN suspended_at INTEGER;

-- Suspending asks who else is an admin.
CREATE INDEX accounts_by_admin ON accounts (admin, user_id);

CREATE TABLE password_links (
    token_hash BLOB NOT NULL PRIMARY KEY CHECK (length(token_hash) = 32),
    user_id TEXT NOT NULL REFERENCES accounts (user_id),
    expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX password_links_by_user ON password_links (user_id);

-- What admins did; without an admin it was the command line. Rows are only ever added.
CREATE TABLE admin_record (
    record_id BLOB NOT NULL PRIMARY KEY CHECK (length(record_id) = 16),
    at INTEGER NOT NULL,
    admin_id TEXT REFERENCES accounts (user_id),
    action TEXT NOT NULL,
    user_id TEXT REFERENCES accounts (user_id),
    room_id BLOB REFERENCES rooms (room_id),
    reason TEXT
) STRICT, WITHOUT ROWID;

CREATE TRIGGER admin_record_is_never_updated BEFORE UPDATE ON admin_record
BEGIN SELECT RAISE(ABORT, 'the admin record is append-only'); END;
CREATE TRIGGER admin_record_is_never_deleted BEFORE DELETE ON admin_record
BEGIN SELECT RAISE(ABORT, 'the admin record is append-only'); END;
