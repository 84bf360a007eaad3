use std::sync::Arc;

use async_trait::async_trait;

use crate::Refusal;

use super::accounts::Accounts;
use super::friends::Friends;
use super::rooms::Rooms;
use super::search::Search;

/// A rule of docs/protocol.md that the store was found to break.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The promise, in one stable word.
    pub invariant: &'static str,
    /// Where, with the numbers.
    pub detail: String,
}

/// The store as a whole.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait Store: Send + Sync {
    /// Whether the store takes reads and writes now: `unavailable` while reads or commits are refused, and not any
    /// more as soon as they pass again. What is known of commits is a few seconds old at most. Asking costs a
    /// write only when no other write has told, and then one for all who ask.
    async fn ping(&self) -> Result<(), Refusal>;

    /// Checks every invariant in one consistent view and names each violation.
    async fn audit(&self) -> Result<Vec<Violation>, Refusal>;

    /// Finishes the writes that are queued and takes no more. The code that ends the process asks for it
    /// last, so that nothing is left half tidied.
    async fn close(&self);
}

/// One store's ports, all on the same data: what an adapter's opening gives.
#[derive(Clone)]
pub struct Stores {
    /// Accounts, their sessions and their coins.
    pub accounts: Arc<dyn Accounts>,
    /// Rooms, with all that happens in them.
    pub rooms: Arc<dyn Rooms>,
    /// Finding messages.
    pub search: Arc<dyn Search>,
    /// Friends, requests and blocks.
    pub friends: Arc<dyn Friends>,
    /// The store as a whole.
    pub store: Arc<dyn Store>,
}
