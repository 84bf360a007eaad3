use std::time::Instant;

use actix_web::{HttpRequest, web};
use deserr::Deserr;
use domain::rules::accounts::signup_coins;
use domain::use_cases::NewAccount;
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{Answer, created, no_content, ok};
use crate::Api;
use crate::auth::Caller;
use crate::body::{self, JsonBody};
use crate::client_address::ClientAddress;
use crate::field_errors::FieldErrors;
use crate::fields::{
    AccountName, AccountPassword, Coins, DeviceId, NewUserId, Phone, PresentedPassword, UserId,
};
use crate::limiter::Limiter;
use crate::paging::{self, Cursor};
use crate::query::{self, ListQuery};
use crate::security_log::Matter;
use crate::shapes::{AccountShape, ListShape, SignedInShape, TransferShape};

/// What somebody registers with.
#[derive(Deserr, ToSchema)]
#[deserr(error = FieldErrors, rename_all = camelCase, deny_unknown_fields)]
#[schema(rename_all = "camelCase")]
pub(crate) struct Registration {
    user_id: NewUserId,
    device_id: DeviceId,
    name: AccountName,
    phone: Phone,
    password: AccountPassword,
    #[deserr(default)]
    avail_coins: Option<Coins>,
}

impl Registration {
    /// The registration, or every field that cannot be accepted, also where that depends on another
    /// field or on a setting.
    fn read(object: Map<String, Value>, signup_coins_max: domain::Coins) -> Result<Self, FieldErrors> {
        let asked_for = body::field::<Coins>(&object, "availCoins").map(|coins| coins.0);
        let coins = signup_coins(asked_for, signup_coins_max)
            .map_err(|invalid| FieldErrors::of("availCoins", invalid));
        let user_id = body::field::<UserId>(&object, "userId");
        let password = body::field::<AccountPassword>(&object, "password")
            .zip(user_id)
            .map_or(Ok(()), |(password, user_id)| password.0.of(&user_id.0).map(drop))
            .map_err(|invalid| FieldErrors::of("password", invalid));
        body::both(body::accept(object), body::both(coins, password)).map(|(registration, _)| registration)
    }
}

/// What an account wants to be different.
#[derive(Deserr, ToSchema)]
#[deserr(error = FieldErrors, rename_all = camelCase, deny_unknown_fields)]
#[schema(rename_all = "camelCase")]
pub(crate) struct AccountRevision {
    #[deserr(default)]
    name: Option<AccountName>,
    #[deserr(default)]
    phone: Option<Phone>,
}

/// The old password and the new one.
#[derive(Deserr, ToSchema)]
#[deserr(error = FieldErrors, rename_all = camelCase, deny_unknown_fields)]
#[schema(rename_all = "camelCase")]
pub(crate) struct PasswordChange {
    current_password: PresentedPassword,
    new_password: AccountPassword,
}

/// The password, to be sure.
#[derive(Deserr, ToSchema)]
#[deserr(error = FieldErrors, rename_all = camelCase, deny_unknown_fields)]
#[schema(rename_all = "camelCase")]
pub(crate) struct AccountDeletion {
    password: PresentedPassword,
}

/// Register an account
///
/// Answers the account and the tokens of its first session, on the device that is named.
#[utoipa::path(
    post, path = "/api/register",
    operation_id = "register", tag = "accounts", security(()), request_body = Registration,
    responses((status = 201, description = "Registered and signed in.", body = SignedInShape,
        headers(("Location" = String, description = "The account's profile."))))
)]
pub(crate) async fn register(
    api: web::Data<Api>,
    client: ClientAddress,
    matter: Matter,
    body: JsonBody,
) -> Answer {
    let wanted = Registration::read(body.object().await?, api.hexroom.signup_coins_max)?;
    let user_id = domain::UserId::from(wanted.user_id.0);
    matter.is("register", Some(&user_id));
    let new = NewAccount {
        user_id,
        device_id: wanted.device_id.0,
        name: wanted.name.0,
        phone: wanted.phone.0,
        password: wanted.password.0,
        avail_coins: wanted.avail_coins.map(|coins| coins.0),
    };
    let location = format!("/api/profile/{}", new.user_id);
    let signed_in = api.hexroom.register(new, client.network()).await?;
    Ok(created(location, &SignedInShape::new(&signed_in, api.hexroom.clock.now())))
}

