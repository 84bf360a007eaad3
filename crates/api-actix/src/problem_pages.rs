//! What every refusal's code means and what to do about it: the pages that a problem's `type`
//! leads to.

use crate::code::Code;

/// What a code means and what to do, in two or three sentences.
#[expect(clippy::too_many_lines, reason = "a table, a row for each code")]
pub(crate) fn meaning(code: Code) -> &'static str {
    match code {
        Code::MalformedRequest => "The body is not a JSON object. Send one.",
        Code::TokenMissing => "This takes an access token. Send it as `Authorization: Bearer <token>`.",
        Code::TokenInvalid => {
            "The token was not given out by this server, or not as this kind of token. Sign in again."
        }
        Code::TokenExpired => {
            "The token was good once. Buy the next pair with the refresh token, or sign in again."
        }
        Code::SessionRevoked => {
            "The session behind the token has ended: by signing out, by a new sign-in on the same \
             device, by removing the device, by a changed password, or because a used refresh token was \
             used again. Sign in again."
        }
        Code::SecondFactorRequired => {
            "The password is right, and the account asks for a code too. Sign in again with `otp`: what the \
             authenticator shows, or a recovery code."
        }
        Code::SecondFactorInvalid => {
            "The code is wrong, too old, or was used before. Try the next one that the authenticator shows, or a \
             recovery code that has not been used."
        }
        Code::InvalidCredentials => {
            "There is no account with this user id and this password. Check both; the answer does not \
             say which of them is wrong."
        }
        Code::InsufficientCoins => {
            "Each room after a free member's first costs coins, and the balance does not suffice. An \
             admin grants coins; prime members join free."
        }
        Code::PrimeRequired => "Only prime members may do this. An admin grants prime membership.",
        Code::WrongRoomPassword => {
            "The room exists, but this is not its password. Ask its owner for the current one, or for \
             an invitation."
        }
        Code::Banned => "The room's owner keeps this account out. Only the owner can lift the ban.",
        Code::RoomLocked => "The owner has locked the room: nobody new can join until it is unlocked.",
        Code::NotAMember => {
            "The account sat in this room once and does no longer. Join again to take \
             part."
        }
        Code::OwnerOnly => "Only the room's owner may do this. The room's `ownerId` says who that is.",
        Code::AuthorOnly => {
            "Only the message's author may edit it; only its author or the room's owner may delete it."
        }
        Code::AccountSuspended => {
            "An admin has suspended the account: it can neither sign in nor do anything until an admin \
             readmits it. Its seats and coins stay. Ask an admin why."
        }
        Code::AdminOnly => "Only admins may do this. The command line makes one.",
        Code::InviteeNotPrime => {
            "Only prime members can be invited. Give this account the password \
             instead."
        }
        Code::InvitationInvalid => {
            "No invitation with this token is good for this account. Ask the room's owner for one of \
             your own."
        }
        Code::NotParticipants => {
            "One asks for the friendship of people with whom one shares or has shared a room."
        }
        Code::OriginNotAllowed => {
            "Pages of this origin may not open a WebSocket here. The operator names those that may in \
             `ALLOWED_ORIGINS`."
        }
        Code::RoomNotFound => {
            "There is no such room, or it is one that this account has never sat in. Check the room id."
        }
        Code::UserNotFound => "There is no such account here. Check the user id.",
        Code::MessageNotFound => "There is no such message in this room, or it has been deleted.",
        Code::FriendRequestNotFound => {
            "There is no such pending request to or from this account. It may have been answered or \
             taken back."
        }
        Code::InvitationNotFound => "There is no such invitation to this room. Check the invitation id.",
        Code::NotFound => "There is nothing at this address. `/api/docs` shows every call.",
        Code::MethodNotAllowed => "The address is right, the method is not. `Allow` names those that work.",
        Code::UserIdTaken => {
            "An account has this user id, or had it once: ids are never given out again. Choose \
             another."
        }
        Code::RoomFull => "All seats of the room are taken. Try again when somebody has left.",
        Code::AlreadyFriends => "The two are friends already. There is nothing to ask for.",
        Code::FriendRequestPending => "A request to the same account is still open. Wait for its answer.",
        Code::OwnerMustHandOver => {
            "A room is never without its owner. Hand it to another prime member in it, or close it, \
             first."
        }
        Code::ClientMessageIdConflict => {
            "The `clientMessageId` was used for another message. A retry repeats room and body; a new \
             message takes a new id."
        }
        Code::QuotaExceeded => {
            "There are as many of these as there may be: `limit` says how many, `quota` of what. Give one up \
             first; an invitation can be taken back."
        }
        Code::InvitationExpired => {
            "The invitation was not used in time. Ask the room's owner for a new \
             one."
        }
        Code::InvitationUsed => {
            "The invitation was good for one join, and that has been made. Ask the room's owner for a \
             new one."
        }
        Code::InvitationRevoked => {
            "The room's owner took the invitation back. Ask them, if you think that was a mistake."
        }
        Code::PasswordLinkInvalid => {
            "A password link is good once and for a day, until a newer one is made, and not for a suspended \
             account. Ask an admin for another."
        }
        Code::RoomClosed => "The room has been closed for good. There is no way back into it.",
        Code::PayloadTooLarge => "The body is longer than 64 KiB, more than any call needs. Send less.",
        Code::UnsupportedMediaType => {
            "The body is not declared as JSON. Send `Content-Type: application/json`."
        }
        Code::ValidationFailed => {
            "Some fields cannot be accepted; `errors` names each of them and says \
             why."
        }
        Code::RateLimited => {
            "This was tried too often. `Retry-After` says in how many seconds to try \
             again."
        }
        Code::Internal => {
            "The server failed, and the operator finds why in its log under the `requestId`. Trying \
             again may not help."
        }
        Code::Unavailable => {
            "The server cannot take this now, and nothing was done. `Retry-After` says in how many \
             seconds to try again."
        }
    }
}

