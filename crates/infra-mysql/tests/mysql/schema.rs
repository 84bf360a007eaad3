//! The tables as the code sees them are the tables that the migrations make, with all that was in them before.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;

use infra_mysql::MysqlArchive;
use infra_sql::archive::Archive;
use infra_sql::schema::{DERIVED_TABLES, TABLES};
use mysql_async::prelude::Queryable;
use port_contract::first_version;
use test_databases::{Database, DatabaseServer};

use crate::store;

const SCHEMA: &str = include_str!("../../../infra-sql/src/schema.rs");

/// Columns that the database fills by itself, and the code has no use for.
const GENERATED: [&str; 2] = ["pending_low_id", "pending_high_id"];

/// A table's key, and its columns with their types, in their order.
type Table = (Vec<String>, Vec<(String, String)>);

/// Each table, by its name.
type Tables = BTreeMap<String, Table>;

/// The `table!` blocks of the source.
fn tables_of_the_code() -> Tables {
    let blocks = SCHEMA.split("table! {").skip(1).map(|rest| rest.split("\n}").next().unwrap_or_default());
    blocks.map(table_of_the_code).collect()
}

fn table_of_the_code(block: &str) -> (String, Table) {
    let (head, columns) = block.split_once('{').expect("a table has columns");
    let (name, key) = head.trim().trim_end_matches(')').split_once('(').expect("a table has a key");
    let columns = columns.lines().filter_map(|line| line.trim().trim_end_matches(',').split_once(" -> "));
    let columns = columns.map(|(column, kind)| (column.to_owned(), kind.to_owned())).collect();
    let key = key.split(',').map(|column| column.trim().to_owned()).collect();
    (name.trim().to_owned(), (key, columns))
}

/// The type by which the code reads a column of the database.
fn kind(data_type: &str, column_type: &str, is_nullable: &str) -> String {
    let kind = match (data_type, column_type) {
        ("binary", _) | (_, "varbinary(48)") => "Binary",
        ("varchar" | "varbinary" | "mediumtext", _) => "Text",
        ("bigint", _) => "BigInt",
        ("int", _) => "Integer",
        ("tinyint", "tinyint(1)") => "Bool",
        other => panic!("{other:?} is no type that the schema has"),
    };
    if is_nullable == "YES" { format!("Nullable<{kind}>") } else { kind.to_owned() }
}

async fn the_code_and_the_migrations_describe_the_same_tables(server: DatabaseServer) {
    let database = server.database().await;
    infra_mysql::migrate(store::settings(&database)).await.expect("the schema is made");
    let mut connection = database.connect().await;
    let columns: Vec<(String, String, String, String, String)> = connection
        .query(
            "SELECT table_name, column_name, data_type, column_type, is_nullable \
             FROM information_schema.columns WHERE table_schema = DATABASE() \
             AND table_name NOT IN ('__diesel_schema_migrations', 'begun_migrations', 'server_lease', 'write_probe') \
             ORDER BY table_name, ordinal_position",
        )
        .await
        .expect("the columns");
    let keys: Vec<(String, String)> = connection
        .query(
            "SELECT table_name, column_name FROM information_schema.key_column_usage \
             WHERE table_schema = DATABASE() AND constraint_name = 'PRIMARY' \
             AND table_name NOT IN ('__diesel_schema_migrations', 'begun_migrations', 'server_lease', 'write_probe') \
             ORDER BY table_name, ordinal_position",
        )
        .await
        .expect("the keys");
    let mut tables = Tables::new();
    for (table, column, data_type, column_type, is_nullable) in columns {
        if !GENERATED.contains(&column.as_str()) {
            tables.entry(table).or_default().1.push((column, kind(&data_type, &column_type, &is_nullable)));
        }
    }
    for (table, column) in keys {
        tables.entry(table).or_default().0.push(column);
    }
    let expected = tables_of_the_code();
    assert_eq!(expected.len(), TABLES.len() + DERIVED_TABLES.len(), "the source was not read to its end");
    assert_eq!(tables, expected);
}

/// How many migrations made the first version's schema.
const FIRST_VERSION: usize = 18;

/// The store, exported.
async fn exported(database: &Database) -> String {
    let settings = store::settings(database);
    let export = tokio::task::spawn_blocking(move || {
        let mut lines = Vec::new();
        MysqlArchive::open(&settings, None).expect("it opens").export(&mut lines).expect("it is exported");
        String::from_utf8(lines).expect("JSON is UTF-8")
    });
    export.await.expect("it does not panic")
}

async fn what_the_first_version_stored_is_the_same_after_all_migrations_as_after_an_import(
    server: DatabaseServer,
) {
    let database = server.database().await;
    let mut connection = database.connect().await;
    let applied = "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL, \
                   run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)";
    connection.query_drop(applied).await.expect("the list of migrations is made");
    let migrations = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations/mysql");
    let folders = fs::read_dir(migrations).expect("there are migrations");
    let folders: BTreeSet<_> = folders.map(|folder| folder.expect("a folder").path()).collect();
    for folder in folders.iter().take(FIRST_VERSION) {
        let migration = fs::read_to_string(folder.join("up.sql")).expect("the migration is there");
        connection.query_drop(&migration).await.expect("it is applied");
        let name = folder.file_name().and_then(OsStr::to_str).expect("a name");
        let noted = format!("INSERT INTO __diesel_schema_migrations (version) VALUES ('{}')", &name[..4]);
        connection.query_drop(noted).await.expect("it is noted");
    }
    for insert in first_version::inserts() {
        connection.query_drop(&insert).await.expect(&insert);
    }

    let imported = server.database().await;
    let settings = store::settings(&imported);
    let import = tokio::task::spawn_blocking(move || {
        let mut archive = MysqlArchive::open(&settings, None).expect("it opens");
        archive.import(&mut first_version::EXPORT.as_bytes()).expect("it is imported");
    });
    import.await.expect("it does not panic");
    assert_eq!(exported(&database).await, exported(&imported).await);
}

test_databases::on_both_servers! {
    the_code_and_the_migrations_describe_the_same_tables,
    what_the_first_version_stored_is_the_same_after_all_migrations_as_after_an_import,
}
