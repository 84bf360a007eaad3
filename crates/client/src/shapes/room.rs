use std::ops::Deref;

use jiff::Timestamp;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::secrets::exposed_if_any;
use crate::{Epoch, InvitationId, RoomId, UserId};

/// A room, as one of its members sees it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Room {
    pub room_id: RoomId,
    pub name: String,
    pub topic: Option<String>,
    pub owner_id: UserId,
    pub seats: u32,
    pub seats_taken: u32,
    /// Whether nobody new may join.
    pub locked: bool,
    pub created_at: Timestamp,
    /// The current epoch of its log.
    pub epoch: Epoch,
    /// The newest event's seq.
    pub head_seq: i64,
    /// Up to where the account has read.
    pub read_seq: i64,
    /// How many messages by others lie above `read_seq`.
    pub unread: i64,
    /// How many of these mention the account.
    #[serde(default)]
    pub unread_mentions: i64,
    /// When its newest event happened, if the server tells.
    pub last_event_at: Option<Timestamp>,
    /// The newest message that is not deleted.
    pub last_message: Option<LastMessage>,
}

/// The newest message of a room.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LastMessage {
    pub seq: i64,
    pub sender_id: UserId,
    /// None if their account is deleted.
    pub sender_name: Option<String>,
    /// How its text begins: 140 characters at most.
    pub excerpt: String,
    pub at: Timestamp,
}

/// A room with the people in it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct RoomDetail {
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

/// Changes to a room by its owner. `None` leaves a field as it is.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RoomUpdate {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// An empty one removes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "exposed_if_any")]
    pub password: Option<SecretString>,
    /// Whether nobody new may join.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locked: Option<bool>,
    /// The new owner: a prime member in the room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<UserId>,
}

/// What changed about a room. `None` where nothing did.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RoomChange {
    pub name: Option<String>,
    /// Empty where it was removed.
    pub topic: Option<String>,
    /// Whether nobody new may join.
    pub locked: Option<bool>,
    pub owner_id: Option<UserId>,
    /// Whether its password has changed.
    pub password_changed: Option<bool>,
}

/// A member of a room.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Member {
    pub user_id: UserId,
    pub name: String,
    pub prime: bool,
    pub owner: bool,
    pub online: bool,
    pub joined_at: Timestamp,
}

/// Somebody who is banned from a room.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Ban {
    pub user_id: UserId,
    pub name: String,
    pub banned_at: Timestamp,
}

/// What joining a room costs an account.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Price {
    /// Why: `returning`, `prime`, `first_join` or `further_join`; others may come.
    pub terms: String,
    /// In coins.
    pub fee: i64,
    /// What a free member pays for each room after the first, in coins.
    pub further_fee: i64,
}

/// The outcome of joining.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Receipt {
    pub room_id: RoomId,
    /// What the seat cost when it was taken, in coins.
    pub fee: i64,
    /// The balance now, in coins.
    pub avail_coins: i64,
    /// Whether the account was in the room already, so that nothing was paid now.
    pub already_member: bool,
}

/// An invitation, without its secret.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Invitation {
    pub invitation_id: InvitationId,
    /// The room that it opens.
    pub room_id: RoomId,
    pub invitee_id: UserId,
    pub status: InvitationStatus,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// The state of an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvitationStatus {
    /// Its invitee may join with it.
    Open,
    /// Its invitee has joined with it.
    Used,
    /// The owner revoked it.
    Revoked,
    /// It has expired.
    Expired,
    /// One that this client does not know.
    #[serde(other)]
    Other,
}

/// An invitation just made, with the secret that is shown this once.
#[derive(Debug, Clone, Deserialize)]
pub struct IssuedInvitation {
    #[serde(flatten)]
    pub invitation: Invitation,
    /// What the invitee joins with.
    pub token: SecretString,
}
