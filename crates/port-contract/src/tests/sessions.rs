use domain::change::AccountChange;
use domain::ports::AccountScope;
use domain::rules::{accounts, sessions};
use domain::{
    Denial, OpaqueToken, PasswordHash, RefreshToken, Salt, Session, SessionId, Successors, Timestamp,
};

use crate::{Actor, Snapshot, World, every_page};

/// Signs in on a device, and answers the session with its first refresh token.
async fn signs_in(world: &World, actor: &Actor, device: &str) -> (Session, OpaqueToken) {
    let secret = world.secret();
    let (session, token) = world.session(&actor.id, device, &secret);
    let (hash, opened) = (actor.account().await.password_hash, session.clone());
    let scope = AccountScope::new(actor.id.clone());
    actor
        .changes(scope, move |facts| {
            sessions::sign_in(facts, &hash, None, None, &|_, _| None, &opened, &token)
        })
        .await
        .expect("the password fits");
    (session, secret)
}

/// Any function of the token and the salt will do that no two of them share.
fn successors(presented: &OpaqueToken, salt: &Salt) -> Successors {
    let text = format!("{} salted with {:?}", presented.expose(), salt.0);
    Successors { current: OpaqueToken::new(text), previous: None }
}

/// Buys the next refresh token; `None` if the session was ended for it.
async fn refreshes(world: &World, actor: &Actor, token: &OpaqueToken) -> Result<Option<OpaqueToken>, Denial> {
    refreshes_at(world, actor, token, world.now()).await
}

async fn refreshes_at(
    world: &World,
    actor: &Actor,
    token: &OpaqueToken,
    now: Timestamp,
) -> Result<Option<OpaqueToken>, Denial> {
    let (presented, salt) = (token.clone(), Salt(world.secret().hash().0));
    let scope = AccountScope { refresh_token: Some(token.hash()), ..AccountScope::new(actor.id.clone()) };
    let committed = actor
        .changes(scope, move |facts| {
            sessions::refresh(facts, salt, &|salt| successors(&presented, salt), now)
        })
        .await?;
    Ok(sessions::renewed(&committed.facts, &committed.changes).map(|(_, renewal)| {
        let successors = successors(token, &renewal.salt);
        successors.with_hash(renewal.successor).expect("it was derived from the token")
    }))
}

/// Buys the next refresh token, which it is good for.
async fn renews(world: &World, actor: &Actor, token: &OpaqueToken) -> OpaqueToken {
    refreshes(world, actor, token).await.expect("the token is good").expect("the session lives")
}

async fn finds(world: &World, session: &Session) -> Option<Session> {
    let found = world.stores().accounts.find_session(session.id).await.expect("readable");
    found.map(|(account, found)| {
        assert_eq!(account.user_id, found.user_id);
        found
    })
}

async fn devices(world: &World, actor: &Actor) -> Vec<String> {
    let sessions =
        every_page(100, |after, size| world.stores().accounts.sessions(actor.id.clone(), after, size)).await;
    sessions.iter().map(|session| session.device_id.to_string()).collect()
}

pub async fn a_session_is_found_as_it_was_opened(world: World) {
    let bo = world.bo().await;
    let (session, token) = signs_in(&world, &bo, "phone").await;
    assert_eq!(finds(&world, &session).await, Some(session));
    let owner = world.stores().accounts.find_refresh_token(token.hash()).await.expect("readable");
    assert_eq!(owner, Some(bo.id.clone()));
    assert_eq!(devices(&world, &bo).await, ["first", "phone"]);
    world.audits_clean().await;
}

pub async fn the_first_refresh_token_is_the_registrations(world: World) {
    let registration = world.registration("ana", 0);
    let hash = registration.refresh_token.hash;
    world.stores().accounts.register(registration.clone()).await.expect("the id is free");
    let owner = world.stores().accounts.find_refresh_token(hash).await.expect("readable");
    assert_eq!(owner, Some(registration.account.user_id.clone()));
    let scope = AccountScope { refresh_token: Some(hash), ..AccountScope::new(registration.account.user_id) };
    let change = world.stores().accounts.change(scope, Box::new(|_| Ok(Vec::new()))).await;
    let facts = change.expect("there is Ana").facts;
    assert_eq!(facts.refresh_token, Some(registration.refresh_token));
    assert_eq!(facts.sessions, [registration.session]);
}

