//! Coming back after a break.

use futures_util::future::join_all;

use crate::support::{Actor, Server, assert_members, json, number, text};

async fn ana_and_bo(server: &Server) -> (Actor, Actor, String, String) {
    let (ana, bo, room) = server.ana_and_bo().await;
    let epoch = text(&ana.room(&room).await["epoch"]);
    (ana, bo, room, epoch)
}

#[tokio::test]
async fn missed_events_are_replayed_exactly() {
    let server = Server::start().await;
    let (ana, bo, room, epoch) = ana_and_bo(&server).await;
    let mut witness = ana.socket().await;
    let gone = bo.socket().await;
    gone.close().await;
    for number in 3..=9 {
        ana.say(&room, &format!("at {number}")).await;
    }
    witness.wait_for_seq(&room, 9).await;

    let resume = json!([{"roomId": room, "epoch": epoch, "seq": 4}]);
    let (mut back, welcome) = bo.resuming_socket(resume).await;
    assert_eq!(
        (&welcome["rooms"][0]["recovered"], &welcome["rooms"][0]["headSeq"]),
        (&json!(true), &json!(9))
    );
    ana.say(&room, "at 10").await;
    back.wait_for_seq(&room, 10).await;
    witness.wait_for_seq(&room, 10).await;
    assert_eq!(back.seqs_of(&room), [5, 6, 7, 8, 9, 10]);
    assert_eq!(back.events_of(&room), witness.events_of(&room)[2..], "a replay tells what was told live");
}

#[tokio::test]
async fn clients_that_missed_nothing_get_no_replay() {
    let server = Server::start().await;
    let (ana, _, room, epoch) = ana_and_bo(&server).await;
    let resume = json!([{"roomId": room, "epoch": epoch, "seq": 2}]);
    let (mut socket, welcome) = ana.resuming_socket(resume).await;
    assert_eq!(welcome["rooms"][0]["recovered"], true);
    socket.catch_up().await;
    assert!(socket.events_of(&room).is_empty());
}

#[tokio::test]
async fn a_room_not_named_in_hello_starts_at_its_head() {
    let server = Server::start().await;
    let (ana, _, room, _) = ana_and_bo(&server).await;
    ana.say(&room, "old").await;
    let (mut socket, welcome) = ana.resuming_socket(json!([])).await;
    assert_eq!(welcome["rooms"][0]["recovered"], false);
    ana.say(&room, "new").await;
    socket.wait_for_seq(&room, 4).await;
    assert_eq!(socket.seqs_of(&room), [4]);
}

#[tokio::test]
async fn clients_too_far_behind_or_of_another_history_are_reset() {
    let server = Server::start().await;
    let (ana, bo, room, epoch) = ana_and_bo(&server).await;
    for _ in 0..50 {
        join_all((0..10).map(|_| ana.say(&room, "much to read"))).await;
    }
    let head = 502;
    let at = |epoch: &str, seq: i64| json!([{"roomId": room, "epoch": epoch, "seq": seq}]);
    let other = "00000000-0000-7000-8000-000000000000";

    let (mut socket, welcome) = bo.resuming_socket(at(&epoch, head - 500)).await;
    assert_eq!(welcome["rooms"][0]["recovered"], true);
    socket.wait_for_seq(&room, head).await;
    assert_eq!(socket.seqs_of(&room), (head - 499..=head).collect::<Vec<_>>());

    for resume in [at(&epoch, head - 501), at(other, head), at("nonsense", head), at(&epoch, head + 1)] {
        let (mut socket, welcome) = bo.resuming_socket(resume.clone()).await;
        assert_eq!(welcome["rooms"][0]["recovered"], false, "{resume}");
        let reset = socket.frame("reset").await;
        assert_members(&reset, &["type", "roomId", "epoch", "headSeq"], &[]);
        assert_eq!((text(&reset["epoch"]), number(&reset["headSeq"])), (epoch.clone(), head));
        socket.catch_up().await;
        assert!(socket.events_of(&room).is_empty(), "{resume}");
    }
}

#[tokio::test]
async fn a_resumed_room_that_was_left_gets_removed() {
    let server = Server::start().await;
    let (ana, bo, room, epoch) = ana_and_bo(&server).await;
    ana.delete(&format!("/api/chatrooms/{room}/members/bo-b")).await.expect_status(204);
    ana.say(&room, "not for Bo").await;
    let resume = json!([{"roomId": room, "epoch": epoch, "seq": 2}]);
    let (mut socket, welcome) = bo.resuming_socket(resume).await;
    assert_eq!(welcome["rooms"], json!([]));
    let removed = socket.frame("removed").await;
    assert_eq!((&removed["roomId"], &removed["code"]), (&json!(room), &json!("not_a_member")));
    socket.catch_up().await;
    assert!(socket.events_of(&room).is_empty());
}

#[tokio::test]
async fn sync_sends_what_came_after() {
    let server = Server::start().await;
    let (ana, _, room, epoch) = ana_and_bo(&server).await;
    for number in 3..=6 {
        ana.say(&room, &format!("at {number}")).await;
    }
    let mut socket = ana.socket().await;
    let sync = |epoch: &str, since: i64| json!({"type": "sync", "id": "s", "roomId": room, "epoch": epoch, "since": since});
    socket.send(sync(&epoch, 3)).await;
    socket.wait_for_seq(&room, 6).await;
    assert_eq!(socket.seqs_of(&room), [4, 5, 6]);

    socket.send(sync("00000000-0000-7000-8000-000000000000", 3)).await;
    let reset = socket.frame("reset").await;
    assert_eq!((text(&reset["epoch"]), number(&reset["headSeq"])), (epoch, 6));
}

#[tokio::test]
async fn messages_during_the_welcome_are_neither_lost_nor_repeated() {
    let server = Server::start().await;
    let (ana, bo, room, epoch) = ana_and_bo(&server).await;
    let mut since = 2;
    for round in 0..10 {
        let resume = json!([{"roomId": room, "epoch": epoch, "seq": since}]);
        let talking = async {
            for _ in 0..10 {
                ana.say(&room, "meanwhile").await;
            }
        };
        let ((), (mut socket, _)) = tokio::join!(talking, bo.resuming_socket(resume));
        let head = since + 10;
        socket.wait_for_seq(&room, head).await;
        assert_eq!(socket.seqs_of(&room), (since + 1..=head).collect::<Vec<_>>(), "round {round}");
        since = head;
        socket.close().await;
    }
}

#[tokio::test]
async fn a_restart_loses_no_connection_its_place() {
    let mut server = Server::start().await;
    let (ana, bo, room, epoch) = ana_and_bo(&server).await;
    let mut socket = bo.socket().await;
    ana.say(&room, "before").await;
    socket.wait_for_seq(&room, 3).await;
    server.kill().await;
    server.restart().await;
    ana.say(&room, "after").await;
    let (mut back, welcome) = bo.resuming_socket(json!([{"roomId": room, "epoch": epoch, "seq": 3}])).await;
    assert_eq!(welcome["rooms"][0]["recovered"], true);
    back.wait_for_seq(&room, 4).await;
    assert_eq!(back.seqs_of(&room), [4]);
}
