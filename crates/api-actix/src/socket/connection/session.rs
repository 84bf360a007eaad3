//! An account's side of its connection: what opening it and its commands work with.

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

use actix_web::web;
use domain::use_cases::Caller;
use domain::{Denial, OpaqueToken, Refusal, RoomId};
use tokio::time::Instant;

use super::outbox::{Ended, Outbox};
use crate::failure_log::log_failure;
use crate::limiter::Limiter;
use crate::socket::delivery::hub::Hub;
use crate::socket::delivery::subscriber::Subscriber;
use crate::socket::protocol::close_reason::CloseReason;
use crate::{Api, uncancelled};

/// An account's side of its connection, from its hello on.
pub(super) struct Session {
    pub(super) api: web::Data<Api>,
    pub(super) limits: web::Data<Limiter>,
    pub(super) outbox: Arc<Outbox>,
    pub(super) subscriber: Arc<Subscriber>,
    /// When the account was last shown as typing, by room.
    pub(super) typed_at: RefCell<HashMap<RoomId, Instant>>,
}

impl Session {
    pub(super) fn hub(&self) -> &Arc<Hub> {
        &self.api.hub
    }
}

/// Why something could not be done to its end.
#[derive(Debug)]
pub(super) enum Stopped {
    /// The connection has ended.
    Ended,
    /// It was refused.
    Refused(Refusal),
}

impl From<Ended> for Stopped {
    fn from(_: Ended) -> Self {
        Self::Ended
    }
}

impl From<Refusal> for Stopped {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Denial> for Stopped {
    fn from(denial: Denial) -> Self {
        Self::Refused(denial.into())
    }
}

/// Who a token speaks for, or how the connection ends.
pub(super) async fn authenticate(api: &web::Data<Api>, token: OpaqueToken) -> Result<Caller, CloseReason> {
    let _permit = api.hub.read_permit().await;
    let (api, now) = (api.clone(), api.hub.clock.now());
    let caller = uncancelled::run(async move { api.hexroom.authenticate(&token).await })
        .await
        .map_err(|refusal| close_reason(&refusal))?;
    // A request may come a little late; a connection is there for as long as its token holds.
    if caller.token_expires_at > now { Ok(caller) } else { Err(CloseReason::TokenExpired) }
}

/// How a connection ends that cannot go on because of a refusal.
pub(super) fn close_reason(refusal: &Refusal) -> CloseReason {
    log_failure(refusal);
    match refusal {
        Refusal::Denied(Denial::TokenExpired) => CloseReason::TokenExpired,
        Refusal::Denied(Denial::SessionRevoked) => CloseReason::SessionRevoked,
        Refusal::Denied(Denial::AccountSuspended) => CloseReason::Suspended,
        Refusal::Denied(_) => CloseReason::BadToken,
        Refusal::Unavailable(_) | Refusal::Internal(_) => CloseReason::Unavailable,
    }
}
