use super::prelude::*;
use super::statements;

statements! {
    ($)
    /// Accounts, their sessions and refresh tokens.
    trait AccountStatements, implemented by implement_account_statements;

    /// An account that is not erased, with its balance.
    fn account(connection, user_id: &str) -> Option<(AccountRow, CoinAccountRow)> {
        queries::living_account(user_id).first(connection).optional()
    }

    fn insert_account(connection, account: &AccountRow) -> usize {
        insert_into(accounts::table).values(account).execute(connection)
    }

    /// Sets some columns of an account.
    fn update_account(connection, user_id: &str, update: &AccountUpdate<'_>) -> usize {
        diesel::update(accounts::table.find(user_id)).set(update).execute(connection)
    }

    /// Notes the room that used up an account's free join, if none has.
    fn use_free_join(connection, user_id: &str, room_id: StoredId) -> usize {
        diesel::update(accounts::table.find(user_id).filter(accounts::free_join_room_id.is_null()))
            .set(accounts::free_join_room_id.eq(room_id))
            .execute(connection)
    }

    /// The hashes of the recovery codes that an account has left.
    fn recovery_codes_of(connection, user_id: &str) -> Vec<Vec<u8>> {
        recovery_codes::table
            .filter(recovery_codes::user_id.eq(user_id))
            .select(recovery_codes::code_hash)
            .load(connection)
    }

    /// Adds recovery codes.
    fn insert_recovery_codes(connection, codes: &[RecoveryCodeRow]) -> usize {
        insert_into(recovery_codes::table).values(codes).execute(connection)
    }

    fn delete_recovery_code(connection, user_id: &str, hash: &[u8]) -> usize {
        delete(recovery_codes::table.find((user_id, hash))).execute(connection)
    }

    /// Removes an account's recovery codes.
    fn delete_recovery_codes_of(connection, user_id: &str) -> usize {
        delete(recovery_codes::table.filter(recovery_codes::user_id.eq(user_id))).execute(connection)
    }

    /// The ids of accounts above `after` with a second factor, on or offered.
    fn with_second_factor(connection, after: &str, limit: i64) -> Vec<String> {
        accounts::table
            .filter(accounts::user_id.gt(after))
            .filter(accounts::totp_secret.is_not_null().or(accounts::totp_offered.is_not_null()))
            .order(accounts::user_id.asc())
            .select(accounts::user_id)
            .limit(limit)
            .load(connection)
    }

    /// How many open rooms an account owns.
    fn count_owned_rooms(connection, user_id: &str) -> i64 {
        rooms::table
            .filter(rooms::owner_id.eq(user_id))
            .filter(rooms::closed_at.is_null())
            .count()
            .get_result(connection)
    }

    /// How many seats an account holds.
    fn count_seats_held(connection, user_id: &str) -> i64 {
        seats::table.filter(seats::user_id.eq(user_id)).count().get_result(connection)
    }

    /// A session with its account.
    fn session_with_account(connection, id: StoredId) -> Option<(SessionRow, AccountRow, CoinAccountRow)> {
        sessions::table
            .inner_join(accounts::table.on(accounts::user_id.eq(sessions::user_id)))
            .inner_join(coin_accounts::table.on(coin_accounts::coin_account_id.eq(sessions::user_id)))
            .filter(sessions::session_id.eq(id))
            .filter(accounts::erased_at.is_null())
            .first(connection)
            .optional()
    }

    /// An account's sessions on devices above `after`, in the order of the devices.
    fn sessions_after(connection, user_id: &str, after: &str, limit: i64) -> Vec<SessionRow> {
        sessions::table
            .filter(sessions::user_id.eq(user_id))
            .filter(sessions::device_id.gt(after))
            .order(sessions::device_id.asc())
            .limit(limit)
            .load(connection)
    }

    fn insert_session(connection, session: &SessionRow) -> usize {
        insert_into(sessions::table).values(session).execute(connection)
    }

    /// Notes when a session was last seen at work.
    fn set_last_seen(connection, id: StoredId, at: i64) -> usize {
        diesel::update(sessions::table.find(id)).set(sessions::last_seen_at.eq(at)).execute(connection)
    }

    /// Notes when some sessions were last seen at work, not too many at once.
    fn touch_sessions(connection, ids: &[StoredId], at: i64) -> usize {
        TouchSessions::at(ids, at).execute(connection)
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
        diesel::update(sessions::table.find(id))
            .set((
                sessions::generation.eq(generation),
                sessions::renewed_at.eq(renewed_at),
                sessions::renewal_salt.eq(salt),
                sessions::successor_hash.eq(successor_hash),
            ))
            .execute(connection)
    }

    /// The ids of accounts with a session that was opened by `opened` or last seen by `seen`, each once.
    fn with_old_sessions(connection, opened: i64, seen: i64, limit: i64) -> Vec<String> {
        sessions::table
            .filter(sessions::created_at.le(opened).or(sessions::last_seen_at.le(seen)))
            .select(sessions::user_id)
            .distinct()
            .limit(limit)
            .load(connection)
    }

    /// Removes a session; its refresh tokens go with it, as the foreign key says.
    fn delete_session(connection, id: StoredId) -> usize {
        delete(sessions::table.find(id)).execute(connection)
    }

    /// Removes all sessions of an account.
    fn delete_sessions_of(connection, user_id: &str) -> usize {
        delete(sessions::table.filter(sessions::user_id.eq(user_id))).execute(connection)
    }

    /// A refresh token with its session.
    fn refresh_token(connection, hash: &[u8]) -> Option<(RefreshTokenRow, SessionRow)> {
        refresh_tokens::table
            .inner_join(sessions::table.on(sessions::session_id.eq(refresh_tokens::session_id)))
            .filter(refresh_tokens::token_hash.eq(hash))
            .first(connection)
            .optional()
    }

    fn insert_refresh_token(connection, token: &RefreshTokenRow) -> usize {
        insert_into(refresh_tokens::table).values(token).execute(connection)
    }

    /// Removes a session's refresh tokens that expired by `now`.
    fn delete_expired_tokens(connection, session_id: StoredId, now: i64) -> usize {
        let expired = refresh_tokens::table
            .filter(refresh_tokens::session_id.eq(session_id))
            .filter(refresh_tokens::expires_at.le(now));
        delete(expired).execute(connection)
    }

    /// What an audit's query finds.
    fn findings(connection, sql: &str) -> Vec<Finding> {
        sql_query(sql).load(connection)
    }
}
