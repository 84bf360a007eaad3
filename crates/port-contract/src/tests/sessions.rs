use domain::ports::AccountScope;
use domain::rules::{accounts, sessions};
use domain::{Denial, OpaqueToken, PasswordHash, Session};

use crate::{Actor, Snapshot, World, every_page};

/// Signs in on a device, and answers the session with its first refresh token.
async fn signs_in(world: &World, actor: &Actor, device: &str) -> (Session, OpaqueToken) {
    let secret = world.secret();
    let (session, token) = world.session(&actor.id, device, &secret);
    let (hash, opened) = (actor.account().await.password_hash, session.clone());
    let scope = AccountScope::new(actor.id.clone());
    actor
        .changes(scope, move |facts| sessions::sign_in(facts, &hash, None, &opened, &token))
        .await
        .expect("the password fits");
    (session, secret)
}

/// Buys the next refresh token; `None` if the session was ended for it.
async fn refreshes(world: &World, actor: &Actor, token: &OpaqueToken) -> Result<Option<OpaqueToken>, Denial> {
    let (next, now) = (world.secret(), world.now());
    let hash = next.hash();
    let scope = AccountScope { refresh_token: Some(token.hash()), ..AccountScope::new(actor.id.clone()) };
    let committed = actor.changes(scope, move |facts| sessions::refresh(facts, hash, now)).await?;
    Ok((committed.changes.len() > 1).then_some(next))
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

pub async fn an_old_token_dies_when_the_next_is_first_used(world: World) {
    let bo = world.bo().await;
    let (session, first) = signs_in(&world, &bo, "phone").await;
    let lost = refreshes(&world, &bo, &first).await.expect("good").expect("renewed");
    let second = refreshes(&world, &bo, &first).await.expect("its answer was lost").expect("renewed");
    assert_eq!(finds(&world, &session).await.map(|session| session.generation), Some(0));
    let third = refreshes(&world, &bo, &second).await.expect("good").expect("renewed");
    assert_eq!(finds(&world, &session).await.map(|session| session.generation), Some(1));
    refreshes(&world, &bo, &lost).await.expect("of the same generation").expect("renewed");
    refreshes(&world, &bo, &third).await.expect("good").expect("renewed");
    assert_eq!(refreshes(&world, &bo, &first).await.map(|next| next.is_some()), Ok(false));
    assert_eq!(finds(&world, &session).await, None, "a token that comes back from the dead ends the session");
    world.audits_clean().await;
}

pub async fn a_dead_token_still_tells_whose_it_was(world: World) {
    let bo = world.bo().await;
    let (_, first) = signs_in(&world, &bo, "phone").await;
    let second = refreshes(&world, &bo, &first).await.expect("good").expect("renewed");
    refreshes(&world, &bo, &second).await.expect("good").expect("renewed");
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
    let (id, later) = (session.id, session.last_seen_at.plus(sessions::TOUCH_INTERVAL));
    let scope = AccountScope::new(bo.id.clone());
    bo.changes(scope, move |facts| sessions::touch(facts, id, later)).await.expect("there is Bo");
    let found = finds(&world, &session).await.expect("it has not ended");
    assert_eq!((found.last_seen_at, found.created_at), (later, session.created_at));
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
