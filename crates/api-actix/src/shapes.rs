//! What answers, and the socket's frames, look like in JSON; and what of a room can be changed.

mod account;
mod admin;
mod message;
mod room;
mod social;

use domain::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

pub(crate) use account::{
    AccountShape, AuthenticatorShape, PrimeShape, RecoveryCodesShape, SessionShape, SignedInShape,
    TokensShape, TransferShape,
};
pub(crate) use admin::{AccountEntryShape, AdminRecordShape, CoinsGrantedShape, PasswordLinkShape};
pub(crate) use message::{MessageShape, PostedShape};
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
    /// Whether more follow in the direction asked for.
    pub(crate) has_more: bool,
}
