//! Every call: where it is, what answers it, how often it may be made, and what it may refuse.
//!
//! Refusals that follow from the call's form are not listed here: those of the limit, of the token, of
//! the body, of the query, of a socket, and `unavailable` and `internal`; [`openapi`](crate::openapi) adds them.

use actix_web::HttpResponse;
use actix_web::web::{self, ServiceConfig, to};
use domain::DenialKind;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::call_limit::CallLimit::{Account, CheapRead, Network, OpenSockets};
use crate::counted_calls::CountedCalls;
use crate::endpoint::{Endpoint, at};
use crate::handlers::{
    accounts, admin, friends, invitations, joining, members, messages, operations, operators, profiles,
    rooms, search, second_factor, sessions,
};
use crate::problem::Problem;
use crate::{socket, web_client};

/// What someone may be told who is not, or not only, a member of a room.
const MEMBERS: &[DenialKind] = &[DenialKind::RoomNotFound, DenialKind::NotAMember, DenialKind::RoomClosed];
const OWNER: &[DenialKind] =
    &[DenialKind::RoomNotFound, DenialKind::NotAMember, DenialKind::RoomClosed, DenialKind::OwnerOnly];

/// All endpoints of the API. `/metrics` is among them where it has no listener of its own.
pub(crate) fn endpoints(metrics_on_api: bool) -> Vec<Endpoint> {
    let metrics = metrics_on_api.then(metrics);
    account_endpoints()
        .into_iter()
        .chain(room_endpoints())
        .chain(message_endpoints())
        .chain(people_endpoints())
        .chain(admin_endpoints())
        .chain(operation_endpoints())
        .chain(metrics)
        .collect()
}

fn account_endpoints() -> Vec<Endpoint> {
    vec![
        at("/api/register").post(
            to(accounts::register),
            Network(CountedCalls::Registrations),
            &[&[DenialKind::UserIdTaken]],
        ),
        at("/api/login").post(
            to(sessions::login),
            Network(CountedCalls::Logins),
            &[&[
                DenialKind::InvalidCredentials,
                DenialKind::SecondFactorRequired,
                DenialKind::SecondFactorInvalid,
                DenialKind::AccountSuspended,
            ]],
        ),
        at("/api/password-link").post(
            to(operators::use_password_link),
            Network(CountedCalls::Logins),
            &[&[DenialKind::PasswordLinkInvalid]],
        ),
        at("/api/token/refresh").post(
            to(sessions::refresh),
            Network(CountedCalls::Refreshes),
            &[&[
                DenialKind::TokenInvalid,
                DenialKind::TokenExpired,
                DenialKind::SessionRevoked,
                DenialKind::AccountSuspended,
            ]],
        ),
        at("/api/logout").post(to(sessions::logout), Account(CountedCalls::Changes), &[]),
        at("/api/sessions").get(to(sessions::list), CheapRead, &[]),
        at("/api/sessions/{deviceId}").delete(
            to(sessions::end),
            Account(CountedCalls::Changes),
            &[&[DenialKind::NotFound]],
        ),
        at("/api/me")
            .get(to(accounts::show), CheapRead, &[])
            .patch(to(accounts::revise), Account(CountedCalls::Changes), &[])
            .delete(
                to(accounts::erase),
                Account(CountedCalls::Changes),
                &[&[DenialKind::InvalidCredentials, DenialKind::OwnerMustHandOver]],
            ),
        at("/api/me/password").post(
            to(accounts::change_password),
            Account(CountedCalls::Changes),
            &[&[DenialKind::InvalidCredentials]],
        ),
        at("/api/me/second-factor")
            .post(
                to(second_factor::offer),
                Account(CountedCalls::Changes),
                &[&[DenialKind::InvalidCredentials]],
            )
            .put(
                to(second_factor::confirm),
                Account(CountedCalls::Changes),
                &[&[DenialKind::NotFound, DenialKind::SecondFactorInvalid]],
            )
            .delete(
                to(second_factor::lift),
                Account(CountedCalls::Changes),
                &[&[DenialKind::InvalidCredentials]],
            ),
        at("/api/me/transfers").get(to(accounts::transfers), CheapRead, &[]),
    ]
}

