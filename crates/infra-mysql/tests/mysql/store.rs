//! A store in a database of its own.

use std::time::Duration;

use infra_mysql::{Settings, Tls};
use test_databases::Database;

/// Far more than any answer takes, so that a busy machine fails no test.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// How a store reaches a test's database.
pub(crate) fn settings(database: &Database) -> Settings {
    let options = database.server().options();
    Settings {
        port: options.tcp_port(),
        password: options.pass().map(|password| password.to_owned().into()),
        tls: Tls::Off,
        patience: PATIENCE,
        ..Settings::new(options.ip_or_hostname(), options.user().unwrap_or_default(), database.name())
    }
}
