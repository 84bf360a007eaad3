//! The calls of the HTTP API, by noun.

mod accounts;
mod admin;
mod friends;
mod messages;
mod rooms;

pub use accounts::{AccountUpdate, Authenticator, Registration, SignedIn};
pub use friends::FriendRequests;
pub use messages::{SearchIn, Window};
pub use rooms::JoinBy;

/// Most items that a page can have.
const WHOLE_PAGE: u32 = 100;
