//! How sessions begin, are renewed and end.

use std::time::Duration;

use crate::change::AccountChange;
use crate::facts::AccountFacts;
use crate::rules::Verdict;
use crate::rules::accounts::admit_password;
use crate::{Denial, DeviceId, PasswordHash, RefreshToken, Session, SessionId, Timestamp, TokenHash};

/// How long an access token is good.
pub const ACCESS_TOKEN_LIFETIME: Duration = Duration::from_mins(15);

/// How long a refresh token is good, and so how long an idle session lasts.
pub const REFRESH_TOKEN_LIFETIME: Duration = Duration::from_hours(30 * 24);

/// A session is noted as seen at most so often.
pub const TOUCH_INTERVAL: Duration = Duration::from_mins(1);

/// Opens a session after the password was found to fit `compared_with`; it takes the place of an
/// earlier one on the same device. `rehashed` is the password's hash in today's scheme, where the
/// stored one is out of date.
pub fn sign_in(
    facts: &AccountFacts,
    compared_with: &PasswordHash,
    rehashed: Option<&PasswordHash>,
    session: &Session,
    refresh_token: &RefreshToken,
) -> Verdict<AccountChange> {
    admit_password(facts, compared_with)?;
    let mut changes: Vec<_> = facts
        .sessions
        .iter()
        .filter(|earlier| earlier.device_id == session.device_id)
        .map(|earlier| AccountChange::EndSession(earlier.id))
        .collect();
    changes.extend(rehashed.cloned().map(AccountChange::SetPassword));
    changes
        .push(AccountChange::OpenSession { session: session.clone(), refresh_token: refresh_token.clone() });
    Ok(changes)
}

/// Renews a session with the refresh token in the facts. A token that has been rotated out is a
/// stolen one or its thief's: the session ends, and that is the whole change.
pub fn refresh(facts: &AccountFacts, next: TokenHash, now: Timestamp) -> Verdict<AccountChange> {
    let token = facts.refresh_token.as_ref().ok_or(Denial::TokenInvalid)?;
    let session =
        facts.sessions.iter().find(|session| session.id == token.session_id).ok_or(Denial::SessionRevoked)?;
    if token.generation < session.generation {
        return Ok(vec![AccountChange::EndSession(session.id)]);
    }
    if token.expires_at <= now {
        return Err(Denial::TokenExpired);
    }
    Ok(vec![
        AccountChange::RotateRefreshToken {
            generation: token.generation,
            next: RefreshToken {
                hash: next,
                session_id: session.id,
                generation: token.generation + 1,
                expires_at: now.plus(REFRESH_TOKEN_LIFETIME),
            },
        },
        AccountChange::TouchSession { id: session.id, at: now },
    ])
}

/// Notes that a session is at work, unless that was noted just now.
pub fn touch(facts: &AccountFacts, id: SessionId, now: Timestamp) -> Verdict<AccountChange> {
    let is_due = |session: &&Session| session.id == id && now.since(session.last_seen_at) >= TOUCH_INTERVAL;
    Ok(facts
        .sessions
        .iter()
        .find(is_due)
        .map(|_| AccountChange::TouchSession { id, at: now })
        .into_iter()
        .collect())
}

/// Ends the session on a device.
pub fn end_on_device(facts: &AccountFacts, device_id: &DeviceId) -> Verdict<AccountChange> {
    facts
        .sessions
        .iter()
        .find(|session| session.device_id == *device_id)
        .map(|session| vec![AccountChange::EndSession(session.id)])
        .ok_or(Denial::NotFound)
}
