//! Every call: where it is, what answers it, how often it may be made, and what it may refuse.
//!
//! Refusals that follow from the call's form are not listed here: those of the limit, of the token, of
//! the body, of the query, and `unavailable` and `internal`; [`openapi`](crate::openapi) adds them.

use actix_web::guard;
use actix_web::http::Method;
use actix_web::middleware::from_fn;
use actix_web::web::{self, ServiceConfig, to};
use actix_web::{HttpResponse, Resource, Route};
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::call_limit::CallLimit::{Account, CheapRead, Network, OpenSockets};
use crate::call_limit::{self, CallLimit, Calls};
use crate::code::Code;
use crate::handlers::{
    accounts, admin, friends, invitations, joining, members, messages, operations, operators, profiles,
    rooms, second_factor, sessions,
};
use crate::problem::Problem;
use crate::{socket, web_client};

/// What someone may be told who is not, or not only, a member of a room.
const MEMBERS: &[Code] = &[Code::RoomNotFound, Code::NotAMember, Code::RoomClosed];
const OWNER: &[Code] = &[Code::RoomNotFound, Code::NotAMember, Code::RoomClosed, Code::OwnerOnly];

/// Codes in groups, so that groups may be shared.
type Refusals = &'static [&'static [Code]];

/// All places of the API. `/metrics` is among them where it has no listener of its own.
pub(crate) fn places(metrics_on_api: bool) -> Vec<Place> {
    let metrics = metrics_on_api.then(metrics);
    account_places()
        .into_iter()
        .chain(room_places())
        .chain(people_places())
        .chain(admin_places())
        .chain(operation_places())
        .chain(metrics)
        .collect()
}

fn account_places() -> Vec<Place> {
    vec![
        at("/api/register").post(
            to(accounts::register),
            Network(Calls::Registrations),
            &[&[Code::UserIdTaken]],
        ),
        at("/api/login").post(
            to(sessions::login),
            Network(Calls::Logins),
            &[&[
                Code::InvalidCredentials,
                Code::SecondFactorRequired,
                Code::SecondFactorInvalid,
                Code::AccountSuspended,
            ]],
        ),
        at("/api/password-link").post(
            to(operators::use_password_link),
            Network(Calls::Logins),
            &[&[Code::PasswordLinkInvalid]],
        ),
        at("/api/token/refresh").post(
            to(sessions::refresh),
            Network(Calls::Refreshes),
            &[&[Code::TokenInvalid, Code::TokenExpired, Code::SessionRevoked, Code::AccountSuspended]],
        ),
        at("/api/logout").post(to(sessions::logout), Account(Calls::Changes), &[]),
        at("/api/sessions").get(to(sessions::list), CheapRead, &[]),
        at("/api/sessions/{deviceId}").delete(
            to(sessions::end),
            Account(Calls::Changes),
            &[&[Code::NotFound]],
        ),
        at("/api/me")
            .get(to(accounts::show), CheapRead, &[])
            .patch(to(accounts::revise), Account(Calls::Changes), &[])
            .delete(
                to(accounts::erase),
                Account(Calls::Changes),
                &[&[Code::InvalidCredentials, Code::OwnerMustHandOver]],
            ),
        at("/api/me/password").post(
            to(accounts::change_password),
            Account(Calls::Changes),
            &[&[Code::InvalidCredentials]],
        ),
        at("/api/me/second-factor")
            .post(to(second_factor::offer), Account(Calls::Changes), &[&[Code::InvalidCredentials]])
            .put(
                to(second_factor::confirm),
                Account(Calls::Changes),
                &[&[Code::NotFound, Code::SecondFactorInvalid]],
            )
            .delete(to(second_factor::lift), Account(Calls::Changes), &[&[Code::InvalidCredentials]]),
        at("/api/me/transfers").get(to(accounts::transfers), CheapRead, &[]),
    ]
}

