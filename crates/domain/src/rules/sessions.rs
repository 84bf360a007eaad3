//! How sessions begin, are renewed and end.

use std::time::Duration;

use crate::change::AccountChange;
use crate::facts::AccountFacts;
use crate::rules::Verdict;
use crate::rules::accounts::admit_password;
use crate::rules::operators::admit;
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
    admit(&facts.account)?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::cast::*;

    const NEXT: TokenHash = TokenHash([7; 32]);

    fn signs_in(
        facts: &AccountFacts,
        device_id: &str,
        rehashed: Option<&PasswordHash>,
    ) -> Verdict<AccountChange> {
        let session = session(BO, 3, device_id);
        sign_in(facts, &hash("the account's"), rehashed, &session, &refresh_token(0))
    }

    /// Bo presents a token; those of generation 4 have been used, and none of 5.
    fn presents(token: RefreshToken) -> Verdict<AccountChange> {
        refresh(&AccountFacts { refresh_token: Some(token), ..account(BO) }, NEXT, NOW)
    }

    fn phone() -> SessionId {
        session(BO, 1, "phone").id
    }

    fn opened(device_id: &str) -> AccountChange {
        AccountChange::OpenSession { session: session(BO, 3, device_id), refresh_token: refresh_token(0) }
    }

    #[test]
    fn a_sign_in_opens_a_session_beside_those_on_other_devices() {
        assert_eq!(signs_in(&account(BO), "laptop", None), Ok(vec![opened("laptop")]));
    }

    #[test]
    fn a_sign_in_takes_the_place_of_the_session_on_its_device() {
        assert_eq!(
            signs_in(&account(BO), "phone", None),
            Ok(vec![AccountChange::EndSession(phone()), opened("phone")])
        );
    }

    #[test]
    fn a_sign_in_renews_an_outdated_hash() {
        assert_eq!(
            signs_in(&account(BO), "laptop", Some(&hash("better"))),
            Ok(vec![AccountChange::SetPassword(hash("better")), opened("laptop")])
        );
    }

    #[test]
    fn a_password_changed_while_it_was_compared_opens_nothing() {
        let mut facts = account(BO);
        facts.account.password_hash = hash("changed");
        assert_eq!(signs_in(&facts, "laptop", None), Err(Denial::InvalidCredentials));
    }

    #[test]
    fn using_a_token_gives_the_next_one() {
        for generation in [4, 5] {
            let next = RefreshToken {
                hash: NEXT,
                session_id: phone(),
                generation: generation + 1,
                expires_at: NOW.plus(REFRESH_TOKEN_LIFETIME),
            };
            assert_eq!(
                presents(refresh_token(generation)),
                Ok(vec![
                    AccountChange::RotateRefreshToken { generation, next },
                    AccountChange::TouchSession { id: phone(), at: NOW },
                ]),
                "a token lives until one of the next generation is used"
            );
        }
    }

    #[test]
    fn a_token_from_before_the_newest_used_ends_the_session() {
        for generation in [0, 3] {
            assert_eq!(presents(refresh_token(generation)), Ok(vec![AccountChange::EndSession(phone())]));
        }
        let expired = RefreshToken { expires_at: at(-1), ..refresh_token(3) };
        assert_eq!(presents(expired), Ok(vec![AccountChange::EndSession(phone())]));
    }

    #[test]
    fn a_token_expires_at_its_instant() {
        assert!(presents(RefreshToken { expires_at: at(1), ..refresh_token(5) }).is_ok());
        for expires_at in [NOW, at(-1)] {
            let expired = RefreshToken { expires_at, ..refresh_token(5) };
            assert_eq!(presents(expired), Err(Denial::TokenExpired));
        }
    }

    #[test]
    fn a_suspended_account_signs_in_nowhere_and_renews_nothing() {
        let mut facts = AccountFacts { refresh_token: Some(refresh_token(5)), ..account(BO) };
        facts.account.suspended_at = Some(at(-1));
        assert_eq!(signs_in(&facts, "laptop", None), Err(Denial::AccountSuspended));
        assert_eq!(refresh(&facts, NEXT, NOW), Err(Denial::AccountSuspended));
    }

    #[test]
    fn a_token_that_is_not_the_accounts_is_not_valid() {
        assert_eq!(refresh(&account(BO), NEXT, NOW), Err(Denial::TokenInvalid));
    }

    #[test]
    fn a_token_of_an_ended_session_renews_nothing() {
        let orphan = RefreshToken { session_id: SessionId(uuid(99)), ..refresh_token(5) };
        assert_eq!(presents(orphan), Err(Denial::SessionRevoked));
    }

    #[test]
    fn a_session_is_noted_as_seen_once_a_minute() {
        let touched =
            |after: Duration| touch(&account(BO), phone(), NOW.plus(after)).expect("it is no denial");
        assert_eq!(touched(Duration::ZERO), []);
        assert_eq!(touched(Duration::from_millis(59_999)), []);
        let at = NOW.plus(TOUCH_INTERVAL);
        assert_eq!(touched(TOUCH_INTERVAL), [AccountChange::TouchSession { id: phone(), at }]);
        assert_eq!(touch(&account(BO), SessionId(uuid(99)), at), Ok(Vec::new()), "it has ended");
    }

    #[test]
    fn a_clock_that_goes_back_touches_nothing() {
        assert_eq!(touch(&account(BO), phone(), at(-1_000_000)), Ok(Vec::new()));
    }

    #[test]
    fn a_session_is_ended_by_its_device() {
        let facts = account(BO);
        assert_eq!(
            end_on_device(&facts, &device("tablet")),
            Ok(vec![AccountChange::EndSession(facts.sessions[1].id)])
        );
        assert_eq!(end_on_device(&facts, &device("laptop")), Err(Denial::NotFound));
    }
}
