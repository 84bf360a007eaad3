//! A database server whose globals are all hostile to those who take their sessions as they come.

use infra_mysql::MysqlArchive;
use infra_sql::archive::Archive;
use mysql_async::prelude::Queryable;
use port_contract::{World, some_of_everything};
use test_databases::{Database, DatabaseProcess};

use crate::store;

/// Exports one store and imports it into another, from a thread that is no runtime's.
async fn moves(from: &Database, to: &Database) {
    let (from, to) = (store::settings(from), store::settings(to));
    let moving = tokio::task::spawn_blocking(move || {
        let mut exported = Vec::new();
        let rows =
            MysqlArchive::open(&from, None).expect("it opens").export(&mut exported).expect("exported");
        let imported = MysqlArchive::open(&to, None).expect("it opens").import(&mut exported.as_slice());
        assert_eq!(imported.expect("imported"), rows);
    });
    moving.await.expect("no panic");
}

async fn engines(database: &Database) -> Vec<String> {
    let query = "SELECT DISTINCT engine FROM information_schema.tables WHERE table_schema = DATABASE()";
    database.connect().await.query(query).await.expect("the engines")
}

async fn a_store_lives_on_a_server_with_hostile_globals(program: &str) {
    let process = DatabaseProcess::start(program).await;
    process.set_hostile_globals().await;
    let (database, empty) = (process.server().database().await, process.server().database().await);
    let world =
        World::new(infra_mysql::open(store::settings(&database), None).await.expect("it opens").into());
    some_of_everything(&world).await;
    world.audits_clean().await;
    assert_eq!(engines(&database).await, ["InnoDB"]);
    moves(&database, &empty).await;
}

test_databases::with_both_programs! { a_store_lives_on_a_server_with_hostile_globals }
