//! How many sockets may be open that have not said who they are.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use domain::Network;

/// Counts them by network.
#[derive(Debug)]
pub(crate) struct Strangers {
    most: usize,
    present: Mutex<HashMap<Network, usize>>,
}

/// A network has as many strangers as it may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooMany;

/// A socket that counts as a stranger's for as long as this lives.
#[derive(Debug)]
pub(crate) struct Stranger {
    among: Arc<Strangers>,
    from: Network,
}

impl Strangers {
    /// Nobody yet; each network may have `most` at once.
    pub(crate) fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { most, present: Mutex::default() })
    }

    /// Lets one more in.
    pub(crate) fn admit(self: &Arc<Self>, from: Network) -> Result<Stranger, TooMany> {
        let mut present = self.present.lock().unwrap_or_else(PoisonError::into_inner);
        let here = present.entry(from).or_default();
        if *here >= self.most {
            return Err(TooMany);
        }
        *here += 1;
        Ok(Stranger { among: self.clone(), from })
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        let mut present = self.among.present.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(here) = present.get_mut(&self.from) {
            *here -= 1;
            if *here == 0 {
                present.remove(&self.from);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_too_many_is_refused_until_another_has_gone() {
        let strangers = Strangers::new(2);
        let [here, elsewhere] = [[192, 0, 2, 1], [192, 0, 2, 2]].map(|address| Network::of(address.into()));
        let first = strangers.admit(here).expect("the first of two");
        let _second = strangers.admit(here).expect("the second of two");
        assert_eq!(strangers.admit(here).err(), Some(TooMany));
        let _other = strangers.admit(elsewhere).expect("the first from there");
        drop(first);
        assert!(strangers.admit(here).is_ok());
    }

    #[test]
    fn networks_without_strangers_take_no_memory() {
        let strangers = Strangers::new(1);
        drop(strangers.admit(Network::of([192, 0, 2, 1].into())));
        assert!(strangers.present.lock().expect("nobody panicked").is_empty());
    }
}
