//! The store's contract, kept on a SQLite file, and every statement that its tests make keeps to an index.

#[path = "sqlite/file.rs"]
mod file;
mod plans;

use std::collections::BTreeSet;
use std::future::{Ready, ready};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use domain::ports::Stores;
use infra_sql::audit::checks;
use infra_sql::schema::TABLES;
use tempfile::TempDir;

/// Goes through a whole table on purpose: how such a statement begins, and why it may.
const EXCEPTIONS: [(&str, &str); 5] = [
    (
        "SELECT DISTINCT `sessions`.`user_id` FROM `sessions` WHERE ((`sessions`.`created_at` <= ?) OR ",
        "outlived sessions are looked for once an hour, and an index for that would change whenever one is used",
    ),
    ("UPDATE `search_progress` SET `indexed_seq` = ?", "the whole index is to be rebuilt"),
    ("SELECT 1 FROM coin_accounts LIMIT 1", "a ping reads any one row"),
    ("SELECT integrity_check AS complaint ", "an audit has SQLite look at the whole file"),
    ("SELECT 'a row of ' ", "an audit has SQLite look at every foreign key"),
];

/// A store's folder. When its test has ended, the statements that were seen by then are looked at.
struct Watched {
    path: PathBuf,
    _folder: TempDir,
}

impl Drop for Watched {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let wasteful = wasteful_statements(&self.path);
            assert!(wasteful.is_empty(), "these go through a whole table, or sort: {wasteful:#?}");
        }
    }
}

fn open() -> Ready<(Stores, Watched)> {
    plans::watch();
    let (folder, path) = file::new_path();
    let stores = infra_sqlite::open(&path).expect("the store opens");
    ready((stores, Watched { path, _folder: folder }))
}

/// Those of all statements seen so far.
fn wasteful_statements(path: &Path) -> Vec<String> {
    static GOOD: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let mut good = GOOD.lock().unwrap_or_else(PoisonError::into_inner);
    let mut wasteful = Vec::new();
    for sql in plans::statements() {
        if good.contains(&sql) {
            continue;
        }
        let plan = plans::plan(path, &sql);
        if plans::wasteful_step(&plan).is_some() && !may_be_wasteful(&sql) {
            wasteful.push(format!("{sql}: {plan:?}"));
        } else {
            good.insert(sql);
        }
    }
    wasteful
}

fn may_be_wasteful(sql: &str) -> bool {
    // An audit looks at everything: for what breaks a promise, and at every row of each table.
    let is_check = checks().iter().any(|check| check.sql() == sql);
    let reads_a_table = |table: &&str| {
        sql.split_once(" FROM ").is_some_and(|(_, rest)| rest.starts_with(&format!("`{table}` ORDER BY ")))
    };
    is_check || TABLES.iter().any(reads_a_table) || EXCEPTIONS.iter().any(|(start, _)| sql.starts_with(start))
}

port_contract::contract_tests!(open);
