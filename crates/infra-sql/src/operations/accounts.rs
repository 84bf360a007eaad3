//! Accounts, their sessions and their coins.

use std::collections::BTreeSet;

use domain::change::AccountChange;
use domain::facts::{AccountFacts, Holdings};
use domain::ports::{AccountScope, Committed, Decide, Registration};
use domain::rules::friendship::friendship;
use domain::{
    Account, Admin, Coins, Denial, DeviceId, IdempotencyKey, LedgerLine, Page, PageSize, Profile,
    RefreshToken, Session, SessionId, Stored, Timestamp, TokenHash, UserId,
};

use crate::accounts::AccountRow;
use crate::coins::{CoinAccountRow, ledger_line};
use crate::failure::{Failure, is_taken};
use crate::operations::account_changes::{apply, open_session};
use crate::operations::{admin, coins, friends};
use crate::statements::touching::MOST_SESSIONS;
use crate::stored::token_hash;
use crate::{Dialect, Statements, StoredId};

/// Adds an account with all that it begins with.
pub fn register(connection: &mut impl Dialect, registration: &Registration) -> Result<(), Failure> {
    let Registration { account, signup_coins, session, refresh_token } = registration;
    // The key decides, also among those who come at once. An erased account's row is still there, so
    // its id stays taken.
    match connection.insert_account(&AccountRow::of(account)) {
        Err(error) if is_taken(&error) => return Err(Denial::UserIdTaken.into()),
        inserted => inserted?,
    };
    connection.insert_coin_account(&CoinAccountRow::empty(&account.user_id))?;
    if let Some(transfer) = signup_coins {
        coins::transfer(connection, transfer)?;
    }
    open_session(connection, session, refresh_token)
}

/// Changes an account as `decide` says.
pub fn change(
    connection: &mut impl Dialect,
    scope: &AccountScope,
    decide: &Decide<AccountFacts, AccountChange>,
) -> Result<Committed<AccountFacts, AccountChange>, Failure> {
    let facts = facts(connection, scope)?;
    let changes = decide(&facts)?;
    for change in &changes {
        apply(connection, &scope.user_id, change)?;
    }
    Ok(Committed { facts, changes })
}

/// An account that is not erased.
pub fn find(connection: &mut impl Statements, user_id: &UserId) -> Result<Option<Account>, Failure> {
    let row = connection.account(user_id.as_str())?;
    Ok(row.map(|(account, coins)| account.account(&coins)).transpose()?)
}

/// A session with its account.
pub fn find_session(
    connection: &mut impl Statements,
    id: SessionId,
) -> Result<Option<(Account, Session)>, Failure> {
    let row = connection.session_with_account(id.into())?;
    let Some((session, account, coins)) = row else { return Ok(None) };
    Ok(Some((account.account(&coins)?, Session::try_from(session)?)))
}

/// Notes that these sessions were at work.
pub fn touch(
    connection: &mut impl Statements,
    sessions: &BTreeSet<SessionId>,
    at: Timestamp,
) -> Result<(), Failure> {
    // In the order of their ids, so that no two who do this wait for each other.
    let ids: Vec<StoredId> = sessions.iter().copied().map(StoredId::from).collect();
    for ids in ids.chunks(MOST_SESSIONS) {
        connection.touch_sessions(ids, at.as_millis())?;
    }
    Ok(())
}

/// Whose sessions were opened by `opened` or last seen by `seen`.
pub fn with_old_sessions(
    connection: &mut impl Statements,
    opened: Timestamp,
    seen: Timestamp,
    limit: usize,
) -> Result<Vec<UserId>, Failure> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let ids = connection.with_old_sessions(opened.as_millis(), seen.as_millis(), limit)?;
    Ok(ids.into_iter().map(UserId::stored).collect())
}

/// Accounts with a second factor, on or offered.
pub fn with_second_factor(
    connection: &mut impl Statements,
    after: Option<&UserId>,
    limit: usize,
) -> Result<Vec<UserId>, Failure> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let ids = connection.with_second_factor(after.map_or("", UserId::as_str), limit)?;
    Ok(ids.into_iter().map(UserId::stored).collect())
}

/// Whose refresh token it is.
pub fn find_refresh_token(
    connection: &mut impl Statements,
    hash: TokenHash,
) -> Result<Option<UserId>, Failure> {
    Ok(refresh_token(connection, hash)?.map(|(_, user_id)| user_id))
}

/// A page of an account's sessions.
pub fn sessions(
    connection: &mut impl Statements,
    user_id: &UserId,
    after: Option<&DeviceId>,
    size: PageSize,
) -> Result<Page<Session>, Failure> {
    Ok(Page::cut(sessions_after(connection, user_id, after, size.and_one_more())?, size))
}

