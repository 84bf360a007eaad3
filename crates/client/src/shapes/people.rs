use jiff::Timestamp;
use serde::Deserialize;

use crate::{FriendRequestId, UserId};

/// What any signed-in account may see of another.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Profile {
    /// Whose it is.
    pub user_id: UserId,
    /// What people see.
    pub name: String,
    /// Whether they are a prime member.
    pub prime: bool,
    /// When they registered.
    pub member_since: Timestamp,
    /// What stands between them and the account that asks.
    pub friendship: Friendship,
}

/// What stands between two accounts, as one of them sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Friendship {
    /// It is the account itself.
    #[serde(rename = "self")]
    Oneself,
    /// Nothing.
    None,
    /// The account that asks has asked for friendship.
    Requested,
    /// The other one has.
    RequestedByThem,
    /// They are friends.
    Friends,
    /// Something that this client does not know.
    #[serde(other)]
    Other,
}

/// One account's wish to be the friend of another.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FriendRequest {
    /// Its id.
    pub friend_request_id: FriendRequestId,
    /// Who asks.
    pub from: UserId,
    /// Who is asked.
    pub to: UserId,
    /// `pending`, `accepted`, `declined` or `cancelled`.
    pub status: String,
    /// When it was made.
    pub created_at: Timestamp,
}
