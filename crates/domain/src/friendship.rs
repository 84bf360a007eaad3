use crate::{FriendRequestId, Timestamp, UserId};

/// What is between an account and another whose profile it looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Friendship {
    /// It is their own profile.
    Yourself,
    /// Nothing, or nothing that the viewer is told.
    None,
    /// The viewer has asked.
    Requested,
    /// They have asked the viewer.
    RequestedByThem,
    Friends,
}

impl Friendship {
    /// Its stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Yourself => "self",
            Self::None => "none",
            Self::Requested => "requested",
            Self::RequestedByThem => "requested_by_them",
            Self::Friends => "friends",
        }
    }
}

/// What has become of a friend request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FriendRequestStatus {
    Pending,
    /// It became a friendship.
    Accepted,
    /// The one who was asked said no.
    Declined,
    /// The one who asked took it back.
    Cancelled,
}

impl FriendRequestStatus {
    /// The status's stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Cancelled => "cancelled",
        }
    }
}

/// One account's wish to be the friend of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FriendRequest {
    pub id: FriendRequestId,
    pub from: UserId,
    pub to: UserId,
    /// What has become of it.
    pub status: FriendRequestStatus,
    /// When it was sent.
    pub created_at: Timestamp,
}
