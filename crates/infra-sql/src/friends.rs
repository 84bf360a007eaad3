//! Friend requests, friendships and blocks.

use diesel::prelude::*;
use domain::{FriendRequest, FriendRequestId, FriendRequestStatus, Stored, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::fields::{Fields, Found};
use crate::schema::{blocks, friend_requests, friendships};
use crate::stored::{Corrupt, StoredId, named};

const STATUSES: [FriendRequestStatus; 4] = [
    FriendRequestStatus::Pending,
    FriendRequestStatus::Accepted,
    FriendRequestStatus::Declined,
    FriendRequestStatus::Cancelled,
];

/// The status of a friend request that waits for an answer.
pub const PENDING: &str = FriendRequestStatus::Pending.as_str();

/// A friend request's row.
#[derive(Debug, Clone, Queryable, Insertable, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = friend_requests, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct FriendRequestRow {
    pub friend_request_id: StoredId,
    pub from_id: String,
    pub to_id: String,
    pub status: String,
    pub created_at: i64,
    pub resolved_at: Option<i64>,
}

impl Fields for FriendRequestRow {
    fn look(&self, found: &mut Found) {
        let id = self.friend_request_id.0;
        found.text::<UserId>(&self.from_id, "friend_requests.from_id", id);
        found.text::<UserId>(&self.to_id, "friend_requests.to_id", id);
        found.that(self.status().is_ok(), "friend_requests.status", id);
    }
}

impl From<&FriendRequest> for FriendRequestRow {
    fn from(request: &FriendRequest) -> Self {
        Self {
            friend_request_id: request.id.into(),
            from_id: request.from.to_string(),
            to_id: request.to.to_string(),
            status: request.status.as_str().to_owned(),
            created_at: request.created_at.as_millis(),
            resolved_at: None,
        }
    }
}

impl FriendRequestRow {
    /// What became of it.
    pub fn status(&self) -> Result<FriendRequestStatus, Corrupt> {
        named(STATUSES, FriendRequestStatus::as_str, &self.status, "friend_requests.status")
    }
}

impl TryFrom<FriendRequestRow> for FriendRequest {
    type Error = Corrupt;

    fn try_from(row: FriendRequestRow) -> Result<Self, Corrupt> {
        Ok(Self {
            id: FriendRequestId(row.friend_request_id.0),
            status: row.status()?,
            from: UserId::stored(row.from_id),
            to: UserId::stored(row.to_id),
            created_at: Timestamp::from_millis(row.created_at),
        })
    }
}

/// A friendship's row: one for each pair, the lower id first.
#[derive(Debug, Clone, Queryable, Insertable, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = friendships)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct FriendshipRow {
    pub low_id: String,
    pub high_id: String,
    pub friends_since: i64,
}

impl Fields for FriendshipRow {
    fn look(&self, found: &mut Found) {
        found.text::<UserId>(&self.low_id, "friendships.low_id", &self.high_id);
        found.text::<UserId>(&self.high_id, "friendships.high_id", &self.low_id);
    }
}

/// A block's row.
#[derive(Debug, Clone, Queryable, Insertable, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = blocks)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct BlockRow {
    pub blocker_id: String,
    pub blocked_id: String,
    pub blocked_at: i64,
}

impl Fields for BlockRow {
    fn look(&self, found: &mut Found) {
        found.text::<UserId>(&self.blocker_id, "blocks.blocker_id", &self.blocked_id);
        found.text::<UserId>(&self.blocked_id, "blocks.blocked_id", &self.blocker_id);
    }
}

/// Two ids, the lower one first.
pub fn ordered<'a>(one: &'a UserId, other: &'a UserId) -> (&'a str, &'a str) {
    let (low, high) = if one <= other { (one, other) } else { (other, one) };
    (low.as_str(), high.as_str())
}
