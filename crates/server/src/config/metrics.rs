use std::net::SocketAddr;

/// Where `/metrics` is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Metrics {
    Nowhere,
    /// Where the API is.
    AtApi,
    /// At an address of its own.
    At(SocketAddr),
}

impl Metrics {
    /// Figures about the server are nobody else's, so they are not answered where strangers may come unless
    /// that is asked for.
    pub(super) fn usual_for(listen: SocketAddr) -> Self {
        if is_loopback(listen) { Self::AtApi } else { Self::Nowhere }
    }
}

pub(super) fn is_loopback(address: SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}
