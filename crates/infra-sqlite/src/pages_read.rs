//! What is shown of a room, and what is posted there, costs as much in a long log as in a short one: counted in pages
//! that a connection reads from the file when it has none in memory.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use domain::{Seq, UserId};
use infra_sql::operations::rooms;
use infra_sql::operations::shown::{Shown, UNREAD};
use infra_sql::posting::{Batch, Known, Repetitions};
use infra_sql::schema::events;
use port_contract::{Cast, World};
use tempfile::TempDir;

use crate::Settings;
use crate::connection::open_writing;
use crate::dialect::SqliteDialect;

/// How many events are added with one statement.
const AT_ONCE: i64 = 1_000;

/// A page of the file, in bytes.
const PAGE: i64 = 4_096;

/// The log and its keys are a level deeper when they are a hundred times as long. Each thing looks at a few places.
const DEEPER: i64 = 5;

fn open(path: &Path) -> SqliteConnection {
    open_writing(&Settings::from(path)).expect("the file opens")
}

/// Posts messages of Bo's with one statement, as the rule decides.
fn post(
    connection: &mut SqliteConnection,
    cast: &Cast,
    known: &mut Known,
    ids: impl Iterator<Item = String>,
) {
    let new: Vec<_> = ids.map(|id| cast.bo.writes(cast.room, &id, "hello")).collect();
    let new: Vec<_> = new.iter().collect();
    let batch = Batch::decide(&mut SqliteDialect(connection), known, &new, Repetitions::OfAll);
    let batch = batch.expect("it is decided");
    diesel::insert_into(events::table).values(batch.rows()).execute(connection).expect("they are new");
    assert!(batch.inserted(known).iter().all(Result::is_ok), "Bo sits there");
}

/// Posts until the log has `head` events, and leaves all of it in the file itself.
fn fill(path: &Path, cast: &Cast, head: i64) {
    let mut connection = open(path);
    let mut known = Known::default();
    let room = rooms::find(&mut SqliteDialect(&mut connection), cast.room).expect("it is read");
    let mut last = room.expect("there is the room").head_seq.0;
    connection.batch_execute("PRAGMA synchronous = OFF; BEGIN").expect("a transaction begins");
    while last < head {
        let until = head.min(last + AT_ONCE);
        post(&mut connection, cast, &mut known, (last..until).map(|seq| format!("after {seq}")));
        last = until;
    }
    connection.batch_execute("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)").expect("it is committed");
}

/// The pages that this does read, on a connection that has read none before.
fn pages(path: &Path, work: impl FnOnce(&mut SqliteConnection)) -> i64 {
    let mut connection = open(path);
    let before = bytes_read();
    work(&mut connection);
    (bytes_read() - before) / PAGE
}

/// What this thread has read from files, in bytes.
fn bytes_read() -> i64 {
    let counters = fs::read_to_string("/proc/thread-self/io").expect("Linux counts");
    let read = counters.lines().find_map(|line| line.strip_prefix("rchar: ")).expect("what was read");
    read.parse().expect("a number")
}

/// The pages for each thing that is shown to each of the members, and for a message of somebody of whom nothing is
/// known.
fn pages_read(path: &Path, cast: &Cast, head: i64) -> BTreeMap<(String, UserId), i64> {
    let mut read = BTreeMap::new();
    for shown in Shown::ALL {
        for user_id in [&cast.ana.id, &cast.cy.id, &cast.di.id] {
            let count = pages(path, |connection| {
                let read = shown.read(&mut SqliteDialect(connection), cast.room, user_id, Seq(head));
                read.expect("it is shown");
            });
            read.insert((format!("{shown:?}"), user_id.clone()), count);
        }
    }
    let count = pages(path, |connection| {
        post(connection, cast, &mut Known::default(), std::iter::once(format!("one more after {head}")));
    });
    read.insert(("a message".to_owned(), cast.bo.id.clone()), count);
    read
}

#[tokio::test]
async fn a_room_costs_as_much_with_a_long_log() {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("hexroom.db");
    let world = World::new(crate::open(&path).expect("the store opens").into());
    let cast = world.cast().await;
    cast.di.joins(cast.room).await.expect("there is a seat");
    let deleted = cast.bo.says(cast.room, "never mind").await;
    cast.bo.deletes(&deleted).await.expect("its author deletes");
    // Once, because Di, who reads nothing, has such edits counted one by one.
    let to_all = cast.ana.says(cast.room, "@everyone").await;
    cast.ana.edits(&to_all, "hello, all").await.expect("Ana wrote it");
    let mut read = Vec::new();
    for head in [1_000, 100_000] {
        fill(&path, &cast, head);
        cast.ana.reads_up_to(cast.room, Seq(head)).await.expect("Ana sits there");
        cast.cy.reads_up_to(cast.room, Seq(head - UNREAD)).await.expect("Cy sits there");
        let named = cast.ana.says(cast.room, "@cy-").await;
        cast.ana.edits(&named, "@ana").await.expect("Ana wrote it");
        cast.bo.replies(&named, &format!("reply in {head}")).await.expect("Bo sits there");
        cast.bo.reacts(&named, "👍", true).await.expect("Bo sits there");
        read.push(pages_read(&path, &cast, head));
    }
    for (what, short) in &read[0] {
        assert!(*short > 0, "pages are counted");
        assert!(read[1][what] <= short + DEEPER, "{what:?}: {} pages in place of {short}", read[1][what]);
    }
    world.audits_clean().await;
}
