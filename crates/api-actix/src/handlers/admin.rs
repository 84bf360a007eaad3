use actix_web::{HttpRequest, web};
use deserr::Deserr;
use domain::rules::accounts::admit_admin;
use domain::{IdempotencyKey, Invalid, Prime};
use utoipa::ToSchema;

use super::{Answer, ok, user_id};
use crate::auth::Caller;
use crate::body::{self, FieldErrors, JsonBody};
use crate::fields::{GrantedCoins, Instant, UserId};
use crate::shapes::{CoinsShape, PrimeShape};
use crate::{Api, task};

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
    admit_admin(&caller.account)?;
    let user_id = user_id(&path)?;
    let PrimeGrant { until } = body.read().await?;
    let prime = until.map_or(Prime::Always, |until| Prime::Until(until.0));
    set_prime(&api, user_id, prime).await
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
    admit_admin(&caller.account)?;
    set_prime(&api, user_id(&path)?, Prime::No).await
}

/// Grant coins
///
/// Once for each `Idempotency-Key`: a retry answers the balance and grants nothing.
#[utoipa::path(
    post, path = "/api/admin/users/{userId}/coins",
    operation_id = "grantCoins", tag = "admin", request_body = CoinGrant,
    params(
        ("userId" = UserId, Path, description = "The account."),
        ("Idempotency-Key" = String, Header, description = "The caller's own name for this grant.",
            min_length = 1, max_length = 64, pattern = "^[ -~]+$", example = "grant-2030-01-31-ana"),
    ),
    responses((status = 200, description = "The balance now.", body = CoinsShape))
)]
pub(crate) async fn grant_coins(
    api: web::Data<Api>,
    caller: Caller,
    path: web::Path<String>,
    request: HttpRequest,
    body: JsonBody,
) -> Answer {
    admit_admin(&caller.account)?;
    let user_id = user_id(&path)?;
    let grant = body::accept::<CoinGrant>(body.object().await?);
    let (key, CoinGrant { amount }) = body::both(idempotency_key(&request), grant)?;
    let hexroom = api.hexroom.clone();
    let account = task::run(async move { hexroom.grant_coins(user_id, amount.0, key).await }).await?;
    Ok(ok(&CoinsShape::from(&account)))
}

async fn set_prime(api: &Api, user_id: domain::UserId, prime: Prime) -> Answer {
    let hexroom = api.hexroom.clone();
    let account = task::run(async move { hexroom.set_prime(user_id, prime).await }).await?;
    Ok(ok(&PrimeShape::new(&account, api.hexroom.clock.now())))
}

fn idempotency_key(request: &HttpRequest) -> Result<IdempotencyKey, FieldErrors> {
    let value =
        request.headers().get(IDEMPOTENCY_KEY).ok_or_else(|| FieldErrors::missing(IDEMPOTENCY_KEY))?;
    // A value that is no text is not printable ASCII either, like the empty one.
    let key: Result<_, Invalid> = value.to_str().unwrap_or_default().parse();
    key.map_err(|invalid| FieldErrors::of(IDEMPOTENCY_KEY, invalid))
}
