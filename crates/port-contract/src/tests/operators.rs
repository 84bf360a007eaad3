use domain::ports::{AccountScope, RoomScope};
use domain::rules::{operators, sessions};
use domain::{AdminAction, AdminRecord, Denial, PasswordLink, Prime, RecordId, RoomId, Timestamp, UserId};

use crate::{Actor, Snapshot, World, all_at_once, every_page};

async fn record(world: &World) -> Vec<AdminRecord> {
    every_page(2, |after, size| world.stores().accounts.admin_record(after, size)).await
}

fn actions(record: &[AdminRecord]) -> Vec<AdminAction> {
    record.iter().map(|entry| entry.action).collect()
}

async fn found(world: &World, query: Option<&str>, size: i64) -> Vec<String> {
    let query = query.map(|query| query.parse().expect("a query"));
    let accounts =
        every_page(size, |after, size| world.stores().accounts.list(query.clone(), after, size)).await;
    accounts.iter().map(|account| account.user_id.to_string()).collect()
}

async fn admin(world: &World, user_id: &str) -> Actor {
    let admin = world.free_member(user_id, 0).await;
    admin.is_admin(true).await;
    admin
}

/// Those of these admins who can act.
async fn active(admins: &[Actor]) -> Vec<UserId> {
    let mut active = Vec::new();
    for admin in admins {
        let account = admin.account().await;
        if account.admin && account.suspended_at.is_none() {
            active.push(account.user_id);
        }
    }
    active
}

pub async fn what_is_done_is_recorded_and_read_newest_first(world: World) {
    let (ana, bo) = (admin(&world, "ana").await, world.bo().await);
    bo.is_granted(5, "key").await.expect("a new key");
    bo.is_suspended(Some(&ana)).await.expect("there is Bo");
    bo.is_readmitted().await.expect("there is Bo");
    let record = record(&world).await;
    assert_eq!(
        actions(&record),
        [AdminAction::Readmit, AdminAction::Suspend, AdminAction::GrantCoins, AdminAction::GrantAdmin,]
    );
    let suspension = &record[1];
    assert_eq!(suspension.admin_id, Some(ana.id.clone()));
    assert_eq!(suspension.user_id, Some(bo.id.clone()));
    assert_eq!(suspension.room_id, None);
    assert_eq!(suspension.reason, world.deed(None).by.reason, "to the letter");
    assert_eq!(record[0].admin_id, None, "it was the command line");
    world.audits_clean().await;
}

pub async fn what_changes_nothing_or_is_refused_is_not_recorded(world: World) {
    let (ana, bo) = (admin(&world, "ana").await, world.bo().await);
    let before = record(&world).await;
    bo.becomes(Prime::No).await;
    bo.is_readmitted().await.expect("he may act already");
    ana.is_suspended(None).await.expect_err("the last admin");
    ana.is_suspended(Some(&ana)).await.expect_err("herself");
    assert_eq!(bo.is_suspended(Some(&bo)).await.map(drop), Err(Denial::AdminOnly));
    assert_eq!(record(&world).await, before);
}

pub async fn the_command_lines_deeds_are_read_from_where_one_left_off(world: World) {
    let (ana, bo) = (admin(&world, "ana").await, world.bo().await);
    let since = record(&world).await[0].id;
    bo.is_suspended(Some(&ana)).await.expect("there is Bo");
    bo.is_readmitted().await.expect("there is Bo");
    bo.becomes(Prime::Always).await;
    let accounts = &world.stores().accounts;
    let read = |since: RecordId| {
        every_page(1, move |after: Option<RecordId>, size| {
            accounts.command_line_record(after.unwrap_or(since), size)
        })
    };
    let deeds = read(since).await;
    assert_eq!(actions(&deeds), [AdminAction::Readmit, AdminAction::GrantPrime], "no admin's is among them");
    assert_eq!(read(RecordId::lowest_at(Timestamp::from_millis(0))).await.len(), 3);
}

