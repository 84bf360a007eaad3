//! How sessions begin, are renewed and end.

use std::time::Duration;

use crate::change::AccountChange;
use crate::facts::AccountFacts;
use crate::rules::Verdict;
use crate::rules::accounts::admit_password;
use crate::rules::operators::admit;
use crate::rules::second_factor::{self, Codes};
use crate::{
    Denial, DeviceId, PasswordHash, PresentedCode, RefreshToken, Renewal, Salt, Session, Successors,
    Timestamp,
};

/// How long an access token is good.
pub const ACCESS_TOKEN_LIFETIME: Duration = Duration::from_mins(15);

/// How many sessions an account has at most.
pub const MOST_SESSIONS: usize = 50;

/// A session is noted as seen at most so often.
pub const TOUCH_INTERVAL: Duration = Duration::from_mins(1);

/// A refresh token presented again so soon after its first use is one whose answer was lost.
pub const RETRY_WINDOW: Duration = Duration::from_mins(1);

/// Opens a session after the password was found to fit `compared_with`; it takes the place of an
/// earlier one on the same device, and of the one unused for longest if there would be too many.
/// `rehashed` is the password's hash in today's scheme, where the stored one is out of date. Only a
/// right password is told whether a second factor is on.
pub fn sign_in(
    facts: &AccountFacts,
    compared_with: &PasswordHash,
    rehashed: Option<&PasswordHash>,
    code: Option<&PresentedCode>,
    codes: &Codes<'_>,
    session: &Session,
    refresh_token: &RefreshToken,
) -> Verdict<AccountChange> {
    admit_password(facts, compared_with)?;
    let mut changes = second_factor::admit(facts, code, codes, session.created_at)?;
    changes.extend(make_room(facts, session));
    changes.extend(rehashed.cloned().map(AccountChange::SetPassword));
    changes
        .push(AccountChange::OpenSession { session: session.clone(), refresh_token: refresh_token.clone() });
    Ok(changes)
}

/// Ends the sessions that a new one leaves no place for.
fn make_room(facts: &AccountFacts, new: &Session) -> Vec<AccountChange> {
    let (mut ended, mut kept): (Vec<_>, Vec<_>) = facts
        .sessions
        .iter()
        .partition(|earlier| earlier.device_id == new.device_id || is_outlived(earlier, new.created_at));
    kept.sort_by_key(|earlier| earlier.last_seen_at);
    let too_many = (kept.len() + 1).saturating_sub(MOST_SESSIONS);
    ended.extend(kept.drain(..too_many));
    ended.into_iter().map(|earlier| AccountChange::EndSession(earlier.id)).collect()
}

/// Whether a session has come to its end, or has been unused for too long.
fn is_outlived(session: &Session, now: Timestamp) -> bool {
    session.ends_at() <= now || now.since(session.last_seen_at) >= RefreshToken::LIFETIME
}

/// Ends the sessions that have come to their end by themselves.
pub fn end_outlived(facts: &AccountFacts, now: Timestamp) -> Verdict<AccountChange> {
    let outlived = facts.sessions.iter().filter(|session| is_outlived(session, now));
    Ok(outlived.map(|session| AccountChange::EndSession(session.id)).collect())
}

