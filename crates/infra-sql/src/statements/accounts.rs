use super::prelude::*;
use super::statements;

statements! {
    ($)
    /// Accounts, their sessions and refresh tokens.
    trait AccountStatements, implemented by implement_account_statements;

    /// An account that is not erased, with its balance.
    fn account(connection, user_id: &str) -> Option<(AccountRow, CoinAccountRow)> {
        accounts::living(user_id).first(connection).optional()
    }

    /// Adds an account.
    fn insert_account(connection, account: &AccountRow) -> usize {
        insert_into(schema::accounts::table).values(account).execute(connection)
    }

    /// Sets an account's name.
    fn set_account_name(connection, user_id: &str, name: &str) -> usize {
        update(schema::accounts::table.find(user_id))
            .set(schema::accounts::name.eq(name))
            .execute(connection)
    }

    /// Sets an account's phone number.
    fn set_phone(connection, user_id: &str, phone: &str) -> usize {
        update(schema::accounts::table.find(user_id))
            .set(schema::accounts::phone.eq(phone))
            .execute(connection)
    }

    /// Sets the hash of an account's password.
    fn set_account_password(connection, user_id: &str, hash: &str) -> usize {
        update(schema::accounts::table.find(user_id))
            .set(schema::accounts::password_hash.eq(hash))
            .execute(connection)
    }

    /// Sets whether an account is prime, and until when.
    fn set_prime(connection, user_id: &str, prime: bool, until: Option<i64>) -> usize {
        update(schema::accounts::table.find(user_id))
            .set((schema::accounts::prime.eq(prime), schema::accounts::prime_until.eq(until)))
            .execute(connection)
    }

    /// Sets whether an account is an admin's.
    fn set_admin(connection, user_id: &str, admin: bool) -> usize {
        update(schema::accounts::table.find(user_id))
            .set(schema::accounts::admin.eq(admin))
            .execute(connection)
    }

    /// Notes the room that used up an account's free join, if none has.
    fn use_free_join(connection, user_id: &str, room_id: StoredId) -> usize {
        update(accounts::with_free_join(user_id))
            .set(schema::accounts::free_join_room_id.eq(room_id))
            .execute(connection)
    }

    /// Takes everything personal from an account's row.
    fn erase_account(connection, user_id: &str, at: i64) -> usize {
        update(schema::accounts::table.find(user_id))
            .set((
                schema::accounts::name.eq(None::<String>),
                schema::accounts::phone.eq(None::<String>),
                schema::accounts::password_hash.eq(None::<String>),
                schema::accounts::prime.eq(false),
                schema::accounts::prime_until.eq(None::<i64>),
                schema::accounts::admin.eq(false),
                schema::accounts::erased_at.eq(at),
                schema::accounts::totp_secret.eq(None::<Vec<u8>>),
                schema::accounts::totp_last_step.eq(None::<i64>),
                schema::accounts::totp_offered.eq(None::<Vec<u8>>),
            ))
            .execute(connection)
    }

    /// Sets an account's second factor, that which is in force.
    fn set_totp(connection, user_id: &str, secret: Option<&[u8]>, last_step: Option<i64>) -> usize {
        update(schema::accounts::table.find(user_id))
            .set((schema::accounts::totp_secret.eq(secret), schema::accounts::totp_last_step.eq(last_step)))
            .execute(connection)
    }

    /// Notes the newest time step of which a code was accepted.
    fn set_totp_last_step(connection, user_id: &str, step: i64) -> usize {
        update(schema::accounts::table.find(user_id))
            .set(schema::accounts::totp_last_step.eq(step))
            .execute(connection)
    }

    /// Sets the secrets alone.
    fn set_totp_secrets(connection, user_id: &str, secret: Option<&[u8]>, offered: Option<&[u8]>) -> usize {
        update(schema::accounts::table.find(user_id))
            .set((schema::accounts::totp_secret.eq(secret), schema::accounts::totp_offered.eq(offered)))
            .execute(connection)
    }

    /// Sets the second factor that waits to be confirmed.
    fn set_totp_offered(connection, user_id: &str, secret: Option<&[u8]>) -> usize {
        update(schema::accounts::table.find(user_id))
            .set(schema::accounts::totp_offered.eq(secret))
            .execute(connection)
    }

    /// The hashes of the recovery codes that an account has left.
    fn recovery_codes_of(connection, user_id: &str) -> Vec<Vec<u8>> {
        accounts::recovery_codes_of(user_id).load(connection)
    }

    /// Adds a recovery code. Several in one statement would, on SQLite, be a transaction of diesel's own.
    fn insert_recovery_code(connection, code: &RecoveryCodeRow) -> usize {
        insert_into(schema::recovery_codes::table).values(code).execute(connection)
    }

    /// Removes one recovery code.
    fn delete_recovery_code(connection, user_id: &str, hash: &[u8]) -> usize {
        delete(schema::recovery_codes::table.find((user_id, hash))).execute(connection)
    }

    /// Removes an account's recovery codes.
    fn delete_recovery_codes_of(connection, user_id: &str) -> usize {
        delete(schema::recovery_codes::table.filter(schema::recovery_codes::user_id.eq(user_id)))
            .execute(connection)
    }

    /// Accounts above `after` with a second factor, on or offered.
    fn with_second_factor(connection, after: &str, limit: i64) -> Vec<String> {
        accounts::with_second_factor(after, limit).load(connection)
    }

    /// How many open rooms an account owns.
    fn count_owned_rooms(connection, user_id: &str) -> i64 {
        accounts::owned_rooms(user_id).count().get_result(connection)
    }

    /// How many seats an account holds.
    fn count_seats_held(connection, user_id: &str) -> i64 {
        accounts::seats_held(user_id).count().get_result(connection)
    }

    /// A session with its account.
    fn session_with_account(connection, id: StoredId) -> Option<(SessionRow, AccountRow, CoinAccountRow)> {
        accounts::session_with_account(id).first(connection).optional()
    }

    /// An account's sessions on devices above `after`, in the order of the devices.
    fn sessions_after(connection, user_id: &str, after: &str, limit: i64) -> Vec<SessionRow> {
        accounts::sessions_after(user_id, after, limit).load(connection)
    }

    /// Adds a session.
    fn insert_session(connection, session: &SessionRow) -> usize {
        insert_into(schema::sessions::table).values(session).execute(connection)
    }

    /// Notes when a session was last seen at work.
    fn set_last_seen(connection, id: StoredId, at: i64) -> usize {
        update(schema::sessions::table.find(id))
            .set(schema::sessions::last_seen_at.eq(at))
            .execute(connection)
    }

    /// Notes the newest generation of refresh tokens that a session has used, and how.
    fn set_renewal(
        connection,
        id: StoredId,
        generation: i64,
        renewed_at: i64,
        salt: &[u8],
        successor_hash: &[u8]
    ) -> usize {
        update(schema::sessions::table.find(id))
            .set((
                schema::sessions::generation.eq(generation),
                schema::sessions::renewed_at.eq(renewed_at),
                schema::sessions::renewal_salt.eq(salt),
                schema::sessions::successor_hash.eq(successor_hash),
            ))
            .execute(connection)
    }

    /// Whose sessions were opened by `opened` or last seen by `seen`.
    fn with_old_sessions(connection, opened: i64, seen: i64, limit: i64) -> Vec<String> {
        accounts::with_old_sessions(opened, seen, limit).load(connection)
    }

    /// Removes a session; its refresh tokens go with it, as the foreign key says.
    fn delete_session(connection, id: StoredId) -> usize {
        delete(schema::sessions::table.find(id)).execute(connection)
    }

    /// Removes all sessions of an account.
    fn delete_sessions_of(connection, user_id: &str) -> usize {
        delete(schema::sessions::table.filter(schema::sessions::user_id.eq(user_id))).execute(connection)
    }

    /// A refresh token with its session.
    fn refresh_token(connection, hash: &[u8]) -> Option<(RefreshTokenRow, SessionRow)> {
        accounts::refresh_token(hash).first(connection).optional()
    }

    /// Adds a refresh token.
    fn insert_refresh_token(connection, token: &RefreshTokenRow) -> usize {
        insert_into(schema::refresh_tokens::table).values(token).execute(connection)
    }

    /// Removes a session's refresh tokens that expired by `now`.
    fn delete_expired_tokens(connection, session_id: StoredId, now: i64) -> usize {
        delete(accounts::expired_tokens(session_id, now)).execute(connection)
    }

    /// What an audit's query finds.
    fn findings(connection, sql: &str) -> Vec<Finding> {
        sql_query(sql).load(connection)
    }
}
