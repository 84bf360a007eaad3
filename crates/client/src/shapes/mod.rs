//! What the server answers. Members that are not named here are passed over, so that a newer server
//! does not break an older client.

mod account;
mod event;
mod message;
mod notice;
mod people;
mod room;

use serde::Deserialize;

pub use account::{Account, Prime, Session, Tokens, Transfer};
pub use event::{Event, EventKind, RoomRevision};
pub use message::{History, Message, Posted};
pub use notice::Notice;
pub use people::{FriendRequest, Friendship, Profile};
pub use room::{Invitation, InvitationStatus, Issued, Member, Receipt, Room, RoomDetail};

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Listed<T> {
    /// The items, in the list's order.
    pub items: Vec<T>,
    /// Continues the list; none at its end.
    #[serde(default = "Option::default")]
    pub next_cursor: Option<String>,
}
