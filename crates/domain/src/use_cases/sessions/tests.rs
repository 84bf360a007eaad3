use std::time::Duration;

use super::*;
use crate::facts::RoomFacts;
use crate::ports::MockAccounts;
use crate::rules::cast::*;
use crate::use_cases::fixture::*;
use crate::{PasswordHash, Salt, TokenHash};

fn phone() -> SessionId {
    account(BO).sessions[0].id
}

fn claims() -> AccessClaims {
    AccessClaims { user_id: user(BO), session_id: phone(), issued_at: at(-10), expires_at: at(10) }
}

async fn signs_in_on(device_id: &str, fixture: Fixture) -> Result<SignedIn, Refusal> {
    let by = Requester { network: NETWORK, account: user(BO), purpose: Purpose::SignIn };
    fixture.hexroom().sign_in(by, password(), device(device_id), None).await
}

/// Bo is known, and the password fits.
fn welcome() -> Fixture {
    let mut fixture = Fixture::default();
    fixture.finds_account(Some(account(BO).account));
    fixture.compares(true, false);
    fixture.signs_tokens();
    fixture
}

#[tokio::test]
async fn a_sign_in_opens_a_session_with_its_tokens() {
    let mut fixture = welcome();
    fixture.changes_account(account(BO));
    let signed_in = signs_in_on("laptop", fixture).await.expect("the password fits");
    assert_eq!(signed_in.session.device_id, device("laptop"));
    assert_eq!((signed_in.session.created_at, signed_in.session.generation), (NOW, 0));
    assert_eq!(signed_in.tokens.access_token.expose(), "signed");
    assert_eq!(signed_in.tokens.access_token_expires_at, NOW.plus(rules::ACCESS_TOKEN_LIFETIME));
    assert_eq!(signed_in.tokens.refresh_token.expose(), "secret");
    assert_eq!(signed_in.tokens.refresh_token_expires_at, NOW.plus(RefreshToken::LIFETIME));
}

#[tokio::test]
async fn the_session_that_gives_way_is_announced_after_the_commit() {
    let mut fixture = welcome();
    fixture.changes_account(account(BO));
    fixture.then_publishes(Announcement::SessionsEnded(vec![phone()]));
    signs_in_on("phone", fixture).await.expect("the password fits");
}

#[tokio::test]
async fn a_wrong_password_never_reaches_the_accounts_lock() {
    let mut fixture = Fixture::default();
    fixture.finds_account(Some(account(BO).account));
    fixture.compares(false, true);
    fixture.accounts.expect_change().never();
    fixture.passwords.expect_hash().never();
    assert_eq!(denied(signs_in_on("phone", fixture).await), Denial::InvalidCredentials);
}

#[tokio::test]
async fn an_unknown_account_takes_as_long_as_a_wrong_password() {
    let mut fixture = Fixture::default();
    fixture.finds_account(None);
    fixture
        .passwords
        .expect_verify()
        .withf(|_, hash: &Option<PasswordHash>, by| hash.is_none() && by.account == user(BO))
        .times(1)
        .returning(|_, _, _| Ok(crate::ports::Verification { fits: false, is_outdated: false }));
    assert_eq!(denied(signs_in_on("phone", fixture).await), Denial::InvalidCredentials);
}

#[tokio::test]
async fn an_outdated_hash_is_renewed_on_signing_in() {
    let mut fixture = Fixture::default();
    fixture.finds_account(Some(account(BO).account));
    fixture.compares(true, true);
    fixture.hashes_to("better");
    fixture.signs_tokens();
    fixture.accounts.expect_change().times(1).returning(|_, decide| {
        let (facts, changes) = (account(BO), decide(&account(BO))?);
        assert!(changes.contains(&AccountChange::SetPassword(hash("better"))));
        Ok(Committed { facts, changes })
    });
    signs_in_on("laptop", fixture).await.expect("the password fits");
}

