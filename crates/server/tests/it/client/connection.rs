//! A connection through restarts, removals and ended sessions.

use client::Update;

use super::relay::Relay;
use super::{connected, create_room, join, next, next_message, options, register, register_prime};
use crate::support::Server;

#[tokio::test]
async fn a_message_reaches_all_members() {
    let server = Server::start().await;
    let ana = register_prime(&server, &server.url(), "ana").await;
    let bo = register(&server, &server.url(), "bob").await;
    let room = create_room(&ana).await;
    join(&bo, &room).await;
    let (anas, mut shown_to_ana) = ana.connect(options());
    let (_bos, mut shown_to_bo) = bo.connect(options());
    connected(&mut shown_to_ana).await;
    connected(&mut shown_to_bo).await;
    let (first, second) = (anas.send(&room, "One."), anas.send(&room, "Two."));
    let seqs = [first.await.expect("posted").seq, second.await.expect("posted").seq];
    for updates in [&mut shown_to_ana, &mut shown_to_bo] {
        assert_eq!(next_message(updates).await, (seqs[0], "One.".to_owned()));
        assert_eq!(next_message(updates).await, (seqs[1], "Two.".to_owned()));
    }

    anas.send_typing(&room);
    let typing = |on| Update::Typing { room_id: room.clone(), user_id: "ana".into(), on };
    next(&mut shown_to_bo, |update| *update == typing(true)).await;
    anas.stop_typing(&room);
    next(&mut shown_to_bo, |update| *update == typing(false)).await;
    anas.mark_read(&room, seqs[1]);
    let read = Update::Read { room_id: room.clone(), user_id: "ana".into(), seq: seqs[1] };
    next(&mut shown_to_bo, |update| *update == read).await;
    assert_eq!(ana.room(&room).await.expect("shown").read_seq, seqs[1]);
}

#[tokio::test]
async fn a_restart_of_the_server_is_hardly_noticed() {
    let mut server = Server::start().await;
    let relay = Relay::to(&server.url()).await;
    let ana = register_prime(&server, relay.url(), "ana").await;
    let room = create_room(&ana).await;
    let (connection, mut updates) = ana.connect(options());
    connected(&mut updates).await;
    let before = connection.send(&room, "Before.").await.expect("posted");
    assert_eq!(next_message(&mut updates).await, (before.seq, "Before.".to_owned()));
    server.stop().await;
    next(&mut updates, |update| matches!(update, Update::Disconnected { .. })).await;
    let meanwhile = connection.send(&room, "Meanwhile.");
    server.restart().await;
    relay.turn_to(&server.url());
    let meanwhile = meanwhile.await.expect("posted");
    assert_eq!((meanwhile.seq, meanwhile.duplicate), (before.seq + 1, false));
    assert_eq!(next_message(&mut updates).await, (meanwhile.seq, "Meanwhile.".to_owned()));
}

#[tokio::test]
async fn a_room_joined_while_connected_is_shown_from_its_beginning_on() {
    let server = Server::start().await;
    let ana = register_prime(&server, &server.url(), "ana").await;
    let bo = register(&server, &server.url(), "bob").await;
    let room = create_room(&ana).await;
    let before = ana.post_message(&room, "before", "Before.").await.expect("posted");
    let (connection, mut updates) = bo.connect(options());
    connected(&mut updates).await;
    join(&bo, &room).await;
    let loaded = next(&mut updates, |update| matches!(update, Update::Loaded { .. })).await;
    let Update::Loaded { room: detail, messages, seq } = loaded else { unreachable!("it was asked for") };
    assert_eq!((detail.members.len(), seq), (2, before.seq));
    assert_eq!(messages.last().and_then(|message| message.body.as_deref()), Some("Before."));
    let after = connection.send(&room, "After.").await.expect("posted");
    assert_eq!(next_message(&mut updates).await, (after.seq, "After.".to_owned()));
    let reply = connection.reply(&room, &before.message_id, "Before what?").await.expect("posted");
    let replies = bo.history(&room, client::Window::After(after.seq)).await.expect("read").items;
    let original = client::ReplyTo { message_id: before.message_id, seq: before.seq };
    assert_eq!((replies[0].seq, replies[0].reply_to.as_ref()), (reply.seq, Some(&original)));
}

#[tokio::test]
async fn clients_that_missed_too_much_get_a_reset() {
    let server = Server::start().await;
    let ana = register_prime(&server, &server.url(), "ana").await;
    let room = create_room(&ana).await;
    let epoch = ana.room(&room).await.expect("shown").epoch.clone();
    let (writer, _) = ana.connect(options());
    let mut newest = 0;
    for number in 0..501 {
        newest = writer.send(&room, format!("Message {number}.")).await.expect("posted").seq;
    }
    let long_ago = client::ResumePoint { room_id: room.clone(), epoch, seq: 1 };
    let (connection, mut updates) = ana.connect(client::Options { resume: vec![long_ago], ..options() });
    let loaded = next(&mut updates, |update| matches!(update, Update::Loaded { .. })).await;
    let Update::Loaded { messages, seq, .. } = loaded else { unreachable!("it was asked for") };
    assert_eq!((seq, messages.last().map(|message| message.seq)), (newest, Some(newest)));
    assert_eq!(connection.send(&room, "Back again.").await.expect("posted").seq, newest + 1);
    assert_eq!(next_message(&mut updates).await, (newest + 1, "Back again.".to_owned()));
}

#[tokio::test]
async fn removed_members_are_told_and_can_no_longer_write() {
    let server = Server::start().await;
    let ana = register_prime(&server, &server.url(), "ana").await;
    let bo = register(&server, &server.url(), "bob").await;
    let room = create_room(&ana).await;
    join(&bo, &room).await;
    let (connection, mut updates) = bo.connect(options());
    connected(&mut updates).await;
    ana.ban(&room, &"bob".into()).await.expect("banned");
    let removed = next(&mut updates, |update| matches!(update, Update::Removed { .. })).await;
    let Update::Removed { room_id, .. } = removed else { unreachable!("it was asked for") };
    assert_eq!(room_id, room);
    let refused = connection.send(&room, "But why?").await.expect_err("refused");
    assert_eq!(refused.code(), Some("not_a_member"));
}

#[tokio::test]
async fn a_session_that_was_ended_elsewhere_ends_the_connection_for_good() {
    let server = Server::start().await;
    let ana = register(&server, &server.url(), "ana").await;
    let (_connection, mut updates) = ana.connect(options());
    connected(&mut updates).await;
    ana.end_session("the client's device").await.expect("ended");
    let ended = next(&mut updates, |update| matches!(update, Update::Ended { .. })).await;
    assert!(matches!(ended, Update::Ended { code: Some(4503), .. }), "{ended:?}");
    assert_eq!(ana.me().await.expect_err("refused").code(), Some("session_revoked"));
}
