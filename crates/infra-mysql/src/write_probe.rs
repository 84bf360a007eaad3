//! Finding out whether the database takes writes when no other write has shown it.

use diesel::QueryResult;
use diesel::connection::SimpleConnection;
use infra_sql::schema::TABLES;

use crate::connection::Connection;

/// Does nothing to any table, for which it must be open to changes all the same: neither locked nor in the hands
/// of a server that only reads. Then changes a row of its own, so that there is something to commit.
pub(crate) fn write(connection: &mut Connection) -> QueryResult<()> {
    for table in TABLES {
        connection.batch_execute(&format!("DELETE FROM {table} WHERE 1 = 0"))?;
    }
    connection.batch_execute(
        "INSERT INTO write_probe (only_row, number) VALUES (1, 1) ON DUPLICATE KEY UPDATE number = number + 1",
    )
}
