use diesel::prelude::*;
use domain::facts::AccountFacts;
use domain::ports::AccountScope;
use domain::{Account, Coins, Denial, DeviceId, IdempotencyKey, RefreshToken, Session, TokenHash, UserId};
use infra_sql::accounts::{self, AccountRow, RefreshTokenRow, SessionRow};
use infra_sql::coins::{self, CoinAccountRow};

use crate::errors::Failure;

/// Everything that an account's rules may look at.
pub(crate) fn load(connection: &mut SqliteConnection, scope: &AccountScope) -> Result<AccountFacts, Failure> {
    let user_id = &scope.user_id;
    let account = find(connection, user_id)?.ok_or(Denial::UserNotFound)?;
    let sessions = sessions(connection, user_id, None, i64::MAX)?;
    let owned_rooms: i64 = accounts::owned_rooms(user_id.as_str()).count().get_result(connection)?;
    let seats_held: i64 = accounts::seats_held(user_id.as_str()).count().get_result(connection)?;
    let refresh_token = match scope.refresh_token {
        Some(hash) => refresh_token(connection, hash)?
            .filter(|(_, holder)| holder == user_id)
            .map(|(refresh_token, _)| refresh_token),
        None => None,
    };
    let earlier_grant = match &scope.grant {
        Some(key) => granted(connection, user_id, key)?,
        None => None,
    };
    Ok(AccountFacts {
        account,
        sessions,
        owned_rooms: usize::try_from(owned_rooms).unwrap_or_default(),
        seats_held: usize::try_from(seats_held).unwrap_or_default(),
        refresh_token,
        earlier_grant,
    })
}

/// An account that is not erased.
pub(crate) fn find(connection: &mut SqliteConnection, user_id: &UserId) -> Result<Option<Account>, Failure> {
    let row =
        accounts::living(user_id.as_str()).first::<(AccountRow, CoinAccountRow)>(connection).optional()?;
    Ok(row.map(|(account, coins)| account.account(&coins)).transpose()?)
}

/// The account's sessions on devices above `after`.
pub(crate) fn sessions(
    connection: &mut SqliteConnection,
    user_id: &UserId,
    after: Option<&DeviceId>,
    limit: i64,
) -> Result<Vec<Session>, Failure> {
    let after = after.map_or("", DeviceId::as_str);
    let rows: Vec<SessionRow> = accounts::sessions_after(user_id.as_str(), after, limit).load(connection)?;
    Ok(rows.into_iter().map(Session::try_from).collect::<Result<_, _>>()?)
}

/// A refresh token and whose it is.
pub(crate) fn refresh_token(
    connection: &mut SqliteConnection,
    hash: TokenHash,
) -> Result<Option<(RefreshToken, UserId)>, Failure> {
    let row: Option<(RefreshTokenRow, SessionRow)> =
        accounts::refresh_token(&hash.0).first(connection).optional()?;
    let Some((token, session)) = row else { return Ok(None) };
    Ok(Some((RefreshToken::try_from(token)?, Session::try_from(session)?.user_id)))
}

fn granted(
    connection: &mut SqliteConnection,
    user_id: &UserId,
    key: &IdempotencyKey,
) -> Result<Option<Coins>, Failure> {
    let amount: Option<i64> = coins::granted(user_id.as_str(), key.as_str()).first(connection).optional()?;
    Ok(amount.and_then(Coins::new))
}