#[tokio::test]
async fn a_sign_in_whose_hash_another_one_has_renewed_is_begun_anew() {
    let mut fixture = Fixture::default();
    let mut before = account(BO);
    before.account.password_hash = hash("outdated");
    fixture.accounts.expect_find().times(1).return_once(move |_| Ok(Some(before.account)));
    fixture.finds_account(Some(account(BO).account));
    fixture.compares(true, true);
    fixture.hashes_to("better");
    fixture.compares(true, false);
    fixture.signs_tokens();
    fixture.changes_account(account(BO));
    fixture.changes_account(account(BO));
    signs_in_on("laptop", fixture).await.expect("the password fits both hashes");
}

#[tokio::test]
async fn an_account_erased_while_it_signs_in_is_not_told_apart() {
    let mut fixture = welcome();
    fixture.accounts.expect_change().times(1).returning(|_, _| Err(Denial::UserNotFound.into()));
    assert_eq!(denied(signs_in_on("phone", fixture).await), Denial::InvalidCredentials);
}

#[tokio::test]
async fn a_device_is_known_by_the_session_on_it_wherever_in_the_list_it_stands() {
    let hexroom = || {
        let mut fixture = Fixture::default();
        let [phone, tablet] = [0, 1].map(|number| account(BO).sessions[number].clone());
        fixture.accounts.expect_sessions().returning(move |user_id, after, _| {
            assert_eq!(user_id, user(BO));
            let (session, has_more) = if after.is_none() { (&phone, true) } else { (&tablet, false) };
            Ok(crate::Page { items: vec![session.clone()], has_more })
        });
        fixture.hexroom()
    };
    for session in account(BO).sessions {
        let purpose = hexroom().sign_in_purpose(&user(BO), &session.device_id, true).await;
        assert_eq!(purpose.expect("the store answers"), Purpose::KnownDevice);
    }
    for (has_guessed, expected) in [(false, Purpose::SignIn), (true, Purpose::SignInAfterMistakes)] {
        let purpose = hexroom().sign_in_purpose(&user(BO), &device("a stranger's"), has_guessed).await;
        assert_eq!(purpose.expect("the store answers"), expected);
    }
}

fn presented() -> OpaqueToken {
    OpaqueToken::new("refresh token 5".to_owned())
}

fn knows_whose_token(accounts: &mut MockAccounts) {
    let known: TokenHash = presented().hash();
    accounts.expect_find_refresh_token().withf(move |hash| *hash == known).returning(|_| Ok(Some(user(BO))));
}

fn renewed(refreshed: Result<Refreshed, Refusal>) -> Tokens {
    match refreshed {
        Ok(Refreshed::Renewed(tokens)) => tokens,
        other => panic!("no tokens: {other:?}"),
    }
}

#[tokio::test]
async fn a_refresh_token_buys_the_next_pair() {
    let mut fixture = Fixture::default();
    knows_whose_token(&mut fixture.accounts);
    fixture.changes_account(AccountFacts { refresh_token: Some(refresh_token(5)), ..account(BO) });
    fixture
        .access_tokens
        .expect_sign()
        .withf(|it| it.session_id == phone())
        .times(1)
        .returning(|_| Ok(OpaqueToken::new("signed".to_owned())));
    let tokens = renewed(fixture.hexroom().refresh(presented()).await);
    assert_eq!(tokens.refresh_token.expose(), successors(&Salt([9; 32])).current.expose());
    assert_eq!(tokens.refresh_token_expires_at, NOW.plus(RefreshToken::LIFETIME));
}

#[tokio::test]
async fn a_refresh_token_whose_answer_was_lost_buys_the_same_again() {
    let mut fixture = Fixture::default();
    knows_whose_token(&mut fixture.accounts);
    fixture.changes_account(AccountFacts { refresh_token: Some(refresh_token(4)), ..account(BO) });
    fixture.signs_tokens();
    let tokens = renewed(fixture.hexroom().refresh(presented()).await);
    assert_eq!(tokens.refresh_token.expose(), successors(&renewal(0).salt).current.expose());
    assert_eq!(tokens.refresh_token_expires_at, at(-50_000).plus(RefreshToken::LIFETIME));
}

