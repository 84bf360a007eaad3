-- How the session's newest refresh token was used, so that its answer can be given again. The sessions of
-- before have none yet: their newest token is good once more, for its answer may have been lost.
ALTER TABLE sessions ADD COLUMN renewed_at INTEGER;
ALTER TABLE sessions ADD COLUMN renewal_salt BLOB CHECK ((renewal_salt IS NULL) = (renewed_at IS NULL));
ALTER TABLE sessions ADD COLUMN successor_hash BLOB CHECK ((successor_hash IS NULL) = (renewed_at IS NULL));
