use std::error::Error;

use crate::{Coins, Invalid, Quota, Reactions, SEATS};

/// Declares the denials once, each with its code and the sentence that a person reads.
macro_rules! denials {
    ($(
        $name:ident $({ $($(#[$doc:meta])* $detail:ident: $type:ty,)+ })?
        = $code:literal: $sentence:literal $(, $argument:expr)?;
    )+) => {
        /// A rule said no, and nothing was changed. The codes never change; the sentences say what to do.
        #[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
        pub enum Denial {
            $(
                #[error($sentence $(, $argument)?)]
                $name $({ $($(#[$doc])* $detail: $type,)+ })?,
            )+
        }

        /// Which rule said no, without the details.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum DenialKind {
            $($name,)+
        }

        impl Denial {
            /// Which rule it was.
            pub const fn kind(&self) -> DenialKind {
                match self { $(Self::$name { .. } => DenialKind::$name,)+ }
            }
        }

        impl DenialKind {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// The stable code.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// The denial of this kind, if it has no details.
            pub const fn without_details(self) -> Option<Denial> {
                match self { $(Self::$name => denials!(@without_details $name $({ $($detail)+ })?),)+ }
            }
        }
    };
    (@without_details $name:ident) => { Some(Denial::$name) };
    (@without_details $name:ident { $($detail:ident)+ }) => { None };
}

denials! {
    PrimeRequired = "prime_required": "Only prime members can do this. An admin grants prime membership.";
    WrongRoomPassword = "wrong_room_password":
        "This is not the room's password. Ask its owner for the current one, or for an invitation.";
    Banned = "banned": "This account is banned from the room. Only the room's owner can lift the ban.";
    RoomLocked = "room_locked": "The owner has locked this room: nobody new can join until it is unlocked.";
    NotAMember = "not_a_member": "You are no longer a member of this room. Join it again to take part.";
    OwnerOnly = "owner_only": "Only the room's owner can do this.";
    AuthorOnly = "author_only": "Only the author can change this message.";
    AccountSuspended = "account_suspended": "This account is suspended. Only an admin can readmit it.";
    AdminOnly = "admin_only": "Only an admin can do this.";
    InviteeNotPrime = "invitee_not_prime":
        "Only prime members can be invited, and this account is not one. Give them the room's password instead.";
    InvitationInvalid = "invitation_invalid":
        "This invitation is not valid for you. Ask the room's owner for one of your own.";
    NotParticipants = "not_participants":
        "You can only send friend requests to people you share or have shared a room with.";
    RoomNotFound = "room_not_found": "There is no such room among those you can see. Check the room id.";
    UserNotFound = "user_not_found": "There is no such account. Check the user id.";
    MessageNotFound = "message_not_found": "There is no such message in this room.";
    FriendRequestNotFound = "friend_request_not_found": "There is no such open friend request.";
    InvitationNotFound = "invitation_not_found": "There is no such invitation to this room.";
    NotFound = "not_found": "There is nothing here.";
    UserIdTaken = "user_id_taken": "This user id is taken. Choose another.";
    RoomFull = "room_full": "All {SEATS} seats of this room are taken. Try again when somebody has left.";
    AlreadyFriends = "already_friends": "You are already friends.";
    FriendRequestPending = "friend_request_pending": "You have already asked, and the request is still open.";
    OwnerMustHandOver = "owner_must_hand_over":
        "A room needs an owner. Hand it over to another prime member in it, or close it.";
    ClientMessageIdConflict = "client_message_id_conflict":
        "You used this id for another message. Give each message an id of its own.";
    TooManyReactions = "too_many_reactions":
        "There are {} different emoji on this message already. Choose one of these instead.", Reactions::MOST_EMOJI;
    InvitationExpired = "invitation_expired":
        "This invitation has expired. Ask the room's owner for a new one.";
    InvitationUsed = "invitation_used":
        "This invitation has been used. Ask the room's owner for a new one.";
    InvitationRevoked = "invitation_revoked": "The room's owner withdrew this invitation.";
    PasswordLinkInvalid = "password_link_invalid":
        "This password link is wrong, has been used or has expired. Ask an admin for a new one.";
    RoomClosed = "room_closed": "This room has been closed.";
    InsufficientCoins {
        required: Coins,
        available: Coins,
        shortfall: Coins,
    } = "insufficient_coins":
        "Joining costs {required} coins and you have {available}: you are {shortfall} short.";
    QuotaExceeded {
        /// What there is enough of.
        quota: Quota,
        /// How much that is.
        limit: usize,
    } = "quota_exceeded": "{}", quota.sentence(*limit);
    InvalidCredentials = "invalid_credentials": "The user id or the password is wrong.";
    SecondFactorRequired = "second_factor_required":
        "Enter the code that your authenticator shows, or a recovery code.";
    SecondFactorInvalid = "second_factor_invalid":
        "This code is wrong or was already used. Wait for the next one that your authenticator shows.";
    TokenInvalid = "token_invalid": "This token is not valid. Sign in again.";
    TokenExpired = "token_expired": "This token has expired. Refresh it, or sign in again.";
    SessionRevoked = "session_revoked": "This session has ended. Sign in again.";
    Invalid {
        /// What cannot be accepted.
        field: Field,
        invalid: Invalid,
    } = "validation_failed": "{invalid}";
}

/// Input that a rule may not accept, though it is well-formed by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Field {
    /// The account that something is done to.
    UserId,
    /// The coins that a new account asks for.
    SignupCoins,
    /// The password of a new account.
    Password,
    /// The password that takes the place of another.
    NewPassword,
    /// The key under which a retry is recognised.
    IdempotencyKey,
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
