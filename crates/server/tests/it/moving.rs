//! Moving a whole store on the command line: from an embedded one to the store under test.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::support::{Actor, Server, Store, Value, json, number, text};

/// A server on an embedded store in which Ana and Bo have talked, with their room.
async fn lively() -> (Server, [Actor; 2], String) {
    let server = Server::start_on(Store::Embedded, &[]).await;
    let ana = server.register_prime("ana").await;
    let bo = server.register_rich("bo-b", 200).await;
    let room = ana.create_room("Garden").await;
    bo.join(&room).await.expect_status(200);
    let paid = ana.create_room("Pond").await;
    bo.join(&paid).await.expect_status(200);
    for number in 3..=6 {
        ana.say(&room, &format!("at {number} \u{1f98a}")).await;
    }
    (server, [ana, bo], room)
}

/// A server on the empty store under test, which has ended.
async fn empty() -> Server {
    let mut server = Server::start().await;
    server.stop().await;
    server
}

fn path_in(server: &Server, name: &str) -> PathBuf {
    server.home().join(name)
}

fn argument(path: &Path) -> &str {
    path.to_str().expect("a path in UTF-8")
}

/// Exports into a file of the server's.
async fn export(server: &Server, name: &str) -> PathBuf {
    let path = path_in(server, name);
    server.run_well(&["export", argument(&path)]).await;
    path
}

/// The error of a command that must fail.
async fn complaint(server: &Server, arguments: &[&str]) -> String {
    let output = server.run(arguments).await;
    assert_eq!(output.status.code(), Some(1), "{arguments:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Somebody who signs in on a server into which their account has moved.
async fn back(server: &Server, user_id: &str) -> Actor {
    let actor = server.newcomer(user_id);
    let answer = actor.login().await.json(200);
    actor.take_tokens(&answer);
    actor
}

fn lines(path: &Path) -> String {
    fs::read_to_string(path).expect("an export")
}

#[tokio::test]
async fn a_store_moves_into_another_kind_and_back_unchanged() {
    let (from, ..) = lively().await;
    let there = export(&from, "there.jsonl").await;
    let to = empty().await;
    let told = to.run_well(&["import", argument(&there)]).await;
    assert!(told.contains("keeps every promise"), "{told}");
    to.assert_sound().await;
    let back = export(&to, "back.jsonl").await;
    assert_eq!(lines(&back), lines(&there));

    let mut again = Server::start_on(Store::Embedded, &[]).await;
    again.stop().await;
    again.run_well(&["import", argument(&back)]).await;
    again.assert_sound().await;
    assert_eq!(lines(&export(&again, "again.jsonl").await), lines(&there));
}

#[tokio::test]
async fn people_find_everything_where_it_was_and_resume_after_a_move() {
    let (from, [ana, bo], room) = lively().await;
    let epoch = text(&ana.room(&room).await["epoch"]);
    let exported = export(&from, "hexroom.jsonl").await;
    let mut to = empty().await;
    to.run_well(&["import", argument(&exported)]).await;
    to.restart().await;

    let moved = back(&to, "bo-b").await;
    assert_eq!(moved.messages(&room).await, bo.messages(&room).await);
    assert_eq!(moved.me().await, bo.me().await);
    let transfers = |actor: Actor| async move { actor.get("/api/me/transfers").await.json(200) };
    assert_eq!(transfers(moved.clone()).await, transfers(bo).await);

    let resume = json!([{"roomId": room, "epoch": epoch, "seq": 4}]);
    let (mut socket, welcome) = moved.resuming_socket(resume).await;
    assert_eq!(room_of(&welcome, &room)["recovered"], true);
    socket.wait_for_seq(&room, 6).await;
    assert_eq!(socket.seqs_of(&room), [5, 6]);
    back(&to, "ana").await.say(&room, "life goes on").await;
    socket.wait_for_seq(&room, 7).await;
    to.assert_sound().await;
}

#[tokio::test]
async fn clients_from_before_a_restore_are_reset() {
    let (from, [ana, _], room) = lively().await;
    let backup = export(&from, "backup.jsonl").await;
    for _ in 0..2 {
        ana.say(&room, "not in the backup").await;
    }
    let remembered = ana.room(&room).await;
    let mut to = empty().await;
    to.run_well(&["import", argument(&backup)]).await;
    let told = to.run_well(&["restore-mark"]).await;
    assert!(told.starts_with("2 rooms in "), "{told}");
    to.restart().await;

    let ana = back(&to, "ana").await;
    for _ in 0..2 {
        ana.say(&room, "under the numbers of others").await;
    }
    let resume = json!([{"roomId": room, "epoch": remembered["epoch"], "seq": remembered["headSeq"]}]);
    let (mut socket, welcome) = back(&to, "bo-b").await.resuming_socket(resume).await;
    assert_eq!(room_of(&welcome, &room)["recovered"], false);
    let reset = socket.frame("reset").await;
    assert_eq!(number(&reset["headSeq"]), number(&remembered["headSeq"]));
    assert_ne!(reset["epoch"], remembered["epoch"]);
    to.assert_sound().await;
}

fn room_of<'a>(welcome: &'a Value, room: &str) -> &'a Value {
    let rooms = welcome["rooms"].as_array().expect("the rooms");
    rooms.iter().find(|one| one["roomId"] == room).expect("the room is among them")
}

#[tokio::test]
async fn an_export_is_its_owner_s_alone_and_never_written_over_a_file() {
    let server = Server::start().await;
    server.register("ana").await;
    let path = export(&server, "hexroom.jsonl").await;
    let mode = fs::metadata(&path).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let before = lines(&path);
    let told = complaint(&server, &["export", argument(&path)]).await;
    assert!(told.contains("hexroom.jsonl cannot be made"), "{told}");
    assert_eq!(lines(&path), before);
    assert_eq!(server.run_well(&["export", "-"]).await, before);
}

#[tokio::test]
async fn an_incomplete_export_is_refused_and_nothing_is_imported() {
    let (from, ..) = lively().await;
    let whole = export(&from, "whole.jsonl").await;
    let to = empty().await;
    let cut = path_in(&to, "cut.jsonl");
    let exported = lines(&whole);
    fs::write(&cut, &exported[..exported.len() / 2]).expect("there is room");
    let foreign = path_in(&to, "foreign.jsonl");
    fs::write(&foreign, "INSERT INTO accounts VALUES (1);\n").expect("there is room");
    for (path, reason) in
        [(argument(&cut), "was cut short"), (argument(&foreign), "no export"), ("-", "no export")]
    {
        let told = complaint(&to, &["import", path]).await;
        assert!(told.contains("nothing was imported") && told.contains(reason), "{told}");
    }
    to.run_well(&["import", argument(&whole)]).await;
    let told = complaint(&to, &["import", argument(&whole)]).await;
    assert!(told.contains("is not empty"), "{told}");
}

#[tokio::test]
async fn a_running_server_s_folder_is_neither_filled_nor_marked() {
    let server = Server::start_on(Store::Embedded, &[]).await;
    for arguments in [&["import", "any.jsonl"][..], &["restore-mark"]] {
        let told = complaint(&server, arguments).await;
        assert!(told.contains("another server is running on DATA_DIR"), "{told}");
    }
}
