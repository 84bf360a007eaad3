//! The file: what stays in it, what goes from it, who may share it, and when it is refused.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use domain::{PageSize, Refusal, Seq};
use infra_sqlite::{OpenError, Settings};
use port_contract::{World, abandoned_after};

use crate::file;

fn world(path: &Path) -> World {
    World::new(infra_sqlite::open(patient(path)).expect("the store opens").into())
}

/// With patience for far more than any test takes.
fn patient(path: &Path) -> Settings {
    Settings { patience: Duration::from_mins(1), ..Settings::from(path) }
}

/// The first column of a query that shows text.
fn texts(connection: &mut SqliteConnection, sql: &str) -> Vec<String> {
    #[derive(QueryableByName)]
    struct Shown {
        #[diesel(sql_type = Text)]
        shown: String,
    }
    let rows: Vec<Shown> = diesel::sql_query(sql).load(connection).expect(sql);
    rows.into_iter().map(|row| row.shown).collect()
}

fn newest_hundred() -> PageSize {
    PageSize::new(100).expect("a page size")
}

#[tokio::test]
async fn a_reopened_file_reads_everything_back() {
    let (_folder, path) = file::new_path();
    let first = world(&path);
    let cast = first.cast().await;
    cast.bo.says(cast.room, "see you tomorrow").await;
    let stores = first.stores().clone();
    let log = stores.rooms.log(cast.room, None, Seq::ZERO, 100).await.expect("the log");
    let view = stores.rooms.view(cast.room, cast.cy.id.clone()).await.expect("the room");
    let account = cast.cy.account().await;
    let sessions =
        stores.accounts.sessions(cast.cy.id.clone(), None, newest_hundred()).await.expect("sessions");
    let (room, cy) = (cast.room, cast.cy.id.clone());
    drop((stores, cast, first));

    let again = world(&path);
    let stores = again.stores();
    assert_eq!(stores.rooms.log(room, None, Seq::ZERO, 100).await.expect("the log"), log);
    assert_eq!(stores.rooms.view(room, cy.clone()).await.expect("the room"), view);
    assert_eq!(stores.accounts.find(cy.clone()).await.expect("the account"), Some(account));
    assert_eq!(stores.accounts.sessions(cy, None, newest_hundred()).await.expect("sessions"), sessions);
    again.audits_clean().await;
}

#[tokio::test]
async fn a_deleted_body_is_in_no_row_and_not_in_the_file() {
    const SECRET: &str = "the treasure is under the old oak";
    let (_folder, path) = file::new_path();
    let world = world(&path);
    let cast = world.cast().await;
    let short = cast.bo.says(cast.room, SECRET).await;
    let long = cast.bo.says(cast.room, &format!("{} {SECRET}", "x".repeat(3_900))).await;
    cast.bo.edits(&short, &format!("{SECRET}, I mean it")).await.expect("Bo edits it");
    let holds_it = || file::bytes(&path).windows(SECRET.len()).any(|part| part == SECRET.as_bytes());
    checkpoint(&path);
    assert!(holds_it(), "the body is in the file before it is deleted");

    cast.bo.deletes(&short).await.expect("Bo deletes it");
    cast.ana.deletes(&long).await.expect("Ana deletes it");
    let mut connection = file::raw(&path);
    for table in texts(&mut connection, "SELECT name AS shown FROM sqlite_schema WHERE type = 'table'") {
        for column in
            texts(&mut connection, &format!("SELECT name AS shown FROM pragma_table_info('{table}')"))
        {
            let found = format!(
                "SELECT '{table}.{column}' AS shown FROM {table} WHERE instr(CAST({column} AS TEXT), '{SECRET}')"
            );
            assert_eq!(texts(&mut connection, &found), Vec::<String>::new());
        }
    }
    checkpoint(&path);
    assert!(!holds_it(), "the body is still in the file's pages");
    let changes = fs::metadata(path.with_extension("db-wal")).expect("the log of changes");
    assert_eq!(changes.len(), 0, "the log of changes was taken in");
}

#[tokio::test]
async fn the_words_of_deleted_messages_are_in_no_page_of_the_file() {
    let (_folder, path) = file::new_path();
    let first = world(&path);
    let cast = first.cast().await;
    let mut gone = Vec::new();
    for number in 0..400 {
        gone.push(cast.bo.says(cast.room, &format!("vanished{number} {number}vanished")).await);
        cast.bo.says(cast.room, &format!("kept{number} soup {number}")).await;
        if number % 40 == 0 {
            first.indexes_everything().await;
        }
    }
    first.indexes_everything().await;
    checkpoint(&path);
    let holds_them = || file::bytes(&path).windows(8).any(|window| window == b"vanished");
    assert!(holds_them(), "the words are in the file before they are deleted");
    for (number, message) in gone.iter().enumerate() {
        if number % 3 == 0 {
            cast.bo.edits(message, "never mind").await.expect("Bo wrote it");
        } else {
            cast.bo.deletes(message).await.expect("Bo wrote it");
        }
    }
    first.indexes_everything().await;
    checkpoint(&path);
    assert!(!holds_them(), "the words are in the file");
    first.audits_clean().await;
}

