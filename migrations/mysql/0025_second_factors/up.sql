-- The secret of an account's authenticator, encrypted under a key that does not stand here: a nonce of 12 bytes,
-- 20 bytes and a tag of 16. Beside it the newest step of which a code was accepted, and the secret of an
-- authenticator that has yet to be confirmed.
ALTER TABLE accounts
    ADD COLUMN totp_secret BINARY(48),
    ADD COLUMN totp_last_step BIGINT,
    ADD COLUMN totp_offered BINARY(48);
