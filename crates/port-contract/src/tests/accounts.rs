use domain::change::AccountChange;
use domain::ports::{AccountScope, Direction};
use domain::rules::admission::create_room;
use domain::rules::messages::NewMessage;
use domain::{
    AccountName, AccountRevision, ClientMessageId, Coins, Denial, DeviceId, Epoch, Friendship, MessageBody,
    MessageId, PasswordHash, Phone, Prime, Room, RoomId, RoomName, Stored, Timestamp,
};

use crate::world::ruled;
use crate::{Actor, Snapshot, World, every_page};

pub async fn an_account_is_found_as_it_was_registered(world: World) {
    let registration = world.registration("Ana.B-1_c", 1_000);
    world.stores().accounts.register(registration.clone()).await.expect("the id is free");
    let found =
        world.stores().accounts.find("ana.b-1_C".parse().expect("a user id")).await.expect("readable");
    let found = found.expect("there is the account");
    assert_eq!(found, registration.account);
    assert_eq!(found.password_hash.expose(), registration.account.password_hash.expose());
    assert_eq!(found.phone.as_str(), "+4915112345678");
    world.audits_clean().await;
}

pub async fn the_longest_of_everything_is_kept_to_the_letter(world: World) {
    let mut registration = world.registration(&"a".repeat(32), 1_000_000_000);
    registration.account.name = "👩".repeat(80).parse().expect("a name");
    registration.account.phone = "+123456789012345".parse().expect("a phone number");
    registration.account.password_hash = PasswordHash::new("$argon2id$".repeat(20));
    registration.session.device_id = "~".repeat(128).parse().expect("a device id");
    world.stores().accounts.register(registration.clone()).await.expect("the id is free");
    let (account, session) = world
        .stores()
        .accounts
        .find_session(registration.session.id)
        .await
        .expect("readable")
        .expect("there is the session");
    assert_eq!(account, registration.account);
    assert_eq!(session, registration.session);
}

pub async fn what_no_rule_takes_any_more_is_shown_as_it_is(world: World) {
    let bell = || "an\u{7}a".to_owned();
    assert!(
        bell().parse::<RoomName>().is_err() && bell().parse::<MessageBody>().is_err(),
        "no rule takes it"
    );
    let mut registration = world.registration("ana", 0);
    registration.account.name = AccountName::stored(bell());
    registration.account.phone = Phone::stored("0151".to_owned());
    registration.session.device_id = DeviceId::stored("\u{7}".to_owned());
    world.stores().accounts.register(registration).await.expect("the id is free");
    let ana = Actor::new(&world, "ana".parse().expect("a user id"));
    ana.becomes(Prime::Always).await;
    let (id, epoch, now) = (RoomId(world.id()), Epoch(world.id()), world.now());
    let hash = PasswordHash::new("hash".to_owned());
    let room = Room::new(id, epoch, RoomName::stored(bell()), ana.id.clone(), hash, now);
    let open = Box::new(move |person: &_| create_room(person, &room, now));
    ruled(world.stores().rooms.create(ana.id.clone(), open).await).expect("Ana is prime");
    let message = NewMessage {
        id: MessageId(world.id()),
        room_id: id,
        sender_id: ana.id.clone(),
        client_message_id: ClientMessageId::stored(bell()),
        body: MessageBody::stored(bell()),
        reply_to: None,
        at: now,
    };
    world.stores().rooms.post(message).await.expect("Ana sits there");

    // Every list that there is can be read, and what is good beside it too.
    ana.opens("Hexagon").await;
    Snapshot::of(&world, &[&ana], &[id]).await;
    let view = ana.views(id).await.expect("Ana sits there");
    assert_eq!(view.summary.room.name.as_str(), bell());
    assert_eq!(view.members.first().map(|member| member.name.as_str()), Some(bell().as_str()));
}

pub async fn a_user_id_is_taken_in_any_case(world: World) {
    let ana = world.ana().await;
    let before = Snapshot::of(&world, &[&ana], &[]).await;
    let again = world.stores().accounts.register(world.registration("ANA", 500)).await;
    assert_eq!(ruled(again), Err(Denial::UserIdTaken));
    assert_eq!(Snapshot::of(&world, &[&ana], &[]).await, before);
}

