use std::fmt;
use std::fs::File;
use std::time::Duration;

use domain::ports::Stores;
use infra_mysql::{MysqlArchive, OpenError};
use infra_sql::archive::Archive;
use infra_sqlite::SqliteArchive;
use secrecy::SecretString;

use crate::config::{Config, StoreSettings};
use crate::data_dir::DataDir;
use crate::failure::Failure;

/// Where everything is kept.
pub(crate) enum Storage {
    /// In a file of this folder, which is waited for so long.
    Embedded(DataDir, Duration),
    /// In a database of MySQL or MariaDB.
    Mysql(infra_mysql::Settings),
}

impl Storage {
    /// The place that the settings choose, made if it is missing and can be.
    pub(crate) fn create(config: &Config) -> Result<Self, Failure> {
        match &config.store {
            StoreSettings::Embedded { data_dir, patience } => {
                Ok(Self::Embedded(DataDir::create(data_dir)?, *patience))
            }
            StoreSettings::Mysql(settings) => Ok(Self::Mysql(settings.clone())),
        }
    }

    /// The place that the settings choose, where a server has run before.
    pub(crate) fn existing(config: &Config) -> Result<Self, Failure> {
        match &config.store {
            StoreSettings::Embedded { data_dir, patience } => {
                Ok(Self::Embedded(DataDir::existing(data_dir)?, *patience))
            }
            StoreSettings::Mysql(settings) => Ok(Self::Mysql(settings.clone())),
        }
    }

    /// Keeps a second server away from the folder until what this gives is dropped.
    pub(crate) fn lock(&self) -> Result<Option<File>, Failure> {
        match self {
            Self::Embedded(data_dir, _) => data_dir.lock().map(Some),
            Self::Mysql(_) => Ok(None),
        }
    }

    /// Opens the store, made or brought up to date first where it must be.
    pub(crate) async fn open(&self) -> Result<Stores, Failure> {
        match self {
            Self::Embedded(data_dir, patience) => infra_sqlite::open(file(data_dir, *patience))
                .map_err(|error| Failure::because(format!("{self} cannot be opened"), error)),
            Self::Mysql(settings) => {
                infra_mysql::open(settings.clone()).await.map_err(|error| self.not_opened(error))
            }
        }
    }

    /// Brings the schema up to date.
    pub(crate) async fn migrate(&self) -> Result<(), Failure> {
        match self {
            Self::Embedded(data_dir, patience) => infra_sqlite::migrate(file(data_dir, *patience))
                .map_err(|error| Failure::because(format!("{self} cannot be migrated"), error)),
            Self::Mysql(settings) => {
                infra_mysql::migrate(settings.clone()).await.map_err(|error| self.not_opened(error))
            }
        }
    }

    /// Opens the store as something that moves as a whole, brought up to date first where it must be.
    pub(crate) fn archive(&self) -> Result<Box<dyn Archive>, Failure> {
        match self {
            Self::Embedded(data_dir, patience) => match SqliteArchive::open(file(data_dir, *patience)) {
                Ok(archive) => Ok(Box::new(archive)),
                Err(error) => Err(Failure::because(format!("{self} cannot be opened"), error)),
            },
            Self::Mysql(settings) => match MysqlArchive::open(settings) {
                Ok(archive) => Ok(Box::new(archive)),
                Err(error) => Err(self.not_opened(error)),
            },
        }
    }

    /// The secret that access tokens are signed with.
    pub(crate) fn signing_secret(&self, config: &Config) -> Result<SecretString, Failure> {
        match (&config.jwt_secret, self) {
            (Some(secret), _) => Ok(secret.clone()),
            (None, Self::Embedded(data_dir, _)) => data_dir.signing_secret(),
            (None, Self::Mysql(_)) => Err(Failure::new("JWT_SECRET is missing")),
        }
    }

    fn not_opened(&self, error: OpenError) -> Failure {
        if error.is_about_settings() {
            return Failure::Unsuitable(error);
        }
        Failure::because(format!("{self} cannot be opened"), error)
    }
}

fn file(data_dir: &DataDir, patience: Duration) -> infra_sqlite::Settings {
    infra_sqlite::Settings { path: data_dir.database(), patience }
}

/// The place as people find it.
impl fmt::Display for Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Embedded(data_dir, _) => data_dir.database().display().fmt(f),
            Self::Mysql(settings) => {
                write!(f, "the database {} at {}", settings.database, settings.address())
            }
        }
    }
}
