//! What every store must do, as one suite of tests over [`domain::ports::Stores`].
//!
//! An adapter runs all of it with [`contract_tests!`]. Each test gets a fresh, empty store, speaks
//! to it through the ports with the real rules, and ends by asking the store to audit itself
//! wherever it has raced or abandoned anything.
#![expect(missing_docs, reason = "a test reads like a sentence by the names alone")]
#![expect(clippy::missing_panics_doc, reason = "a test panics when what it says does not hold")]
#![expect(clippy::missing_errors_doc, reason = "an actor's method fails with the denial that it met")]

mod actor;
mod dice;
mod everything;
mod harness;
mod listing;
mod people;
mod racing;
mod scripts;
mod snapshot;
mod world;

pub use actor::{AccountChanged, Actor, PairChanged, RoomChanged};
pub use dice::Dice;
pub use everything::some_of_everything;
pub use harness::Harness;
pub use listing::{Listed, every_page};
pub use people::Cast;
pub use racing::{abandoned_after, all_at_once};
pub use snapshot::Snapshot;
pub use world::{Invited, World};

pub mod first_version;
pub mod tests;

#[doc(hidden)]
mod list;
