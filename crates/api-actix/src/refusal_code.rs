//! Every refusal's code: the domain's denials, what the API itself refuses, and what HTTP adds to each.

use std::borrow::Cow;

use actix_web::http::StatusCode;
use domain::{Denial, DenialKind};

/// A refusal's stable code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Code {
    /// A rule said no.
    Denied(DenialKind),
    /// The request is not written as HTTP and JSON have it.
    MalformedRequest,
    /// There is no access token.
    TokenMissing,
    /// Another site's page may not do this.
    OriginNotAllowed,
    /// The address has other methods.
    MethodNotAllowed,
    /// The body is longer than any call needs.
    PayloadTooLarge,
    /// The body is not declared as JSON.
    UnsupportedMediaType,
    /// It was tried too often.
    RateLimited,
    /// The server failed.
    Internal,
    /// The server cannot take it now.
    Unavailable,
}

impl Code {
    /// Some fields cannot be accepted, as the reader of a request or a rule finds.
    pub(crate) const VALIDATION_FAILED: Self = Self::Denied(DenialKind::Invalid);

    const OF_THE_API: [Self; 9] = [
        Self::MalformedRequest,
        Self::TokenMissing,
        Self::OriginNotAllowed,
        Self::MethodNotAllowed,
        Self::PayloadTooLarge,
        Self::UnsupportedMediaType,
        Self::RateLimited,
        Self::Internal,
        Self::Unavailable,
    ];

    /// All of them, in the order of their statuses.
    pub(crate) fn all() -> Vec<Self> {
        let denied = DenialKind::ALL.iter().copied().map(Self::Denied);
        let mut all: Vec<_> = denied.chain(Self::OF_THE_API).collect();
        all.sort_by_key(|code| code.status());
        all
    }

