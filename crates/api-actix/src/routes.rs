//! Every call: where it is, what answers it, and what it may refuse.
//!
//! Refusals that follow from the call's form are not listed here: those of the token, of the body,
//! of the query, and `unavailable` and `internal`; [`openapi`](crate::openapi) adds them.

use actix_web::guard;
use actix_web::http::Method;
use actix_web::web::{self, ServiceConfig, to};
use actix_web::{HttpResponse, Resource, Route};
use utoipa_swagger_ui::{Config, SwaggerUi};

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
        at("/api/register").post(to(accounts::register), &[&[Code::UserIdTaken, Code::RateLimited]]),
        at("/api/login").post(
            to(sessions::login),
            &[&[
                Code::InvalidCredentials,
                Code::SecondFactorRequired,
                Code::SecondFactorInvalid,
                Code::AccountSuspended,
                Code::RateLimited,
            ]],
        ),
        at("/api/password-link")
            .post(to(operators::use_password_link), &[&[Code::PasswordLinkInvalid, Code::RateLimited]]),
        at("/api/token/refresh").post(
            to(sessions::refresh),
            &[&[
                Code::TokenInvalid,
                Code::TokenExpired,
                Code::SessionRevoked,
                Code::AccountSuspended,
                Code::RateLimited,
            ]],
        ),
        at("/api/logout").post(to(sessions::logout), &[]),
        at("/api/sessions").get(to(sessions::list), &[]),
        at("/api/sessions/{deviceId}").delete(to(sessions::end), &[&[Code::NotFound]]),
        at("/api/me").get(to(accounts::show), &[]).patch(to(accounts::revise), &[]).delete(
            to(accounts::erase),
            &[&[Code::InvalidCredentials, Code::OwnerMustHandOver, Code::RateLimited]],
        ),
        at("/api/me/password")
            .post(to(accounts::change_password), &[&[Code::InvalidCredentials, Code::RateLimited]]),
        at("/api/me/second-factor")
            .post(to(second_factor::offer), &[&[Code::InvalidCredentials, Code::RateLimited]])
            .put(
                to(second_factor::confirm),
                &[&[Code::NotFound, Code::SecondFactorInvalid, Code::RateLimited]],
            )
            .delete(to(second_factor::lift), &[&[Code::InvalidCredentials, Code::RateLimited]]),
        at("/api/me/transfers").get(to(accounts::transfers), &[]),
    ]
}

fn room_places() -> Vec<Place> {
    vec![
        at("/api/chatrooms")
            .get(to(rooms::list), &[])
            .post(to(rooms::create), &[&[Code::PrimeRequired, Code::QuotaExceeded, Code::RateLimited]]),
        at("/api/chatrooms/{roomId}")
            .get(to(rooms::show), &[MEMBERS])
            .patch(
                to(rooms::revise),
                &[OWNER, &[Code::UserNotFound, Code::PrimeRequired, Code::QuotaExceeded]],
            )
            .delete(to(rooms::close), &[OWNER]),
        at("/api/chatrooms/{roomId}/leave").post(to(rooms::leave), &[MEMBERS, &[Code::OwnerMustHandOver]]),
        at("/api/chatrooms/{roomId}/read").put(to(rooms::mark_read), &[MEMBERS]),
        at("/api/chatrooms/{roomId}/members/{userId}")
            .delete(to(members::remove), &[OWNER, &[Code::UserNotFound, Code::OwnerMustHandOver]]),
        at("/api/chatrooms/{roomId}/bans/{userId}")
            .put(to(members::ban), &[OWNER, &[Code::UserNotFound, Code::OwnerMustHandOver]])
            .delete(to(members::lift_ban), &[OWNER, &[Code::UserNotFound]]),
        at("/api/chatrooms/{roomId}/invitations").get(to(invitations::list), &[OWNER]).post(
            to(invitations::invite),
            &[OWNER, &[Code::UserNotFound, Code::Banned, Code::InviteeNotPrime, Code::QuotaExceeded]],
        ),
        at("/api/chatrooms/{roomId}/invitations/{invitationId}")
            .delete(to(invitations::revoke), &[OWNER, &[Code::InvitationNotFound]]),
        at("/api/joinroom").post(
            to(joining::join),
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
                Code::RateLimited,
            ]],
        ),
        at("/api/messages")
            .post(to(messages::post), &[MEMBERS, &[Code::ClientMessageIdConflict, Code::RateLimited]]),
        at("/api/chatrooms/{roomId}/messages").get(to(messages::history), &[MEMBERS]),
        at("/api/chatrooms/{roomId}/messages/{messageId}")
            .patch(
                to(messages::edit),
                &[MEMBERS, &[Code::MessageNotFound, Code::AuthorOnly, Code::RateLimited]],
            )
            .delete(
                to(messages::delete),
                &[MEMBERS, &[Code::MessageNotFound, Code::AuthorOnly, Code::RateLimited]],
            ),
        at("/api/ws").socket(
            to(socket::connect),
            &[&[Code::OriginNotAllowed, Code::MalformedRequest, Code::RateLimited]],
        ),
    ]
}

