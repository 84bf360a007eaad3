//! What answers, and the socket's frames, look like in JSON; and what of a room can be changed.

mod account;
mod admin;
mod message;
mod room;
mod social;

use domain::{Message, Page, PageAround, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

pub(crate) use account::{
    AccountShape, AuthenticatorShape, PrimeShape, RecoveryCodesShape, SessionShape, SignedInShape,
    TokensShape, TransferShape,
};
pub(crate) use admin::{AccountEntryShape, AdminRecordShape, CoinsGrantedShape, PasswordLinkShape};
pub(crate) use message::{FoundShape, MessageShape, PostedShape};
pub(crate) use room::{
    BanShape, InvitationIssuedShape, InvitationShape, PriceShape, ReadShape, ReceiptShape, RoomChangeShape,
    RoomDetailShape, RoomRevision, RoomShape,
};
pub(crate) use social::{FriendRequestShape, ProfileShape};

use crate::fields::Instant;

/// An instant as RFC 3339 in UTC, with exactly three decimals.
pub(crate) fn instant(at: Timestamp) -> String {
    Instant(at).to_string()
}

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = List)]
pub(crate) struct ListShape<T> {
    /// The items, in the list's order.
    pub(crate) items: Vec<T>,
    /// Continues the list as `?cursor=`; absent at its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next_cursor: Option<String>,
}

/// One page of a room's history.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = History)]
pub(crate) struct HistoryShape {
    /// The messages, oldest first, deleted ones included.
    pub(crate) items: Vec<MessageShape>,
    /// Whether more follow in the direction asked for; with `around`, in either.
    pub(crate) has_more: bool,
    /// Whether more precede the first of them; with `around` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) has_older: Option<bool>,
    /// Whether more follow the last of them; with `around` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) has_newer: Option<bool>,
}

impl From<Page<Message>> for HistoryShape {
    fn from(page: Page<Message>) -> Self {
        let items = page.items.iter().map(MessageShape::from).collect();
        Self { items, has_more: page.has_more, has_older: None, has_newer: None }
    }
}

impl From<PageAround<Message>> for HistoryShape {
    fn from(page: PageAround<Message>) -> Self {
        let PageAround { items, has_older, has_newer } = page;
        Self {
            items: items.iter().map(MessageShape::from).collect(),
            has_more: has_older || has_newer,
            has_older: Some(has_older),
            has_newer: Some(has_newer),
        }
    }
}