pub async fn a_new_session_on_a_device_takes_the_place_of_the_old(world: World) {
    let bo = world.bo().await;
    let (old, old_token) = signs_in(&world, &bo, "phone").await;
    let (new, _) = signs_in(&world, &bo, "phone").await;
    assert_eq!(finds(&world, &old).await, None);
    assert_eq!(finds(&world, &new).await, Some(new));
    assert_eq!(devices(&world, &bo).await, ["first", "phone"]);
    let gone = refreshes(&world, &bo, &old_token).await;
    assert!(matches!(gone, Err(Denial::TokenInvalid | Denial::SessionRevoked)), "{gone:?}");
    world.audits_clean().await;
}

pub async fn devices_are_told_apart_by_every_character(world: World) {
    let bo = world.bo().await;
    for device in ["Phone", "phone", "phone ", " phone", "~", "!"] {
        signs_in(&world, &bo, device).await;
    }
    assert_eq!(devices(&world, &bo).await, [" phone", "!", "Phone", "first", "phone", "phone ", "~"]);
}

pub async fn a_device_may_be_used_by_two_accounts(world: World) {
    let (bo, cy) = (world.bo().await, world.cy().await);
    let (of_bo, _) = signs_in(&world, &bo, "shared").await;
    let (of_cy, _) = signs_in(&world, &cy, "shared").await;
    assert_eq!(finds(&world, &of_bo).await, Some(of_bo));
    assert_eq!(finds(&world, &of_cy).await, Some(of_cy));
}

pub async fn an_ended_session_is_not_found(world: World) {
    let bo = world.bo().await;
    let (session, token) = signs_in(&world, &bo, "phone").await;
    let device = session.device_id.clone();
    let scope = AccountScope::new(bo.id.clone());
    bo.changes(scope, move |facts| sessions::end_on_device(facts, &device))
        .await
        .expect("there is the session");
    assert_eq!(finds(&world, &session).await, None);
    assert_eq!(devices(&world, &bo).await, ["first"]);
    assert!(refreshes(&world, &bo, &token).await.is_err());
    world.audits_clean().await;
}

pub async fn a_lost_answer_is_given_again(world: World) {
    let bo = world.bo().await;
    let (session, first) = signs_in(&world, &bo, "phone").await;
    let lost = renews(&world, &bo, &first).await;
    let renewed = finds(&world, &session).await.expect("it lives");
    let again = renews(&world, &bo, &first).await;
    assert_eq!(again.expose(), lost.expose());
    assert_eq!(finds(&world, &session).await.as_ref(), Some(&renewed), "a repetition changes nothing");
    assert_eq!(renewed.generation, 0);

    let next = renews(&world, &bo, &again).await;
    assert_eq!(renews(&world, &bo, &again).await.expose(), next.expose(), "in each round anew");
    assert_eq!(finds(&world, &session).await.map(|session| session.generation), Some(1));
    world.audits_clean().await;
}

pub async fn a_token_whose_successor_was_used_ends_the_session(world: World) {
    let bo = world.bo().await;
    let (session, first) = signs_in(&world, &bo, "phone").await;
    let second = renews(&world, &bo, &first).await;
    renews(&world, &bo, &second).await;
    assert!(matches!(refreshes(&world, &bo, &first).await, Ok(None)), "well within the minute");
    assert_eq!(finds(&world, &session).await, None);
    assert_eq!(refreshes(&world, &bo, &second).await.map(drop), Err(Denial::TokenInvalid));
    world.audits_clean().await;
}

pub async fn a_token_presented_again_after_a_minute_ends_the_session(world: World) {
    let bo = world.bo().await;
    let (session, first) = signs_in(&world, &bo, "phone").await;
    renews(&world, &bo, &first).await;
    let late = world.now().plus(sessions::RETRY_WINDOW);
    assert!(matches!(refreshes_at(&world, &bo, &first, late).await, Ok(None)));
    assert_eq!(finds(&world, &session).await, None);
    world.audits_clean().await;
}

