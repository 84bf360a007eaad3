//! How many sockets may be open that have not said hello yet.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use domain::Network;

use crate::lock::lock;

/// Counts them by network.
#[derive(Debug)]
pub(crate) struct UnauthenticatedSockets {
    most: usize,
    open: Mutex<HashMap<Network, usize>>,
}

/// A network has as many as it may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooMany;

/// Counts a socket as unauthenticated for as long as it lives.
#[derive(Debug)]
pub(crate) struct UnauthenticatedSocket {
    counted_in: Arc<UnauthenticatedSockets>,
    network: Network,
}

impl UnauthenticatedSockets {
    /// None yet; each network may have `most` at once.
    pub(crate) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, open: Mutex::default() })
    }

    /// Counts one more.
    pub(crate) fn admit(self: &Arc<Self>, network: Network) -> Result<UnauthenticatedSocket, TooMany> {
        let mut open = lock(&self.open);
        let count = open.entry(network).or_default();
        if *count >= self.most {
            return Err(TooMany);
        }
        *count += 1;
        Ok(UnauthenticatedSocket { counted_in: self.clone(), network })
    }
}

impl Drop for UnauthenticatedSocket {
    fn drop(&mut self) {
        let mut open = lock(&self.counted_in.open);
        if let Some(count) = open.get_mut(&self.network) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.network);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_too_many_is_refused_until_another_has_gone() {
        let sockets = UnauthenticatedSockets::new(2);
        let [here, elsewhere] = [[192, 0, 2, 1], [192, 0, 2, 2]].map(|address| Network::of(address.into()));
        let first = sockets.admit(here).expect("the first of two");
        let _second = sockets.admit(here).expect("the second of two");
        assert_eq!(sockets.admit(here).err(), Some(TooMany));
        let _other = sockets.admit(elsewhere).expect("the first from there");
        drop(first);
        assert!(sockets.admit(here).is_ok());
    }

    #[test]
    fn networks_without_sockets_take_no_memory() {
        let sockets = UnauthenticatedSockets::new(1);
        drop(sockets.admit(Network::of([192, 0, 2, 1].into())));
        assert!(sockets.open.lock().expect("nobody panicked").is_empty());
    }
}