pub async fn accounts_are_listed_in_the_order_of_their_ids(world: World) {
    let cast = world.cast().await;
    cast.di.is_erased().await.expect("she holds no seat");
    assert_eq!(found(&world, None, 2).await, ["ana", "bo-", "cy-"]);
}

pub async fn accounts_are_found_by_any_part_of_id_or_name(world: World) {
    world.cast().await;
    world.crowd("guest", 30).await;
    assert_eq!(found(&world, Some("BO"), 2).await, ["bo-"]);
    assert_eq!(found(&world, Some("łódź"), 7).await.len(), 34, "it is in everyone's name");
    assert_eq!(found(&world, Some("st-1"), 3).await.len(), 11);
    assert_eq!(found(&world, Some("%"), 3).await, Vec::<String>::new());
}

pub async fn a_suspension_is_read_back_and_lifted(world: World) {
    let (bo, _) = (world.bo().await, admin(&world, "ana").await);
    let committed = bo.is_suspended(None).await.expect("there is Bo");
    let suspended = bo.account().await;
    assert!(suspended.suspended_at.is_some());
    assert_eq!(committed.facts.admins.len(), 1);
    let session = committed.facts.sessions[0].clone();
    let found = world.stores().accounts.find_session(session.id).await.expect("readable");
    assert_eq!(found.map(|(account, _)| account.suspended_at), Some(suspended.suspended_at), "it waits");
    bo.is_readmitted().await.expect("there is Bo");
    assert_eq!(bo.account().await.suspended_at, None);
    world.audits_clean().await;
}

pub async fn a_sign_in_and_a_suspension_at_once_leave_nobody_signed_in_unseen(world: World) {
    let bo = world.bo().await;
    let hash = bo.account().await.password_hash;
    for round in 0..10 {
        let (session, token) = world.session(&bo.id, &format!("device {round}"), &world.secret());
        let (hash, opened) = (hash.clone(), session.clone());
        let (signing_in, suspending) = (bo.clone(), bo.clone());
        let scope = AccountScope::new(bo.id.clone());
        let sign_in = async move {
            let rule =
                move |facts: &_| sessions::sign_in(facts, &hash, None, None, &|_, _| None, &opened, &token);
            signing_in.changes(scope, rule).await.map(drop)
        };
        let suspend = async move { suspending.is_suspended(None).await.map(drop) };
        let outcomes = all_at_once([
            Box::pin(sign_in) as std::pin::Pin<Box<dyn Future<Output = _> + Send>>,
            Box::pin(suspend),
        ])
        .await;
        assert_eq!(outcomes[1], Ok(()));
        let found = world.stores().accounts.find_session(session.id).await.expect("readable");
        match &outcomes[0] {
            Ok(()) => {
                let (account, _) = found.expect("it was opened before");
                assert!(account.suspended_at.is_some(), "the session's owner is told");
            }
            Err(denial) => {
                assert_eq!(*denial, Denial::AccountSuspended);
                assert_eq!(found, None);
            }
        }
        bo.is_readmitted().await.expect("there is Bo");
    }
    world.audits_clean().await;
}

pub async fn the_last_two_admins_who_suspend_each_other_leave_one(world: World) {
    for round in 0..10 {
        let pair = [admin(&world, &format!("a{round}-a")).await, admin(&world, &format!("a{round}-b")).await];
        ring(&pair).await;
        assert_eq!(active(&pair).await.len(), 1, "in round {round}");
        for admin in &pair {
            admin.is_admin(false).await;
        }
    }
    world.audits_clean().await;
}

pub async fn admins_who_suspend_each_other_in_a_ring_leave_one(world: World) {
    let mut admins = Vec::new();
    for number in 0..6 {
        admins.push(admin(&world, &format!("admin-{number}")).await);
    }
    ring(&admins).await;
    assert!(!active(&admins).await.is_empty());
    world.audits_clean().await;
}

