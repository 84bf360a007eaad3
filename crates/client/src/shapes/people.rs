use jiff::Timestamp;
use serde::Deserialize;

use crate::{FriendRequestId, UserId};

/// What any signed-in account may see of another.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    pub user_id: UserId,
    pub name: String,
    pub prime: bool,
    pub member_since: Timestamp,
    /// The friendship with the account that asks.
    pub friendship: Friendship,
}

/// The friendship between two accounts, as one of them sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Friendship {
    /// It is the account itself.
    #[serde(rename = "self")]
    Oneself,
    /// Nothing.
    None,
    /// The account that asks has sent a friend request.
    Requested,
    /// The other account has sent one.
    RequestedByThem,
    /// They are friends.
    Friends,
    /// Something that this client does not know.
    #[serde(other)]
    Other,
}

/// A friend request.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FriendRequest {
    pub friend_request_id: FriendRequestId,
    pub from: UserId,
    pub to: UserId,
    /// `pending`, `accepted`, `declined` or `cancelled`.
    pub status: String,
    pub created_at: Timestamp,
}
