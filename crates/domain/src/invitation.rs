use crate::{InvitationId, RoomId, Timestamp, TokenHash, UserId};

/// What has become of an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InvitationStatus {
    /// It can still be used.
    Open,
    /// Its invitee joined with it.
    Used,
    /// The owner took it back.
    Revoked,
    /// Nobody used it in time.
    Expired,
}

impl InvitationStatus {
    /// The status's stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Used => "used",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
        }
    }
}

/// A token with which one named prime member may join one room once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Its name.
    pub id: InvitationId,
    /// The room it opens.
    pub room_id: RoomId,
    /// The only account that may use it.
    pub invitee_id: UserId,
    /// The token's hash; the token itself is shown once and stored nowhere.
    pub token_hash: TokenHash,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends unused.
    pub expires_at: Timestamp,
    /// When its invitee joined with it.
    pub used_at: Option<Timestamp>,
    /// When the owner took it back.
    pub revoked_at: Option<Timestamp>,
}

impl Invitation {
    /// What has become of it by `now`.
    pub fn status(&self, now: Timestamp) -> InvitationStatus {
        if self.used_at.is_some() {
            InvitationStatus::Used
        } else if self.revoked_at.is_some() {
            InvitationStatus::Revoked
        } else if self.expires_at <= now {
            InvitationStatus::Expired
        } else {
            InvitationStatus::Open
        }
    }
}
