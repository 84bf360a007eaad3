//! Where ports meet their adapters.

use std::sync::Arc;

use domain::ports::{Clock, Events, Stores};
use domain::use_cases::Hexroom;
use infra_crypto::{JwtAccessTokens, Passwords, SystemRandomness};

use crate::clock::SystemClock;
use crate::config::Config;
use crate::data_dir::DataDir;
use crate::failure::Failure;

/// Opens the store, made or brought up to date first where it must be.
pub(crate) fn stores(data_dir: &DataDir) -> Result<Stores, Failure> {
    let database = data_dir.database();
    infra_sqlite::open(&database)
        .map_err(|error| Failure::because(format!("{} cannot be opened", database.display()), error))
}

/// The use cases on a store, announcing to `events`.
pub(crate) fn hexroom(
    config: &Config,
    data_dir: &DataDir,
    stores: &Stores,
    events: Arc<dyn Events>,
) -> Result<Hexroom, Failure> {
    let secret = match &config.jwt_secret {
        Some(secret) => secret.clone(),
        None => data_dir.signing_secret()?,
    };
    let access_tokens = JwtAccessTokens::new(&secret)
        .map_err(|error| Failure::because("access tokens cannot be signed", error))?;
    Ok(Hexroom {
        accounts: stores.accounts.clone(),
        rooms: stores.rooms.clone(),
        friends: stores.friends.clone(),
        events,
        passwords: Arc::new(Passwords::new(config.password_scheme)),
        access_tokens: Arc::new(access_tokens),
        randomness: Arc::new(SystemRandomness),
        clock: clock(),
        signup_coins_max: config.signup_coins_max,
    })
}

pub(crate) fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}
