//! The store's contract, kept on a SQLite file.

use std::future::{Ready, ready};

use domain::ports::Stores;
use tempfile::TempDir;

fn open() -> Ready<(Stores, TempDir)> {
    let folder = TempDir::new().expect("a temporary folder");
    let stores = infra_sqlite::open(&folder.path().join("hexroom.db")).expect("the store opens");
    ready((stores, folder))
}

port_contract::contract_tests!(open);