pub async fn ids_that_look_alike_are_different_accounts(world: World) {
    for id in ["a.b", "a-b", "a_b", "axb", "a.b.", "a00", "a0", "a-0"].iter().filter(|id| id.len() >= 3) {
        let registered = world.stores().accounts.register(world.registration(id, 0)).await;
        assert_eq!(ruled(registered), Ok(()), "{id}");
    }
}

pub async fn nobody_is_found_under_an_id_never_given_out(world: World) {
    let ana = world.ana().await;
    let accounts = &world.stores().accounts;
    let nobody: domain::UserId = "nobody".parse().expect("a user id");
    assert_eq!(accounts.find(nobody.clone()).await.expect("readable"), None);
    assert_eq!(accounts.profile(nobody.clone(), ana.id.clone()).await.expect("readable"), None);
    assert_eq!(every_page(100, |after, size| accounts.sessions(nobody.clone(), after, size)).await, []);
    assert_eq!(every_page(100, |after, size| accounts.ledger(nobody.clone(), after, size)).await, []);
    let changed = accounts.change(AccountScope::new(nobody), Box::new(|_| Ok(Vec::new()))).await;
    assert_eq!(ruled(changed).map(|_| ()), Err(Denial::UserNotFound));
}

pub async fn an_account_stays_as_it_was_changed(world: World) {
    let ana = world.ana().await;
    let before = ana.account().await;
    let end = Timestamp::from_millis(1_999_999_999_999);
    let committed = ana
        .changes_to(vec![
            AccountChange::Revise(AccountRevision {
                name: Some("Ana 🐙 the Second".parse().expect("a name")),
                phone: Some("+442071838750".parse().expect("a phone number")),
            }),
            AccountChange::SetPassword(PasswordHash::new("another".to_owned())),
            AccountChange::SetPrime(Prime::Until(end)),
            AccountChange::SetAdmin(true),
        ])
        .await
        .expect("there is the account");
    assert_eq!(committed.facts.account, before, "the facts are from before the changes");
    assert_eq!(committed.changes.len(), 4);
    let after = ana.account().await;
    assert_eq!(after.name.as_str(), "Ana 🐙 the Second");
    assert_eq!(after.phone.as_str(), "+442071838750");
    assert_eq!(after.password_hash.expose(), "another");
    assert_eq!(after.prime, Prime::Until(end));
    assert!(after.admin);
    assert_eq!(after.member_since, before.member_since);
    ana.changes_to(vec![AccountChange::SetPrime(Prime::No), AccountChange::SetAdmin(false)])
        .await
        .expect("there is the account");
    assert_eq!(ana.account().await.prime, Prime::No);
    assert!(!ana.account().await.admin);
}

pub async fn a_denied_change_of_an_account_leaves_no_trace(world: World) {
    let ana = world.ana().await;
    let before = Snapshot::of(&world, &[&ana], &[]).await;
    let denied = ana.changes(AccountScope::new(ana.id.clone()), |_| Err(Denial::AdminOnly)).await;
    assert_eq!(denied, Err(Denial::AdminOnly));
    assert_eq!(Snapshot::of(&world, &[&ana], &[]).await, before);
}

pub async fn the_facts_of_an_account_count_its_rooms_and_seats(world: World) {
    let cast = world.cast().await;
    let second = cast.ana.opens("second").await;
    let closed = cast.ana.opens("closed").await;
    cast.ana.closes(closed).await.expect("Ana owns it");
    let facts = cast.ana.changes_to(Vec::new()).await.expect("there is Ana").facts;
    assert_eq!((facts.owned_rooms, facts.seats_held), (2, 2));
    let facts = cast.bo.changes_to(Vec::new()).await.expect("there is Bo").facts;
    assert_eq!((facts.owned_rooms, facts.seats_held), (0, 1));
    cast.bo.leaves(cast.room).await.expect("Bo sits there");
    let facts = cast.bo.changes_to(Vec::new()).await.expect("there is Bo").facts;
    assert_eq!((facts.owned_rooms, facts.seats_held), (0, 0));
    assert_eq!(cast.ana.views(second).await.expect("Ana sits there").summary.seats_taken, 1);
}

