use std::error::Error;

use crate::{Coins, Invalid, Quota, SEATS};

/// A rule said no, and nothing was changed. The codes never change; the sentences say what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "each variant's sentence says what it means")]
pub enum Denial {
    #[error("This takes a prime member. An admin grants prime membership.")]
    PrimeRequired,
    #[error("The room's password is not the one you gave. Ask the owner for the current one.")]
    WrongRoomPassword,
    #[error("This account is banned from the room. Only the room's owner can lift the ban.")]
    Banned,
    #[error("The owner has locked this room: nobody new can join until it is unlocked.")]
    RoomLocked,
    #[error("You are no longer a member of this room. Join it again to take part.")]
    NotAMember,
    #[error("Only the room's owner can do this.")]
    OwnerOnly,
    #[error("Only the message's author can do this.")]
    AuthorOnly,
    #[error("This account is suspended. Only an admin can readmit it.")]
    AccountSuspended,
    #[error("Only an admin can do this.")]
    AdminOnly,
    #[error("Only prime members can be invited, and this account is not one.")]
    InviteeNotPrime,
    #[error("This invitation is not valid for you. Ask the room's owner for one of your own.")]
    InvitationInvalid,
    #[error("You can ask for the friendship of people you share or have shared a room with.")]
    NotParticipants,
    #[error("There is no such room among those you can see. Check the room id.")]
    RoomNotFound,
    #[error("There is no such account. Check the user id.")]
    UserNotFound,
    #[error("There is no such message in this room.")]
    MessageNotFound,
    #[error("There is no such open friend request.")]
    FriendRequestNotFound,
    #[error("There is no such invitation in this room.")]
    InvitationNotFound,
    #[error("There is no such thing here.")]
    NotFound,
    #[error("This user id is taken. Choose another.")]
    UserIdTaken,
    #[error("All {SEATS} seats of this room are taken. Try again when somebody has left.")]
    RoomFull,
    #[error("You are friends already.")]
    AlreadyFriends,
    #[error("You have asked already, and the request is still open.")]
    FriendRequestPending,
    #[error("A room needs its owner: hand it to another prime member in it, or close it.")]
    OwnerMustHandOver,
    #[error("You used this clientMessageId for another message. Give each message its own.")]
    ClientMessageIdConflict,
    #[error("This invitation has expired. Ask the room's owner for a new one.")]
    InvitationExpired,
    #[error("This invitation has been used. Ask the room's owner for a new one.")]
    InvitationUsed,
    #[error("The room's owner took this invitation back.")]
    InvitationRevoked,
    #[error(
        "This password link has been used, has expired or was never given out. Ask an admin for a new one."
    )]
    PasswordLinkInvalid,
    #[error("This room has been closed.")]
    RoomClosed,
    #[error("Joining costs {required} coins and you have {available}: {shortfall} are missing.")]
    InsufficientCoins {
        /// The price.
        required: Coins,
        /// The balance.
        available: Coins,
        /// What is missing.
        shortfall: Coins,
    },
    #[error("{}", quota.sentence(*limit))]
    QuotaExceeded {
        /// What there is enough of.
        quota: Quota,
        /// How much that is.
        limit: usize,
    },
    #[error("The user id or the password is wrong.")]
    InvalidCredentials,
    #[error("Enter the code that your authenticator shows, or a recovery code.")]
    SecondFactorRequired,
    #[error("This code is wrong or was used. Wait for the next one that your authenticator shows.")]
    SecondFactorInvalid,
    #[error("This token is not valid. Sign in again.")]
    TokenInvalid,
    #[error("This token has expired. Refresh it, or sign in again.")]
    TokenExpired,
    #[error("This session has ended. Sign in again.")]
    SessionRevoked,
    #[error("{invalid}")]
    Invalid {
        /// The field that cannot be accepted, by its name in the API.
        field: &'static str,
        /// Why not.
        invalid: Invalid,
    },
}

impl Denial {
    /// The denial's stable code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::PrimeRequired => "prime_required",
            Self::WrongRoomPassword => "wrong_room_password",
            Self::Banned => "banned",
            Self::RoomLocked => "room_locked",
            Self::NotAMember => "not_a_member",
            Self::OwnerOnly => "owner_only",
            Self::AuthorOnly => "author_only",
            Self::AccountSuspended => "account_suspended",
            Self::AdminOnly => "admin_only",
            Self::InviteeNotPrime => "invitee_not_prime",
            Self::InvitationInvalid => "invitation_invalid",
            Self::NotParticipants => "not_participants",
            Self::RoomNotFound => "room_not_found",
            Self::UserNotFound => "user_not_found",
            Self::MessageNotFound => "message_not_found",
            Self::FriendRequestNotFound => "friend_request_not_found",
            Self::InvitationNotFound => "invitation_not_found",
            Self::NotFound => "not_found",
            Self::UserIdTaken => "user_id_taken",
            Self::RoomFull => "room_full",
            Self::AlreadyFriends => "already_friends",
            Self::FriendRequestPending => "friend_request_pending",
            Self::OwnerMustHandOver => "owner_must_hand_over",
            Self::ClientMessageIdConflict => "client_message_id_conflict",
            Self::InvitationExpired => "invitation_expired",
            Self::InvitationUsed => "invitation_used",
            Self::InvitationRevoked => "invitation_revoked",
            Self::PasswordLinkInvalid => "password_link_invalid",
            Self::RoomClosed => "room_closed",
            Self::InsufficientCoins { .. } => "insufficient_coins",
            Self::QuotaExceeded { .. } => "quota_exceeded",
            Self::InvalidCredentials => "invalid_credentials",
            Self::SecondFactorRequired => "second_factor_required",
            Self::SecondFactorInvalid => "second_factor_invalid",
            Self::TokenInvalid => "token_invalid",
            Self::TokenExpired => "token_expired",
            Self::SessionRevoked => "session_revoked",
            Self::Invalid { .. } => "validation_failed",
        }
    }
}

/// Why a call was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// A rule said no.
    #[error(transparent)]
    Denied(#[from] Denial),
    /// The machine cannot take it now; nothing was done, and a retry may succeed.
    #[error("the server cannot take this now")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
    /// The machine failed in a way that a retry does not mend. Opaque to clients.
    #[error("the server failed")]
    Internal(#[source] Box<dyn Error + Send + Sync>),
}
