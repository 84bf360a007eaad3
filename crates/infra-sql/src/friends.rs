//! Friend requests, friendships and blocks.

use diesel::dsl;
use diesel::prelude::*;
use domain::{FriendRequest, FriendRequestId, FriendRequestStatus, Stored, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::schema::{accounts, blocks, friend_requests, friendships, participants};
use crate::stored::{Corrupt, StoredId, named};

const STATUSES: [FriendRequestStatus; 4] = [
    FriendRequestStatus::Pending,
    FriendRequestStatus::Accepted,
    FriendRequestStatus::Declined,
    FriendRequestStatus::Cancelled,
];

const PENDING: &str = FriendRequestStatus::Pending.as_str();

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

/// Two ids, the lower one first.
pub fn ordered<'a>(one: &'a UserId, other: &'a UserId) -> (&'a str, &'a str) {
    let (low, high) = if one <= other { (one, other) } else { (other, one) };
    (low.as_str(), high.as_str())
}

/// A friend request by its name: [`FriendRequestRow`].
#[dsl::auto_type(no_type_alias)]
pub fn request(id: StoredId) -> _ {
    friend_requests::table.filter(friend_requests::friend_request_id.eq(id))
}

/// The pending request from one account to another: [`FriendRequestRow`].
#[dsl::auto_type(no_type_alias)]
pub fn pending_from_to<'a>(from: &'a str, to: &'a str) -> _ {
    let pending: &'static str = PENDING;
    friend_requests::table
        .filter(friend_requests::from_id.eq(from))
        .filter(friend_requests::to_id.eq(to))
        .filter(friend_requests::status.eq(pending))
}

/// The pending requests to an account below `before`, newest first: [`FriendRequestRow`].
#[dsl::auto_type(no_type_alias)]
pub fn pending_to<'a>(user_id: &'a str, before: StoredId, limit: i64) -> _ {
    let pending: &'static str = PENDING;
    friend_requests::table
        .filter(friend_requests::to_id.eq(user_id))
        .filter(friend_requests::status.eq(pending))
        .filter(friend_requests::friend_request_id.lt(before))
        .order(friend_requests::friend_request_id.desc())
        .limit(limit)
}

/// The pending requests from an account below `before`, newest first: [`FriendRequestRow`].
#[dsl::auto_type(no_type_alias)]
pub fn pending_from<'a>(user_id: &'a str, before: StoredId, limit: i64) -> _ {
    let pending: &'static str = PENDING;
    friend_requests::table
        .filter(friend_requests::from_id.eq(user_id))
        .filter(friend_requests::status.eq(pending))
        .filter(friend_requests::friend_request_id.lt(before))
        .order(friend_requests::friend_request_id.desc())
        .limit(limit)
}

/// The friendship of two accounts: [`FriendshipRow`].
#[dsl::auto_type(no_type_alias)]
pub fn friendship<'a>(low: &'a str, high: &'a str) -> _ {
    friendships::table.filter(friendships::low_id.eq(low)).filter(friendships::high_id.eq(high))
}

/// One account's block of another: [`BlockRow`].
#[dsl::auto_type(no_type_alias)]
pub fn block<'a>(by: &'a str, of: &'a str) -> _ {
    blocks::table.filter(blocks::blocker_id.eq(by)).filter(blocks::blocked_id.eq(of))
}

/// An account's friends with ids below its own and above `after`, in their order:
/// `(FriendshipRow, AccountRow)`.
#[dsl::auto_type(no_type_alias)]
pub fn friends_below<'a>(user_id: &'a str, after: &'a str, limit: i64) -> _ {
    friendships::table
        .inner_join(accounts::table.on(accounts::user_id.eq(friendships::low_id)))
        .filter(friendships::high_id.eq(user_id))
        .filter(friendships::low_id.gt(after))
        .order(friendships::low_id.asc())
        .limit(limit)
}

/// An account's friends with ids above its own and above `after`, in their order:
/// `(FriendshipRow, AccountRow)`.
#[dsl::auto_type(no_type_alias)]
pub fn friends_above<'a>(user_id: &'a str, after: &'a str, limit: i64) -> _ {
    friendships::table
        .inner_join(accounts::table.on(accounts::user_id.eq(friendships::high_id)))
        .filter(friendships::low_id.eq(user_id))
        .filter(friendships::high_id.gt(after))
        .order(friendships::high_id.asc())
        .limit(limit)
}

mod alias {
    diesel::alias!(crate::schema::participants as others: OthersAlias);
}
use alias::others;

/// The rooms in which both of two accounts have sat.
#[dsl::auto_type(no_type_alias)]
pub fn shared_rooms<'a>(one: &'a str, other: &'a str) -> _ {
    let mine = participants::room_id;
    let theirs = others.field(participants::room_id);
    participants::table
        .inner_join(others.on(theirs.eq(mine)))
        .filter(participants::user_id.eq(one))
        .filter(others.field(participants::user_id).eq(other))
        .select(participants::room_id)
}