#[tokio::test]
async fn sessions_that_have_come_to_their_end_are_removed_and_announced() {
    let mut fixture = Fixture::default();
    fixture
        .accounts
        .expect_with_old_sessions()
        .withf(|opened, seen, _| {
            *opened == NOW.minus(Session::LIFETIME) && *seen == NOW.minus(RefreshToken::LIFETIME)
        })
        .times(1)
        .returning(|_, _, _| Ok(vec![user(BO)]));
    let mut facts = account(BO);
    facts.sessions[0].last_seen_at = NOW.minus(RefreshToken::LIFETIME);
    fixture.changes_account(facts);
    fixture.then_publishes(Announcement::SessionsEnded(vec![phone()]));
    assert_eq!(fixture.hexroom().end_outlived_sessions().await.expect("the store works"), 1);
}

#[tokio::test]
async fn a_token_rotated_out_ends_its_session_which_is_announced() {
    let mut fixture = Fixture::default();
    knows_whose_token(&mut fixture.accounts);
    fixture.changes_account(AccountFacts { refresh_token: Some(refresh_token(3)), ..account(BO) });
    fixture.then_publishes(Announcement::SessionsEnded(vec![phone()]));
    fixture.access_tokens.expect_sign().never();
    let refreshed = fixture.hexroom().refresh(presented()).await;
    assert!(matches!(refreshed, Ok(Refreshed::Reused { user_id }) if user_id == user(BO)));
}

#[tokio::test]
async fn an_unknown_refresh_token_locks_no_account() {
    let mut fixture = Fixture::default();
    fixture.accounts.expect_find_refresh_token().returning(|_| Ok(None));
    fixture.accounts.expect_change().never();
    assert_eq!(denied(fixture.hexroom().refresh(presented()).await), Denial::TokenInvalid);
}

#[tokio::test]
async fn the_refresh_token_of_an_erased_account_is_worth_nothing() {
    let mut fixture = Fixture::default();
    knows_whose_token(&mut fixture.accounts);
    fixture.accounts.expect_change().times(1).returning(|_, _| Err(Denial::UserNotFound.into()));
    assert_eq!(denied(fixture.hexroom().refresh(presented()).await), Denial::SessionRevoked);
}

/// Bo's token is good; the session was last seen so many milliseconds ago.
fn seen(millis_ago: i64) -> Fixture {
    let mut fixture = Fixture::default();
    fixture.access_tokens.expect_read().returning(|_, _| Ok(claims()));
    let mut session = account(BO).sessions.remove(0);
    session.last_seen_at = at(-millis_ago);
    fixture
        .accounts
        .expect_find_session()
        .withf(|id| *id == phone())
        .returning(move |_| Ok(Some((account(BO).account, session.clone()))));
    fixture
}

#[tokio::test]
async fn a_caller_is_known_by_the_token() {
    let caller = seen(59_999).hexroom().authenticate(&presented()).await.expect("the token is good");
    assert_eq!((caller.account, caller.token_expires_at), (account(BO).account, at(10)));
}

#[tokio::test]
async fn a_caller_whose_session_has_come_to_its_end_is_refused() {
    let calls = async |left: Duration| {
        let mut fixture = Fixture::default();
        fixture.access_tokens.expect_read().returning(|_, _| Ok(claims()));
        let mut session = account(BO).sessions.remove(0);
        session.created_at = NOW.plus(left).minus(Session::LIFETIME);
        let found = (account(BO).account, session);
        fixture.accounts.expect_find_session().returning(move |_| Ok(Some(found.clone())));
        fixture.hexroom().authenticate(&presented()).await
    };
    let caller = calls(Duration::from_millis(1)).await.expect("it has not ended");
    assert_eq!(caller.token_expires_at, at(1), "its sockets end with it");
    assert_eq!(denied(calls(Duration::ZERO).await), Denial::SessionRevoked);
}

