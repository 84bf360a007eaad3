use std::time::Instant;

use actix_web::{HttpRequest, web};
use deserr::Deserr;
use domain::Denial;
use domain::ports::Requester;
use domain::use_cases::Refreshed;
use utoipa::ToSchema;

use super::{Answer, id, no_content, ok};
use crate::Api;
use crate::auth::Caller;
use crate::body::JsonBody;
use crate::client_address::ClientAddress;
use crate::field_errors::FieldErrors;
use crate::fields::{DeviceId, PresentedCode, PresentedPassword, Token, UserId};
use crate::limiter::Limiter;
use crate::paging::{self, Cursor};
use crate::query::{self, ListQuery};
use crate::security_log::Matter;
use crate::shapes::{ListShape, SessionShape, SignedInShape, TokensShape};

/// Who signs in, and where.
#[derive(Deserr, ToSchema)]
#[deserr(error = FieldErrors, rename_all = camelCase, deny_unknown_fields)]
#[schema(rename_all = "camelCase")]
pub(crate) struct Login {
    user_id: UserId,
    password: PresentedPassword,
    device_id: DeviceId,
    /// What the authenticator shows, or a recovery code, where a second factor is on.
    #[deserr(default)]
    otp: Option<PresentedCode>,
}

/// The refresh token.
#[derive(Deserr, ToSchema)]
#[deserr(error = FieldErrors, rename_all = camelCase, deny_unknown_fields)]
#[schema(rename_all = "camelCase")]
pub(crate) struct Refresh {
    refresh_token: Token,
}

/// Sign in on a device
///
/// Where a second factor is on, the right password without `otp` is told `second_factor_required`.
/// An earlier session on the same device ends, and beyond 50 sessions the one unused for longest.
#[utoipa::path(
    post, path = "/api/login", operation_id = "login", tag = "sessions", security(()), request_body = Login,
    responses((status = 200, description = "Signed in.", body = SignedInShape))
)]
pub(crate) async fn login(
    api: web::Data<Api>,
    limits: web::Data<Limiter>,
    client: ClientAddress,
    matter: Matter,
    body: JsonBody,
) -> Answer {
    let login: Login = body.read().await?;
    matter.is("sign_in", Some(&login.user_id.0));
    let (user_id, device_id) = (login.user_id.0, login.device_id.0);
    let (from, now) = (client.network(), Instant::now());
    let has_guessed = limits.guesses.has_guessed(from, now);
    let purpose = api.hexroom.sign_in_purpose(&user_id, &device_id, has_guessed).await?;
    let by = Requester { network: from, account: user_id, purpose };
    let attempt = limits.guesses.sign_in(&by, &device_id, now)?;
    let code = login.otp.map(|code| code.0);
    let outcome = api.hexroom.sign_in(by, login.password.0, device_id, code).await;
    limits.guesses.settle(attempt, &outcome, Instant::now());
    let signed_in = outcome?;
    Ok(ok(&SignedInShape::new(&signed_in, api.hexroom.clock.now())))
}

/// Refresh the tokens
///
/// A refresh token is good once. Presented again within a minute, and while its successor is unused, it
/// gives the same successor, because the answer may have been lost. Any other reuse ends the session.
#[utoipa::path(
    post, path = "/api/token/refresh",
    operation_id = "refresh", tag = "sessions", security(()), request_body = Refresh,
    responses((status = 200, description = "The next pair.", body = TokensShape))
)]
pub(crate) async fn refresh(api: web::Data<Api>, matter: Matter, body: JsonBody) -> Answer {
    let Refresh { refresh_token } = body.read().await?;
    match api.hexroom.refresh(refresh_token.0).await? {
        Refreshed::Renewed(tokens) => Ok(ok(&TokensShape::from(&tokens))),
        Refreshed::Reused { user_id } => {
            matter.is("reuse_refresh_token", Some(&user_id));
            Err(Denial::SessionRevoked.into())
        }
    }
}

/// End this session
#[utoipa::path(
    post, path = "/api/logout", operation_id = "logout", tag = "sessions",
    responses((status = 204, description = "Ended, on its open sockets too."))
)]
pub(crate) async fn logout(api: web::Data<Api>, caller: Caller, body: JsonBody) -> Answer {
    body.nothing().await?;
    caller.does("sign_out");
    let device_id = caller.session.device_id.clone();
    api.hexroom.end_session(caller.user_id(), device_id).await?;
    Ok(no_content())
}

/// List the account's sessions
///
/// In the order of their device ids.
#[utoipa::path(
    get, path = "/api/sessions",
    operation_id = "listSessions", tag = "sessions", params(ListQuery<Cursor<domain::DeviceId>>),
    responses((status = 200, description = "A page of sessions.", body = ListShape<SessionShape>))
)]
pub(crate) async fn list(api: web::Data<Api>, caller: Caller, request: HttpRequest) -> Answer {
    let (after, size) = query::read::<ListQuery<Cursor<domain::DeviceId>>>(&request)?.after();
    let page = api.hexroom.accounts.sessions(caller.user_id(), after, size).await?;
    let shape = |session: &domain::Session| SessionShape::new(session, caller.session.id);
    Ok(ok(&paging::list(&page, |session| session.device_id.clone(), shape)))
}

/// End the session on one of the account's devices
#[utoipa::path(
    delete, path = "/api/sessions/{deviceId}", operation_id = "endSession", tag = "sessions",
    params(("deviceId" = DeviceId, Path, description = "The device.")),
    responses((status = 204, description = "Ended, on its open sockets too."))
)]
pub(crate) async fn end(api: web::Data<Api>, caller: Caller, path: web::Path<String>) -> Answer {
    let device_id: domain::DeviceId = id(&path, Denial::NotFound)?;
    caller.does("end_session");
    api.hexroom.end_session(caller.user_id(), device_id).await?;
    Ok(no_content())
}
