use std::time::Instant;

use actix_web::web;
use deserr::Deserr;
use utoipa::ToSchema;

use super::{Answer, no_content, ok};
use crate::Api;
use crate::auth::Caller;
use crate::body::JsonBody;
use crate::client_address::ClientAddress;
use crate::field_errors::FieldErrors;
use crate::fields::{PresentedCode, PresentedPassword};
use crate::limiter::Limiter;
use crate::shapes::{AuthenticatorShape, RecoveryCodesShape};

/// The password, once more.
#[derive(Deserr, ToSchema)]
#[deserr(error = FieldErrors, rename_all = camelCase, deny_unknown_fields)]
#[schema(rename_all = "camelCase")]
pub(crate) struct PasswordConfirmation {
    password: PresentedPassword,
}

/// What the authenticator shows.
#[derive(Deserr, ToSchema)]
#[deserr(error = FieldErrors, rename_all = camelCase, deny_unknown_fields)]
#[schema(rename_all = "camelCase")]
pub(crate) struct CodeConfirmation {
    otp: PresentedCode,
}

/// Set up an authenticator
///
/// The secret is shown here only, and takes force when one of its codes has confirmed it. Until then
/// whatever was in force stays so: an authenticator is replaced by setting up another.
#[utoipa::path(
    post, path = "/api/me/second-factor",
    operation_id = "offerSecondFactor", tag = "accounts", request_body = PasswordConfirmation,
    responses((status = 200, description = "What the authenticator takes.", body = AuthenticatorShape))
)]
pub(crate) async fn offer(
    api: web::Data<Api>,
    limits: web::Data<Limiter>,
    caller: Caller,
    client: ClientAddress,
    body: JsonBody,
) -> Answer {
    let PasswordConfirmation { password } = body.read().await?;
    caller.does("offer_second_factor");
    let attempt = limits.guesses.confirmation(caller.session.id, Instant::now())?;
    let from = client.network();
    let outcome = api.hexroom.offer_second_factor(&caller, password.0, from).await;
    limits.guesses.settle(attempt, &outcome, Instant::now());
    let new = outcome?;
    Ok(ok(&AuthenticatorShape::from(&new)))
}

/// Turn the second factor on
///
/// From now on signing in takes a code besides the password: what the authenticator shows, or one of
/// these recovery codes. Each is good once. They are shown here only, and earlier ones are void.
#[utoipa::path(
    put, path = "/api/me/second-factor",
    operation_id = "confirmSecondFactor", tag = "accounts", request_body = CodeConfirmation,
    responses((status = 200, description = "It is on.", body = RecoveryCodesShape))
)]
pub(crate) async fn confirm(
    api: web::Data<Api>,
    limits: web::Data<Limiter>,
    caller: Caller,
    body: JsonBody,
) -> Answer {
    let CodeConfirmation { otp } = body.read().await?;
    caller.does("confirm_second_factor");
    let attempt = limits.guesses.confirmation(caller.session.id, Instant::now())?;
    let outcome = api.hexroom.confirm_second_factor(&caller, otp.0).await;
    limits.guesses.settle(attempt, &outcome, Instant::now());
    let codes = outcome?;
    Ok(ok(&RecoveryCodesShape::from(codes)))
}

/// Turn the second factor off
///
/// It takes the password and no code, so that somebody who has lost the authenticator and is still signed
/// in somewhere can do it.
#[utoipa::path(
    delete, path = "/api/me/second-factor",
    operation_id = "liftSecondFactor", tag = "accounts", request_body = PasswordConfirmation,
    responses((status = 204, description = "It is off, and so are the recovery codes."))
)]
pub(crate) async fn lift(
    api: web::Data<Api>,
    limits: web::Data<Limiter>,
    caller: Caller,
    client: ClientAddress,
    body: JsonBody,
) -> Answer {
    let PasswordConfirmation { password } = body.read().await?;
    caller.does("lift_second_factor");
    let attempt = limits.guesses.confirmation(caller.session.id, Instant::now())?;
    let outcome = api.hexroom.lift_second_factor(&caller, password.0, client.network()).await;
    limits.guesses.settle(attempt, &outcome, Instant::now());
    outcome?;
    Ok(no_content())
}
