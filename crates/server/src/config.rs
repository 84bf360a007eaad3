//! Which settings are in force, and where each comes from.

mod fault;
mod metrics;
mod origin;
mod parse;
mod reader;
mod settings;
mod sources;
mod table;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use api_actix::{RateLimits, TrustedProxies};
use domain::Coins;
use infra_crypto::PasswordScheme;
use infra_mysql::Tls;
use secrecy::SecretString;

pub(crate) use fault::Misconfigured;
pub(crate) use metrics::Metrics;
use metrics::is_loopback;
use reader::{Faulty, Reader, Row};
pub(crate) use settings::help;
use sources::Sources;

/// Where everything is to be kept.
#[derive(Debug)]
pub(crate) enum StoreSettings {
    /// In the embedded database, in a file of this folder.
    Embedded {
        /// The folder.
        data_dir: PathBuf,
        /// How long a call may take in all.
        patience: Duration,
    },
    /// In a database of MySQL or MariaDB.
    Mysql(infra_mysql::Settings),
}

/// The settings in force. They were all found good before anything is opened.
#[derive(Debug)]
pub(crate) struct Config {
    pub(crate) listen: SocketAddr,
    pub(crate) metrics: Metrics,
    pub(crate) store: StoreSettings,
    pub(crate) jwt_secret: Option<SecretString>,
    pub(crate) jwt_secret_previous: Option<SecretString>,
    pub(crate) allowed_origins: Vec<String>,
    pub(crate) password_scheme: PasswordScheme,
    pub(crate) signup_coins_max: Coins,
    pub(crate) rate_limits: RateLimits,
    pub(crate) trusted_proxies: TrustedProxies,
    pub(crate) log: String,
    rows: Vec<Row>,
}

impl Config {
    /// What the environment says, and beneath it the file `.env` in `folder`.
    pub(crate) fn load(folder: &Path) -> Result<Self, Misconfigured> {
        Self::read(Sources::of_process(folder))
    }

    fn read(sources: Sources) -> Result<Self, Misconfigured> {
        let mut reader = Reader::new(sources);
        let listen = reader.value(&settings::LISTEN, parse::address);
        let metrics_listen = reader.optional(&settings::METRICS_LISTEN, parse::metrics_listen);
        let store = store(&mut reader);
        let jwt_secret = reader.optional(&settings::JWT_SECRET, parse::signing_secret);
        let jwt_secret_previous = reader.optional(&settings::JWT_SECRET_PREVIOUS, parse::signing_secret);
        let allowed_origins = reader.optional(&settings::ALLOWED_ORIGINS, parse::origins);
        let password_scheme = reader.value(&settings::PASSWORD_SCHEME, parse::password_scheme);
        let signup_coins_max = reader.value(&settings::SIGNUP_COINS_MAX, parse::coins);
        let rate_limits = reader.value(&settings::RATE_LIMITS, parse::rate_limits);
        let trusted_proxies = reader.optional(&settings::TRUSTED_PROXIES, parse::trusted_proxies);
        let log = reader.value(&settings::LOG, parse::log_filter);
        for setting in settings::NOT_IN_THIS_BUILD {
            reader.refuse(setting);
        }
        if listen.is_ok_and(|listen| listen.port() != 0 && metrics_listen == Ok(Some(Metrics::At(listen)))) {
            reader.reject(&settings::METRICS_LISTEN, "another address than LISTEN");
        }

        let rows = reader.finish()?;
        let config = || {
            let listen = listen?;
            Ok::<_, Faulty>(Self {
                listen,
                metrics: metrics_listen?.unwrap_or_else(|| Metrics::usual_for(listen)),
                store: store?,
                jwt_secret: jwt_secret?,
                jwt_secret_previous: jwt_secret_previous?,
                allowed_origins: allowed_origins?.unwrap_or_default(),
                password_scheme: password_scheme?,
                signup_coins_max: signup_coins_max?,
                rate_limits: rate_limits?,
                trusted_proxies: trusted_proxies?.unwrap_or_default(),
                log: log?,
                rows,
            })
        };
        Ok(config().expect("without a fault nothing is faulty"))
    }

    /// Whether others than this machine's own programs can connect.
    pub(crate) fn is_open_to_others(&self) -> bool {
        !is_loopback(self.listen)
    }

    /// The settings in force as a table, secrets masked.
    pub(crate) fn table(&self) -> String {
        table::of(&self.rows)
    }
}

/// `DB_HOST` chooses a server, and the other settings of one go with it.
fn store(reader: &mut Reader) -> Result<StoreSettings, Faulty> {
    let data_dir = reader.value(&settings::DATA_DIR, parse::any);
    let host = reader.optional(&settings::DB_HOST, parse::any::<String>);
    let port = reader.value(&settings::DB_PORT, parse::port);
    let user = reader.optional(&settings::DB_USER, parse::any::<String>);
    let password = reader.optional(&settings::DB_PASSWORD, parse::any);
    let database = reader.optional(&settings::DB_NAME, parse::any::<String>);
    let tls = reader.optional(&settings::DB_TLS, parse::tls);
    let tls_ca = reader.optional(&settings::DB_TLS_CA, parse::any);
    let connections = reader.value(&settings::DB_POOL, parse::connections);
    let patience = reader.value(&settings::DB_TIMEOUT, parse::patience);
    let Some(host) = host? else {
        if let Some(other) = settings::OF_A_SERVER.iter().find(|setting| reader.has(setting)) {
            reader.miss(&settings::DB_HOST, &format!("it is not set, and {} is", other.name));
            return Err(Faulty);
        }
        return Ok(StoreSettings::Embedded { data_dir: data_dir?, patience: patience? });
    };
    for required in settings::REQUIRED_WITH_A_SERVER {
        if !reader.has(required) {
            reader.miss(required, "it is not set, and DB_HOST is");
        }
    }
    let (Some(user), Some(database)) = (user?, database?) else { return Err(Faulty) };
    Ok(StoreSettings::Mysql(infra_mysql::Settings {
        port: port?,
        password: password?,
        tls: tls?.unwrap_or_else(|| Tls::usual_for(&host)),
        tls_ca: tls_ca?,
        connections: connections?,
        patience: patience?,
        ..infra_mysql::Settings::new(&host, &user, &database)
    }))
}

#[cfg(test)]
mod tests;
