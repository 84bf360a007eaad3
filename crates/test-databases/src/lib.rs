//! Databases of their own for tests, on servers of MySQL and MariaDB that somebody else has started, and servers
//! that a test starts, stops and kills.
#![expect(clippy::missing_panics_doc, reason = "a test panics when what it needs is not there")]

mod process;
mod reused;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::{env, thread};

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Opts, OptsBuilder};
use tokio::runtime::Builder;

pub use process::DatabaseProcess;
pub use reused::ReusedDatabase;

/// What every session of a test's begins with, whatever the server gives its sessions.
const SESSION: [&str; 2] = [
    "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ WRITE",
    "SET SESSION autocommit = 1, completion_type = NO_CHAIN, lc_messages = 'en_US', \
     sql_mode = 'STRICT_ALL_TABLES', default_storage_engine = InnoDB, foreign_key_checks = 1, sql_select_limit = 18446744073709551615, \
     max_join_size = 18446744073709551615, sql_big_selects = 1, sql_safe_updates = 0, lock_wait_timeout = 60 \
     /*M! , max_statement_time = 0, check_constraint_checks = 1, idle_transaction_timeout = 0, \
     idle_readonly_transaction_timeout = 0, idle_write_transaction_timeout = 0, \
     tmp_disk_table_size = 18446744073709551615 */",
];

/// A server to test on. The user may do everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DatabaseServer(Endpoint);

/// Where a server is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Endpoint {
    /// A variable names it as `mysql://USER:PASSWORD@HOST:PORT`.
    Named(&'static str),
    /// On this machine, and root needs no password.
    Port(u16),
}

/// The one with MySQL.
pub const MYSQL: DatabaseServer = DatabaseServer(Endpoint::Named("TEST_MYSQL_URL"));

/// The one with MariaDB.
pub const MARIADB: DatabaseServer = DatabaseServer(Endpoint::Named("TEST_MARIADB_URL"));

impl DatabaseServer {
    /// Where it is and who signs in.
    pub fn options(self) -> Opts {
        let options = match self.0 {
            Endpoint::Named(variable) => {
                let url =
                    env::var(variable).unwrap_or_else(|_| panic!("{variable} names no server to test on"));
                let options = Opts::from_url(&url).unwrap_or_else(|error| panic!("{variable}: {error}"));
                OptsBuilder::from_opts(options)
            }
            Endpoint::Port(port) => {
                OptsBuilder::default().ip_or_hostname("127.0.0.1").tcp_port(port).user(Some("root"))
            }
        };
        options.prefer_socket(false).init(SESSION.to_vec()).into()
    }

    /// Runs statements one after the other.
    pub async fn execute(self, statements: &[&str]) {
        let mut connection = Conn::new(self.options()).await.expect("the server lets us in");
        for statement in statements {
            connection.query_drop(*statement).await.expect(statement);
        }
        connection.disconnect().await.expect("the server lets us go");
    }

    /// A database with nothing in it, which goes with the value.
    pub async fn database(self) -> Database {
        let name = new_name();
        self.execute(&[&format!("CREATE DATABASE {name}")]).await;
        Database { server: self, name }
    }
}

/// A name for a database or a user that nobody else has.
pub fn new_name() -> String {
    static MADE: AtomicUsize = AtomicUsize::new(0);
    format!("hexroom_{}_{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed))
}

/// A database of a test's own.
#[derive(Debug)]
pub struct Database {
    server: DatabaseServer,
    name: String,
}

impl Database {
    /// The server that it is on.
    pub fn server(&self) -> DatabaseServer {
        self.server
    }

    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// A user of the server who has some rights in this database, and nothing else.
    pub async fn user(&self, rights: &str) -> User {
        let user = User { server: self.server, name: new_name() };
        let User { name, .. } = &user;
        self.server
            .execute(&[
                &format!("CREATE USER {name} IDENTIFIED BY '{}'", User::PASSWORD),
                &format!("GRANT {rights} ON {}.* TO {name}", self.name),
            ])
            .await;
        user
    }

    /// A connection to it.
    pub async fn connect(&self) -> Conn {
        let options = OptsBuilder::from_opts(self.server.options()).db_name(Some(&self.name));
        Conn::new(options).await.expect("the server lets us in")
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        take_away(self.server, format!("DROP DATABASE {}", self.name));
    }
}

/// A user of a test's own.
#[derive(Debug)]
pub struct User {
    server: DatabaseServer,
    name: String,
}

impl User {
    /// What they sign in with.
    pub const PASSWORD: &str = "the password of one test";

    /// What they are called.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for User {
    fn drop(&mut self) {
        take_away(self.server, format!("DROP USER {}", self.name));
    }
}

/// Runs a statement on a thread of its own, since a test's runtime cannot wait for itself.
fn take_away(server: DatabaseServer, statement: String) {
    let told = statement.clone();
    let taking = thread::spawn(move || {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(server.execute(&[&statement]));
    });
    if taking.join().is_err() {
        eprintln!("left over, because this failed: {told}");
    }
}

/// Makes two tests of each function that takes a [`DatabaseServer`]: one on MySQL, one on MariaDB.
#[macro_export]
macro_rules! on_both_servers {
    ($($test:ident),* $(,)?) => {
        mod mysql {
            $(
                #[::tokio::test]
                #[ignore = "takes a server at TEST_MYSQL_URL"]
                async fn $test() {
                    super::$test($crate::MYSQL).await;
                }
            )*
        }

        mod mariadb {
            $(
                #[::tokio::test]
                #[ignore = "takes a server at TEST_MARIADB_URL"]
                async fn $test() {
                    super::$test($crate::MARIADB).await;
                }
            )*
        }
    };
}