pub async fn an_erased_account_is_gone_but_its_id_stays_taken(world: World) {
    let (bo, cy) = (world.free_member("bo-", 70).await, world.cy().await);
    let session =
        every_page(100, |after, size| world.stores().accounts.sessions(bo.id.clone(), after, size)).await;
    bo.is_erased().await.expect("Bo owns nothing");
    let accounts = &world.stores().accounts;
    assert_eq!(accounts.find(bo.id.clone()).await.expect("readable"), None);
    assert_eq!(accounts.find_session(session[0].id).await.expect("readable"), None);
    assert_eq!(accounts.profile(bo.id.clone(), cy.id.clone()).await.expect("readable"), None);
    let changed = bo.changes_to(Vec::new()).await;
    assert_eq!(changed.map(|_| ()), Err(Denial::UserNotFound));
    let again = accounts.register(world.registration("BO-", 0)).await;
    assert_eq!(ruled(again), Err(Denial::UserIdTaken));
    world.audits_clean().await;
}

pub async fn an_erased_account_leaves_its_messages_but_no_friends(world: World) {
    let cast = world.cast().await;
    let (ana, bo, cy, room) = (&cast.ana, &cast.bo, &cast.cy, cast.room);
    bo.says(room, "so long").await;
    let request = bo.asks(ana).await.expect("they share a room");
    ana.accepts(bo, request).await.expect("Bo asked");
    cy.asks(bo).await.expect("they share a room");
    bo.leaves(room).await.expect("Bo sits there");
    bo.is_erased().await.expect("Bo owns nothing");

    let friends = &world.stores().friends;
    assert_eq!(every_page(100, |after, size| friends.of(ana.id.clone(), after, size)).await, []);
    let sent =
        every_page(100, |after, size| friends.requests(cy.id.clone(), Direction::Out, after, size)).await;
    assert_eq!(sent, [], "nobody waits for the answer of somebody who is gone");
    let messages = ana.sees_messages(room).await.expect("Ana sits there");
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].sender_id, bo.id);
    assert_eq!(ana.asks(bo).await, Err(Denial::UserNotFound));
    assert_eq!(ana.invites(bo, room).await.map(|_| ()), Err(Denial::UserNotFound));
    world.audits_clean().await;
}

pub async fn an_erased_account_acts_no_more(world: World) {
    let cast = world.cast().await;
    cast.di.is_erased().await.expect("Di owns nothing");
    assert_eq!(cast.di.joins(cast.room).await, Err(Denial::SessionRevoked));
    assert_eq!(cast.di.tries_to_open("mine").await, Err(Denial::SessionRevoked));
    assert_eq!(cast.ana.views(cast.room).await.expect("Ana sits there").summary.seats_taken, 3);
}

pub async fn a_profile_says_what_is_between_the_two(world: World) {
    let cast = world.cast().await;
    let (ana, bo) = (&cast.ana, &cast.bo);
    let accounts = &world.stores().accounts;
    let seen = async |of: &crate::Actor, by: &crate::Actor| {
        let profile = accounts.profile(of.id.clone(), by.id.clone()).await.expect("readable");
        profile.expect("there is the account").friendship
    };
    assert_eq!(seen(ana, ana).await, Friendship::Yourself);
    assert_eq!(seen(ana, bo).await, Friendship::None);
    let request = ana.asks(bo).await.expect("they share a room");
    assert_eq!(seen(bo, ana).await, Friendship::Requested);
    assert_eq!(seen(ana, bo).await, Friendship::RequestedByThem);
    bo.accepts(ana, request).await.expect("Ana asked");
    assert_eq!(seen(bo, ana).await, Friendship::Friends);
    assert_eq!(seen(ana, bo).await, Friendship::Friends);
    bo.blocks(ana).await.expect("there is Ana");
    assert_eq!(seen(bo, ana).await, Friendship::None);
    assert_eq!(seen(ana, bo).await, Friendship::None);

    let account = ana.account().await;
    let profile =
        accounts.profile(ana.id.clone(), bo.id.clone()).await.expect("readable").expect("Ana is there");
    assert_eq!((profile.name, profile.prime), (account.name, Prime::Always));
    assert_eq!(profile.member_since, account.member_since);
    assert_eq!(account.avail_coins, Coins::ZERO);
}
