//! The client can read the server's answer to every call.

use std::time::{SystemTime, UNIX_EPOCH};

use client::{
    AccountUpdate, Error, ExposeSecret, FriendRequests, Friendship, InvitationStatus, JoinBy, Reaction,
    ReplyTo, RoomUpdate, SearchIn, SecretString, Timestamp, Window,
};
use totp_rs::{Builder, Secret};

use super::{create_room, join, register, register_prime};
use crate::support::{DEADLINE, ROOM_PASSWORD, Server};

#[tokio::test]
async fn accounts_and_sessions() {
    let server = Server::start().await;
    let ana = register(&server, &server.url(), "Ana").await;
    let me = ana.me().await.expect("shown");
    assert_eq!((me.user_id.as_str(), me.avail_coins, me.prime), ("ana", 500, false));
    let revision = AccountUpdate { name: Some("Ana B.".to_owned()), ..AccountUpdate::default() };
    let revised = ana.update_me(&revision).await.expect("revised");
    assert_eq!((revised.name.as_str(), &revised.phone), ("Ana B.", &me.phone));
    let transfers = ana.transfers(None).await.expect("listed").items;
    assert_eq!(
        transfers.iter().map(|transfer| (transfer.amount, transfer.balance)).collect::<Vec<_>>(),
        [(500, 500)]
    );

    let elsewhere =
        ana.server().login("ana", "the secret of Ana".into(), "phone / 2").await.expect("signed in");
    let devices = ana.sessions(None).await.expect("listed").items;
    assert_eq!(devices.iter().map(|session| session.current).collect::<Vec<_>>(), [false, true]);
    ana.end_session("phone / 2").await.expect("ended");
    assert_eq!(elsewhere.client.me().await.expect_err("refused").code(), Some("session_revoked"));

    ana.change_password(&"the secret of Ana".into(), &"a better secret".into()).await.expect("changed");
    ana.refresh().await.expect("renewed");
    let kept = ana.tokens().borrow().clone();
    let resumed = ana.server().resume(kept);
    resumed.logout().await.expect("signed out");
    let back = ana.server().login("ana", "a better secret".into(), "laptop").await.expect("signed in").client;
    back.delete_me(&"a better secret".into()).await.expect("deleted");
    let refused = ana.server().login("ana", "a better secret".into(), "laptop").await.expect_err("gone");
    assert_eq!(refused.code(), Some("invalid_credentials"));
}

#[tokio::test]
async fn a_second_factor() {
    let server = Server::start().await;
    let ana = register(&server, &server.url(), "Ana").await;
    let password = || SecretString::from("the secret of Ana");
    let authenticator = ana.offer_second_factor(&password()).await.expect("offered");
    let secret = authenticator.secret.expose_secret();
    assert!(authenticator.otpauth_url.expose_secret().contains(secret));
    let totp = Builder::new().with_secret(Secret::try_from_base32(secret).expect("Base32")).build();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("it is after 1970").as_secs();
    let code = totp.expect("as long as it must be").generate(now).to_string();
    let recovery_codes = ana.confirm_second_factor(&code.into()).await.expect("turned on");
    assert!(ana.me().await.expect("shown").second_factor);

    let refused = ana.server().login("ana", password(), "phone").await.expect_err("a code is missing");
    assert_eq!(refused.code(), Some("second_factor_required"));
    let code = recovery_codes[0].clone();
    ana.server().login_with_code("ana", password(), "phone", code).await.expect("signed in");
    ana.lift_second_factor(&password()).await.expect("turned off");
    ana.server().login("ana", password(), "phone").await.expect("signed in");
}

#[tokio::test]
async fn messages_are_looked_for() {
    let server = Server::start().await;
    let ana = register_prime(&server, &server.url(), "ana").await;
    let room = create_room(&ana).await;
    let posted = ana.post_message(&room, "first", "Crème brûlée").await.expect("posted");
    let within =
        SearchIn { room: Some(room.clone()), sender: Some("ana".into()), before: Some(Timestamp::MAX) };
    let looking = async {
        loop {
            let page = ana.search("brulee creme", &within, None).await.expect("looked for");
            if let [found] = page.items.as_slice() {
                return found.clone();
            }
        }
    };
    let found = tokio::time::timeout(DEADLINE, looking).await.expect("found in time");
    assert_eq!((found.message.message_id, found.message.seq), (posted.message_id, posted.seq));
    assert_eq!(found.ranges, [(0, 5), (6, 6)]);
    let elsewhere = SearchIn { sender: Some("bob".into()), ..SearchIn::default() };
    assert_eq!(ana.search("", &elsewhere, None).await.expect("looked for").items, []);
}