    /// The code as clients see it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Denied(kind) => kind.code(),
            Self::MalformedRequest => "malformed_request",
            Self::TokenMissing => "token_missing",
            Self::OriginNotAllowed => "origin_not_allowed",
            Self::MethodNotAllowed => "method_not_allowed",
            Self::PayloadTooLarge => "payload_too_large",
            Self::UnsupportedMediaType => "unsupported_media_type",
            Self::RateLimited => "rate_limited",
            Self::Internal => "internal",
            Self::Unavailable => "unavailable",
        }
    }

    /// The status it is answered with.
    pub(crate) const fn status(self) -> StatusCode {
        self.over_http().0
    }

    /// What it is called for people, the same every time.
    pub(crate) const fn title(self) -> &'static str {
        self.over_http().1
    }

    /// What it means and what to do, in two or three sentences.
    pub(crate) fn explanation(self) -> Cow<'static, str> {
        let more = self.over_http().2;
        let sentence = match self {
            Self::Denied(kind) => kind.without_details().map(|denial| denial.to_string()),
            _ => None,
        };
        match sentence {
            Some(sentence) if more.is_empty() => sentence.into(),
            Some(sentence) => format!("{sentence} {more}").into(),
            None => more.into(),
        }
    }

    /// Its status, its title, and what clients are told besides the sentence of the denial.
    #[expect(clippy::too_many_lines, reason = "a table, a row for each code")]
    const fn over_http(self) -> (StatusCode, &'static str, &'static str) {
        use DenialKind as Kind;
        use StatusCode as Status;
        match self {
            Self::MalformedRequest => (
                Status::BAD_REQUEST,
                "The request cannot be read",
                "The body is not a JSON object. Send one.",
            ),
            Self::TokenMissing => (
                Status::UNAUTHORIZED,
                "No access token",
                "This takes an access token. Send it as `Authorization: Bearer <token>`.",
            ),
            Self::Denied(Kind::TokenInvalid) => (
                Status::UNAUTHORIZED,
                "The token is not valid",
                "This server did not issue it, or not as this kind of token.",
            ),
            Self::Denied(Kind::TokenExpired) => (Status::UNAUTHORIZED, "The token has expired", ""),
            Self::Denied(Kind::SessionRevoked) => (
                Status::UNAUTHORIZED,
                "The session has ended",
                "It ends by signing out, by signing in on the same device again, by removing the device, by \
                 changing the password, or because a used refresh token was used again.",
            ),
            Self::Denied(Kind::InvalidCredentials) => (
                Status::UNAUTHORIZED,
                "Wrong user id or password",
                "Check both; the answer does not say which of them is wrong.",
            ),
            Self::Denied(Kind::SecondFactorRequired) => (
                Status::UNAUTHORIZED,
                "A code is needed too",
                "The password is right. Sign in again with the code as `otp`.",
            ),
            Self::Denied(Kind::SecondFactorInvalid) => {
                (Status::UNAUTHORIZED, "Wrong code", "A recovery code that has not been used works too.")
            }
            Self::Denied(Kind::InsufficientCoins) => (
                Status::PAYMENT_REQUIRED,
                "Not enough coins",
                "Each room after a free member's first costs coins, and the balance does not suffice. An admin \
                 grants coins; prime members join free. `required` is the price, `available` the balance, \
                 `shortfall` what is missing.",
            ),
            Self::Denied(Kind::PrimeRequired) => (Status::FORBIDDEN, "Prime members only", ""),
            Self::Denied(Kind::WrongRoomPassword) => (Status::FORBIDDEN, "Wrong room password", ""),
            Self::Denied(Kind::Banned) => (Status::FORBIDDEN, "Banned from the room", ""),
            Self::Denied(Kind::RoomLocked) => (Status::FORBIDDEN, "The room is locked", ""),
            Self::Denied(Kind::NotAMember) => (Status::FORBIDDEN, "No longer a member", ""),
            Self::Denied(Kind::OwnerOnly) => {
                (Status::FORBIDDEN, "The room's owner only", "The room's `ownerId` says who that is.")
            }
            Self::Denied(Kind::AuthorOnly) => (
                Status::FORBIDDEN,
                "The message's author only",
                "The room's owner can delete it too, but not edit it.",
            ),
            Self::Denied(Kind::AccountSuspended) => (
                Status::FORBIDDEN,
                "The account is suspended",
                "Until then it can neither sign in nor do anything. It keeps its seats and coins.",
            ),
            Self::Denied(Kind::AdminOnly) => {
                (Status::FORBIDDEN, "Admins only", "The command line makes an account an admin's.")
            }
            Self::Denied(Kind::InviteeNotPrime) => {
                (Status::FORBIDDEN, "The invitee is not a prime member", "")
            }
            Self::Denied(Kind::InvitationInvalid) => (Status::FORBIDDEN, "The invitation is not valid", ""),
            Self::Denied(Kind::NotParticipants) => (Status::FORBIDDEN, "No room in common", ""),
            Self::OriginNotAllowed => (
                Status::FORBIDDEN,
                "Not from this page",
                "Pages of this origin may not open a WebSocket here. The operator lists those that may in \
                 `ALLOWED_ORIGINS`.",
            ),
            Self::Denied(Kind::RoomNotFound) => (Status::NOT_FOUND, "No such room", ""),
            Self::Denied(Kind::UserNotFound) => (Status::NOT_FOUND, "No such account", ""),
            Self::Denied(Kind::MessageNotFound) => {
                (Status::NOT_FOUND, "No such message", "It may have been deleted.")
            }
            Self::Denied(Kind::FriendRequestNotFound) => {
                (Status::NOT_FOUND, "No such friend request", "It may have been answered or withdrawn.")
            }
            Self::Denied(Kind::InvitationNotFound) => (Status::NOT_FOUND, "No such invitation", ""),
            Self::Denied(Kind::NotFound) => {
                (Status::NOT_FOUND, "Nothing here", "`/api/docs` shows every call.")
            }
            Self::MethodNotAllowed => (
                Status::METHOD_NOT_ALLOWED,
                "This method does not work here",
                "The address is right, the method is not. The header `Allow` lists those that work.",
            ),
            Self::Denied(Kind::UserIdTaken) => (
                Status::CONFLICT,
                "The user id is taken",
                "A user id is never given out again, even after its account was deleted.",
            ),
            Self::Denied(Kind::RoomFull) => {
                (Status::CONFLICT, "The room is full", "`seats` says how many seats there are.")
            }
            Self::Denied(Kind::AlreadyFriends) => (Status::CONFLICT, "Already friends", ""),
            Self::Denied(Kind::FriendRequestPending) => (Status::CONFLICT, "Already asked", ""),
            Self::Denied(Kind::OwnerMustHandOver) => (Status::CONFLICT, "The room needs its owner", ""),
            Self::Denied(Kind::ClientMessageIdConflict) => (
                Status::CONFLICT,
                "The client message id is used",
                "The id is `clientMessageId`. A retry repeats room and body; a new message takes a new id.",
            ),
            Self::Denied(Kind::TooManyReactions) => (
                Status::CONFLICT,
                "Too many different emoji",
                "A message takes 20 different emoji. Members can still add one that is already there.",
            ),
            Self::Denied(Kind::QuotaExceeded) => (
                Status::CONFLICT,
                "No more of these",
                "There are as many of these as there may be: `limit` says how many, `quota` of what, which is \
                 `rooms_owned`, `rooms_sat_in` or `open_invitations`. Give one up first.",
            ),
            Self::Denied(Kind::InvitationExpired) => (Status::GONE, "The invitation has expired", ""),
            Self::Denied(Kind::InvitationUsed) => (Status::GONE, "The invitation has been used", ""),
            Self::Denied(Kind::InvitationRevoked) => {
                (Status::GONE, "The invitation was withdrawn", "Ask them, if you think that was a mistake.")
            }
            Self::Denied(Kind::PasswordLinkInvalid) => (
                Status::GONE,
                "The password link is not valid",
                "A link works once and for a day, until a newer one is made, and not for a suspended account.",
            ),
            Self::Denied(Kind::RoomClosed) => (Status::GONE, "The room is closed", "It never opens again."),
            Self::PayloadTooLarge => (
                Status::PAYLOAD_TOO_LARGE,
                "The body is too large",
                "The body is longer than 64 KiB, more than any call needs. Send less.",
            ),
            Self::UnsupportedMediaType => (
                Status::UNSUPPORTED_MEDIA_TYPE,
                "The body is not declared as JSON",
                "The body is not declared as JSON. Send `Content-Type: application/json`.",
            ),
            Self::Denied(Kind::Invalid) => (
                Status::UNPROCESSABLE_ENTITY,
                "Some fields cannot be accepted",
                "Some fields cannot be accepted; `errors` lists each with its `field`, a `code` and a `message`.",
            ),
            Self::RateLimited => (
                Status::TOO_MANY_REQUESTS,
                "Too often",
                "This was tried too often. The header `Retry-After` says in how many seconds to try again.",
            ),
            Self::Internal => (
                Status::INTERNAL_SERVER_ERROR,
                "The server failed",
                "The server failed. The operator finds the cause in its log under the `requestId`. Trying again \
                 may not help.",
            ),
            Self::Unavailable => (
                Status::SERVICE_UNAVAILABLE,
                "The server cannot take this now",
                "The server cannot take this now, and nothing was done. The header `Retry-After` says in how \
                 many seconds to try again.",
            ),
        }
    }
}

impl From<&Denial> for Code {
    fn from(denial: &Denial) -> Self {
        Self::Denied(denial.kind())
    }
}

#[cfg(test)]
mod tests {
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
                "too_many_reactions",
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
        let mut promised: Vec<_> =
            PROMISED.iter().flat_map(|(status, codes)| codes.iter().map(|code| (*status, *code))).collect();
        let mut ours: Vec<_> =
            Code::all().iter().map(|code| (code.status().as_u16(), code.as_str())).collect();
        promised.sort_unstable();
        ours.sort_unstable();
        assert_eq!(ours, promised);
    }

    #[test]
    fn every_code_is_explained_in_whole_sentences() {
        for code in Code::all() {
            let explanation = code.explanation();
            assert!(explanation.ends_with('.') && !explanation.contains("  "), "{explanation}");
        }
    }
}
