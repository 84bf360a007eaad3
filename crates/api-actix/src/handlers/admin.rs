use actix_web::{HttpRequest, web};
use deserr::Deserr;
use domain::rules::operators::admit_admin;
use domain::{IdempotencyKey, Invalid, Operator, Prime};
use utoipa::ToSchema;

use super::{Answer, ok, user_id};
use crate::Api;
use crate::auth::Caller;
use crate::body::{self, JsonBody};
use crate::field_errors::FieldErrors;
use crate::fields::{GrantedCoins, Instant, Reason, UserId};
use crate::problem::Problem;
use crate::shapes::{CoinsGrantedShape, PrimeShape};

const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

/// Until when; without an end when absent or null.
#[derive(Deserr, ToSchema)]
#[deserr(error = FieldErrors, rename_all = camelCase, deny_unknown_fields)]
#[schema(rename_all = "camelCase")]
pub(crate) struct PrimeGrant {
    #[deserr(default)]
    until: Option<Instant>,
}

/// How many coins.
#[derive(Deserr, ToSchema)]
#[deserr(error = FieldErrors, rename_all = camelCase, deny_unknown_fields)]
#[schema(rename_all = "camelCase")]
pub(crate) struct CoinGrant {
    amount: GrantedCoins,
}

/// Grant prime
#[utoipa::path(
    put, path = "/api/admin/users/{userId}/prime",
    operation_id = "grantPrime", tag = "admin", request_body = PrimeGrant,
    params(("userId" = UserId, Path, description = "The account.")),
    responses((status = 200, description = "What holds now.", body = PrimeShape))
)]
pub(crate) async fn grant_prime(
    api: web::Data<Api>,
    caller: Caller,
    path: web::Path<String>,
    body: JsonBody,
) -> Answer {
    let user_id = admit_to(&caller, "grant_prime", &path)?;
    let PrimeGrant { until } = body.read().await?;
    let prime = until.map_or(Prime::Always, |until| Prime::Until(until.0));
    set_prime(&api, &caller, user_id, prime).await
}

/// Withdraw prime
///
/// Rooms owned and seats held stay as they are.
#[utoipa::path(
    delete, path = "/api/admin/users/{userId}/prime", operation_id = "withdrawPrime", tag = "admin",
    params(("userId" = UserId, Path, description = "The account.")),
    responses((status = 200, description = "What holds now.", body = PrimeShape))
)]
pub(crate) async fn withdraw_prime(api: web::Data<Api>, caller: Caller, path: web::Path<String>) -> Answer {
    let user_id = admit_to(&caller, "withdraw_prime", &path)?;
    set_prime(&api, &caller, user_id, Prime::No).await
}

/// Grant coins
///
/// Once for each `Idempotency-Key`: a retry answers the same and grants nothing. The balance is the
/// account's own to know.
#[utoipa::path(
    post, path = "/api/admin/users/{userId}/coins",
    operation_id = "grantCoins", tag = "admin", request_body = CoinGrant,
    params(
        ("userId" = UserId, Path, description = "The account."),
        ("Idempotency-Key" = String, Header, description = "The caller's own key for this grant.",
            min_length = 1, max_length = 64, pattern = "^[ -~]+$", example = "grant-2030-01-31-ana"),
    ),
    responses((status = 200, description = "Granted.", body = CoinsGrantedShape))
)]
pub(crate) async fn grant_coins(
    api: web::Data<Api>,
    caller: Caller,
    path: web::Path<String>,
    request: HttpRequest,
    body: JsonBody,
) -> Answer {
    let user_id = admit_to(&caller, "grant_coins", &path)?;
    let grant = body::accept::<CoinGrant>(body.object().await?);
    let (key, CoinGrant { amount }) = body::both(idempotency_key(&request), grant)?;
    let granted = CoinsGrantedShape::new(&user_id, amount.0);
    api.hexroom.grant_coins(operator(&caller, None), user_id, amount.0, key).await?;
    Ok(ok(&granted))
}

async fn set_prime(api: &Api, caller: &Caller, user_id: domain::UserId, prime: Prime) -> Answer {
    let account = api.hexroom.set_prime(operator(caller, None), user_id, prime).await?;
    Ok(ok(&PrimeShape::new(&account, api.hexroom.clock.now())))
}

/// Lets an admin do something to the account in the path.
pub(super) fn admit_to(caller: &Caller, event: &'static str, path: &str) -> Result<domain::UserId, Problem> {
    let user_id = user_id(path);
    caller.does_to(event, user_id.as_ref().ok());
    admit_admin(&caller.account)?;
    Ok(user_id?)
}

/// The caller as an admin who acts.
pub(super) fn operator(caller: &Caller, reason: Option<Reason>) -> Operator {
    Operator { admin_id: Some(caller.user_id()), reason: reason.map(|reason| reason.0) }
}

fn idempotency_key(request: &HttpRequest) -> Result<IdempotencyKey, FieldErrors> {
    let value =
        request.headers().get(IDEMPOTENCY_KEY).ok_or_else(|| FieldErrors::missing(IDEMPOTENCY_KEY))?;
    // A value that is no text is not printable ASCII either, like the empty one.
    let key: Result<_, Invalid> = value.to_str().unwrap_or_default().parse();
    key.map_err(|invalid| FieldErrors::of(IDEMPOTENCY_KEY, invalid))
}
