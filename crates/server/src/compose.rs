//! Where ports meet their adapters.

use std::sync::Arc;

use domain::ports::{Clock, Events, Stores};
use domain::use_cases::Hexroom;
use infra_crypto::{
    DerivedRefreshTokens, JwtAccessTokens, Passwords, SigningSecrets, SystemRandomness, TotpSecondFactors,
};

use crate::clock::SystemClock;
use crate::config::Config;
use crate::failure::Failure;
use crate::storage::Storage;

/// The use cases on a store, announcing to `events`.
pub(crate) fn hexroom(
    config: &Config,
    storage: &Storage,
    stores: &Stores,
    events: Arc<dyn Events>,
) -> Result<Hexroom, Failure> {
    let secrets = SigningSecrets::new(storage.signing_secret(config)?, config.jwt_secret_previous.clone());
    let access_tokens = JwtAccessTokens::new(&secrets)
        .map_err(|error| Failure::because("access tokens cannot be signed", error))?;
    Ok(Hexroom {
        accounts: stores.accounts.clone(),
        rooms: stores.rooms.clone(),
        search: stores.search.clone(),
        friends: stores.friends.clone(),
        events,
        passwords: Arc::new(Passwords::new(config.password_scheme)),
        access_tokens: Arc::new(access_tokens),
        refresh_tokens: Arc::new(DerivedRefreshTokens::new(&secrets)),
        second_factors: Arc::new(TotpSecondFactors::new(&secrets)),
        randomness: Arc::new(SystemRandomness),
        clock: clock(),
        last_seen: Arc::default(),
        signup_coins_max: config.signup_coins_max,
    })
}

pub(crate) fn clock() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}
