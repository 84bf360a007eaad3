//! What the server counts on a connection that the store itself makes, for the tests of what things cost.

use diesel::prelude::*;
use diesel::sql_types::Text;
use test_databases::Database;

use crate::connection::Connection;
use crate::settings::{Settings, Tls};

/// How a store reaches a test's database, with patience for far more than any answer takes.
pub(crate) fn settings(database: &Database) -> Settings {
    let options = database.server().options();
    Settings {
        port: options.tcp_port(),
        password: options.pass().map(|password| password.to_owned().into()),
        tls: Tls::Off,
        patience: std::time::Duration::from_mins(1),
        ..Settings::new(options.ip_or_hostname(), options.user().unwrap_or_default(), database.name())
    }
}

/// The sum of the connection's counters whose names match a pattern.
pub(crate) fn counted(connection: &mut Connection, pattern: &str) -> i64 {
    #[derive(QueryableByName)]
    struct Counter {
        #[diesel(sql_type = Text, column_name = "Value")]
        value: String,
    }
    let counters: Vec<Counter> = diesel::sql_query(format!("SHOW SESSION STATUS LIKE '{pattern}'"))
        .load(&mut **connection)
        .expect("the server counts");
    counters.iter().map(|counter| counter.value.parse::<i64>().expect("a number")).sum()
}
