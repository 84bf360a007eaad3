//! Databases that tests have one after the other. To make all tables costs a server a second and more of work; to
//! empty them a small part of that.

use std::mem;
use std::ops::Deref;
use std::sync::{Mutex, MutexGuard, PoisonError};

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Row};

use crate::{Database, DatabaseServer};

/// What migrations fill.
const FIRST_ROWS: &str = include_str!("../../../migrations/mysql/0012_mint_and_house/up.sql");

/// What this process has made and no test uses at the moment.
static SHELF: Mutex<Shelf> = Mutex::new(Shelf { in_use: 0, idle: Vec::new() });

struct Shelf {
    in_use: usize,
    idle: Vec<Database>,
}

fn shelf() -> MutexGuard<'static, Shelf> {
    SHELF.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A database without rows of a test before, which may have left its tables.
///
/// It goes with the last of those that are in use at once, so that none is left over.
#[derive(Debug)]
pub struct ReusedDatabase(Option<Database>);

impl DatabaseServer {
    /// A database that holds nothing, or what a store's migrations make and fill. A test that changes tables takes
    /// [`DatabaseServer::database`].
    pub async fn reused_database(self) -> ReusedDatabase {
        shelf().in_use += 1;
        while let Some(database) = take_idle(self) {
            let mut connection = database.connect().await;
            if is_left_alone(&mut connection, database.name()).await {
                empty(&mut connection).await;
                return ReusedDatabase(Some(database));
            }
        }
        ReusedDatabase(Some(self.database().await))
    }
}

impl Deref for ReusedDatabase {
    type Target = Database;

    fn deref(&self) -> &Database {
        self.0.as_ref().expect("it is taken out when this is dropped, not before")
    }
}

impl Drop for ReusedDatabase {
    fn drop(&mut self) {
        let mut guard = shelf();
        guard.in_use -= 1;
        guard.idle.extend(self.0.take());
        let superfluous = if guard.in_use == 0 { mem::take(&mut guard.idle) } else { Vec::new() };
        drop(guard);
        drop(superfluous);
    }
}

fn take_idle(server: DatabaseServer) -> Option<Database> {
    let idle = &mut shelf().idle;
    let index = idle.iter().position(|database| database.server() == server)?;
    Some(idle.remove(index))
}

/// Whether nothing of the test before is connected any more and may still write.
async fn is_left_alone(connection: &mut Conn, name: &str) -> bool {
    let processes: Vec<Row> = connection.query("SHOW PROCESSLIST").await.expect("the connections");
    let connected = |row: &Row| row.get::<Option<String>, _>("db").flatten().is_some_and(|db| db == name);
    processes.iter().filter(|row| connected(row)).count() == 1
}

/// Leaves no row but what migrations bring. Opening it makes and fills tables that are not there yet.
async fn empty(connection: &mut Conn) {
    connection.query_drop("SET foreign_key_checks = 0").await.expect("a setting of the session's");
    let tables: Vec<String> = connection.query("SHOW TABLES").await.expect("the tables");
    for table in tables.iter().filter(|table| *table != "__diesel_schema_migrations") {
        // Triggers refuse it where nothing must ever be deleted.
        if connection.query_drop(format!("DELETE FROM {table}")).await.is_err() {
            connection.query_drop(format!("TRUNCATE {table}")).await.expect("an empty table");
        }
    }
    if !tables.is_empty() {
        connection.query_drop(FIRST_ROWS).await.expect("what a new store holds");
    }
}
