//! Somebody moves, replaces or removes a file of the embedded store while the server runs: from then on
//! nothing is acknowledged, and what was acknowledged before can be had again.

use std::fs;
use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;

use crate::refused_commits::{Promises, another_connection, is_not_ready};
use crate::support::{Server, Store};

async fn server() -> (Server, PathBuf, Promises) {
    let server = Server::start_on(Store::Embedded, &[]).await;
    let mut promises = Promises::of(&server).await;
    promises.posted(5).await;
    let database = server.home().join("data/hexroom.db");
    (server, database, promises)
}

fn beside(database: &Path, suffix: &str) -> PathBuf {
    database.with_extension(format!("db{suffix}"))
}

/// Displaces something, and asserts that nothing is acknowledged any more, even if it comes back.
async fn nothing_more_is_acknowledged(
    server: &mut Server,
    promises: &mut Promises,
    displace: impl FnOnce(),
    put_back: impl FnOnce(),
) {
    displace();
    promises.until_refused().await;
    is_not_ready(server).await;
    put_back();
    promises.until_refused().await;
    is_not_ready(server).await;
    let complaints = server.log().matches("was moved, replaced or removed: nothing is written").count();
    assert_eq!(complaints, 1, "it is said, and once: {}", server.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_was_moved_away_is_no_longer_written_to() {
    let (mut server, database, mut promises) = server().await;
    let elsewhere = beside(&database, ".moved");
    let there = || fs::rename(&database, &elsewhere).expect("it can be moved");
    let and_back = || fs::rename(&elsewhere, &database).expect("it can be moved");
    nothing_more_is_acknowledged(&mut server, &mut promises, there, and_back).await;
    server.kill().await;
    server.restart().await;
    promises.are_kept(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_leaves_everything_to_the_database_that_was_moved_away() {
    let (mut server, database, mut promises) = server().await;
    let elsewhere = beside(&database, ".moved");
    let there = || fs::rename(&database, &elsewhere).expect("it can be moved");
    nothing_more_is_acknowledged(&mut server, &mut promises, there, || ()).await;
    server.stop().await;
    // What was not in the database yet is still where it was.
    let refused = server.run(&["audit"]).await;
    assert!(!refused.status.success());
    let refused = server.run(&["migrate"]).await;
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && told.contains("put that back beside it"), "{told}");
    fs::rename(&elsewhere, &database).expect("it can be moved");
    server.restart().await;
    promises.are_kept(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_that_were_removed_are_saved() {
    let (mut server, database, mut promises) = server().await;
    let remove = || fs::remove_file(beside(&database, "-wal")).expect("it is there");
    nothing_more_is_acknowledged(&mut server, &mut promises, remove, || ()).await;
    server.kill().await;
    server.restart().await;
    promises.are_kept(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_index_that_was_removed_is_noticed() {
    let (mut server, database, mut promises) = server().await;
    let remove = || fs::remove_file(beside(&database, "-shm")).expect("it is there");
    nothing_more_is_acknowledged(&mut server, &mut promises, remove, || ()).await;
    server.kill().await;
    server.restart().await;
    promises.are_kept(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_that_is_put_in_the_place_of_the_database_in_use_is_left_alone() {
    let (mut server, database, mut promises) = server().await;
    let backup = beside(&database, ".backup");
    another_connection(&database)
        .batch_execute(&format!("VACUUM INTO '{}'", backup.display()))
        .expect("a backup can be made");
    let held = fs::read(&backup).expect("it can be read");
    let replace = || fs::rename(&backup, &database).expect("it can be moved");
    nothing_more_is_acknowledged(&mut server, &mut promises, replace, || ()).await;
    server.stop().await;
    assert!(fs::read(&database).expect("it can be read") == held, "nothing was written to the backup");

    for suffix in ["-wal", "-shm"] {
        fs::remove_file(beside(&database, suffix)).expect("it belongs to what was replaced");
    }
    server.restart().await;
    promises.are_kept(&server).await;
}