fn room_places() -> Vec<Place> {
    vec![
        at("/api/chatrooms").get(to(rooms::list), CheapRead, &[]).post(
            to(rooms::create),
            Account(Calls::Rooms),
            &[&[Code::PrimeRequired, Code::QuotaExceeded]],
        ),
        at("/api/chatrooms/{roomId}")
            .get(to(rooms::show), CheapRead, &[MEMBERS])
            .patch(
                to(rooms::revise),
                Account(Calls::Changes),
                &[OWNER, &[Code::UserNotFound, Code::PrimeRequired, Code::QuotaExceeded]],
            )
            .delete(to(rooms::close), Account(Calls::Changes), &[OWNER]),
        at("/api/chatrooms/{roomId}/leave").post(
            to(rooms::leave),
            Account(Calls::Changes),
            &[MEMBERS, &[Code::OwnerMustHandOver]],
        ),
        at("/api/chatrooms/{roomId}/read").put(to(rooms::mark_read), Account(Calls::ReadMarks), &[MEMBERS]),
        at("/api/chatrooms/{roomId}/members/{userId}").delete(
            to(members::remove),
            Account(Calls::Changes),
            &[OWNER, &[Code::UserNotFound, Code::OwnerMustHandOver]],
        ),
        at("/api/chatrooms/{roomId}/bans/{userId}")
            .put(
                to(members::ban),
                Account(Calls::Changes),
                &[OWNER, &[Code::UserNotFound, Code::OwnerMustHandOver]],
            )
            .delete(to(members::lift_ban), Account(Calls::Changes), &[OWNER, &[Code::UserNotFound]]),
        at("/api/chatrooms/{roomId}/invitations").get(to(invitations::list), CheapRead, &[OWNER]).post(
            to(invitations::invite),
            Account(Calls::Invitations),
            &[OWNER, &[Code::UserNotFound, Code::Banned, Code::InviteeNotPrime, Code::QuotaExceeded]],
        ),
        at("/api/chatrooms/{roomId}/invitations/{invitationId}").delete(
            to(invitations::revoke),
            Account(Calls::Invitations),
            &[OWNER, &[Code::InvitationNotFound]],
        ),
        at("/api/joinroom").post(
            to(joining::join),
            Account(Calls::Joins),
            &[&[
                Code::RoomNotFound,
                Code::RoomClosed,
                Code::WrongRoomPassword,
                Code::InvitationInvalid,
                Code::InvitationExpired,
                Code::InvitationUsed,
                Code::InvitationRevoked,
                Code::Banned,
                Code::RoomFull,
                Code::RoomLocked,
                Code::QuotaExceeded,
                Code::InsufficientCoins,
            ]],
        ),
        at("/api/messages").post(
            to(messages::post),
            Account(Calls::Messages),
            &[MEMBERS, &[Code::ClientMessageIdConflict]],
        ),
        at("/api/chatrooms/{roomId}/messages").get(
            to(messages::history),
            Account(Calls::History),
            &[MEMBERS],
        ),
        at("/api/chatrooms/{roomId}/messages/{messageId}")
            .patch(
                to(messages::edit),
                Account(Calls::Messages),
                &[MEMBERS, &[Code::MessageNotFound, Code::AuthorOnly]],
            )
            .delete(
                to(messages::delete),
                Account(Calls::Messages),
                &[MEMBERS, &[Code::MessageNotFound, Code::AuthorOnly]],
            ),
        at("/api/ws").socket(
            to(socket::connect),
            OpenSockets,
            &[&[Code::OriginNotAllowed, Code::MalformedRequest]],
        ),
    ]
}

fn people_places() -> Vec<Place> {
    const YOURSELF: &[Code] = &[Code::ValidationFailed];
    vec![
        at("/api/profile/{userId}").get(
            to(profiles::show),
            Account(Calls::Profiles),
            &[&[Code::UserNotFound]],
        ),
        at("/api/friend-requests").get(to(friends::list_requests), CheapRead, &[]).post(
            to(friends::request),
            Account(Calls::Friends),
            &[&[Code::UserNotFound, Code::NotParticipants, Code::AlreadyFriends, Code::FriendRequestPending]],
        ),
        at("/api/friend-requests/{friendRequestId}").delete(
            to(friends::cancel),
            Account(Calls::Friends),
            &[&[Code::FriendRequestNotFound]],
        ),
        at("/api/friend-requests/{friendRequestId}/accept").post(
            to(friends::accept),
            Account(Calls::Friends),
            &[&[Code::FriendRequestNotFound]],
        ),
        at("/api/friend-requests/{friendRequestId}/decline").post(
            to(friends::decline),
            Account(Calls::Friends),
            &[&[Code::FriendRequestNotFound]],
        ),
        at("/api/friends").get(to(friends::list), CheapRead, &[]),
        at("/api/friends/{userId}").delete(
            to(friends::unfriend),
            Account(Calls::Friends),
            &[YOURSELF, &[Code::UserNotFound, Code::NotFound]],
        ),
        at("/api/blocks/{userId}")
            .put(to(friends::block), Account(Calls::Friends), &[YOURSELF, &[Code::UserNotFound]])
            .delete(to(friends::unblock), Account(Calls::Friends), &[YOURSELF, &[Code::UserNotFound]]),
    ]
}

fn admin_places() -> Vec<Place> {
    const ACCOUNT: &[Code] = &[Code::AdminOnly, Code::UserNotFound];
    vec![
        at("/api/admin/users").get(
            to(operators::list_accounts),
            Account(Calls::Admin),
            &[&[Code::AdminOnly]],
        ),
        at("/api/admin/users/{userId}/prime")
            .put(to(admin::grant_prime), Account(Calls::Admin), &[ACCOUNT])
            .delete(to(admin::withdraw_prime), Account(Calls::Admin), &[ACCOUNT]),
        at("/api/admin/users/{userId}/coins").post(to(admin::grant_coins), Account(Calls::Admin), &[ACCOUNT]),
        at("/api/admin/users/{userId}/suspension")
            .put(to(operators::suspend), Account(Calls::Admin), &[ACCOUNT])
            .delete(to(operators::readmit), Account(Calls::Admin), &[ACCOUNT]),
        at("/api/admin/users/{userId}/sessions").delete(
            to(operators::end_sessions),
            Account(Calls::Admin),
            &[ACCOUNT],
        ),
        at("/api/admin/users/{userId}/password-link").post(
            to(operators::make_password_link),
            Account(Calls::Admin),
            &[ACCOUNT],
        ),
        at("/api/admin/chatrooms/{roomId}").delete(
            to(operators::close_room),
            Account(Calls::Admin),
            &[&[Code::AdminOnly, Code::RoomNotFound, Code::RoomClosed]],
        ),
        at("/api/admin/record").get(to(operators::record), Account(Calls::Admin), &[&[Code::AdminOnly]]),
    ]
}

