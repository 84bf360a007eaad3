use diesel::prelude::*;
use domain::change::AccountChange;
use domain::{RefreshToken, Session, SessionId, Timestamp, UserId};
use infra_sql::StoredId;
use infra_sql::accounts::{self as shared, RefreshTokenRow, SessionRow};
use infra_sql::coins::GrantRow;
use infra_sql::rooms;
use infra_sql::schema::{
    accounts, blocks, friend_requests, friendships, grants, invitations, refresh_tokens, sessions,
};

use crate::coins;
use crate::errors::{Failure, exactly_one};

const ACCOUNT: &str = "an account that is changed is there";
const SESSION: &str = "a session that is changed is there";

/// Applies one change of an account.
pub(crate) fn apply(
    connection: &mut SqliteConnection,
    user_id: &UserId,
    change: &AccountChange,
) -> Result<(), Failure> {
    let account = accounts::table.find(user_id.as_str());
    match change {
        AccountChange::Rename(name) => {
            let set = diesel::update(account).set(accounts::name.eq(name.as_str()));
            exactly_one(set.execute(connection)?, ACCOUNT)
        }
        AccountChange::SetPhone(phone) => {
            let set = diesel::update(account).set(accounts::phone.eq(phone.as_str()));
            exactly_one(set.execute(connection)?, ACCOUNT)
        }
        AccountChange::SetPassword(hash) => {
            let set = diesel::update(account).set(accounts::password_hash.eq(hash.expose()));
            exactly_one(set.execute(connection)?, ACCOUNT)
        }
        AccountChange::SetPrime(prime) => {
            let (prime, until) = shared::prime_columns(*prime);
            let set =
                diesel::update(account).set((accounts::prime.eq(prime), accounts::prime_until.eq(until)));
            exactly_one(set.execute(connection)?, ACCOUNT)
        }
        AccountChange::SetAdmin(admin) => {
            let set = diesel::update(account).set(accounts::admin.eq(*admin));
            exactly_one(set.execute(connection)?, ACCOUNT)
        }
        AccountChange::Grant { transfer, key } => {
            coins::transfer(connection, transfer)?;
            let row = GrantRow::of(user_id, key, transfer);
            diesel::insert_into(grants::table).values(row).execute(connection)?;
            Ok(())
        }
        AccountChange::OpenSession { session, refresh_token } => {
            open_session(connection, session, refresh_token)
        }
        AccountChange::EndSession(id) => end_session(connection, *id),
        AccountChange::TouchSession { id, at } => touch_session(connection, *id, *at),
        AccountChange::RotateRefreshToken { generation, next } => rotate(connection, *generation, next),
        AccountChange::Erase { at } => erase(connection, user_id, *at),
    }
}

/// Adds a session with its first refresh token.
pub(crate) fn open_session(
    connection: &mut SqliteConnection,
    session: &Session,
    refresh_token: &RefreshToken,
) -> Result<(), Failure> {
    diesel::insert_into(sessions::table).values(SessionRow::from(session)).execute(connection)?;
    add_refresh_token(connection, refresh_token)
}

fn add_refresh_token(connection: &mut SqliteConnection, token: &RefreshToken) -> Result<(), Failure> {
    diesel::insert_into(refresh_tokens::table).values(RefreshTokenRow::from(token)).execute(connection)?;
    Ok(())
}

/// Ends a session; its refresh tokens go with it, as the foreign key says.
fn end_session(connection: &mut SqliteConnection, id: SessionId) -> Result<(), Failure> {
    let ended = diesel::delete(sessions::table.find(StoredId::from(id))).execute(connection)?;
    exactly_one(ended, SESSION)
}

/// A session seen at work also drops the tokens it can no longer be renewed with.
fn touch_session(connection: &mut SqliteConnection, id: SessionId, at: Timestamp) -> Result<(), Failure> {
    let touched = diesel::update(sessions::table.find(StoredId::from(id)))
        .set(sessions::last_seen_at.eq(at.as_millis()))
        .execute(connection)?;
    exactly_one(touched, SESSION)?;
    diesel::delete(shared::expired_tokens(id.into(), at.as_millis())).execute(connection)?;
    Ok(())
}

fn rotate(connection: &mut SqliteConnection, generation: i64, next: &RefreshToken) -> Result<(), Failure> {
    let rotated = diesel::update(sessions::table.find(StoredId::from(next.session_id)))
        .set(sessions::generation.eq(generation))
        .execute(connection)?;
    exactly_one(rotated, SESSION)?;
    add_refresh_token(connection, next)
}

/// Takes away everything personal. What others share with the account stays: its messages, its
/// places in the rooms' histories, and its coins.
fn erase(connection: &mut SqliteConnection, user_id: &UserId, at: Timestamp) -> Result<(), Failure> {
    let own = user_id.as_str();
    let erased = diesel::update(accounts::table.find(own))
        .set((
            accounts::name.eq(None::<String>),
            accounts::phone.eq(None::<String>),
            accounts::password_hash.eq(None::<String>),
            accounts::prime.eq(false),
            accounts::prime_until.eq(None::<i64>),
            accounts::admin.eq(false),
            accounts::erased_at.eq(at.as_millis()),
        ))
        .execute(connection)?;
    exactly_one(erased, ACCOUNT)?;
    diesel::delete(sessions::table.filter(sessions::user_id.eq(own))).execute(connection)?;
    diesel::delete(friendships::table.filter(friendships::low_id.eq(own))).execute(connection)?;
    diesel::delete(friendships::table.filter(friendships::high_id.eq(own))).execute(connection)?;
    diesel::delete(friend_requests::table.filter(friend_requests::from_id.eq(own))).execute(connection)?;
    diesel::delete(friend_requests::table.filter(friend_requests::to_id.eq(own))).execute(connection)?;
    diesel::delete(blocks::table.filter(blocks::blocker_id.eq(own))).execute(connection)?;
    diesel::delete(blocks::table.filter(blocks::blocked_id.eq(own))).execute(connection)?;
    diesel::update(rooms::open_of_invitee(own, at.as_millis()))
        .set(invitations::revoked_at.eq(at.as_millis()))
        .execute(connection)?;
    Ok(())
}