/// Renews a session with the refresh token in the facts.
///
/// A token presented again soon, while its successor is unused, is one whose answer was lost: nothing
/// changes, and the answer is the same. Any other reuse is by the token's thief or its owner after the
/// thief: the session ends, and that is the whole change. `successors` derives the token's successors
/// with a salt, and `salt` is a new one. [`renewed`] tells what came of it.
pub fn refresh(
    facts: &AccountFacts,
    salt: Salt,
    successors: &dyn Fn(&Salt) -> Successors,
    now: Timestamp,
) -> Verdict<AccountChange> {
    let token = facts.refresh_token.as_ref().ok_or(Denial::TokenInvalid)?;
    let session = renewing(facts).ok_or(Denial::SessionRevoked)?;
    let earlier = session.renewal.filter(|_| token.generation == session.generation);
    let is_too_late = |earlier: Renewal| now.since(earlier.at) >= RETRY_WINDOW;
    if token.generation < session.generation || earlier.is_some_and(is_too_late) {
        return Ok(vec![AccountChange::EndSession(session.id)]);
    }
    if token.expires_at <= now || session.ends_at() <= now {
        return Err(Denial::TokenExpired);
    }
    admit(&facts.account)?;
    if earlier.is_some_and(|earlier| successors(&earlier.salt).with_hash(earlier.successor).is_some()) {
        return Ok(Vec::new());
    }
    // The first use, or the key of the first answer is no longer known: then another successor is as good.
    let successor = successors(&salt).current.hash();
    let at = earlier.map_or(now, |earlier| earlier.at);
    Ok(vec![
        AccountChange::RotateRefreshToken {
            generation: token.generation,
            renewal: Renewal { at, salt, successor },
            next: RefreshToken {
                hash: successor,
                session_id: session.id,
                generation: token.generation + 1,
                expires_at: session.renewable_until(at),
            },
        },
        AccountChange::TouchSession { id: session.id, at: now },
    ])
}

/// The session that [`refresh`] has renewed, now or when it was asked first; none if it has ended it.
pub fn renewed<'a>(facts: &'a AccountFacts, changes: &[AccountChange]) -> Option<(&'a Session, Renewal)> {
    let session = renewing(facts)?;
    let renewal = match changes.first() {
        None => session.renewal,
        Some(AccountChange::RotateRefreshToken { renewal, .. }) => Some(*renewal),
        Some(_) => None,
    };
    Some((session, renewal?))
}

/// The session of the refresh token that was presented.
fn renewing(facts: &AccountFacts) -> Option<&Session> {
    let token = facts.refresh_token.as_ref()?;
    facts.sessions.iter().find(|session| session.id == token.session_id)
}