fn room_endpoints() -> Vec<Endpoint> {
    vec![
        at("/api/chatrooms").get(to(rooms::list), CheapRead, &[]).post(
            to(rooms::create),
            Account(CountedCalls::Rooms),
            &[&[DenialKind::PrimeRequired, DenialKind::QuotaExceeded]],
        ),
        at("/api/chatrooms/{roomId}")
            .get(to(rooms::show), CheapRead, &[MEMBERS])
            .patch(
                to(rooms::revise),
                Account(CountedCalls::Changes),
                &[OWNER, &[DenialKind::UserNotFound, DenialKind::PrimeRequired, DenialKind::QuotaExceeded]],
            )
            .delete(to(rooms::close), Account(CountedCalls::Changes), &[OWNER]),
        at("/api/chatrooms/{roomId}/leave").post(
            to(rooms::leave),
            Account(CountedCalls::Changes),
            &[MEMBERS, &[DenialKind::OwnerMustHandOver]],
        ),
        at("/api/chatrooms/{roomId}/read").put(
            to(rooms::mark_read),
            Account(CountedCalls::ReadMarks),
            &[MEMBERS],
        ),
        at("/api/chatrooms/{roomId}/members/{userId}").delete(
            to(members::remove),
            Account(CountedCalls::Changes),
            &[OWNER, &[DenialKind::UserNotFound, DenialKind::OwnerMustHandOver]],
        ),
        at("/api/chatrooms/{roomId}/bans").get(to(members::list_bans), CheapRead, &[OWNER]),
        at("/api/chatrooms/{roomId}/bans/{userId}")
            .put(
                to(members::ban),
                Account(CountedCalls::Changes),
                &[OWNER, &[DenialKind::UserNotFound, DenialKind::OwnerMustHandOver]],
            )
            .delete(
                to(members::lift_ban),
                Account(CountedCalls::Changes),
                &[OWNER, &[DenialKind::UserNotFound]],
            ),
        at("/api/chatrooms/{roomId}/invitations").get(to(invitations::list), CheapRead, &[OWNER]).post(
            to(invitations::invite),
            Account(CountedCalls::Invitations),
            &[
                OWNER,
                &[
                    DenialKind::UserNotFound,
                    DenialKind::Banned,
                    DenialKind::InviteeNotPrime,
                    DenialKind::QuotaExceeded,
                ],
            ],
        ),
        at("/api/chatrooms/{roomId}/invitations/{invitationId}").delete(
            to(invitations::revoke),
            Account(CountedCalls::Invitations),
            &[OWNER, &[DenialKind::InvitationNotFound]],
        ),
        at("/api/joinroom").post(
            to(joining::join),
            Account(CountedCalls::Joins),
            &[&[
                DenialKind::RoomNotFound,
                DenialKind::RoomClosed,
                DenialKind::WrongRoomPassword,
                DenialKind::InvitationInvalid,
                DenialKind::InvitationExpired,
                DenialKind::InvitationUsed,
                DenialKind::InvitationRevoked,
                DenialKind::Banned,
                DenialKind::RoomFull,
                DenialKind::RoomLocked,
                DenialKind::QuotaExceeded,
                DenialKind::InsufficientCoins,
            ]],
        ),
        at("/api/chatrooms/{roomId}/price").get(
            to(joining::price),
            Account(CountedCalls::Profiles),
            &[&[DenialKind::RoomNotFound, DenialKind::RoomClosed]],
        ),
    ]
}

fn message_endpoints() -> Vec<Endpoint> {
    const REACTIONS: &[DenialKind] = &[DenialKind::MessageNotFound, DenialKind::Invalid];
    vec![
        at("/api/messages").post(
            to(messages::post),
            Account(CountedCalls::Messages),
            &[MEMBERS, &[DenialKind::ClientMessageIdConflict, DenialKind::MessageNotFound]],
        ),
        at("/api/chatrooms/{roomId}/messages").get(
            to(messages::history),
            Account(CountedCalls::History),
            &[MEMBERS],
        ),
        at("/api/chatrooms/{roomId}/messages/{messageId}")
            .get(
                to(messages::show),
                Account(CountedCalls::History),
                &[MEMBERS, &[DenialKind::MessageNotFound]],
            )
            .patch(
                to(messages::edit),
                Account(CountedCalls::Messages),
                &[MEMBERS, &[DenialKind::MessageNotFound, DenialKind::AuthorOnly]],
            )
            .delete(
                to(messages::delete),
                Account(CountedCalls::Messages),
                &[MEMBERS, &[DenialKind::MessageNotFound, DenialKind::AuthorOnly]],
            ),
        at("/api/chatrooms/{roomId}/messages/{messageId}/reactions/{emoji}")
            .put(
                to(messages::add_reaction),
                Account(CountedCalls::Messages),
                &[MEMBERS, REACTIONS, &[DenialKind::TooManyReactions]],
            )
            .delete(to(messages::remove_reaction), Account(CountedCalls::Messages), &[MEMBERS, REACTIONS]),
        at("/api/search").get(to(search::search), Account(CountedCalls::Searches), &[MEMBERS]),
        at("/api/ws").socket(to(socket::connect), OpenSockets, &[]),
    ]
}