/// One of them is a thief; the store cannot know which. Each renews when its access token ends.
pub async fn two_who_refresh_in_turn_from_one_token_are_found_out_in_one_round(world: World) {
    let bo = world.bo().await;
    let (shortly_after, later) = (sessions::RETRY_WINDOW / 2, sessions::ACCESS_TOKEN_LIFETIME / 2);
    for (device, delay) in [("phone", later), ("tablet", shortly_after)] {
        let (session, shared) = signs_in(&world, &bo, device).await;
        let start = world.now();
        let one = refreshes_at(&world, &bo, &shared, start).await.expect("good").expect("the first use");
        let other = refreshes_at(&world, &bo, &shared, start.plus(delay)).await.expect("no denial");
        if let Some(other) = other {
            // It passed for a retry. Both have the same token now, and use it in turn again.
            let next_round = start.plus(sessions::ACCESS_TOKEN_LIFETIME);
            refreshes_at(&world, &bo, &one, next_round).await.expect("good").expect("the first use");
            let reuse = refreshes_at(&world, &bo, &other, next_round.plus(later)).await;
            assert!(matches!(reuse, Ok(None)), "{reuse:?}");
        }
        assert_eq!(finds(&world, &session).await, None, "{device}");
    }
    world.audits_clean().await;
}

pub async fn retries_at_once_get_one_successor_and_end_nothing(world: World) {
    let bo = world.bo().await;
    let (session, mut token) = signs_in(&world, &bo, "phone").await;
    for _ in 0..5 {
        let retries = crate::all_at_once((0..20).map(|_| {
            let (world, bo, token) = (world.clone(), bo.clone(), token.clone());
            async move { renews(&world, &bo, &token).await }
        }));
        let successors = retries.await;
        token = successors[0].clone();
        assert!(successors.iter().all(|successor| successor.expose() == token.expose()));
    }
    assert_eq!(finds(&world, &session).await.map(|session| session.generation), Some(4));
    world.audits_clean().await;
}

/// Until then a session's newest two generations of tokens were good, and there was no note of a use.
pub async fn a_session_from_before_renewals_were_noted_goes_on(world: World) {
    let bo = world.bo().await;
    for (device, unused) in [("phone", 3), ("tablet", 4)] {
        let secret = world.secret();
        let (session, token) = world.session(&bo.id, device, &secret);
        let session = Session { generation: 3, ..session };
        let refresh_token = RefreshToken { generation: unused, ..token };
        bo.changes_to(vec![AccountChange::OpenSession { session, refresh_token }])
            .await
            .expect("there is Bo");
        let next = renews(&world, &bo, &secret).await;
        renews(&world, &bo, &next).await;
        assert!(matches!(refreshes(&world, &bo, &secret).await, Ok(None)), "{device}");
    }
    world.audits_clean().await;
}

pub async fn sessions_that_outlived_themselves_are_found_and_removed(world: World) {
    let (bo, cy) = (world.bo().await, world.cy().await);
    let (kept, _) = signs_in(&world, &bo, "phone").await;
    let now = world.now();
    let old = world.session(&cy.id, "old", &world.secret());
    let unused = world.session(&cy.id, "unused", &world.secret());
    let old = (Session { created_at: now.minus(Session::LIFETIME), ..old.0 }, old.1);
    let unused = (Session { last_seen_at: now.minus(RefreshToken::LIFETIME), ..unused.0 }, unused.1);
    let opened =
        [old, unused].map(|(session, refresh_token)| AccountChange::OpenSession { session, refresh_token });
    cy.changes_to(opened.to_vec()).await.expect("there is Cy");

    let accounts = &world.stores().accounts;
    let (opened, seen) = (now.minus(Session::LIFETIME), now.minus(RefreshToken::LIFETIME));
    let found = accounts.with_old_sessions(opened, seen, 100).await.expect("readable");
    assert_eq!(found, std::slice::from_ref(&cy.id));
    let scope = AccountScope::new(cy.id.clone());
    cy.changes(scope, move |facts| sessions::end_outlived(facts, now)).await.expect("there is Cy");
    assert_eq!(accounts.with_old_sessions(opened, seen, 100).await.expect("readable"), []);
    assert_eq!(accounts.with_old_sessions(now, opened, 1).await.expect("readable").len(), 1);
    assert_eq!(devices(&world, &cy).await, ["first"]);
    assert_eq!(finds(&world, &kept).await, Some(kept));
    world.audits_clean().await;
}

