//! The database's own refusal to change a transfer, or what an admin did, once it was made.
//!
//! No rule ever asks for it, so this is a last line of defence, and no migration: a server that writes a
//! binary log lets an ordinary user make triggers only if it was told to trust them. Where it was not,
//! Hexroom goes without and says so.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;

use crate::connection::Connection;

/// The triggers' names, what they come before, and on which table.
const TRIGGERS: [(&str, &str, &str); 6] = [
    ("transfers_are_never_updated", "UPDATE", "transfers"),
    ("transfers_are_never_deleted", "DELETE", "transfers"),
    ("transfer_entries_are_never_updated", "UPDATE", "transfer_entries"),
    ("transfer_entries_are_never_deleted", "DELETE", "transfer_entries"),
    ("admin_record_is_never_updated", "UPDATE", "admin_record"),
    ("admin_record_is_never_deleted", "DELETE", "admin_record"),
];

/// Whether all triggers are there.
pub(crate) fn is_guarded(connection: &mut Connection) -> QueryResult<bool> {
    for (name, ..) in TRIGGERS {
        if !has_trigger(connection, name)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Makes the triggers that are missing, if the server lets us.
pub(crate) fn guard(connection: &mut Connection) -> QueryResult<()> {
    for (name, event, table) in TRIGGERS {
        if has_trigger(connection, name)? {
            continue;
        }
        let trigger = format!(
            "CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW \
             SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'the rows of {table} are append-only'"
        );
        if let Err(error) = connection.batch_execute(&trigger) {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the database does not guard transfers and the admin record against being changed: set \
                 log_bin_trust_function_creators = 1 on the server and grant TRIGGER, then start again"
            );
            return Ok(());
        }
    }
    Ok(())
}

fn has_trigger(connection: &mut Connection, name: &str) -> QueryResult<bool> {
    let held = format!(
        "SELECT COUNT(*) AS number FROM information_schema.triggers \
         WHERE trigger_schema = DATABASE() AND trigger_name = '{name}'"
    );
    Ok(connection.number(&held)? == Some(1))
}
