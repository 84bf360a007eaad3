//! Only one server at a time has a store, and one that has lost it acknowledges nothing.

use mysql_async::Conn;
use mysql_async::prelude::Queryable;
use test_databases::DatabaseProcess;
use tokio::task::yield_now;
use tokio::time::timeout;

use crate::outage::server_on;
use crate::refused_commits::becomes_ready;
use crate::support::{DEADLINE, Server};

/// Asserts that a command ends with 1 because another server has the store.
async fn assert_refused(server: &Server, arguments: &[&str]) {
    let output = server.run(arguments).await;
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {told}");
    assert!(told.contains("another server is running on "), "{arguments:?}: {told}");
}

#[tokio::test]
async fn while_a_server_runs_nobody_else_serves_or_replaces_its_store() {
    let mut server = Server::start().await;
    let ana = server.register_prime("ana").await;
    for arguments in [&["serve"][..], &["restore-mark"], &["import", "-"]] {
        assert_refused(&server, arguments).await;
    }
    for arguments in [&["audit"][..], &["export", "-"], &["user", "show", "ana"], &["migrate"]] {
        server.run_well(arguments).await;
    }
    let room = ana.create_room("Garden").await;
    ana.say(&room, "still here").await;

    // The next server does not wait for it.
    server.kill().await;
    server.restart().await;
    ana.say(&room, "and here again").await;
    assert!(server.stop().await.success());
    server.run_well(&["restore-mark"]).await;
    server.restart().await;
    ana.say(&room, "and again").await;
    server.assert_sound().await;
}

/// Waits until some server has the lease, or none.
async fn until_taken(database: &DatabaseProcess, taken: bool) {
    let looking = async {
        loop {
            let mut connection = Conn::new(database.server().options()).await.expect("let in");
            let query = "SELECT IS_USED_LOCK(CONCAT('hexroom ', SHA2('hexroom', 224))) IS NOT NULL";
            if connection.query_first(query).await.expect("an answer") == Some(taken) {
                return;
            }
            connection.disconnect().await.expect("let go");
            yield_now().await;
        }
    };
    timeout(DEADLINE * 2, looking).await.expect("it comes to that");
}

async fn a_server_that_was_paused_for_too_long_acknowledges_nothing_and_ends(program: &str) {
    let database = DatabaseProcess::start(program).await;
    let mut paused = server_on(&database, &[]).await;
    let ana = paused.register_prime("ana").await;
    let room = ana.create_room("Garden").await;
    ana.say(&room, "before").await;
    paused.signal("STOP").await;
    let (sender, there) = (ana.clone(), room.clone());
    let posting = tokio::spawn(async move {
        let body = serde_json::json!({"roomId": there, "clientMessageId": "m-2", "body": "between"});
        sender.try_send(sender.request(reqwest::Method::POST, "/api/messages").json(&body)).await
    });

    until_taken(&database, false).await;
    let second = server_on(&database, &[]).await;
    let bo = second.register("bo-b").await;
    bo.join(&room).await.expect_status(200);
    paused.signal("CONT").await;
    if let Ok(answer) = posting.await.expect("no panic") {
        answer.refusal(503, "unavailable");
    }
    assert_eq!(paused.exit().await.code(), Some(1));
    assert!(paused.log().contains("another server has taken over"), "{}", paused.log());
    bo.say(&room, "after").await;
    let bodies: Vec<_> = bo.messages(&room).await.iter().map(|message| message["body"].clone()).collect();
    assert_eq!(bodies, ["before", "after"]);
    second.assert_sound().await;
}

async fn a_server_whose_database_restarts_takes_its_lease_up_again(program: &str) {
    let mut database = DatabaseProcess::start(program).await;
    let server = server_on(&database, &[]).await;
    let ana = server.register_prime("ana").await;
    let room = ana.create_room("Garden").await;
    database.kill().await;
    database.restart().await;
    until_taken(&database, true).await;
    assert_refused(&server, &["serve"]).await;
    becomes_ready(&server).await;
    ana.say(&room, "still here").await;
}

test_databases::with_both_programs! {
    a_server_that_was_paused_for_too_long_acknowledges_nothing_and_ends,
    a_server_whose_database_restarts_takes_its_lease_up_again,
}
