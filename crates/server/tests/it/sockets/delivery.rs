//! Who gets which events, and in which order.

use futures_util::future::join_all;

use crate::support::{Server, column, json, number};

#[tokio::test]
async fn six_who_talk_at_once_all_see_the_same_log_in_order() {
    const EACH: i64 = 25;
    let server = Server::start().await;
    let (members, room) = server.full_room().await;
    let mut sockets = Vec::new();
    for member in &members {
        sockets.push(member.socket().await);
    }
    let talking = members.iter().zip(sockets).map(|(member, mut socket)| {
        let (room, user_id) = (room.clone(), member.user_id.clone());
        tokio::spawn(async move {
            for number in 0..EACH {
                socket.say(&room, &format!("{user_id}-{number}"), "me too").await;
            }
            socket.wait_for_seq(&room, 6 + 6 * EACH).await;
            socket
        })
    });
    let sockets: Vec<_> = join_all(talking).await.into_iter().map(|done| done.expect("no panic")).collect();

    let expected: Vec<i64> = (7..=6 + 6 * EACH).collect();
    for socket in &sockets {
        assert_eq!(socket.seqs_of(&room), expected, "in order, without gap or repeat");
        assert_eq!(socket.events_of(&room), sockets[0].events_of(&room));
    }
    server.assert_sound().await;
}

#[tokio::test]
async fn posts_over_http_and_sockets_share_one_order() {
    let server = Server::start().await;
    let (members, room) = server.full_room().await;
    let mut socket = members[0].socket().await;
    let posting = members.iter().map(|member| async {
        for _ in 0..10 {
            member.say(&room, "over HTTP").await;
        }
    });
    let listening = async {
        for number in 0..10 {
            socket.say(&room, &format!("s-{number}"), "over the socket").await;
        }
        socket.wait_for_seq(&room, 6 + 70).await;
        socket.seqs_of(&room)
    };
    let (_, seqs) = tokio::join!(join_all(posting), listening);
    assert_eq!(seqs, (7..=76).collect::<Vec<_>>());
    let history = members[1].get(&format!("/api/chatrooms/{room}/messages?limit=100")).await.json(200);
    let listed = column(&crate::support::items(&history), "seq");
    assert_eq!(listed, (7..=76).map(|seq| json!(seq)).collect::<Vec<_>>());
}

#[tokio::test]
async fn all_devices_of_an_account_see_its_rooms() {
    let server = Server::start().await;
    let (members, room) = server.full_room().await;
    let laptop = members[1].on_device("laptop").await;
    let (mut here, mut there) = (members[1].socket().await, laptop.socket().await);
    members[0].say(&room, "hello").await;
    for socket in [&mut here, &mut there] {
        assert_eq!(socket.event("message_posted").await["data"]["body"], "hello");
    }
}

#[tokio::test]
async fn a_room_joined_while_connected_delivers_events_at_once() {
    let server = Server::start().await;
    let ana = server.register_prime("ana").await;
    let room = ana.create_room("Garden").await;
    let bo = server.register("bo-b").await;
    let mut at_bo = bo.socket().await;
    bo.join(&room).await.expect_status(200);
    ana.say(&room, "welcome").await;
    assert_eq!(at_bo.event("message_posted").await["data"]["body"], "welcome");
    assert_eq!(at_bo.seqs_of(&room).last(), Some(&3));
}

#[tokio::test]
async fn a_room_created_while_connected_delivers_events_at_once() {
    let server = Server::start().await;
    let ana = server.register_prime("ana").await;
    let mut at_ana = ana.socket().await;
    let room = ana.create_room("Garden").await;
    at_ana.say(&room, "a-1", "first").await;
    assert_eq!(at_ana.event("message_posted").await["seq"], 2);
}

#[tokio::test]
async fn outsiders_receive_nothing_of_a_room() {
    let server = Server::start().await;
    let (members, room) = server.full_room().await;
    let di = server.register("di-d").await;
    let mut at_di = di.socket().await;
    let mut at_ana = members[0].socket().await;
    at_ana.send(json!({"type": "typing", "roomId": room})).await;
    at_ana.say(&room, "a-1", "among ourselves").await;
    at_di.catch_up().await;
    assert!(!json!(at_di.frames).to_string().contains(&room), "{:?}", at_di.frames);
}

