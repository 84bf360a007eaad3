//! What the server answers, and what of it can be changed. Unknown members are ignored, so that a newer server
//! does not break an older client.

#![expect(missing_docs, reason = "plain data whose members the API's description explains")]

mod account;
mod event;
mod message;
mod notice;
mod people;
mod room;

use serde::Deserialize;

pub use account::{Account, Prime, Session, Tokens, Transfer};
pub use event::{Event, EventKind};
pub use message::{Found, History, HistoryAround, Message, Posted, Reaction, ReplyTo};
pub use notice::Notice;
pub use people::{FriendRequest, Friendship, Profile};
pub use room::{
    Ban, Invitation, InvitationStatus, IssuedInvitation, LastMessage, Member, Price, Receipt, Room,
    RoomChange, RoomDetail, RoomUpdate,
};

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Continues the list; none at its end.
    #[serde(default = "Option::default")]
    pub next_cursor: Option<String>,
}
