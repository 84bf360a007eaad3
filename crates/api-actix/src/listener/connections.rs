//! How many connections there may be, in all and from one network.
//!
//! Each takes a file descriptor, and a process has only so many. So that strangers who hold all they can
//! get do not keep everybody else out, a new connection takes the place of those that have waited longest
//! for their next request. Where nobody waits, a few more are let in, to be asked nothing but how the
//! server is.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use domain::Network;
use futures_util::task::AtomicWaker;
use metrics::{counter, gauge};
use tokio::time::Instant;

use crate::lock::lock;

/// So many more are let in to be asked how the server is.
pub(super) const SPARE: usize = 32;

/// When a place is needed, so large a part of those there are is emptied at once, so that finding who has
/// waited longest is not done for each newcomer.
const EMPTIED_AT_ONCE: usize = 64;

/// Counts a listener's connections.
#[derive(Debug)]
pub(crate) struct Connections {
    listener: &'static str,
    most: usize,
    most_of_a_network: usize,
    began: Instant,
    present: Mutex<Present>,
}

#[derive(Debug, Default)]
struct Present {
    all: Count,
    by_network: HashMap<Network, Count>,
    /// Those that speak HTTP; sockets are not asked to make room.
    waiting: HashMap<u64, Arc<Waiting>>,
    next_key: u64,
}

/// How many there are, and how many of them have been told to go.
#[derive(Debug, Default, Clone, Copy)]
struct Count {
    present: usize,
    leaving: usize,
}

impl Count {
    fn staying(self) -> usize {
        self.present - self.leaving
    }
}

/// There are as many connections as there may be, and all are at work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Full;

/// How a connection that speaks HTTP stands with the others.
#[derive(Debug)]
pub(super) struct Waiting {
    network: Option<Network>,
    /// Instants are counted from here.
    began: Instant,
    /// Since when it waits for a request, in milliseconds.
    since: AtomicU64,
    has_to_go: AtomicBool,
    waker: AtomicWaker,
}

const AT_WORK: u64 = u64::MAX;

impl Waiting {
    /// Whether it has to make room; if not yet, the waker is woken once it has.
    pub(super) fn has_to_go(&self, waker: &std::task::Waker) -> bool {
        self.waker.register(waker);
        self.has_to_go.load(Ordering::Acquire)
    }

    /// A request is being answered from now on.
    pub(super) fn work(&self) {
        self.since.store(AT_WORK, Ordering::Relaxed);
    }

    /// It waits for a request from now on.
    pub(super) fn wait(&self) {
        self.since.store(millis_since(self.began), Ordering::Relaxed);
    }
}

/// Counts as a connection for as long as it lives.
#[derive(Debug)]
pub(crate) struct Permit {
    among: Arc<Connections>,
    network: Option<Network>,
}

/// A connection that speaks HTTP.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) waiting: Arc<Waiting>,
    /// Whether it may only be asked how the server is.
    pub(super) is_spare: bool,
    _listing: Listing,
    permit: Permit,
}

/// The place among those that can be asked to make room.
#[derive(Debug)]
struct Listing {
    among: Arc<Connections>,
    network: Option<Network>,
    key: u64,
}

impl Connections {
    /// None yet. There may be `most`, and `most_of_a_network` of one network.
    pub(crate) fn new(listener: &'static str, most: usize, most_of_a_network: usize) -> Arc<Self> {
        Arc::new(Self { listener, most, most_of_a_network, began: Instant::now(), present: Mutex::default() })
    }

    /// Lets one more in. Those of our proxies are of no network, for behind them are many.
    pub(super) fn admit(self: &Arc<Self>, network: Option<Network>) -> Result<Entry, Full> {
        let mut present = self.lock();
        if present.of_network(network).staying() >= self.most_of_a_network {
            present.empty(self.most_of_a_network, network);
        }
        if present.all.staying() >= self.most {
            present.empty(self.most, None);
        }
        // Asked once more: what made room may have been one that was let in beyond the number.
        let is_full = present.all.staying() >= self.most
            || present.of_network(network).staying() >= self.most_of_a_network;
        if present.all.present >= self.most + SPARE {
            counter!("hexroom_connections_refused_total").increment(1);
            return Err(Full);
        }
        Ok(self.enter(&mut present, network, is_full))
    }

    fn enter(self: &Arc<Self>, present: &mut Present, network: Option<Network>, is_spare: bool) -> Entry {
        present.count(network, |count| count.present += 1);
        let key = present.next_key;
        present.next_key += 1;
        let waiting = Arc::new(Waiting {
            network,
            began: self.began,
            since: AtomicU64::new(millis_since(self.began)),
            has_to_go: AtomicBool::new(false),
            waker: AtomicWaker::new(),
        });
        present.waiting.insert(key, waiting.clone());
        gauge!("hexroom_connections", "listener" => self.listener).increment(1);
        let listing = Listing { among: self.clone(), network, key };
        Entry { waiting, is_spare, _listing: listing, permit: Permit { among: self.clone(), network } }
    }

    fn lock(&self) -> MutexGuard<'_, Present> {
        lock(&self.present)
    }
}

fn millis_since(began: Instant) -> u64 {
    u64::try_from(began.elapsed().as_millis()).unwrap_or(AT_WORK)
}

impl Present {
    fn of_network(&self, network: Option<Network>) -> Count {
        network.and_then(|network| self.by_network.get(&network)).copied().unwrap_or_default()
    }

    /// Tells those that have waited longest to go, of one network or of all.
    fn empty(&mut self, of: usize, network: Option<Network>) {
        let is_meant = |waiting: &Waiting| network.is_none() || waiting.network == network;
        let mut idle: Vec<(u64, u64)> = self
            .waiting
            .iter()
            .filter(|(_, waiting)| is_meant(waiting))
            .map(|(key, waiting)| (waiting.since.load(Ordering::Relaxed), *key))
            .filter(|(since, _)| *since != AT_WORK)
            .collect();
        let wanted = (of / EMPTIED_AT_ONCE).max(1).min(idle.len());
        if wanted == 0 {
            return;
        }
        idle.select_nth_unstable(wanted - 1);
        for (_, key) in &idle[..wanted] {
            if let Some(waiting) = self.waiting.remove(key) {
                self.count(waiting.network, |count| count.leaving += 1);
                waiting.has_to_go.store(true, Ordering::Release);
                waiting.waker.wake();
            }
        }
        counter!("hexroom_connections_displaced_total").increment(wanted as u64);
    }

    fn count(&mut self, network: Option<Network>, change: impl Fn(&mut Count)) {
        change(&mut self.all);
        if let Some(network) = network {
            let count = self.by_network.entry(network).or_default();
            change(count);
            if count.present == 0 {
                self.by_network.remove(&network);
            }
        }
    }
}

impl Entry {
    /// It speaks HTTP no more, but still counts.
    pub(super) fn into_permit(self) -> Permit {
        self.permit
    }
}

impl Drop for Listing {
    fn drop(&mut self) {
        let mut present = self.among.lock();
        if present.waiting.remove(&self.key).is_none() {
            // It was told to go, and goes now or stays as something else.
            present.count(self.network, |count| count.leaving -= 1);
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut present = self.among.lock();
        present.count(self.network, |count| count.present -= 1);
        gauge!("hexroom_connections", "listener" => self.among.listener).decrement(1);
    }
}