#[tokio::test]
async fn nothing_reaches_a_member_after_their_removal() {
    let server = Server::start().await;
    let (members, room) = server.full_room().await;
    let (ana, cy) = (&members[0], &members[2]);
    let (mut at_bo, mut at_cy) = (members[1].socket().await, cy.socket().await);
    let talking = async {
        for _ in 0..60 {
            members[3].say(&room, "and so on").await;
        }
    };
    let removing = async {
        at_bo.event("message_posted").await;
        ana.delete(&format!("/api/chatrooms/{room}/members/m-2")).await.expect_status(204);
    };
    tokio::join!(talking, removing);

    at_cy.wait_for_seq(&room, 6 + 61).await;
    let removal = at_cy.event("member_removed").await;
    let removed_at = number(&removal["seq"]);
    at_bo.frame("removed").await;
    at_bo.catch_up().await;
    let heard = at_bo.seqs_of(&room);
    assert!(heard.iter().all(|seq| *seq <= removed_at), "removed at {removed_at}, heard {heard:?}");
    assert!(removed_at < 6 + 61, "messages flowed on after the removal");
    let last = at_bo.frames.iter().rposition(|frame| frame["roomId"] == room.as_str());
    let last = &at_bo.frames[last.expect("the removal itself")];
    assert_eq!(last["type"], "removed", "nothing of the room follows: {last}");
}

#[tokio::test]
async fn former_members_receive_nothing_more() {
    let server = Server::start().await;
    let (members, room) = server.full_room().await;
    let mut at_bo = members[1].socket().await;
    members[1].post(&format!("/api/chatrooms/{room}/leave"), json!({})).await.expect_status(204);
    members[0].say(&room, "he is gone").await;
    at_bo.catch_up().await;
    assert!(!json!(at_bo.frames).to_string().contains("he is gone"));
}

#[tokio::test]
async fn a_slow_reader_is_closed_and_nobody_waits_for_it() {
    let server = Server::start().await;
    let (members, room) = server.full_room().await;
    let long = "🦀".repeat(4_000);
    // It has been welcomed and reads nothing more until the server closes it.
    let mut slow = members[1].socket().await;
    let mut quick = members[2].socket().await;
    let talk = async || {
        let others = members.iter().filter(|member| member.user_id != "m-2");
        join_all(others.map(|member| member.say(&room, &long))).await;
    };
    let is_given_up = async || {
        let metrics = server.anybody().get("/metrics").await;
        metrics.text.contains("hexroom_socket_closes_total{code=\"4002\"} 1")
    };

    let mut head = 6;
    while !is_given_up().await {
        talk().await;
        head += 5;
        quick.wait_for_seq(&room, head).await;
        // 64 of these are 1 MiB; the system's own buffers hold a few more.
        assert!(head < 6 + 150, "too much is kept for it");
    }
    let leaving = async { (slow.frame("bye").await, slow.close_code().await) };
    let ((bye, code), ()) = tokio::join!(leaving, talk());
    head += 5;
    quick.wait_for_seq(&room, head).await;
    assert_eq!(quick.seqs_of(&room), (7..=head).collect::<Vec<_>>());

    assert_eq!((&bye["code"], code), (&json!(4002), 4002));
    assert!(bye["retryAfterMs"].is_number(), "it may come back: {bye}");
    let seqs = slow.seqs_of(&room);
    let last = 6 + i64::try_from(seqs.len()).expect("few enough");
    assert!(last < head, "it was not slow at all");
    assert_eq!(seqs, (7..=last).collect::<Vec<_>>(), "what it got was without a gap");

    let epoch = members[1].room(&room).await["epoch"].clone();
    let resume = json!([{"roomId": room, "epoch": epoch, "seq": last}]);
    let (mut again, welcome) = members[1].resuming_socket(resume).await;
    assert_eq!(welcome["rooms"][0]["recovered"], true);
    again.wait_for_seq(&room, head).await;
    assert_eq!(again.seqs_of(&room), (last + 1..=head).collect::<Vec<_>>());
}