fn people_endpoints() -> Vec<Endpoint> {
    const YOURSELF: &[DenialKind] = &[DenialKind::Invalid];
    vec![
        at("/api/profile/{userId}").get(
            to(profiles::show),
            Account(CountedCalls::Profiles),
            &[&[DenialKind::UserNotFound]],
        ),
        at("/api/friend-requests").get(to(friends::list_requests), CheapRead, &[]).post(
            to(friends::request),
            Account(CountedCalls::Friends),
            &[&[
                DenialKind::UserNotFound,
                DenialKind::NotParticipants,
                DenialKind::AlreadyFriends,
                DenialKind::FriendRequestPending,
            ]],
        ),
        at("/api/friend-requests/{friendRequestId}").delete(
            to(friends::cancel),
            Account(CountedCalls::Friends),
            &[&[DenialKind::FriendRequestNotFound]],
        ),
        at("/api/friend-requests/{friendRequestId}/accept").post(
            to(friends::accept),
            Account(CountedCalls::Friends),
            &[&[DenialKind::FriendRequestNotFound]],
        ),
        at("/api/friend-requests/{friendRequestId}/decline").post(
            to(friends::decline),
            Account(CountedCalls::Friends),
            &[&[DenialKind::FriendRequestNotFound]],
        ),
        at("/api/friends").get(to(friends::list), CheapRead, &[]),
        at("/api/friends/{userId}").delete(
            to(friends::unfriend),
            Account(CountedCalls::Friends),
            &[YOURSELF, &[DenialKind::UserNotFound, DenialKind::NotFound]],
        ),
        at("/api/blocks").get(to(friends::list_blocked), CheapRead, &[]),
        at("/api/blocks/{userId}")
            .put(to(friends::block), Account(CountedCalls::Friends), &[YOURSELF, &[DenialKind::UserNotFound]])
            .delete(
                to(friends::unblock),
                Account(CountedCalls::Friends),
                &[YOURSELF, &[DenialKind::UserNotFound]],
            ),
    ]
}

fn admin_endpoints() -> Vec<Endpoint> {
    const ACCOUNT: &[DenialKind] = &[DenialKind::AdminOnly, DenialKind::UserNotFound];
    vec![
        at("/api/admin/users").get(
            to(operators::list_accounts),
            Account(CountedCalls::Admin),
            &[&[DenialKind::AdminOnly]],
        ),
        at("/api/admin/users/{userId}/prime")
            .put(to(admin::grant_prime), Account(CountedCalls::Admin), &[ACCOUNT])
            .delete(to(admin::withdraw_prime), Account(CountedCalls::Admin), &[ACCOUNT]),
        at("/api/admin/users/{userId}/coins").post(
            to(admin::grant_coins),
            Account(CountedCalls::Admin),
            &[ACCOUNT],
        ),
        at("/api/admin/users/{userId}/suspension")
            .put(to(operators::suspend), Account(CountedCalls::Admin), &[ACCOUNT])
            .delete(to(operators::readmit), Account(CountedCalls::Admin), &[ACCOUNT]),
        at("/api/admin/users/{userId}/sessions").delete(
            to(operators::end_sessions),
            Account(CountedCalls::Admin),
            &[ACCOUNT],
        ),
        at("/api/admin/users/{userId}/password-link").post(
            to(operators::make_password_link),
            Account(CountedCalls::Admin),
            &[ACCOUNT],
        ),
        at("/api/admin/chatrooms/{roomId}").delete(
            to(operators::close_room),
            Account(CountedCalls::Admin),
            &[&[DenialKind::AdminOnly, DenialKind::RoomNotFound, DenialKind::RoomClosed]],
        ),
        at("/api/admin/record").get(
            to(operators::record),
            Account(CountedCalls::Admin),
            &[&[DenialKind::AdminOnly]],
        ),
    ]
}

fn operation_endpoints() -> Vec<Endpoint> {
    vec![
        at("/healthz").get(to(operations::alive), CheapRead, &[]),
        at("/readyz").get(to(operations::ready), CheapRead, &[]),
        at("/api/openapi.json").get(to(operations::openapi), CheapRead, &[]),
        at("/problems/{code}").get(to(operations::explain), CheapRead, &[&[DenialKind::NotFound]]),
    ]
}

/// Where the web client is. It is no part of the API and its description.
fn client_endpoints() -> impl Iterator<Item = Endpoint> {
    let screens =
        web_client::SCREENS.iter().map(|screen| at(screen).get(to(web_client::page), CheapRead, &[]));
    screens.chain([at(web_client::ASSETS).get(to(web_client::asset), CheapRead, &[])])
}

fn metrics() -> Endpoint {
    at("/metrics").get(to(operations::metrics), CheapRead, &[])
}

/// Registers the whole API.
pub(crate) fn configure(app: &mut ServiceConfig, metrics_on_api: bool) {
    for endpoint in endpoints(metrics_on_api) {
        app.service(endpoint.into_resource());
    }
    let description = Config::from("/api/openapi.json").validator_url("none").try_it_out_enabled(true);
    app.service(SwaggerUi::new("/api/docs/{_:.*}").config(description));
    app.service(web::redirect("/api/docs", "/api/docs/"));
    for endpoint in client_endpoints() {
        app.service(endpoint.into_resource());
    }
    app.default_service(web::to(web_client::nowhere));
}

/// Registers what the operators' own listener answers.
pub(crate) fn configure_metrics(app: &mut ServiceConfig) {
    app.service(metrics().into_resource());
    app.default_service(web::to(nowhere));
}

async fn nowhere() -> Result<HttpResponse, Problem> {
    Err(Problem::no_such_address())
}
