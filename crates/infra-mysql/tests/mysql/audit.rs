//! The audit names each kind of violation. Every case breaks one promise in a copy of a healthy store
//! that has no constraints, and the audit must name it.

use infra_sql::audit::broken::CASES;
use mysql_async::Conn;
use mysql_async::prelude::Queryable;
use port_contract::{World, some_of_everything};
use test_databases::{Database, DatabaseServer};

use crate::store;

const TRIGGERS: [&str; 6] = [
    "transfers_are_never_updated",
    "transfers_are_never_deleted",
    "transfer_entries_are_never_updated",
    "transfer_entries_are_never_deleted",
    "admin_record_is_never_updated",
    "admin_record_is_never_deleted",
];

async fn the_audit_names_each_kind_of_violation(server: DatabaseServer) {
    let healthy = server.database().await;
    let stores = infra_mysql::open(store::settings(&healthy), None).await.expect("the store opens");
    some_of_everything(&World::new(stores.into())).await;

    let loose = server.database().await;
    let mut connection = loose.connect().await;
    let tables = tables(&healthy).await;
    for Table { name, columns } in &tables {
        let copied = format!("CREATE TABLE {name} AS SELECT {columns} FROM {}.{name}", healthy.name());
        run(&mut connection, &copied).await;
    }
    let stores = infra_mysql::open(store::settings(&loose), None).await.expect("the copy opens");
    for trigger in TRIGGERS {
        run(&mut connection, &format!("DROP TRIGGER {trigger}")).await;
    }
    for (variable, room) in [("hexagon", "Hexagon"), ("second", "Second"), ("closed", "Closed")] {
        let set = format!("SET @{variable} = (SELECT room_id FROM rooms WHERE name = '{room}')");
        run(&mut connection, &set).await;
    }
    run(&mut connection, "SET @zeros = UNHEX(REPEAT('00', 16)), @more_zeros = UNHEX(REPEAT('00', 32))").await;
    assert_eq!(stores.store.audit().await.expect("it is audited"), [], "nothing is broken yet");

    for (invariant, breaking, shown) in CASES {
        // Nothing has to be loosened any more.
        for statement in breaking.split(';').map(str::trim).filter(|one| !one.starts_with("LOOSEN ")) {
            let named = VARIABLES.iter().fold(statement.to_owned(), |statement, name| {
                statement.replace(&format!(":{name}"), &format!("@{name}"))
            });
            run(&mut connection, &named).await;
        }
        let violations = stores.store.audit().await.expect("it is audited");
        let is_named = violations
            .iter()
            .any(|violation| violation.invariant == *invariant && violation.detail.contains(shown));
        assert!(is_named, "{invariant} was broken by {breaking}, and the audit found {violations:#?}");
        for Table { name, columns } in &tables {
            run(&mut connection, &format!("DELETE FROM {name}")).await;
            let restored = format!("INSERT INTO {name} SELECT {columns} FROM {}.{name}", healthy.name());
            run(&mut connection, &restored).await;
        }
    }
}

/// What the statements name with a colon.
const VARIABLES: [&str; 5] = ["hexagon", "second", "closed", "zeros", "more_zeros"];

async fn run(connection: &mut Conn, statement: &str) {
    connection.query_drop(statement).await.expect(statement);
}

struct Table {
    name: String,
    /// Those that hold something of their own, with commas between.
    columns: String,
}

async fn tables(database: &Database) -> Vec<Table> {
    let mut connection = database.connect().await;
    let query = "SELECT table_name, GROUP_CONCAT(column_name ORDER BY ordinal_position) \
                 FROM information_schema.columns WHERE table_schema = DATABASE() \
                 AND extra NOT LIKE 'VIRTUAL%' GROUP BY table_name";
    let tables = connection.query_map(query, |(name, columns)| Table { name, columns });
    tables.await.expect("the tables")
}

test_databases::on_both_servers! { the_audit_names_each_kind_of_violation }
