//! Where a request comes from.

use std::convert::Infallible;
use std::fmt;
use std::future::{Ready, ready};
use std::net::IpAddr;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use domain::Network;

use crate::Api;
use crate::trusted_proxies::TrustedProxies;

/// The address of a request's client. A handler may take one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ClientAddress(IpAddr);

impl ClientAddress {
    /// The client's address, as far as the trusted proxies tell.
    pub(crate) fn of(request: &HttpRequest) -> Self {
        match request.app_data::<web::Data<Api>>() {
            Some(api) => Self(api.settings.trusted_proxies.client_of(request)),
            None => Self(TrustedProxies::default().client_of(request)),
        }
    }

    /// The network that it counts as.
    pub(crate) fn network(self) -> Network {
        Network::of(self.0)
    }
}

impl fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromRequest for ClientAddress {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}