#[tokio::test]
async fn rooms_and_their_members() {
    let server = Server::start().await;
    let ana = register_prime(&server, &server.url(), "ana").await;
    let bo = register_prime(&server, &server.url(), "bob").await;
    let room = create_room(&ana).await;
    let wish = RoomUpdate { name: Some("Orchard".to_owned()), locked: Some(true), ..RoomUpdate::default() };
    let revised = ana.update_room(&room, &wish).await.expect("revised");
    assert_eq!((revised.name.as_str(), revised.locked), ("Orchard", true));
    let unlocked =
        RoomUpdate { locked: Some(false), password: Some("open again".into()), ..RoomUpdate::default() };
    ana.update_room(&room, &unlocked).await.expect("revised");

    let first =
        ana.invite(&room, &"bob".into(), Some(std::time::Duration::from_mins(1))).await.expect("invited");
    let refused = ana.invite(&room, &"bob".into(), None).await.expect_err("invited already");
    let Error::Refused(problem) = refused else { panic!("no refusal: {refused}") };
    assert_eq!((problem.quota.as_deref(), problem.limit), (Some("open_invitations"), Some(1)));
    ana.revoke_invitation(&room, &first.invitation.invitation_id).await.expect("revoked");
    let issued = ana.invite(&room, &"bob".into(), None).await.expect("invited");
    let entrance = JoinBy::Invitation { invitation_token: issued.token };
    let receipt = bo.join(&entrance).await.expect("joined");
    assert_eq!((receipt.room_id, receipt.fee, receipt.already_member), (room.clone(), 0, false));
    let statuses: Vec<_> =
        ana.invitations(&room, None).await.expect("listed").items.iter().map(|it| it.status).collect();
    assert_eq!(statuses, [InvitationStatus::Used, InvitationStatus::Revoked]);

    // Joining was event 4, up to which all is read.
    assert_eq!(bo.mark_read(&room, 3).await.expect("marked"), 4);
    bo.leave(&room).await.expect("left");
    let password = || JoinBy::Password { room_id: room.clone(), password: "open again".into() };
    bo.join(&password()).await.expect("joined");
    ana.remove_member(&room, &"bob".into()).await.expect("removed");
    ana.ban(&room, &"bob".into()).await.expect("banned");
    assert_eq!(bo.join(&password()).await.expect_err("refused").code(), Some("banned"));
    let bans = ana.bans(&room, None).await.expect("listed").items;
    let profile = ana.profile(&"bob".into()).await.expect("shown");
    let banned: Vec<_> = bans.into_iter().map(|ban| (ban.user_id, ban.name)).collect();
    assert_eq!(banned, [(profile.user_id, profile.name)]);
    ana.lift_ban(&room, &"bob".into()).await.expect("lifted");
    bo.join(&password()).await.expect("joined");
    assert_eq!(bo.rooms(None).await.expect("listed").items.len(), 1);
    let handed_over = RoomUpdate { owner_id: Some("bob".into()), ..RoomUpdate::default() };
    ana.update_room(&room, &handed_over).await.expect("handed over");
    assert_eq!(bo.room(&room).await.expect("shown").owner_id.as_str(), "bob");
    bo.close_room(&room).await.expect("closed");
    assert_eq!(ana.room(&room).await.expect_err("refused").code(), Some("room_closed"));
}

#[tokio::test]
async fn messages() {
    let server = Server::start().await;
    let ana = register_prime(&server, &server.url(), "ana").await;
    let room = create_room(&ana).await;
    let posted = ana.post_message(&room, "one", "One.").await.expect("posted");
    let again = ana.post_message(&room, "one", "One.").await.expect("posted before");
    assert_eq!((again.seq, posted.duplicate, again.duplicate), (posted.seq, false, true));
    let edited = ana.edit_message(&room, &posted.message_id, "One and a half.").await.expect("edited");
    assert_eq!((edited.body.as_deref(), edited.revision), (Some("One and a half."), 1));
    let second = ana.post_message(&room, "two", "Two.").await.expect("posted");
    ana.delete_message(&room, &second.message_id).await.expect("deleted");
    let bodies = |window| {
        let (ana, room) = (ana.clone(), room.clone());
        async move {
            let page = ana.history(&room, window).await.expect("read");
            page.items.into_iter().map(|message| message.body).collect::<Vec<_>>()
        }
    };
    let first = Some("One and a half.".to_owned());
    assert_eq!(bodies(Window::Newest).await, [first.clone(), None]);
    assert_eq!(bodies(Window::Before(second.seq)).await, [first]);
    assert_eq!(bodies(Window::After(posted.seq)).await, [None]);
    let around = ana.history_around(&room, second.seq).await.expect("read");
    let seqs: Vec<_> = around.items.iter().map(|message| message.seq).collect();
    assert_eq!((seqs, around.has_older, around.has_newer), (vec![posted.seq, second.seq], false, false));
    ana.post_reply(&room, "three", &posted.message_id, "Three.").await.expect("posted");
    let replies = ana.history(&room, Window::After(second.seq)).await.expect("read").items;
    let original = ReplyTo { message_id: posted.message_id.clone(), seq: posted.seq };
    ana.react(&room, &posted.message_id, "❤", true).await.expect("added");
    let hearts = ana.message(&room, &posted.message_id).await.expect("shown").reactions;
    assert_eq!(hearts, [Reaction { emoji: "❤\u{fe0f}".to_owned(), user_ids: vec!["ana".into()] }]);
    ana.react(&room, &posted.message_id, "❤", false).await.expect("removed");
    assert_eq!(ana.message(&room, &posted.message_id).await.expect("shown").reactions, []);
    assert_eq!(replies.into_iter().map(|reply| reply.reply_to).collect::<Vec<_>>(), [Some(original)]);
}

