//! Everything that the domain asks of the world.
//!
//! A store keeps three promises. What it has acknowledged is durable. A change is applied whole or
//! not at all, also when the caller stops waiting for it. And facts are read under the locks that
//! keep them true until the change is committed; a transaction that must be repeated asks again.

#![warn(missing_docs)]

mod accounts;
mod decision;
mod friends;
mod rooms;
mod search;
mod secrets;
mod store;

use async_trait::async_trait;
use uuid::Uuid;

use crate::{Announcement, OpaqueToken, Salt, Timestamp};

pub use accounts::*;
pub use decision::*;
pub use friends::*;
pub use rooms::*;
pub use search::*;
pub use secrets::*;
pub use store::*;

/// Tells the rest of the server what was committed. It only wakes: a listener that misses an announcement
/// finds all of it in the store.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait Events: Send + Sync {
    /// Passes an announcement on. Two of one room may arrive in either order.
    async fn publish(&self, announcement: Announcement);
}

/// Draws random values.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait Randomness: Send + Sync {
    /// A new id. Later ids sort after earlier ones.
    fn id(&self) -> Uuid;

    /// A secret of 256 random bits.
    fn token(&self) -> OpaqueToken;

    /// A salt.
    fn salt(&self) -> Salt;
}

/// Tells the time.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Timestamp;
}