#[tokio::test]
async fn closing_finishes_what_was_queued_takes_no_more_and_empties_the_log_of_changes() {
    let (_folder, path) = file::new_path();
    let world = world(&path);
    let cast = world.cast().await;
    for number in 0..100 {
        abandoned_after(1, cast.bo.posts(cast.room, &number.to_string(), "queued")).await;
    }
    world.stores().store.close().await;

    let changes = fs::metadata(path.with_extension("db-wal")).map_or(0, |file| file.len());
    assert_eq!(changes, 0);
    let bodies = "SELECT data ->> 'body' AS shown FROM events WHERE kind = 'message_posted'";
    let posted = texts(&mut file::raw(&path), bodies);
    assert_eq!(posted, vec!["queued"; 100]);
    let late = world.stores().rooms.post(cast.bo.writes(cast.room, "late", "too late")).await;
    assert!(matches!(late, Err(Refusal::Unavailable(_))), "{late:?}");
    assert!(world.stores().store.ping().await.is_err());
    world.stores().store.close().await;
}

fn checkpoint(path: &Path) {
    file::raw(path).batch_execute("PRAGMA wal_checkpoint(TRUNCATE)").expect("the log of changes is taken in");
}

#[tokio::test]
async fn another_process_may_write_while_the_store_is_open() {
    let (_folder, path) = file::new_path();
    let server = world(&path);
    let cast = server.cast().await;
    let command_line = infra_sqlite::open(patient(&path)).expect("a second opening");
    let seen = command_line.accounts.find(cast.bo.id.clone()).await.expect("the account");
    assert_eq!(seen, Some(cast.bo.account().await));

    let writers: Vec<_> = [server.stores().clone(), command_line]
        .into_iter()
        .enumerate()
        .map(|(number, stores)| {
            let registrations: Vec<_> =
                (0..40).map(|one| server.registration(&format!("user-{number}-{one}"), 100)).collect();
            tokio::spawn(async move {
                for registration in registrations {
                    stores.accounts.register(registration).await.expect("the account is registered");
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.expect("the writer finishes");
    }
    server.audits_clean().await;
}

#[tokio::test]
async fn a_write_waits_for_another_process() {
    let (_folder, path) = file::new_path();
    let world = world(&path);
    let cast = world.cast().await;
    let mut other = file::raw(&path);
    other.batch_execute("BEGIN IMMEDIATE").expect("the other process has the lock");
    let (room, bo) = (cast.room, cast.bo.clone());
    let message = tokio::spawn(async move { bo.says(room, "after you").await });
    // While the lock is held nothing is posted, and everything can be read.
    let log = world.stores().rooms.log(cast.room, None, Seq::ZERO, 100).await.expect("the log");
    assert_eq!(log.events.len(), 3);
    other.batch_execute("COMMIT").expect("the other process is done");
    assert_eq!(message.await.expect("the message is posted").seq, Seq(4));
}

#[tokio::test]
async fn a_caller_who_waits_in_vain_for_another_process_is_told_in_time_and_so_is_readyz() {
    let (_folder, path) = file::new_path();
    let cast = world(&path).cast().await;
    let hasty = Settings { patience: Duration::from_millis(200), ..Settings::from(&path) };
    let stores = infra_sqlite::open(hasty).expect("the store opens");
    while stores.store.ping().await.is_err() {}

    let mut other = file::raw(&path);
    other.batch_execute("BEGIN IMMEDIATE").expect("the other process has the lock");
    let posts = (0..600).map(|number| {
        let (rooms, message) =
            (stores.rooms.clone(), cast.bo.writes(cast.room, &number.to_string(), "hello"));
        tokio::spawn(async move { rooms.post(message).await })
    });
    // More than go into one group. All are answered while the lock is held.
    for post in posts.collect::<Vec<_>>() {
        let answer = post.await.expect("no posting panics");
        assert!(matches!(answer, Err(Refusal::Unavailable(_))), "{answer:?}");
    }
    let asked = stores.store.ping().await;
    assert!(matches!(asked, Err(Refusal::Unavailable(_))), "{asked:?}");
    other.batch_execute("COMMIT").expect("the other process is done");

    while stores.rooms.post(cast.bo.writes(cast.room, "afterwards", "hello")).await.is_err() {}
    while stores.store.ping().await.is_err() {}
    let log = stores.rooms.log(cast.room, None, Seq::ZERO, 100).await.expect("the log");
    assert_eq!(log.events.len(), 4, "nothing was done of what was refused");
}

#[test]
fn changes_without_their_database_are_not_removed() {
    let (_folder, path) = file::new_path();
    let changes = path.with_extension("db-wal");
    fs::write(&changes, "what was acknowledged last").expect("a file");
    let error = infra_sqlite::open(&path).err().expect("no store");
    assert!(matches!(&error, OpenError::ChangesAlone { changes: named, .. } if *named == changes), "{error}");
    assert!(!path.exists());
    assert_eq!(fs::read_to_string(&changes).expect("the file"), "what was acknowledged last");
}

#[test]
fn a_path_with_signs_that_mean_something_in_an_address_is_taken_as_it_is() {
    let (folder, _) = file::new_path();
    let path = folder.path().join("50% off? #1.db");
    infra_sqlite::migrate(&path).expect("the schema is made");
    assert!(path.exists());
}

#[test]
fn many_processes_may_make_the_file_at_once() {
    let versions = |path: &Path| {
        let query = "SELECT version AS shown FROM __diesel_schema_migrations ORDER BY version";
        texts(&mut file::raw(path), query)
    };
    let (_folder, made_alone) = file::new_path();
    infra_sqlite::migrate(&made_alone).expect("the schema is made");
    for _ in 0..10 {
        let (_folder, path) = file::new_path();
        let start = Arc::new(Barrier::new(4));
        let openings: Vec<_> = (0..4)
            .map(|_| {
                let (path, start) = (path.clone(), start.clone());
                thread::spawn(move || {
                    start.wait();
                    infra_sqlite::open(patient(&path)).map(drop)
                })
            })
            .collect();
        for opening in openings {
            opening.join().expect("no opening panics").expect("every opening succeeds");
        }
        assert_eq!(versions(&path), versions(&made_alone));
    }
}

#[test]
fn migrating_twice_changes_nothing() {
    let (_folder, path) = file::new_path();
    infra_sqlite::migrate(&path).expect("the schema is made");
    let schema = "SELECT coalesce(sql, name) AS shown FROM sqlite_schema ORDER BY name";
    let before = texts(&mut file::raw(&path), schema);
    infra_sqlite::migrate(&path).expect("the schema is there");
    assert_eq!(texts(&mut file::raw(&path), schema), before);
}

#[cfg(unix)]
#[test]
fn only_its_owner_may_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, path) = file::new_path();
    let _stores = infra_sqlite::open(&path).expect("the store opens");
    for file in [path.clone(), path.with_extension("db-wal")] {
        let mode = fs::metadata(&file).expect("the file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{}", file.display());
    }
}

#[test]
fn a_missing_folder_is_made() {
    let (folder, _) = file::new_path();
    let path = folder.path().join("data").join("deep").join("hexroom.db");
    infra_sqlite::migrate(&path).expect("the schema is made");
    assert!(path.exists());
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let (folder, _) = file::new_path();
    let blocked = folder.path().join("file");
    fs::write(&blocked, "not a folder").expect("a file");
    let error = infra_sqlite::open(&blocked.join("hexroom.db")).err().expect("no store");
    assert!(matches!(&error, OpenError::Folder { folder, .. } if *folder == blocked), "{error}");
}

#[test]
fn a_folder_in_the_place_of_the_file_is_named() {
    let (folder, _) = file::new_path();
    let error = infra_sqlite::open(folder.path()).err().expect("no store");
    assert!(matches!(&error, OpenError::File { path, .. } if path == folder.path()), "{error}");
}

#[test]
fn a_file_that_is_no_database_is_named_and_left_alone() {
    let (_folder, path) = file::new_path();
    let letter = "Dear diary, ".repeat(1_000);
    fs::write(&path, &letter).expect("a file");
    let error = infra_sqlite::open(&path).err().expect("no store");
    assert!(matches!(&error, OpenError::NotADatabase { path: named } if *named == path), "{error}");
    assert_eq!(fs::read_to_string(&path).expect("the file"), letter);
}

#[test]
fn a_newer_schema_is_named() {
    let (_folder, path) = file::new_path();
    infra_sqlite::migrate(&path).expect("the schema is made");
    file::raw(&path)
        .batch_execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')")
        .expect("a migration of the future");
    let error = infra_sqlite::open(&path).err().expect("no store");
    assert!(matches!(&error, OpenError::Newer { version, .. } if version == "9999"), "{error}");
}
