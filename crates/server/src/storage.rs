use std::fmt;
use std::fs::File;
use std::time::Duration;

use domain::ports::Stores;
use infra_mysql::{Lease, MysqlArchive, OpenError};
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

/// Nobody else serves the place, or changes all of it, until this is dropped.
pub(crate) enum Hold {
    /// The folder is locked.
    Folder(#[expect(dead_code, reason = "a lock is held, and not looked at")] File),
    /// The lease on the database is taken.
    Database(Lease),
}

impl Hold {
    /// Resolves if another server takes over all the same, because this one was not to be heard of.
    pub(crate) fn lost(&self) -> impl Future<Output = ()> + 'static {
        let lost = self.lease().map(Lease::lost);
        async move {
            match lost {
                Some(lost) => lost.await,
                None => std::future::pending().await,
            }
        }
    }

    /// Whether another server has taken over.
    pub(crate) fn is_lost(&self) -> bool {
        self.lease().is_some_and(Lease::is_lost)
    }

    fn lease(&self) -> Option<&Lease> {
        match self {
            Self::Folder(_) => None,
            Self::Database(lease) => Some(lease),
        }
    }
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

    /// Keeps a second server away until what this gives is dropped.
    pub(crate) async fn hold(&self) -> Result<Hold, Failure> {
        match self {
            Self::Embedded(data_dir, _) => data_dir.lock().map(Hold::Folder),
            Self::Mysql(settings) => match Lease::take(settings.clone()).await {
                Ok(lease) => Ok(Hold::Database(lease)),
                Err(error @ OpenError::InUse { .. }) => Err(Failure::new(error.to_string())),
                Err(error) => Err(self.not_opened(error)),
            },
        }
    }

    /// Opens the store, made or brought up to date first where it must be. A caller that does so without a
    /// hold works beside a server.
    pub(crate) async fn open(&self, hold: Option<&Hold>) -> Result<Stores, Failure> {
        match self {
            Self::Embedded(data_dir, patience) => infra_sqlite::open(file(data_dir, *patience))
                .map_err(|error| Failure::because(format!("{self} cannot be opened"), error)),
            Self::Mysql(settings) => {
                let lease = hold.and_then(Hold::lease);
                infra_mysql::open(settings.clone(), lease).await.map_err(|error| self.not_opened(error))
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
    /// A caller that changes it has a hold.
    pub(crate) fn archive(&self, hold: Option<&Hold>) -> Result<Box<dyn Archive>, Failure> {
        match self {
            Self::Embedded(data_dir, patience) => match SqliteArchive::open(file(data_dir, *patience)) {
                Ok(archive) => Ok(Box::new(archive)),
                Err(error) => Err(Failure::because(format!("{self} cannot be opened"), error)),
            },
            Self::Mysql(settings) => match MysqlArchive::open(settings, hold.and_then(Hold::lease)) {
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
