use domain::change::AccountChange;
use domain::{RefreshToken, SealedSecret, Session, SessionId, Timestamp, UserId};

use crate::accounts::{RecoveryCodeRow, RefreshTokenRow, SessionRow, prime_columns};
use crate::admin::{AdminRecordRow, PasswordLinkRow};
use crate::coins::GrantRow;
use crate::failure::{Failure, exactly_one};
use crate::operations::coins;
use crate::{Dialect, Statements};

const ACCOUNT: &str = "an account that is changed is there";
const RECOVERY_CODE: &str = "a recovery code that is used up is there";
const SESSION: &str = "a session that is changed is there";

/// Applies one change of an account.
pub(super) fn apply(
    connection: &mut impl Dialect,
    user_id: &UserId,
    change: &AccountChange,
) -> Result<(), Failure> {
    let own = user_id.as_str();
    match change {
        AccountChange::Rename(name) => exactly_one(connection.set_account_name(own, name.as_str())?, ACCOUNT),
        AccountChange::SetPhone(phone) => exactly_one(connection.set_phone(own, phone.as_str())?, ACCOUNT),
        AccountChange::SetPassword(hash) => {
            exactly_one(connection.set_account_password(own, hash.expose())?, ACCOUNT)
        }
        AccountChange::SetPrime(prime) => {
            let (prime, until) = prime_columns(*prime);
            exactly_one(connection.set_prime(own, prime, until)?, ACCOUNT)
        }
        AccountChange::SetAdmin(admin) => exactly_one(connection.set_admin(own, *admin)?, ACCOUNT),
        AccountChange::SetSuspended(at) => {
            exactly_one(connection.set_suspended(own, at.map(Timestamp::as_millis))?, ACCOUNT)
        }
        AccountChange::MakePasswordLink(link) => {
            connection.insert_password_link(&PasswordLinkRow::from(link))?;
            Ok(())
        }
        AccountChange::DropPasswordLinks => {
            connection.delete_password_links_of(own)?;
            Ok(())
        }
        AccountChange::Record(record) => {
            connection.insert_record(&AdminRecordRow::from(record))?;
            Ok(())
        }
        AccountChange::Grant { transfer, key } => {
            coins::transfer(connection, transfer)?;
            connection.insert_grant(&GrantRow::of(user_id, key, transfer))?;
            Ok(())
        }
        AccountChange::OpenSession { session, refresh_token } => {
            open_session(connection, session, refresh_token)
        }
        AccountChange::EndSession(id) => exactly_one(connection.delete_session((*id).into())?, SESSION),
        AccountChange::TouchSession { id, at } => touch_session(connection, *id, *at),
        AccountChange::RotateRefreshToken { generation, renewal, next } => {
            let (at, salt, successor) = (renewal.at.as_millis(), &renewal.salt.0, &renewal.successor.0);
            let id = next.session_id.into();
            exactly_one(connection.set_renewal(id, *generation, at, salt, successor)?, SESSION)?;
            connection.insert_refresh_token(&RefreshTokenRow::from(next))?;
            Ok(())
        }
        AccountChange::OfferSecondFactor(secret) => {
            exactly_one(connection.set_totp_offered(own, Some(&secret.0))?, ACCOUNT)
        }
        AccountChange::TurnOnSecondFactor { secret, last_step, recovery_codes } => {
            exactly_one(connection.set_totp(own, Some(&secret.0), Some(last_step.0))?, ACCOUNT)?;
            connection.set_totp_offered(own, None)?;
            connection.delete_recovery_codes_of(own)?;
            for hash in recovery_codes {
                let code = RecoveryCodeRow { user_id: own.to_owned(), code_hash: hash.0.to_vec() };
                connection.insert_recovery_code(&code)?;
            }
            Ok(())
        }
        AccountChange::UseTimeStep(step) => exactly_one(connection.set_totp_last_step(own, step.0)?, ACCOUNT),
        AccountChange::UseRecoveryCode(hash) => {
            exactly_one(connection.delete_recovery_code(own, &hash.0)?, RECOVERY_CODE)
        }
        AccountChange::ResealSecondFactor { secret, offered } => {
            let bytes = |secret: &Option<SealedSecret>| secret.as_ref().map(|secret| secret.0.clone());
            let (secret, offered) = (bytes(secret), bytes(offered));
            exactly_one(connection.set_totp_secrets(own, secret.as_deref(), offered.as_deref())?, ACCOUNT)
        }
        AccountChange::TurnOffSecondFactor => {
            exactly_one(connection.set_totp(own, None, None)?, ACCOUNT)?;
            connection.set_totp_offered(own, None)?;
            connection.delete_recovery_codes_of(own)?;
            Ok(())
        }
        AccountChange::Erase { at } => erase(connection, own, *at),
    }
}

/// Adds a session with its first refresh token.
pub(super) fn open_session(
    connection: &mut impl Statements,
    session: &Session,
    refresh_token: &RefreshToken,
) -> Result<(), Failure> {
    connection.insert_session(&SessionRow::from(session))?;
    connection.insert_refresh_token(&RefreshTokenRow::from(refresh_token))?;
    Ok(())
}

/// A session seen at work also drops the tokens it can no longer be renewed with.
fn touch_session(connection: &mut impl Statements, id: SessionId, at: Timestamp) -> Result<(), Failure> {
    exactly_one(connection.set_last_seen(id.into(), at.as_millis())?, SESSION)?;
    connection.delete_expired_tokens(id.into(), at.as_millis())?;
    Ok(())
}

/// Takes away everything personal. What others share with the account stays: its messages, its
/// places in the rooms' histories, and its coins.
fn erase(connection: &mut impl Statements, own: &str, at: Timestamp) -> Result<(), Failure> {
    exactly_one(connection.erase_account(own, at.as_millis())?, ACCOUNT)?;
    connection.delete_sessions_of(own)?;
    connection.delete_password_links_of(own)?;
    connection.delete_recovery_codes_of(own)?;
    connection.delete_friendships_above(own)?;
    connection.delete_friendships_below(own)?;
    connection.delete_friend_requests_from(own)?;
    connection.delete_friend_requests_to(own)?;
    connection.delete_blocks_by(own)?;
    connection.delete_blocks_of(own)?;
    connection.revoke_invitations_of_invitee(own, at.as_millis())?;
    Ok(())
}