#[tokio::test]
async fn a_caller_not_seen_for_a_minute_is_noted() {
    let mut fixture = seen(60_000);
    fixture
        .accounts
        .expect_touch()
        .withf(|sessions, now| sessions.iter().eq([&phone()]) && *now == NOW)
        .times(1)
        .returning(|_, _| Ok(()));
    let hexroom = fixture.hexroom();
    for _ in 0..3 {
        hexroom.authenticate(&presented()).await.expect("the token is good");
    }
    for _ in 0..2 {
        hexroom.write_last_seen().await.expect("it is written once");
    }
}

#[tokio::test]
async fn a_caller_seen_within_a_minute_is_not_noted() {
    let mut fixture = seen(59_999);
    fixture.accounts.expect_touch().never();
    let hexroom = fixture.hexroom();
    hexroom.authenticate(&presented()).await.expect("the token is good");
    hexroom.write_last_seen().await.expect("there is nothing to write");
}

#[tokio::test]
async fn what_cannot_be_written_is_noted_again_by_the_next_call() {
    let mut fixture = seen(60_000);
    fixture.accounts.expect_touch().times(2).returning(|_, _| Err(Refusal::Unavailable("full".into())));
    let hexroom = fixture.hexroom();
    for _ in 0..2 {
        hexroom.authenticate(&presented()).await.expect("a caller is known also then");
        hexroom.write_last_seen().await.expect_err("nothing can be written");
    }
}

#[tokio::test]
async fn a_bad_token_is_not_looked_up() {
    for denial in [Denial::TokenInvalid, Denial::TokenExpired] {
        let mut fixture = Fixture::default();
        let told = denial.clone();
        fixture.access_tokens.expect_read().returning(move |_, _| Err(told.clone()));
        fixture.accounts.expect_find_session().never();
        assert_eq!(denied(fixture.hexroom().authenticate(&presented()).await), denial);
    }
}

#[tokio::test]
async fn an_ended_session_and_the_session_of_another_are_revoked() {
    let another = || (account(CY).account, account(CY).sessions.remove(0));
    for found in [None, Some(another())] {
        let mut fixture = Fixture::default();
        fixture.access_tokens.expect_read().returning(|_, _| Ok(claims()));
        fixture.accounts.expect_find_session().returning(move |_| Ok(found.clone()));
        assert_eq!(denied(fixture.hexroom().authenticate(&presented()).await), Denial::SessionRevoked);
    }
}

#[tokio::test]
async fn an_ended_session_is_announced_after_the_commit() {
    let mut fixture = Fixture::default();
    fixture.changes_account(account(BO));
    fixture.then_publishes(Announcement::SessionsEnded(vec![phone()]));
    fixture.hexroom().end_session(user(BO), device("phone")).await.expect("there is the session");
}

#[tokio::test]
async fn ending_no_session_is_silent() {
    let mut fixture = Fixture::default();
    fixture.changes_account(account(BO));
    let refused = fixture.hexroom().end_session(user(BO), device("laptop")).await;
    assert_eq!(denied(refused), Denial::NotFound);
}

#[tokio::test]
async fn a_store_that_fails_is_no_denial() {
    let mut fixture = Fixture::default();
    fixture
        .rooms
        .expect_change()
        .times(1)
        .returning(|_, _: crate::ports::Decide<RoomFacts, _>| Err(Refusal::Unavailable("full".into())));
    let refused = fixture.hexroom().leave_room(ROOM, user(BO)).await;
    assert!(matches!(refused, Err(Refusal::Unavailable(_))), "and nothing is announced");
}
