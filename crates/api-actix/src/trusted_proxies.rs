//! Whose word about where a request comes from is believed.

mod forwarded;

use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use actix_web::HttpRequest;
use ipnet::IpNet;

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
    pub(crate) fn client_of(&self, request: &HttpRequest) -> IpAddr {
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

#[cfg(test)]
mod tests;
