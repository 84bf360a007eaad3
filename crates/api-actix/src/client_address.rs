//! Where a request comes from, and whose word about it is believed.

mod forwarded;

use std::convert::Infallible;
use std::fmt;
use std::future::{Ready, ready};
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use ipnet::IpNet;

use crate::Api;

/// The proxies whose word about their clients is believed; nobody's by default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

/// Networks with commas between, such as `10.0.0.0/8, ::1`. What is no network comes back as it was
/// found, and so does one that has everybody in it: then anybody could claim any address.
impl FromStr for TrustedProxies {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (mut good, mut wrong) = (Vec::new(), Vec::new());
        for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
            match network_in(part).filter(|network| network.prefix_len() > 0) {
                Some(network) => good.push(network),
                None => wrong.push(part),
            }
        }
        if wrong.is_empty() { Ok(Self(good)) } else { Err(wrong.join(", ")) }
    }
}

fn network_in(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

impl TrustedProxies {
    /// Whether the request was handed on by one of them.
    pub(crate) fn handed_on(&self, request: &HttpRequest) -> bool {
        peer(request).is_some_and(|peer| self.contain(peer))
    }

    /// Whether an address is one of theirs.
    pub(crate) fn contain(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The client's address: the nearest that is not a proxy's of ours. Whatever a client claims stands
    /// before what the proxies wrote, and so is never reached.
    fn client_of(&self, request: &HttpRequest) -> IpAddr {
        let Some(peer) = peer(request) else { return IpAddr::V6(Ipv6Addr::UNSPECIFIED) };
        if !self.contain(peer) {
            return peer;
        }
        let claims = [forwarded::x_forwarded_for(request.headers()), forwarded::forwarded(request.headers())];
        let mut named = claims.into_iter().flatten().map(|hops| self.nearest_stranger(peer, &hops));
        match (named.next(), named.next()) {
            (Some(client), None) => client,
            // A proxy that writes one of the headers may hand on the other as it came from its client.
            (Some(one), Some(other)) if one == other => one,
            _ => peer,
        }
    }

    /// Goes back from the nearest hop for as long as it is a proxy's, and no further than is known.
    fn nearest_stranger(&self, peer: IpAddr, hops: &[forwarded::Hop]) -> IpAddr {
        let mut nearest = peer;
        for hop in hops.iter().rev() {
            let Some(address) = *hop else { break };
            nearest = address;
            if !self.contain(address) {
                break;
            }
        }
        nearest
    }
}

/// The address at the other end of the connection.
fn peer(request: &HttpRequest) -> Option<IpAddr> {
    request.peer_addr().map(|peer| peer.ip().to_canonical())
}

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

/// What counts as one stranger: an IPv4 address, or the /64 that whoever has an IPv6 address has all of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Network(IpAddr);

impl Network {
    /// The network of an address.
    pub(crate) fn of(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(v4) => IpAddr::V4(v4),
            IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
        })
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            IpAddr::V4(v4) => v4.fmt(f),
            IpAddr::V6(v6) => write!(f, "{v6}/64"),
        }
    }
}

#[cfg(test)]
mod tests;
