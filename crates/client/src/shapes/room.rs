use std::ops::Deref;

use jiff::Timestamp;
use secrecy::SecretString;
use serde::Deserialize;

use crate::{Epoch, InvitationId, RoomId, UserId};

/// A room, as one of its members sees it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Room {
    /// Its id.
    pub room_id: RoomId,
    /// What people see.
    pub name: String,
    /// Whose it is.
    pub owner_id: UserId,
    /// How many seats there are.
    pub seats: u32,
    /// How many of them are taken.
    pub seats_taken: u32,
    /// Whether nobody new may join.
    pub locked: bool,
    /// When it was created.
    pub created_at: Timestamp,
    /// Which life of its log this is.
    pub epoch: Epoch,
    /// The newest event's seq.
    pub head_seq: i64,
    /// Up to where the account has read.
    pub read_seq: i64,
    /// How many messages by others lie above `read_seq`.
    pub unread: i64,
}

/// A room with the people in it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RoomDetail {
    /// The room.
    #[serde(flatten)]
    pub room: Room,
    /// The members, in the order of their seats.
    pub members: Vec<Member>,
}

impl Deref for RoomDetail {
    type Target = Room;

    fn deref(&self) -> &Room {
        &self.room
    }
}

/// A seat's holder.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    /// Whose seat it is.
    pub user_id: UserId,
    /// What people see.
    pub name: String,
    /// Whether they are a prime member.
    pub prime: bool,
    /// Whether the room is theirs.
    pub owner: bool,
    /// Whether they are connected.
    pub online: bool,
    /// When they took the seat.
    pub joined_at: Timestamp,
}

/// What joining came to.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    /// The room.
    pub room_id: RoomId,
    /// What the seat cost when it was taken, in coins.
    pub fee: i64,
    /// The balance now, in coins.
    pub avail_coins: i64,
    /// Whether the seat was held before, so that nothing was paid now.
    pub already_member: bool,
}

/// An invitation, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Invitation {
    /// Its id.
    pub invitation_id: InvitationId,
    /// The room that it opens.
    pub room_id: RoomId,
    /// For whom.
    pub invitee_id: UserId,
    /// Whether it still does.
    pub status: InvitationStatus,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it is good.
    pub expires_at: Timestamp,
}

/// What became of an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvitationStatus {
    /// Its invitee may join with it.
    Open,
    /// They have.
    Used,
    /// The owner took it back.
    Revoked,
    /// Its time is over.
    Expired,
    /// One that this client does not know.
    #[serde(other)]
    Other,
}

/// An invitation just made, with the secret that is shown this once.
#[derive(Debug, Clone, Deserialize)]
pub struct Issued {
    /// The invitation.
    #[serde(flatten)]
    pub invitation: Invitation,
    /// What the invitee joins with.
    pub token: SecretString,
}
