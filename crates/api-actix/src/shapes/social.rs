use domain::{FriendRequest, Profile, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use crate::fields::{self, Instant, Text};

/// What any signed-in account may see of another.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Profile)]
pub(crate) struct ProfileShape {
    user_id: fields::UserId,
    name: fields::AccountName,
    /// Whether they are a prime member now.
    prime: bool,
    member_since: Instant,
    /// `self`, `none`, `requested`, `requested_by_them` or `friends`.
    #[schema(example = "none")]
    friendship: &'static str,
}

impl ProfileShape {
    /// The profile as it is at `now`.
    pub(crate) fn new(profile: &Profile, now: Timestamp) -> Self {
        Self {
            user_id: Text(profile.user_id.clone()),
            name: Text(profile.name.clone()),
            prime: profile.prime.is_active(now),
            member_since: Instant(profile.member_since),
            friendship: profile.friendship.as_str(),
        }
    }
}

/// One account's wish to be the friend of another.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = FriendRequest)]
pub(crate) struct FriendRequestShape {
    friend_request_id: fields::FriendRequestId,
    /// Who asks.
    from: fields::UserId,
    /// Who is asked.
    to: fields::UserId,
    /// `pending`, `accepted`, `declined` or `cancelled`.
    #[schema(example = "pending")]
    status: &'static str,
    created_at: Instant,
}

impl From<&FriendRequest> for FriendRequestShape {
    fn from(request: &FriendRequest) -> Self {
        Self {
            friend_request_id: request.id.into(),
            from: Text(request.from.clone()),
            to: Text(request.to.clone()),
            status: request.status.as_str(),
            created_at: Instant(request.created_at),
        }
    }
}
