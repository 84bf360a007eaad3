//! The audit names each kind of violation. Every case breaks one promise in a copy of a healthy
//! store, past its constraints, and the audit must name it.

use std::path::Path;

use diesel::connection::SimpleConnection;
use domain::ports::Violation;
use infra_sql::audit::broken::CASES;
use port_contract::{World, some_of_everything};

use crate::file;

/// What breaks the promises that SQLite itself makes, as in [`CASES`].
const OF_THE_FILE: &[(&str, &str, &str)] = &[
    ("foreign_keys_hold", "DELETE FROM sessions WHERE user_id = 'di-'", "a row of refresh_tokens"),
    ("the_file_is_sound", "UPDATE seats SET number = 9 WHERE user_id = 'bo-'", "CHECK constraint"),
];

const TRIGGERS: &str = "
    DROP TRIGGER transfers_are_never_updated;
    DROP TRIGGER transfers_are_never_deleted;
    DROP TRIGGER transfer_entries_are_never_updated;
    DROP TRIGGER transfer_entries_are_never_deleted;
    DROP TRIGGER admin_record_is_never_updated;
    DROP TRIGGER admin_record_is_never_deleted;
";

#[tokio::test]
async fn the_audit_names_each_kind_of_violation() {
    let (folder, healthy) = file::new_path();
    fill(&healthy).await;
    assert_eq!(audited(&healthy).await, [], "the store is healthy before anything is broken");

    for (number, (invariant, breaking, shown)) in CASES.iter().chain(OF_THE_FILE).enumerate() {
        let copy = folder.path().join(format!("{number}.db"));
        std::fs::copy(&healthy, &copy).expect("the file is copied");
        break_with(&copy, breaking);
        let violations = audited(&copy).await;
        let is_named = violations
            .iter()
            .any(|violation| violation.invariant == *invariant && violation.detail.contains(shown));
        assert!(is_named, "{invariant} was broken by {breaking}, and the audit found {violations:#?}");
    }
}

async fn fill(path: &Path) {
    let world = World::new(infra_sqlite::open(path).expect("the store opens").into());
    some_of_everything(&world).await;
}

fn break_with(path: &Path, breaking: &str) {
    let mut connection = file::raw(path);
    connection
        .batch_execute("PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON;")
        .and_then(|()| connection.batch_execute(TRIGGERS))
        .expect("the constraints are lifted");
    for statement in breaking.split(';').map(str::trim) {
        let statement = match statement.strip_prefix("LOOSEN ") {
            Some(table) => format!(
                "CREATE TABLE loose AS SELECT * FROM {table}; DROP TABLE {table}; \
                 ALTER TABLE loose RENAME TO {table}"
            ),
            None => with_values(statement),
        };
        connection.batch_execute(&statement).expect(&statement);
    }
}

fn with_values(statement: &str) -> String {
    let room = |name| format!("(SELECT room_id FROM rooms WHERE name = '{name}')");
    statement
        .replace(":hexagon", &room("Hexagon"))
        .replace(":second", &room("Second"))
        .replace(":closed", &room("Closed"))
        .replace(":zeros", "zeroblob(16)")
        .replace(":more_zeros", "zeroblob(32)")
}

async fn audited(path: &Path) -> Vec<Violation> {
    let stores = infra_sqlite::open(path).expect("the store opens");
    stores.store.audit().await.expect("the audit runs")
}