/// A page of an account's transfers.
pub fn ledger(
    connection: &mut impl Statements,
    user_id: &UserId,
    after: Option<i64>,
    size: PageSize,
) -> Result<Page<LedgerLine>, Failure> {
    let before = after.unwrap_or(i64::MAX);
    let rows = connection.ledger_before(user_id.as_str(), before, size.and_one_more())?;
    let lines = rows.into_iter().map(ledger_line).collect::<Result<_, _>>()?;
    Ok(Page::cut(lines, size))
}

/// An account as `viewer` may see it. Reads one moment.
pub fn profile(
    connection: &mut impl Statements,
    user_id: &UserId,
    viewer: &UserId,
) -> Result<Option<Profile>, Failure> {
    let Some((account, _)) = connection.account(user_id.as_str())? else { return Ok(None) };
    let between = friends::facts(connection, viewer, user_id)?;
    Ok(Some(account.profile(friendship(&between))?))
}

/// Everything that an account's rules may look at.
fn facts(connection: &mut impl Dialect, scope: &AccountScope) -> Result<AccountFacts, Failure> {
    let user_id = &scope.user_id;
    let (account, admins) = lock(connection, scope)?;
    let sessions = sessions_after(connection, user_id, None, i64::MAX)?;
    let Holdings { rooms_owned, rooms_sat_in } = holdings(connection, user_id)?;
    let refresh_token = match scope.refresh_token {
        Some(hash) => refresh_token(connection, hash)?
            .filter(|(_, holder)| holder == user_id)
            .map(|(refresh_token, _)| refresh_token),
        None => None,
    };
    let password_link = match scope.password_link {
        Some(hash) => admin::find_password_link(connection, hash)?.filter(|link| link.user_id == *user_id),
        None => None,
    };
    let earlier_grant = match &scope.grant {
        Some(key) => granted(connection, user_id, key)?,
        None => None,
    };
    let recovery_codes = if account.second_factor.is_on() {
        let hashes = connection.recovery_codes_of(user_id.as_str())?;
        hashes
            .into_iter()
            .map(|hash| token_hash(hash, "recovery_codes.code_hash"))
            .collect::<Result<_, _>>()?
    } else {
        Vec::new()
    };
    Ok(AccountFacts {
        account,
        recovery_codes,
        sessions,
        owned_rooms: rooms_owned,
        seats_held: rooms_sat_in,
        refresh_token,
        password_link,
        admins,
        earlier_grant,
    })
}

/// The account, and all admins if they are asked for, locked in the order of their ids.
fn lock(connection: &mut impl Dialect, scope: &AccountScope) -> Result<(Account, Vec<Admin>), Failure> {
    // Who becomes an admin from here on makes nobody the last one.
    let candidates = if scope.admins { connection.admin_ids()? } else { Vec::new() };
    let own = scope.user_id.as_str();
    let ids: BTreeSet<&str> = candidates.iter().map(String::as_str).chain([own]).collect();
    let (mut account, mut admins) = (None, Vec::new());
    for id in ids {
        let Some((row, coins)) = connection.lock_account(id)? else { continue };
        let locked = row.account(&coins)?;
        if scope.admins && locked.admin {
            let (user_id, suspended) = (locked.user_id.clone(), locked.suspended_at.is_some());
            admins.push(Admin { user_id, suspended });
        }
        if id == own {
            account = Some(locked);
        }
    }
    Ok((account.ok_or(Denial::UserNotFound)?, admins))
}

/// What an account has of what quotas bind; its lock keeps that so.
pub(super) fn holdings(connection: &mut impl Statements, user_id: &UserId) -> Result<Holdings, Failure> {
    let (rooms_owned, rooms_sat_in) =
        (connection.count_owned_rooms(user_id.as_str())?, connection.count_seats_held(user_id.as_str())?);
    Ok(Holdings {
        rooms_owned: usize::try_from(rooms_owned).unwrap_or_default(),
        rooms_sat_in: usize::try_from(rooms_sat_in).unwrap_or_default(),
    })
}

fn sessions_after(
    connection: &mut impl Statements,
    user_id: &UserId,
    after: Option<&DeviceId>,
    limit: i64,
) -> Result<Vec<Session>, Failure> {
    let rows = connection.sessions_after(user_id.as_str(), after.map_or("", DeviceId::as_str), limit)?;
    Ok(rows.into_iter().map(Session::try_from).collect::<Result<_, _>>()?)
}

/// A refresh token and whose it is.
fn refresh_token(
    connection: &mut impl Statements,
    hash: TokenHash,
) -> Result<Option<(RefreshToken, UserId)>, Failure> {
    let Some((token, session)) = connection.refresh_token(&hash.0)? else { return Ok(None) };
    Ok(Some((RefreshToken::try_from(token)?, Session::try_from(session)?.user_id)))
}

fn granted(
    connection: &mut impl Statements,
    user_id: &UserId,
    key: &IdempotencyKey,
) -> Result<Option<Coins>, Failure> {
    Ok(connection.granted(user_id.as_str(), key.as_str())?.and_then(Coins::new))
}
