//! The tables as the code sees them are the tables that the migrations make.

mod store;

use std::collections::BTreeMap;

use infra_sql::schema::TABLES;
use mysql_async::prelude::Queryable;
use test_databases::DatabaseServer;

const SCHEMA: &str = include_str!("../../infra-sql/src/schema.rs");

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
        ("varchar" | "varbinary", _) => "Text",
        ("binary", _) => "Binary",
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
    assert_eq!(expected.len(), TABLES.len(), "the source was not read to its end");
    assert_eq!(tables, expected);
}

test_databases::on_both_servers! { the_code_and_the_migrations_describe_the_same_tables }