fn operation_places() -> Vec<Place> {
    vec![
        at("/healthz").get(to(operations::alive), CheapRead, &[]),
        at("/readyz").get(to(operations::ready), CheapRead, &[]),
        at("/api/openapi.json").get(to(operations::openapi), CheapRead, &[]),
        at("/problems/{code}").get(to(operations::explain), CheapRead, &[&[Code::NotFound]]),
    ]
}

/// Where the web client is. It is no part of the API and its description.
fn client_places() -> impl Iterator<Item = Place> {
    let screens =
        web_client::SCREENS.iter().map(|screen| at(screen).get(to(web_client::page), CheapRead, &[]));
    screens.chain([at(web_client::ASSETS).get(to(web_client::asset), CheapRead, &[])])
}

fn metrics() -> Place {
    at("/metrics").get(to(operations::metrics), CheapRead, &[])
}

/// Registers the whole API.
pub(crate) fn configure(app: &mut ServiceConfig, metrics_on_api: bool) {
    for place in places(metrics_on_api) {
        app.service(place.into_resource());
    }
    let description = Config::from("/api/openapi.json").validator_url("none").try_it_out_enabled(true);
    app.service(SwaggerUi::new("/api/docs/{_:.*}").config(description));
    app.service(web::redirect("/api/docs", "/api/docs/"));
    for place in client_places() {
        app.service(place.into_resource());
    }
    app.default_service(web::to(web_client::nowhere));
}

/// Registers what the operators' own listener answers.
pub(crate) fn configure_metrics(app: &mut ServiceConfig) {
    app.service(metrics().into_resource());
    app.default_service(web::to(nowhere));
}

async fn nowhere() -> Result<HttpResponse, Problem> {
    Err(Problem::new(Code::NotFound))
}

/// A path and the calls that it takes.
pub(crate) struct Place {
    pub(crate) path: &'static str,
    pub(crate) calls: Vec<Call>,
}

/// A method at a path.
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) limit: CallLimit,
    pub(crate) refusals: Refusals,
    route: Route,
}

fn at(path: &'static str) -> Place {
    Place { path, calls: Vec::new() }
}

impl Place {
    /// Answers `HEAD` too: the same without the body.
    fn get(self, handler: Route, limit: CallLimit, refusals: Refusals) -> Self {
        self.call(Method::GET, handler.guard(guard::Any(guard::Get()).or(guard::Head())), limit, refusals)
    }

    fn socket(self, handler: Route, limit: CallLimit, refusals: Refusals) -> Self {
        self.call(Method::GET, handler.guard(guard::Get()), limit, refusals)
    }

    fn post(self, handler: Route, limit: CallLimit, refusals: Refusals) -> Self {
        self.call(Method::POST, handler.guard(guard::Post()), limit, refusals)
    }

    fn put(self, handler: Route, limit: CallLimit, refusals: Refusals) -> Self {
        self.call(Method::PUT, handler.guard(guard::Put()), limit, refusals)
    }

    fn patch(self, handler: Route, limit: CallLimit, refusals: Refusals) -> Self {
        self.call(Method::PATCH, handler.guard(guard::Patch()), limit, refusals)
    }

    fn delete(self, handler: Route, limit: CallLimit, refusals: Refusals) -> Self {
        self.call(Method::DELETE, handler.guard(guard::Delete()), limit, refusals)
    }

    fn call(mut self, method: Method, route: Route, limit: CallLimit, refusals: Refusals) -> Self {
        let route = match limit {
            CheapRead | OpenSockets => route,
            Network(_) | Account(_) => {
                route.wrap(from_fn(move |request, next| call_limit::enforce(limit, request, next)))
            }
        };
        self.calls.push(Call { method, limit, refusals, route });
        self
    }

    /// The place as actix knows it, where any other method is refused with those that work.
    fn into_resource(self) -> Resource {
        let allow: Vec<_> = self.calls.iter().map(|call| call.method.to_string()).collect();
        let allow = allow.join(", ");
        let refuse = move || {
            let refused = Problem::method_not_allowed(&allow);
            async move { Err::<HttpResponse, _>(refused) }
        };
        let resource = web::resource(self.path).default_service(to(refuse));
        self.calls.into_iter().fold(resource, |resource, call| resource.route(call.route))
    }
}