/// Show your account
#[utoipa::path(
    get, path = "/api/me", operation_id = "showMe", tag = "accounts",
    responses((status = 200, description = "The account, as its owner sees it.", body = AccountShape))
)]
pub(crate) async fn show(api: web::Data<Api>, caller: Caller) -> Answer {
    let now = api.hexroom.clock.now();
    Ok(ok(&AccountShape::new(&caller.account, &caller.session.device_id, now)))
}

/// Change your name or phone number
///
/// What is absent or null stays as it is.
#[utoipa::path(
    patch, path = "/api/me", operation_id = "reviseMe", tag = "accounts", request_body = AccountRevision,
    responses((status = 200, description = "The account as it is now.", body = AccountShape))
)]
pub(crate) async fn revise(api: web::Data<Api>, caller: Caller, body: JsonBody) -> Answer {
    let wanted: AccountRevision = body.read().await?;
    if wanted.phone.is_some() {
        caller.does("change_phone");
    }
    let revision = domain::AccountRevision {
        name: wanted.name.map(|name| name.0),
        phone: wanted.phone.map(|phone| phone.0),
    };
    let account = api.hexroom.revise_account(caller.user_id(), revision).await?;
    Ok(ok(&AccountShape::new(&account, &caller.session.device_id, api.hexroom.clock.now())))
}

/// Change your password
///
/// All other sessions of the account end, on their open sockets too.
#[utoipa::path(
    post, path = "/api/me/password",
    operation_id = "changePassword", tag = "accounts", request_body = PasswordChange,
    responses((status = 204, description = "Changed."))
)]
pub(crate) async fn change_password(
    api: web::Data<Api>,
    limits: web::Data<Limiter>,
    caller: Caller,
    client: ClientAddress,
    body: JsonBody,
) -> Answer {
    let PasswordChange { current_password: current, new_password: new } = body.read().await?;
    caller.does("change_password");
    let attempt = limits.guesses.confirmation(caller.session.id, Instant::now())?;
    let outcome = api.hexroom.change_password(&caller, current.0, new.0, client.network()).await;
    limits.guesses.settle(attempt, &outcome, Instant::now());
    outcome?;
    Ok(no_content())
}

/// Delete your account
///
/// It leaves its rooms and everything personal goes; its id is never given out again. Rooms that it
/// owns must be handed over or closed first.
#[utoipa::path(
    delete, path = "/api/me", operation_id = "eraseMe", tag = "accounts", request_body = AccountDeletion,
    responses((status = 204, description = "Deleted."))
)]
pub(crate) async fn erase(
    api: web::Data<Api>,
    limits: web::Data<Limiter>,
    caller: Caller,
    client: ClientAddress,
    body: JsonBody,
) -> Answer {
    let deletion: AccountDeletion = body.read().await?;
    caller.does("delete_account");
    let attempt = limits.guesses.confirmation(caller.session.id, Instant::now())?;
    let outcome = api.hexroom.erase_account(&caller, deletion.password.0, client.network()).await;
    limits.guesses.settle(attempt, &outcome, Instant::now());
    outcome?;
    Ok(no_content())
}

/// List your coin transfers
///
/// Newest first, each with the balance after it.
#[utoipa::path(
    get, path = "/api/me/transfers",
    operation_id = "listTransfers", tag = "accounts", params(ListQuery<Cursor<i64>>),
    responses((status = 200, description = "A page of transfers.", body = ListShape<TransferShape>))
)]
pub(crate) async fn transfers(api: web::Data<Api>, caller: Caller, request: HttpRequest) -> Answer {
    let (after, size) = query::read::<ListQuery<Cursor<i64>>>(&request)?.after();
    let page = api.hexroom.accounts.ledger(caller.user_id(), after, size).await?;
    Ok(ok(&paging::list(&page, |line| line.number, |line| TransferShape::from(line))))
}
