-- How the session's newest refresh token was used, so that its answer can be given again. The sessions of
-- before have none yet: their newest token is good once more, for its answer may have been lost.
ALTER TABLE sessions
    ADD COLUMN renewed_at BIGINT,
    ADD COLUMN renewal_salt BINARY(32),
    ADD COLUMN successor_hash BINARY(32),
    ADD CONSTRAINT renewals_are_whole CHECK (
        (renewal_salt IS NULL) = (renewed_at IS NULL) AND (successor_hash IS NULL) = (renewed_at IS NULL)
    );