#[tokio::test]
async fn people() {
    let server = Server::start().await;
    let ana = register_prime(&server, &server.url(), "ana").await;
    let room = create_room(&ana).await;
    let [bo, cy] =
        [register(&server, &server.url(), "bob").await, register(&server, &server.url(), "cyd").await];
    join(&bo, &room).await;
    join(&cy, &room).await;
    assert_eq!(ana.profile(&"bob".into()).await.expect("shown").friendship, Friendship::None);
    let request = bo.request_friendship(&"ana".into()).await.expect("asked");
    let received = ana.friend_requests(FriendRequests::Received, None).await.expect("listed").items;
    assert_eq!(received, bo.friend_requests(FriendRequests::Sent, None).await.expect("listed").items);
    assert_eq!(received, std::slice::from_ref(&request));
    let accepted = ana.accept_friend_request(&request.friend_request_id).await.expect("accepted");
    assert_eq!(accepted.status, "accepted");
    assert_eq!(ana.friends(None).await.expect("listed").items[0].user_id.as_str(), "bob");
    ana.unfriend(&"bob".into()).await.expect("ended");

    let request = cy.request_friendship(&"ana".into()).await.expect("asked");
    assert_eq!(
        ana.decline_friend_request(&request.friend_request_id).await.expect("declined").status,
        "declined"
    );
    let request = ana.request_friendship(&"cyd".into()).await.expect("asked");
    ana.cancel_friend_request(&request.friend_request_id).await.expect("cancelled");
    ana.block(&"cyd".into()).await.expect("blocked");
    let blocked = ana.blocked(None).await.expect("listed").items;
    assert_eq!(blocked, [ana.profile(&"cyd".into()).await.expect("shown")]);
    assert_eq!(
        cy.request_friendship(&"ana".into()).await.expect_err("refused").code(),
        Some("not_participants")
    );
    ana.unblock(&"cyd".into()).await.expect("unblocked");
    cy.request_friendship(&"ana".into()).await.expect("asked");
}

#[tokio::test]
async fn what_admins_may_do() {
    let server = Server::start().await;
    let ana = register(&server, &server.url(), "ana").await;
    let bo = "bob".into();
    let bob = register(&server, &server.url(), "bob").await;
    assert_eq!(ana.grant_prime(&bo, None).await.expect_err("refused").code(), Some("admin_only"));
    server.run_well(&["user", "admin", "ana"]).await;
    assert!(ana.grant_prime(&bo, None).await.expect("granted").prime);
    let end = "2100-01-01T00:00:00Z".parse().expect("an instant");
    assert_eq!(ana.grant_prime(&bo, Some(end)).await.expect("granted").prime_until, Some(end));
    assert!(!ana.withdraw_prime(&bo).await.expect("withdrawn").prime);
    for _ in 0..2 {
        ana.grant_coins(&bo, 50, "gift").await.expect("granted");
    }
    ana.suspend(&bo, "spam").await.expect("suspended");
    assert_eq!(bob.me().await.expect_err("refused").code(), Some("account_suspended"));
    ana.readmit(&bo).await.expect("readmitted");
    bob.me().await.expect("he may act again");
    ana.end_sessions_of(&bo).await.expect("ended");
    assert_eq!(bob.me().await.expect_err("refused").code(), Some("session_revoked"));
    ana.grant_prime(&"ana".into(), None).await.expect("granted");
    let room = create_room(&ana).await;
    ana.close_room_as_admin(&room).await.expect("closed");
}

#[tokio::test]
async fn a_refusal_has_the_members_of_its_code() {
    let server = Server::start().await;
    let ana = register_prime(&server, &server.url(), "ana").await;
    let bo = register(&server, &server.url(), "bob").await;
    for _ in 0..4 {
        join(&bo, &create_room(&ana).await).await;
    }
    let entrance = JoinBy::Password { room_id: create_room(&ana).await, password: ROOM_PASSWORD.into() };
    let client::Error::Refused(problem) = bo.join(&entrance).await.expect_err("refused") else {
        panic!("refused")
    };
    assert_eq!((problem.code.as_str(), problem.status), ("insufficient_coins", Some(402)));
    assert_eq!((problem.required, problem.available, problem.shortfall), (Some(150), Some(50), Some(100)));
    assert!(problem.request_id.is_some());

    let client::Error::Refused(problem) = bo.post_message(&"x".into(), "", " ").await.expect_err("refused")
    else {
        panic!("refused")
    };
    let mut fields: Vec<_> = problem.errors.iter().map(|error| error.field.as_str()).collect();
    fields.sort_unstable();
    assert_eq!((problem.code.as_str(), fields), ("validation_failed", vec!["body", "clientMessageId"]));
}
