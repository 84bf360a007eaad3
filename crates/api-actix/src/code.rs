//! Every refusal's code, and the one place that knows their statuses.

use actix_web::http::StatusCode;
use domain::Denial;

macro_rules! codes {
    ($($status:ident { $($variant:ident $code:literal $title:literal,)+ })+) => {
        /// A refusal's stable code: the domain's, and those of the API itself.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub(crate) enum Code {
            $($($variant,)+)+
        }

        impl Code {
            /// All of them, in the order of their statuses.
            pub(crate) const ALL: &[Self] = &[$($(Self::$variant,)+)+];

            /// The code as clients see it.
            pub(crate) const fn as_str(self) -> &'static str {
                match self { $($(Self::$variant => $code,)+)+ }
            }

            /// The status it is answered with.
            pub(crate) const fn status(self) -> StatusCode {
                match self { $($(Self::$variant => StatusCode::$status,)+)+ }
            }

            /// What it is called for people, the same every time.
            pub(crate) const fn title(self) -> &'static str {
                match self { $($(Self::$variant => $title,)+)+ }
            }
        }
    };
}

codes! {
    BAD_REQUEST {
        MalformedRequest "malformed_request" "The request cannot be read",
    }
    UNAUTHORIZED {
        TokenMissing "token_missing" "No access token",
        TokenInvalid "token_invalid" "The token is not valid",
        TokenExpired "token_expired" "The token has expired",
        SessionRevoked "session_revoked" "The session has ended",
        InvalidCredentials "invalid_credentials" "Wrong user id or password",
        SecondFactorRequired "second_factor_required" "A code is needed too",
        SecondFactorInvalid "second_factor_invalid" "Wrong code",
    }
    PAYMENT_REQUIRED {
        InsufficientCoins "insufficient_coins" "Not enough coins",
    }
    FORBIDDEN {
        PrimeRequired "prime_required" "Prime members only",
        WrongRoomPassword "wrong_room_password" "Wrong room password",
        Banned "banned" "Banned from the room",
        RoomLocked "room_locked" "The room is locked",
        NotAMember "not_a_member" "No longer a member",
        OwnerOnly "owner_only" "The room's owner only",
        AuthorOnly "author_only" "The message's author only",
        AccountSuspended "account_suspended" "The account is suspended",
        AdminOnly "admin_only" "Admins only",
        InviteeNotPrime "invitee_not_prime" "The invitee is not a prime member",
        InvitationInvalid "invitation_invalid" "The invitation is not valid",
        NotParticipants "not_participants" "No room in common",
        OriginNotAllowed "origin_not_allowed" "Not from this page",
    }
    NOT_FOUND {
        RoomNotFound "room_not_found" "No such room",
        UserNotFound "user_not_found" "No such account",
        MessageNotFound "message_not_found" "No such message",
        FriendRequestNotFound "friend_request_not_found" "No such friend request",
        InvitationNotFound "invitation_not_found" "No such invitation",
        NotFound "not_found" "Nothing here",
    }
    METHOD_NOT_ALLOWED {
        MethodNotAllowed "method_not_allowed" "This method does not work here",
    }
    CONFLICT {
        UserIdTaken "user_id_taken" "The user id is taken",
        RoomFull "room_full" "The room is full",
        AlreadyFriends "already_friends" "Friends already",
        FriendRequestPending "friend_request_pending" "Asked already",
        OwnerMustHandOver "owner_must_hand_over" "The room needs its owner",
        ClientMessageIdConflict "client_message_id_conflict" "The client message id is used",
        QuotaExceeded "quota_exceeded" "No more of these",
    }
    GONE {
        InvitationExpired "invitation_expired" "The invitation has expired",
        InvitationUsed "invitation_used" "The invitation has been used",
        InvitationRevoked "invitation_revoked" "The invitation was taken back",
        PasswordLinkInvalid "password_link_invalid" "The password link is not valid",
        RoomClosed "room_closed" "The room is closed",
    }
    PAYLOAD_TOO_LARGE {
        PayloadTooLarge "payload_too_large" "The body is too large",
    }
    UNSUPPORTED_MEDIA_TYPE {
        UnsupportedMediaType "unsupported_media_type" "The body is not declared as JSON",
    }
    UNPROCESSABLE_ENTITY {
        ValidationFailed "validation_failed" "Some fields cannot be accepted",
    }
    TOO_MANY_REQUESTS {
        RateLimited "rate_limited" "Too often",
    }
    INTERNAL_SERVER_ERROR {
        Internal "internal" "The server failed",
    }
    SERVICE_UNAVAILABLE {
        Unavailable "unavailable" "The server cannot take this now",
    }
}