/// Each suspends the next, all at once.
async fn ring(admins: &[Actor]) {
    let next = admins.iter().cycle().skip(1);
    all_at_once(admins.iter().zip(next).map(|(by, whom)| {
        let (by, whom) = (by.clone(), whom.clone());
        async move { whom.is_suspended(Some(&by)).await.map(drop) }
    }))
    .await;
}

async fn finds_link(world: &World, token: &domain::OpaqueToken) -> Option<PasswordLink> {
    world.stores().accounts.find_password_link(token.hash()).await.expect("readable")
}

pub async fn a_password_link_is_used_once_also_at_once(world: World) {
    let bo = world.bo().await;
    let token = bo.is_given_a_link().await;
    let link = finds_link(&world, &token).await.expect("it was made");
    assert_eq!((&link.user_id, link.hash), (&bo.id, token.hash()));
    let outcomes = all_at_once((0..12).map(|number| {
        let (bo, token) = (bo.clone(), token.clone());
        async move { bo.uses_link(&token, &format!("hash {number}")).await.map(drop) }
    }))
    .await;
    let used: Vec<_> = (0..12).filter(|number| outcomes[*number].is_ok()).collect();
    assert_eq!(used.len(), 1, "{outcomes:?}");
    assert!(outcomes.iter().filter(|it| it.is_err()).all(|it| *it == Err(Denial::PasswordLinkInvalid)));
    assert_eq!(bo.account().await.password_hash.expose(), format!("hash {}", used[0]));
    assert_eq!(finds_link(&world, &token).await, None);
    let sessions =
        every_page(100, |after, size| world.stores().accounts.sessions(bo.id.clone(), after, size)).await;
    assert_eq!(sessions, []);
    world.audits_clean().await;
}

pub async fn only_the_newest_password_link_is_good(world: World) {
    let bo = world.bo().await;
    let (older, newer) = (bo.is_given_a_link().await, bo.is_given_a_link().await);
    assert_eq!(bo.uses_link(&older, "hash").await.map(drop), Err(Denial::PasswordLinkInvalid));
    bo.uses_link(&newer, "hash").await.expect("it is good");
    world.audits_clean().await;
}

pub async fn a_suspension_ends_the_password_links(world: World) {
    let bo = world.bo().await;
    let token = bo.is_given_a_link().await;
    bo.is_suspended(None).await.expect("there is Bo");
    assert_eq!(finds_link(&world, &token).await, None);
    let later = bo.is_given_a_link().await;
    assert_eq!(bo.uses_link(&later, "hash").await.map(drop), Err(Denial::PasswordLinkInvalid));
    bo.is_readmitted().await.expect("there is Bo");
    bo.uses_link(&later, "hash").await.expect("it waited");
}

pub async fn the_link_of_another_account_is_no_fact(world: World) {
    let (bo, cy) = (world.bo().await, world.cy().await);
    let token = bo.is_given_a_link().await;
    let before = Snapshot::of(&world, &[&bo, &cy], &[]).await;
    assert_eq!(cy.uses_link(&token, "hash").await.map(drop), Err(Denial::PasswordLinkInvalid));
    assert_eq!(Snapshot::of(&world, &[&bo, &cy], &[]).await, before);
}

pub async fn a_room_closed_by_an_operator_is_recorded_with_it(world: World) {
    let cast = world.cast().await;
    let room = cast.room;
    let close = |deed: domain::Deed| {
        let scope = RoomScope::new(room, cast.ana.id.clone());
        world.stores().rooms.change(scope, Box::new(move |facts| operators::close_room(facts, &deed)))
    };
    close(world.deed(Some(&cast.di.id))).await.expect("it is open");
    let record = record(&world).await;
    let closing = &record[0];
    assert_eq!((closing.action, closing.room_id), (AdminAction::CloseRoom, Some::<RoomId>(room)));
    assert_eq!((&closing.admin_id, &closing.user_id), (&Some(cast.di.id.clone()), &None));
    close(world.deed(None)).await.expect_err("it is closed");
    assert_eq!(self::record(&world).await.len(), record.len());
    world.audits_clean().await;
}