/// What a code adds to the problem, where it adds anything.
fn members(code: Code) -> Option<&'static str> {
    match code {
        Code::InsufficientCoins => Some(
            "<code>required</code>, the price; <code>available</code>, the balance; \
             <code>shortfall</code>, what is missing.",
        ),
        Code::QuotaExceeded => Some(
            "<code>quota</code>, what there is enough of: <code>rooms_owned</code>, \
             <code>rooms_sat_in</code> or <code>open_invitations</code>; <code>limit</code>, how many that are.",
        ),
        Code::RoomFull => Some("<code>seats</code>, how many seats there are."),
        Code::ValidationFailed => Some(
            "<code>errors</code>, a list of <code>{field, code, message}</code>, one for each field that \
             cannot be accepted.",
        ),
        Code::RateLimited | Code::Unavailable => Some("The header <code>Retry-After</code>, in seconds."),
        Code::MethodNotAllowed => Some("The header <code>Allow</code>, the methods that work."),
        _ => None,
    }
}

/// The page that explains a code.
pub(crate) fn page(code: Code) -> String {
    let title = code.title();
    let name = code.as_str();
    let status = code.status();
    let meaning = with_code_marked(meaning(code));
    let adds = members(code).map(|members| format!("<p>It adds: {members}</p>\n")).unwrap_or_default();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>{title}</title></head>\n\
         <body>\n<h1>{title}</h1>\n<p><code>{name}</code>, answered with {status}</p>\n\
         <p>{meaning}</p>\n{adds}</body>\n</html>\n"
    )
}

/// Backticks as HTML.
fn with_code_marked(text: &str) -> String {
    let escaped = text.replace('<', "&lt;").replace('>', "&gt;");
    let mut html = String::with_capacity(escaped.len());
    for (place, part) in escaped.split('`').enumerate() {
        match place % 2 {
            0 => html.push_str(part),
            _ => html.extend(["<code>", part, "</code>"]),
        }
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_page_that_names_it() {
        for code in Code::ALL {
            let page = page(*code);
            assert!(page.contains(code.as_str()) && page.contains(code.title()), "{}", code.as_str());
            assert!(!page.contains('`'), "{}", code.as_str());
        }
    }

    #[test]
    fn a_token_in_angle_brackets_is_text_and_no_tag() {
        assert!(page(Code::TokenMissing).contains("<code>Authorization: Bearer &lt;token&gt;</code>"));
    }
}
