use std::env;
use std::fs;
use std::path::PathBuf;

use mysql_async::prelude::Queryable;
use mysql_async::{Row, from_value};
use test_databases::{Database, MARIADB, MYSQL, ReusedDatabase};

/// Where a server under test keeps everything, fresh and empty. `HEXROOM_TEST_STORE` says which kind all
/// servers have: `sqlite`, `mysql` or `mariadb`.
pub(crate) enum Store {
    /// In its data directory.
    Embedded,
    /// In a database of its own.
    Database(ReusedDatabase),
}

impl Store {
    /// A store of the kind under test.
    pub(crate) async fn fresh() -> Self {
        match env::var("HEXROOM_TEST_STORE").as_deref() {
            Err(_) | Ok("sqlite") => Self::Embedded,
            Ok("mysql") => Self::Database(MYSQL.reused_database().await),
            Ok("mariadb") => Self::Database(MARIADB.reused_database().await),
            Ok(other) => panic!("HEXROOM_TEST_STORE is {other:?}, and not sqlite, mysql or mariadb"),
        }
    }

    /// The settings with which a server uses it.
    pub(crate) fn environment(&self) -> Vec<(String, String)> {
        let Self::Database(database) = self else { return Vec::new() };
        let options = database.server().options();
        let port = options.tcp_port().to_string();
        let settings = [
            ("DB_HOST", options.ip_or_hostname()),
            ("DB_PORT", &port),
            ("DB_USER", options.user().unwrap_or_default()),
            ("DB_PASSWORD", options.pass().unwrap_or_default()),
            ("DB_NAME", database.name()),
            ("JWT_SECRET", "a signing secret for tests alone, of more than 32 bytes"),
        ];
        settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
    }

    /// All that it holds, as a thief would find it: its files as they are, or every row of every table.
    pub(crate) async fn contents(&self, data_dir: PathBuf) -> Vec<String> {
        match self {
            Self::Embedded => fs::read_dir(data_dir)
                .expect("the data directory")
                .map(|file| fs::read(file.expect("an entry").path()).expect("a readable file"))
                .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
                .collect(),
            Self::Database(database) => rows(database).await,
        }
    }
}

async fn rows(database: &Database) -> Vec<String> {
    let mut connection = database.connect().await;
    let tables: Vec<String> = connection.query("SHOW TABLES").await.expect("the tables");
    let mut contents = Vec::new();
    for table in tables {
        let rows: Vec<Row> = connection.query(format!("SELECT * FROM {table}")).await.expect("the rows");
        for value in rows.into_iter().flat_map(Row::unwrap) {
            let bytes: Option<Vec<u8>> = from_value(value);
            contents.extend(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()));
        }
    }
    contents
}