/// Whether it is to be noted that a session is at work: that was not done just now.
pub fn is_to_be_touched(session: &Session, now: Timestamp) -> bool {
    now.since(session.last_seen_at) >= TOUCH_INTERVAL
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
    use crate::{OpaqueToken, SealedSecret, SessionId, TimeStep};

    const SALT: Salt = Salt([9; 32]);

    fn signs_in(
        facts: &AccountFacts,
        device_id: &str,
        rehashed: Option<&PasswordHash>,
    ) -> Verdict<AccountChange> {
        let session = session(BO, 3, device_id);
        sign_in(facts, &hash("the account's"), rehashed, None, &|_, _| None, &session, &refresh_token(0))
    }

    /// Bo presents a token; the one of generation 4 was used 50 seconds ago, and not the one of 5.
    fn presents(token: RefreshToken) -> Verdict<AccountChange> {
        presents_to(account(BO), token)
    }

    fn presents_to(facts: AccountFacts, token: RefreshToken) -> Verdict<AccountChange> {
        refresh(&AccountFacts { refresh_token: Some(token), ..facts }, SALT, &successors, NOW)
    }

    /// The token of this generation is used now for the first time.
    fn used(generation: i64, at: Timestamp) -> Vec<AccountChange> {
        let hash = successors(&SALT).current.hash();
        vec![
            AccountChange::RotateRefreshToken {
                generation,
                renewal: Renewal { at, salt: SALT, successor: hash },
                next: RefreshToken {
                    hash,
                    session_id: phone(),
                    generation: generation + 1,
                    expires_at: at.plus(RefreshToken::LIFETIME),
                },
            },
            AccountChange::TouchSession { id: phone(), at: NOW },
        ]
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
    fn a_second_factor_is_asked_for_once_the_password_is_right() {
        let mut facts = account(BO);
        facts.account.second_factor.secret = Some(SealedSecret(vec![7]));
        assert_eq!(signs_in(&facts, "laptop", None), Err(Denial::SecondFactorRequired));
        facts.account.password_hash = hash("changed");
        assert_eq!(signs_in(&facts, "laptop", None), Err(Denial::InvalidCredentials));
    }

    #[test]
    fn a_code_is_used_up_with_the_sign_in() {
        let mut facts = account(BO);
        facts.account.second_factor.secret = Some(SealedSecret(vec![7]));
        let (session, code) = (session(BO, 3, "laptop"), "000042".parse().expect("a code"));
        let codes =
            |_: &SealedSecret, step: TimeStep| (step.0 == 33).then(|| OpaqueToken::new("000042".to_owned()));
        let session = Session { created_at: NOW, ..session };
        let changes =
            sign_in(&facts, &hash("the account's"), None, Some(&code), &codes, &session, &refresh_token(0));
        let opened = AccountChange::OpenSession { session: session.clone(), refresh_token: refresh_token(0) };
        assert_eq!(changes, Ok(vec![AccountChange::UseTimeStep(TimeStep(33)), opened]));
    }

    #[test]
    fn a_password_changed_while_it_was_compared_opens_nothing() {
        let mut facts = account(BO);
        facts.account.password_hash = hash("changed");
        assert_eq!(signs_in(&facts, "laptop", None), Err(Denial::InvalidCredentials));
    }

    /// Bo has so many sessions, the first of them unused for longest.
    fn many_sessions(count: u16) -> AccountFacts {
        let sessions = (0..count).map(|number| {
            let millis = i64::from(number) - 10_000;
            let device = format!("device {number}");
            Session { last_seen_at: at(millis), ..session(BO, 100 + u128::from(number), &device) }
        });
        // Their order in the store is another one.
        AccountFacts { sessions: sessions.rev().collect(), ..account(BO) }
    }

    #[test]
    fn the_session_unused_for_longest_gives_way_to_the_fifty_first() {
        assert_eq!(signs_in(&many_sessions(49), "laptop", None), Ok(vec![opened("laptop")]));
        let ended = |number: u128| AccountChange::EndSession(SessionId(uuid(100 + number)));
        assert_eq!(signs_in(&many_sessions(50), "laptop", None), Ok(vec![ended(0), opened("laptop")]));
        assert_eq!(
            signs_in(&many_sessions(52), "laptop", None),
            Ok(vec![ended(0), ended(1), ended(2), opened("laptop")]),
            "a store made before may have more"
        );
        assert_eq!(
            signs_in(&many_sessions(50), "device 7", None),
            Ok(vec![ended(7), opened("device 7")]),
            "a device's session already gives way to its next one"
        );
    }

    #[test]
    fn a_session_ends_after_180_days_and_after_30_unused() {
        let lives = |lived: Duration, unused: Duration| {
            let mut facts = account(BO);
            let now = at(0).plus(Duration::from_hours(1_000 * 24));
            facts.sessions[0].created_at = now.minus(lived);
            facts.sessions[0].last_seen_at = now.minus(unused);
            facts.sessions.truncate(1);
            end_outlived(&facts, now).expect("it is no denial").is_empty()
        };
        let day = Duration::from_hours(24);
        let just_before = |days: u32| (days * day).saturating_sub(Duration::from_millis(1));
        assert!(lives(just_before(180), just_before(30)));
        assert!(!lives(180 * day, Duration::ZERO));
        assert!(!lives(60 * day, 30 * day));
    }

    #[test]
    fn a_sign_in_removes_what_has_come_to_its_end() {
        let mut facts = account(BO);
        facts.sessions[0].last_seen_at = at(-5_000).minus(RefreshToken::LIFETIME);
        assert_eq!(
            signs_in(&facts, "laptop", None),
            Ok(vec![AccountChange::EndSession(phone()), opened("laptop")])
        );
    }

    #[test]
    fn using_a_token_gives_the_next_one() {
        assert_eq!(presents(refresh_token(5)), Ok(used(5, NOW)));
        let mut facts = account(BO);
        facts.sessions[0].renewal = None;
        assert_eq!(presents_to(facts, refresh_token(4)), Ok(used(4, NOW)), "it is the session's first");
    }

    #[test]
    fn a_token_presented_again_within_a_minute_gives_the_same_again() {
        for millis_ago in [0, 59_999] {
            let mut facts = account(BO);
            facts.sessions[0].renewal = Some(renewal(-millis_ago));
            facts.refresh_token = Some(refresh_token(4));
            let changes = refresh(&facts, SALT, &successors, NOW).expect("its answer was lost");
            assert_eq!(changes, []);
            assert_eq!(renewed(&facts, &changes), Some((&facts.sessions[0], renewal(-millis_ago))));
        }
    }

    #[test]
    fn a_token_presented_again_later_ends_the_session() {
        let mut facts = account(BO);
        facts.sessions[0].renewal = Some(renewal(-60_000));
        facts.refresh_token = Some(refresh_token(4));
        let changes = refresh(&facts, SALT, &successors, NOW).expect("it is no denial");
        assert_eq!(changes, [AccountChange::EndSession(phone())]);
        assert_eq!(renewed(&facts, &changes), None);
    }

    #[test]
    fn a_lost_answer_is_given_again_under_the_key_of_before() {
        let mut facts = account(BO);
        let older = successors(&Salt([4; 32])).previous.expect("there is one").hash();
        facts.sessions[0].renewal = Some(Renewal { successor: older, ..renewal(-1) });
        assert_eq!(presents_to(facts, refresh_token(4)), Ok(Vec::new()));
    }

    #[test]
    fn a_lost_answer_whose_key_is_gone_is_given_anew_and_its_minute_runs_on() {
        let mut facts = account(BO);
        let unknown = OpaqueToken::new("under a key of which nobody knows".to_owned()).hash();
        facts.sessions[0].renewal = Some(Renewal { successor: unknown, ..renewal(-50_000) });
        assert_eq!(presents_to(facts, refresh_token(4)), Ok(used(4, at(-50_000))));
    }

    #[test]
    fn a_token_whose_successor_was_used_ends_the_session() {
        for generation in [0, 3] {
            assert_eq!(presents(refresh_token(generation)), Ok(vec![AccountChange::EndSession(phone())]));
        }
        let expired = RefreshToken { expires_at: at(-1), ..refresh_token(3) };
        assert_eq!(presents(expired), Ok(vec![AccountChange::EndSession(phone())]));
    }

    #[test]
    fn a_session_is_not_renewed_beyond_its_end() {
        let lives_on_for = |left: Duration| {
            let mut facts = account(BO);
            facts.sessions[0].created_at = NOW.plus(left).minus(Session::LIFETIME);
            presents_to(facts, refresh_token(5))
        };
        let changes = lives_on_for(Duration::from_millis(1)).expect("it has not ended");
        let AccountChange::RotateRefreshToken { next, .. } = &changes[0] else { panic!("{changes:?}") };
        assert_eq!(next.expires_at, at(1), "no token outlives its session");
        assert_eq!(lives_on_for(Duration::ZERO), Err(Denial::TokenExpired));
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
        assert_eq!(refresh(&facts, SALT, &successors, NOW), Err(Denial::AccountSuspended));
    }

    #[test]
    fn a_token_that_is_not_the_accounts_is_not_valid() {
        assert_eq!(refresh(&account(BO), SALT, &successors, NOW), Err(Denial::TokenInvalid));
    }

    #[test]
    fn a_token_of_an_ended_session_renews_nothing() {
        let orphan = RefreshToken { session_id: SessionId(uuid(99)), ..refresh_token(5) };
        assert_eq!(presents(orphan), Err(Denial::SessionRevoked));
    }

    #[test]
    fn a_session_is_noted_as_seen_once_a_minute() {
        let session = &account(BO).sessions[0];
        let is_due = |after: Duration| is_to_be_touched(session, NOW.plus(after));
        assert!(!is_due(Duration::ZERO) && !is_due(Duration::from_millis(59_999)) && is_due(TOUCH_INTERVAL));
    }

    #[test]
    fn a_clock_that_goes_back_touches_nothing() {
        assert!(!is_to_be_touched(&account(BO).sessions[0], at(-1_000_000)));
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
