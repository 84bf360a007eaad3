use domain::change::AccountChange;
use domain::{AccountRevision, RefreshToken, Renewal, Session, SessionId, Timestamp, TokenHash, UserId};

use crate::accounts::{AccountUpdate, RecoveryCodeRow, RefreshTokenRow, SessionRow, prime_columns};
use crate::admin::{AdminRecordRow, PasswordLinkRow};
use crate::coins::GrantRow;
use crate::failure::{Failure, done, exactly_one};
use crate::operations::coins;
use crate::{Dialect, Statements};

const SESSION: &str = "a session that is changed is there";

/// Applies one change of an account.
pub(super) fn apply(
    connection: &mut impl Dialect,
    user_id: &UserId,
    change: &AccountChange,
) -> Result<(), Failure> {
    let own = user_id.as_str();
    let mut columns = AccountUpdate::default();
    match change {
        AccountChange::Revise(AccountRevision { name, phone }) => {
            columns.name = name.as_ref().map(|name| Some(name.as_str()));
            columns.phone = phone.as_ref().map(|phone| Some(phone.as_str()));
        }
        AccountChange::SetPassword(hash) => columns.password_hash = Some(Some(hash.expose())),
        AccountChange::SetPrime(prime) => {
            let (prime, until) = prime_columns(*prime);
            (columns.prime, columns.prime_until) = (Some(prime), Some(until));
        }
        AccountChange::SetAdmin(admin) => columns.admin = Some(*admin),
        AccountChange::SetSuspended(at) => columns.suspended_at = Some(at.map(Timestamp::as_millis)),
        AccountChange::OfferSecondFactor(secret) => columns.totp_offered = Some(Some(&secret.0)),
        AccountChange::TurnOnSecondFactor { secret, last_step, recovery_codes } => {
            replace_recovery_codes(connection, own, recovery_codes)?;
            columns.set_second_factor(Some((secret, *last_step)));
        }
        AccountChange::UseTimeStep(step) => columns.totp_last_step = Some(Some(step.0)),
        AccountChange::ResealSecondFactor { secret, offered } => {
            columns.totp_secret = Some(secret.as_ref().map(|secret| secret.0.as_slice()));
            columns.totp_offered = Some(offered.as_ref().map(|secret| secret.0.as_slice()));
        }
        AccountChange::TurnOffSecondFactor => {
            connection.delete_recovery_codes_of(own)?;
            columns.set_second_factor(None);
        }
        AccountChange::Erase { at } => {
            delete_personal_rows(connection, own, *at)?;
            columns = AccountUpdate::erasing(*at);
        }
        AccountChange::UseRecoveryCode(hash) => {
            let deleted = connection.delete_recovery_code(own, &hash.0)?;
            return exactly_one(deleted, "a recovery code that is used up is there");
        }
        AccountChange::MakePasswordLink(link) => {
            return done(connection.insert_password_link(&PasswordLinkRow::from(link)));
        }
        AccountChange::DropPasswordLinks => return done(connection.delete_password_links_of(own)),
        AccountChange::Record(record) => {
            return done(connection.insert_record(&AdminRecordRow::from(record)));
        }
        AccountChange::Grant { transfer, key } => {
            coins::transfer(connection, transfer)?;
            return done(connection.insert_grant(&GrantRow::of(user_id, key, transfer)));
        }
        AccountChange::OpenSession { session, refresh_token } => {
            return open_session(connection, session, refresh_token);
        }
        AccountChange::EndSession(id) => {
            return exactly_one(connection.delete_session((*id).into())?, SESSION);
        }
        AccountChange::TouchSession { id, at } => return touch_session(connection, *id, *at),
        AccountChange::RotateRefreshToken { generation, renewal, next } => {
            return rotate_refresh_token(connection, *generation, renewal, next);
        }
    }
    exactly_one(connection.update_account(own, &columns)?, "an account that is changed is there")
}

/// Adds a session with its first refresh token.
pub(super) fn open_session(
    connection: &mut impl Statements,
    session: &Session,
    refresh_token: &RefreshToken,
) -> Result<(), Failure> {
    connection.insert_session(&SessionRow::from(session))?;
    done(connection.insert_refresh_token(&RefreshTokenRow::from(refresh_token)))
}

/// A session seen at work also drops the tokens it can no longer be renewed with.
fn touch_session(connection: &mut impl Statements, id: SessionId, at: Timestamp) -> Result<(), Failure> {
    exactly_one(connection.set_last_seen(id.into(), at.as_millis())?, SESSION)?;
    done(connection.delete_expired_tokens(id.into(), at.as_millis()))
}

fn rotate_refresh_token(
    connection: &mut impl Statements,
    generation: i64,
    renewal: &Renewal,
    next: &RefreshToken,
) -> Result<(), Failure> {
    let (at, salt, successor) = (renewal.at.as_millis(), &renewal.salt.0, &renewal.successor.0);
    let id = next.session_id.into();
    exactly_one(connection.set_renewal(id, generation, at, salt, successor)?, SESSION)?;
    done(connection.insert_refresh_token(&RefreshTokenRow::from(next)))
}

fn replace_recovery_codes(
    connection: &mut impl Statements,
    own: &str,
    hashes: &[TokenHash],
) -> Result<(), Failure> {
    connection.delete_recovery_codes_of(own)?;
    let codes: Vec<_> = hashes
        .iter()
        .map(|hash| RecoveryCodeRow { user_id: own.to_owned(), code_hash: hash.0.to_vec() })
        .collect();
    done(connection.insert_recovery_codes(&codes))
}

/// Removes what is personal outside the account's own row. What others share with the account stays: its
/// messages, its part in the rooms' histories, and its coins.
fn delete_personal_rows(connection: &mut impl Statements, own: &str, at: Timestamp) -> Result<(), Failure> {
    connection.delete_sessions_of(own)?;
    connection.delete_password_links_of(own)?;
    connection.delete_recovery_codes_of(own)?;
    connection.delete_friendships_above(own)?;
    connection.delete_friendships_below(own)?;
    connection.delete_friend_requests_from(own)?;
    connection.delete_friend_requests_to(own)?;
    connection.delete_blocks_by(own)?;
    connection.delete_blocks_of(own)?;
    done(connection.revoke_invitations_of_invitee(own, at.as_millis()))
}
