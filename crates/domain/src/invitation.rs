use std::ops::RangeInclusive;
use std::time::Duration;

use crate::{Invalid, InvitationId, RoomId, Timestamp, TokenHash, UserId};

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

/// How long an invitation is good: a day, if nobody says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvitationLifetime(Duration);

impl InvitationLifetime {
    /// How many seconds it may be: up to 30 days.
    pub const SECONDS: RangeInclusive<u64> = 1..=30 * 24 * 60 * 60;

    /// So many seconds.
    pub fn of_seconds(seconds: i64) -> Result<Self, Invalid> {
        let seconds = u64::try_from(seconds).ok().filter(|seconds| Self::SECONDS.contains(seconds));
        seconds.map(|seconds| Self(Duration::from_secs(seconds))).ok_or_else(|| {
            let most = Self::SECONDS.end();
            let days = most / (24 * 60 * 60);
            let message = format!("An invitation is valid for 1 second to {days} days ({most} seconds).");
            Invalid::new("out_of_range", message)
        })
    }

    /// The same as a duration.
    pub fn get(self) -> Duration {
        self.0
    }
}

impl Default for InvitationLifetime {
    fn default() -> Self {
        Self(Duration::from_hours(24))
    }
}

/// A token with which one named prime member may join one room once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_is_good_for_a_second_to_thirty_days() {
        let longest = 30 * 24 * 60 * 60;
        for seconds in [1, longest] {
            let lifetime = InvitationLifetime::of_seconds(seconds).expect("it lasts");
            assert_eq!(i64::try_from(lifetime.get().as_secs()), Ok(seconds));
        }
        for seconds in [i64::MIN, -1, 0, longest + 1] {
            assert!(InvitationLifetime::of_seconds(seconds).is_err(), "{seconds}");
        }
        assert_eq!(InvitationLifetime::default().get(), Duration::from_hours(24));
    }
}