pub async fn sign_ins_at_once_leave_fifty_sessions(world: World) {
    let bo = world.bo().await;
    for number in 0..45 {
        signs_in(&world, &bo, &format!("device {number}")).await;
    }
    crate::all_at_once((0..12).map(|number| {
        let (world, bo) = (world.clone(), bo.clone());
        async move { signs_in(&world, &bo, &format!("new device {number}")).await }
    }))
    .await;
    let devices = devices(&world, &bo).await;
    assert_eq!(devices.len(), sessions::MOST_SESSIONS);
    assert_eq!(devices.iter().filter(|device| device.starts_with("new")).count(), 12);
    world.audits_clean().await;
}

pub async fn a_dead_token_still_tells_whose_it_was(world: World) {
    let bo = world.bo().await;
    let (_, first) = signs_in(&world, &bo, "phone").await;
    let second = renews(&world, &bo, &first).await;
    renews(&world, &bo, &second).await;
    let owner = world.stores().accounts.find_refresh_token(first.hash()).await.expect("readable");
    assert_eq!(owner, Some(bo.id), "or its reuse would go unnoticed");
    let nobody = world.stores().accounts.find_refresh_token(world.secret().hash()).await.expect("readable");
    assert_eq!(nobody, None);
}

pub async fn the_token_of_another_account_is_no_fact(world: World) {
    let (bo, cy) = (world.bo().await, world.cy().await);
    let (_, token) = signs_in(&world, &bo, "phone").await;
    let before = Snapshot::of(&world, &[&bo, &cy], &[]).await;
    assert_eq!(refreshes(&world, &cy, &token).await.map(|_| ()), Err(Denial::TokenInvalid));
    assert_eq!(Snapshot::of(&world, &[&bo, &cy], &[]).await, before);
}

pub async fn a_session_is_noted_as_seen(world: World) {
    let bo = world.bo().await;
    let (session, _) = signs_in(&world, &bo, "phone").await;
    let (other, _) = signs_in(&world, &bo, "tablet").await;
    let ended = SessionId(world.id());
    let later = session.last_seen_at.plus(sessions::TOUCH_INTERVAL);
    let touch = async |at| {
        let touched = world.stores().accounts.touch([session.id, ended].into(), at).await;
        touched.expect("it is noted");
        finds(&world, &session).await.expect("it has not ended")
    };
    assert_eq!(touch(later).await, Session { last_seen_at: later, ..session.clone() });
    assert_eq!(touch(session.last_seen_at).await.last_seen_at, later, "nothing later is lost");
    assert_eq!(finds(&world, &other).await, Some(other));
    for count in [0, 700] {
        let crowd = (0..count).map(|_| SessionId(world.id())).chain([session.id]).collect();
        let at = world.now().plus(sessions::TOUCH_INTERVAL * 2);
        world.stores().accounts.touch(crowd, at).await.expect("it is noted");
        assert_eq!(finds(&world, &session).await.map(|session| session.last_seen_at), Some(at));
    }
}

pub async fn another_password_ends_the_other_sessions(world: World) {
    let bo = world.bo().await;
    let (kept, _) = signs_in(&world, &bo, "phone").await;
    let (ended, _) = signs_in(&world, &bo, "tablet").await;
    let (old, new, id) = (bo.account().await.password_hash, PasswordHash::new("new".to_owned()), kept.id);
    let scope = AccountScope::new(bo.id.clone());
    bo.changes(scope, move |facts| accounts::change_password(facts, &old, &new, id)).await.expect("it fits");
    assert_eq!(finds(&world, &kept).await, Some(kept));
    assert_eq!(finds(&world, &ended).await, None);
    assert_eq!(devices(&world, &bo).await, ["phone"]);
    assert_eq!(bo.account().await.password_hash.expose(), "new");
}

pub async fn sign_ins_at_once_on_one_device_leave_one_session(world: World) {
    let bo = world.bo().await;
    crate::all_at_once((0..12).map(|_| {
        let (world, bo) = (world.clone(), bo.clone());
        async move { signs_in(&world, &bo, "phone").await }
    }))
    .await;
    assert_eq!(devices(&world, &bo).await, ["first", "phone"]);
    world.audits_clean().await;
}
