use std::io;
use std::path::PathBuf;

use diesel::result::Error as DieselError;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why the store could not be opened. What is said names the setting to look at and never a secret.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the fields are what their names say")]
pub enum OpenError {
    /// The host's name leads nowhere.
    #[error("DB_HOST {host:?} is the name of no machine: check DB_HOST")]
    UnknownHost {
        host: String,
        #[source]
        source: io::Error,
    },
    /// Nothing answers there.
    #[error("no database server answers at {address}: check DB_HOST and DB_PORT, and that the server runs")]
    Unreachable {
        address: String,
        #[source]
        source: BoxError,
    },
    /// Something answers that is not a MySQL server.
    #[error("what answers at {address} does not speak as MySQL does: check DB_PORT")]
    NotMysql {
        address: String,
        #[source]
        source: BoxError,
    },
    /// The server does not know the user, or the password is wrong, or may not come from here.
    #[error("the server does not let the user {user:?} in: check DB_PASSWORD and DB_USER")]
    SignIn {
        user: String,
        #[source]
        source: BoxError,
    },
    /// The user lacks a privilege.
    #[error(
        "the user {user:?} lacks a right in the database {database:?}: grant DB_USER all privileges on DB_NAME, \
         and check that DB_NAME is there"
    )]
    MissingGrant {
        user: String,
        database: String,
        #[source]
        source: BoxError,
    },
    /// The database does not exist.
    #[error("there is no database {database:?}: create it, or check DB_NAME")]
    NoDatabase { database: String },
    /// The server keeps too few promises.
    #[error("the server at DB_HOST is {version}: it must be MySQL 8.0.16, MariaDB 10.11, or newer")]
    TooOld { version: String },
    /// The server does not encrypt, and must.
    #[error("the server offers no encryption: enable it there, or set DB_TLS=off if nobody can listen")]
    NoTls,
    /// The server's certificate is not good, or the two have no way to encrypt in common.
    #[error("no encrypted connection can be made: check DB_TLS, DB_TLS_CA and the name in DB_HOST")]
    Tls {
        #[source]
        source: BoxError,
    },
    /// The file with the authorities is not good.
    #[error("DB_TLS_CA {path:?} cannot be read as certificates in PEM")]
    TlsCa {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    /// The server has given all its connections away.
    #[error("the server has no connection left: lower DB_POOL, or raise max_connections there")]
    NoConnectionLeft {
        #[source]
        source: BoxError,
    },
    /// The schema is that of a newer Hexroom.
    #[error(
        "the database {database:?} has the schema {version}, which this version of Hexroom does not know: use a \
         newer one"
    )]
    Newer { database: String, version: String },
    /// A change of the schema was begun and interrupted.
    #[error(
        "the schema change {version} was begun in the database {database:?} and not finished: finish or undo by \
         hand what migrations/mysql/{version}_*/up.sql says, then record it in __diesel_schema_migrations or not, \
         and empty the table begun_migrations"
    )]
    HalfApplied { database: String, version: String },
    /// Another server is changing the schema, and does not come to an end.
    #[error("another server is changing the schema of {database:?}: try again when that has finished")]
    BeingMigrated { database: String },
    /// A table is kept in a way that loses what was promised.
    #[error(
        "the database {database:?} keeps the table {table} in {engine}, which takes nothing back: run \
         ALTER TABLE {table} ENGINE = InnoDB"
    )]
    NoTransactions { database: String, table: String, engine: String },
    /// A server works on the database, or something that changes all of it.
    #[error(
        "another server is running on the database {database} at {address}; stop it, or choose another DB_NAME"
    )]
    InUse { database: String, address: String },
    /// A change of the schema did not succeed.
    #[error("the schema of {database:?} cannot be brought up to date")]
    Migration {
        database: String,
        #[source]
        source: BoxError,
    },
    /// Anything else that the server or the driver said.
    #[error("the database cannot be opened")]
    Database(#[source] BoxError),
    /// The system gave no thread to post messages with.
    #[error("no thread can be started to write with")]
    Thread(#[source] io::Error),
}

impl OpenError {
    /// Whether other settings, or another server under the same ones, are what helps.
    pub fn is_about_settings(&self) -> bool {
        match self {
            Self::UnknownHost { .. }
            | Self::Unreachable { .. }
            | Self::NotMysql { .. }
            | Self::SignIn { .. }
            | Self::MissingGrant { .. }
            | Self::NoDatabase { .. }
            | Self::TooOld { .. }
            | Self::NoTls
            | Self::Tls { .. }
            | Self::TlsCa { .. }
            | Self::NoConnectionLeft { .. } => true,
            Self::Newer { .. }
            | Self::HalfApplied { .. }
            | Self::BeingMigrated { .. }
            | Self::NoTransactions { .. }
            | Self::InUse { .. }
            | Self::Migration { .. }
            | Self::Database(_)
            | Self::Thread(_) => false,
        }
    }
}

impl From<DieselError> for OpenError {
    fn from(error: DieselError) -> Self {
        Self::Database(Box::new(error))
    }
}
