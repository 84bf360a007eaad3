//! A store's file, reached past the store.

use std::path::{Path, PathBuf};
use std::process::Command;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use tempfile::TempDir;

/// A path for a store in a folder that goes when the test ends.
pub(crate) fn new_path() -> (TempDir, PathBuf) {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("hexroom.db");
    (folder, path)
}

/// A connection of the test's own, as another process would have, that keeps to all constraints.
#[allow(dead_code, reason = "not every test reaches past the store")]
pub(crate) fn raw(path: &Path) -> SqliteConnection {
    let mut connection =
        SqliteConnection::establish(path.to_str().expect("a path in UTF-8")).expect("the file opens");
    connection
        .batch_execute("PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON;")
        .expect("the connection is prepared");
    connection
}

/// What is in a file, read by another process: closing it here would drop the locks that SQLite holds on it.
#[allow(dead_code, reason = "not every test looks into the file")]
pub(crate) fn bytes(path: &Path) -> Vec<u8> {
    let read = Command::new("cat").arg(path).output().expect("there is a program `cat`");
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    read.stdout
}