impl From<&Denial> for Code {
    fn from(denial: &Denial) -> Self {
        match denial {
            Denial::PrimeRequired => Self::PrimeRequired,
            Denial::WrongRoomPassword => Self::WrongRoomPassword,
            Denial::Banned => Self::Banned,
            Denial::RoomLocked => Self::RoomLocked,
            Denial::NotAMember => Self::NotAMember,
            Denial::OwnerOnly => Self::OwnerOnly,
            Denial::AuthorOnly => Self::AuthorOnly,
            Denial::AccountSuspended => Self::AccountSuspended,
            Denial::AdminOnly => Self::AdminOnly,
            Denial::InviteeNotPrime => Self::InviteeNotPrime,
            Denial::InvitationInvalid => Self::InvitationInvalid,
            Denial::NotParticipants => Self::NotParticipants,
            Denial::RoomNotFound => Self::RoomNotFound,
            Denial::UserNotFound => Self::UserNotFound,
            Denial::MessageNotFound => Self::MessageNotFound,
            Denial::FriendRequestNotFound => Self::FriendRequestNotFound,
            Denial::InvitationNotFound => Self::InvitationNotFound,
            Denial::NotFound => Self::NotFound,
            Denial::UserIdTaken => Self::UserIdTaken,
            Denial::RoomFull => Self::RoomFull,
            Denial::AlreadyFriends => Self::AlreadyFriends,
            Denial::FriendRequestPending => Self::FriendRequestPending,
            Denial::OwnerMustHandOver => Self::OwnerMustHandOver,
            Denial::ClientMessageIdConflict => Self::ClientMessageIdConflict,
            Denial::InvitationExpired => Self::InvitationExpired,
            Denial::InvitationUsed => Self::InvitationUsed,
            Denial::InvitationRevoked => Self::InvitationRevoked,
            Denial::PasswordLinkInvalid => Self::PasswordLinkInvalid,
            Denial::RoomClosed => Self::RoomClosed,
            Denial::InsufficientCoins { .. } => Self::InsufficientCoins,
            Denial::QuotaExceeded { .. } => Self::QuotaExceeded,
            Denial::InvalidCredentials => Self::InvalidCredentials,
            Denial::SecondFactorRequired => Self::SecondFactorRequired,
            Denial::SecondFactorInvalid => Self::SecondFactorInvalid,
            Denial::TokenInvalid => Self::TokenInvalid,
            Denial::TokenExpired => Self::TokenExpired,
            Denial::SessionRevoked => Self::SessionRevoked,
            Denial::Invalid { .. } => Self::ValidationFailed,
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::{Coins, Invalid, Quota};

    use super::*;

    /// What API consumers were promised; `origin_not_allowed` is an addition of ours.
    const PROMISED: &[(u16, &[&str])] = &[
        (400, &["malformed_request"]),
        (
            401,
            &[
                "token_missing",
                "token_invalid",
                "token_expired",
                "session_revoked",
                "invalid_credentials",
                "second_factor_required",
                "second_factor_invalid",
            ],
        ),
        (402, &["insufficient_coins"]),
        (
            403,
            &[
                "prime_required",
                "wrong_room_password",
                "banned",
                "room_locked",
                "not_a_member",
                "owner_only",
                "author_only",
                "account_suspended",
                "admin_only",
                "invitee_not_prime",
                "invitation_invalid",
                "not_participants",
                "origin_not_allowed",
            ],
        ),
        (
            404,
            &[
                "room_not_found",
                "user_not_found",
                "message_not_found",
                "friend_request_not_found",
                "invitation_not_found",
                "not_found",
            ],
        ),
        (405, &["method_not_allowed"]),
        (
            409,
            &[
                "user_id_taken",
                "room_full",
                "already_friends",
                "friend_request_pending",
                "owner_must_hand_over",
                "client_message_id_conflict",
                "quota_exceeded",
            ],
        ),
        (
            410,
            &[
                "invitation_expired",
                "invitation_used",
                "invitation_revoked",
                "password_link_invalid",
                "room_closed",
            ],
        ),
        (413, &["payload_too_large"]),
        (415, &["unsupported_media_type"]),
        (422, &["validation_failed"]),
        (429, &["rate_limited"]),
        (500, &["internal"]),
        (503, &["unavailable"]),
    ];

    #[test]
    fn the_codes_and_their_statuses_are_those_that_were_promised() {
        let promised: Vec<_> =
            PROMISED.iter().flat_map(|(status, codes)| codes.iter().map(|code| (*status, *code))).collect();
        let ours: Vec<_> = Code::ALL.iter().map(|code| (code.status().as_u16(), code.as_str())).collect();
        assert_eq!(ours, promised);
    }

    #[test]
    fn the_domain_and_the_api_call_a_denial_the_same() {
        let zero = Coins::ZERO;
        let invalid = Denial::Invalid { field: "x", invalid: Invalid::new("x", "x") };
        let coins = Denial::InsufficientCoins { required: zero, available: zero, shortfall: zero };
        let plain = [
            Denial::PrimeRequired,
            Denial::WrongRoomPassword,
            Denial::Banned,
            Denial::RoomLocked,
            Denial::NotAMember,
            Denial::OwnerOnly,
            Denial::AuthorOnly,
            Denial::AccountSuspended,
            Denial::AdminOnly,
            Denial::InviteeNotPrime,
            Denial::InvitationInvalid,
            Denial::NotParticipants,
            Denial::RoomNotFound,
            Denial::UserNotFound,
            Denial::MessageNotFound,
            Denial::FriendRequestNotFound,
            Denial::InvitationNotFound,
            Denial::NotFound,
            Denial::UserIdTaken,
            Denial::RoomFull,
            Denial::AlreadyFriends,
            Denial::FriendRequestPending,
            Denial::OwnerMustHandOver,
            Denial::ClientMessageIdConflict,
            Denial::InvitationExpired,
            Denial::InvitationUsed,
            Denial::InvitationRevoked,
            Denial::PasswordLinkInvalid,
            Denial::RoomClosed,
            Denial::InvalidCredentials,
            Denial::SecondFactorRequired,
            Denial::SecondFactorInvalid,
            Denial::TokenInvalid,
            Denial::TokenExpired,
            Denial::SessionRevoked,
        ];
        let quota = Denial::QuotaExceeded { quota: Quota::RoomsOwned, limit: 100 };
        for denial in plain.iter().chain([&invalid, &coins, &quota]) {
            assert_eq!(Code::from(denial).as_str(), denial.code());
        }
    }
}