fn people_places() -> Vec<Place> {
    const YOURSELF: &[Code] = &[Code::ValidationFailed];
    vec![
        at("/api/profile/{userId}").get(to(profiles::show), &[&[Code::UserNotFound]]),
        at("/api/friend-requests").get(to(friends::list_requests), &[]).post(
            to(friends::request),
            &[&[Code::UserNotFound, Code::NotParticipants, Code::AlreadyFriends, Code::FriendRequestPending]],
        ),
        at("/api/friend-requests/{friendRequestId}")
            .delete(to(friends::cancel), &[&[Code::FriendRequestNotFound]]),
        at("/api/friend-requests/{friendRequestId}/accept")
            .post(to(friends::accept), &[&[Code::FriendRequestNotFound]]),
        at("/api/friend-requests/{friendRequestId}/decline")
            .post(to(friends::decline), &[&[Code::FriendRequestNotFound]]),
        at("/api/friends").get(to(friends::list), &[]),
        at("/api/friends/{userId}")
            .delete(to(friends::unfriend), &[YOURSELF, &[Code::UserNotFound, Code::NotFound]]),
        at("/api/blocks/{userId}")
            .put(to(friends::block), &[YOURSELF, &[Code::UserNotFound]])
            .delete(to(friends::unblock), &[YOURSELF, &[Code::UserNotFound]]),
    ]
}

fn admin_places() -> Vec<Place> {
    const ACCOUNT: &[Code] = &[Code::AdminOnly, Code::UserNotFound];
    vec![
        at("/api/admin/users").get(to(operators::list_accounts), &[&[Code::AdminOnly]]),
        at("/api/admin/users/{userId}/prime")
            .put(to(admin::grant_prime), &[ACCOUNT])
            .delete(to(admin::withdraw_prime), &[ACCOUNT]),
        at("/api/admin/users/{userId}/coins").post(to(admin::grant_coins), &[ACCOUNT]),
        at("/api/admin/users/{userId}/suspension")
            .put(to(operators::suspend), &[ACCOUNT])
            .delete(to(operators::readmit), &[ACCOUNT]),
        at("/api/admin/users/{userId}/sessions").delete(to(operators::end_sessions), &[ACCOUNT]),
        at("/api/admin/users/{userId}/password-link").post(to(operators::make_password_link), &[ACCOUNT]),
        at("/api/admin/chatrooms/{roomId}")
            .delete(to(operators::close_room), &[&[Code::AdminOnly, Code::RoomNotFound, Code::RoomClosed]]),
        at("/api/admin/record").get(to(operators::record), &[&[Code::AdminOnly]]),
    ]
}

fn operation_places() -> Vec<Place> {
    vec![
        at("/healthz").get(to(operations::alive), &[]),
        at("/readyz").get(to(operations::ready), &[]),
        at("/api/openapi.json").get(to(operations::openapi), &[]),
        at("/problems/{code}").get(to(operations::explain), &[&[Code::NotFound]]),
    ]
}

/// Where the web client is. It is no part of the API and its description.
fn client_places() -> impl Iterator<Item = Place> {
    let screens = web_client::SCREENS.iter().map(|screen| at(screen).get(to(web_client::page), &[]));
    screens.chain([at(web_client::ASSETS).get(to(web_client::asset), &[])])
}

fn metrics() -> Place {
    at("/metrics").get(to(operations::metrics), &[])
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
    pub(crate) refusals: Refusals,
    route: Route,
}

fn at(path: &'static str) -> Place {
    Place { path, calls: Vec::new() }
}

impl Place {
    /// Answers `HEAD` too: the same without the body.
    fn get(self, handler: Route, refusals: Refusals) -> Self {
        self.call(Method::GET, handler.guard(guard::Any(guard::Get()).or(guard::Head())), refusals)
    }

    fn socket(self, handler: Route, refusals: Refusals) -> Self {
        self.call(Method::GET, handler.guard(guard::Get()), refusals)
    }

    fn post(self, handler: Route, refusals: Refusals) -> Self {
        self.call(Method::POST, handler.guard(guard::Post()), refusals)
    }

    fn put(self, handler: Route, refusals: Refusals) -> Self {
        self.call(Method::PUT, handler.guard(guard::Put()), refusals)
    }

    fn patch(self, handler: Route, refusals: Refusals) -> Self {
        self.call(Method::PATCH, handler.guard(guard::Patch()), refusals)
    }

    fn delete(self, handler: Route, refusals: Refusals) -> Self {
        self.call(Method::DELETE, handler.guard(guard::Delete()), refusals)
    }

    fn call(mut self, method: Method, route: Route, refusals: Refusals) -> Self {
        self.calls.push(Call { method, refusals, route });
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
