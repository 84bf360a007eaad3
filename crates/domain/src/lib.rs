//! Hexroom's rules, and the ports through which they reach the world.
//!
//! Nothing here performs I/O, reads a clock or draws a random number: facts come in as values and
//! changes or a [`Denial`] come out. The nouns are valid once built, the [`rules`] are ordinary
//! functions, the [`use_cases`] decide inside a store's transaction and publish after its commit,
//! and [`ports`] names everything they ask of the world.

#![allow(
    missing_docs,
    reason = "the names of fields say most; what is asked of the world is documented whole"
)]

mod account;
mod admin;
mod coins;
mod denial;
mod emoji;
mod event;
mod friendship;
mod id;
mod invalid;
mod invitation;
mod mention;
mod message;
mod network;
mod page;
mod password;
mod quota;
mod reaction;
mod room;
mod search;
mod seat;
mod second_factor;
mod session;
mod stored;
mod text;
mod time;
mod unicode;

pub mod change;
pub mod facts;
pub mod ports;
pub mod rules;
pub mod use_cases;

pub use account::*;
pub use admin::*;
pub use coins::*;
pub use denial::*;
pub use emoji::*;
pub use event::*;
pub use friendship::*;
pub use id::*;
pub use invalid::*;
pub use invitation::*;
pub use mention::*;
pub use message::*;
pub use network::*;
pub use page::*;
pub use password::*;
pub use quota::*;
pub use reaction::*;
pub use room::*;
pub use search::*;
pub use seat::*;
pub use second_factor::*;
pub use session::*;
pub use stored::*;
pub use text::*;
pub use time::*;
