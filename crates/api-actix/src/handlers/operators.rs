//! What admins do to look after accounts and rooms.

use actix_web::{HttpRequest, web};
use deserr::Deserr;
use domain::rules::operators::admit_admin;
use utoipa::ToSchema;

use super::admin::{admit_to, operator};
use super::{Answer, created, no_content, ok, room_id};
use crate::Api;
use crate::auth::Caller;
use crate::body::{self, JsonBody};
use crate::client_address::ClientAddress;
use crate::field_errors::FieldErrors;
use crate::fields::{AccountPassword, Reason, RoomId, Token, UserId};
use crate::paging::{self, AccountPosition, Cursor};
use crate::query::{self, AccountsQuery, ListQuery};
use crate::security_log::Matter;
use crate::shapes::{AccountEntryShape, AdminRecordShape, ListShape, PasswordLinkShape};

/// Why the account is suspended.
#[derive(Deserr, ToSchema)]
#[deserr(error = FieldErrors, rename_all = camelCase, deny_unknown_fields)]
#[schema(rename_all = "camelCase")]
pub(crate) struct Suspension {
    reason: Reason,
}

/// Why it is done, if the admin wants to say.
#[derive(Deserr, ToSchema)]
#[deserr(error = FieldErrors, rename_all = camelCase, deny_unknown_fields)]
#[schema(rename_all = "camelCase")]
pub(crate) struct Why {
    #[deserr(default)]
    reason: Option<Reason>,
}

/// A password link's token, and the password that it sets.
#[derive(Deserr, ToSchema)]
#[deserr(error = FieldErrors, rename_all = camelCase, deny_unknown_fields)]
#[schema(rename_all = "camelCase")]
pub(crate) struct LinkedPassword {
    token: Token,
    new_password: AccountPassword,
}

/// List or find accounts
///
/// In the order of their user ids.
#[utoipa::path(
    get, path = "/api/admin/users", operation_id = "listAccounts", tag = "admin", params(AccountsQuery),
    responses((status = 200, description = "A page of accounts.", body = ListShape<AccountEntryShape>))
)]
pub(crate) async fn list_accounts(api: web::Data<Api>, caller: Caller, request: HttpRequest) -> Answer {
    admit_admin(&caller.account)?;
    let (query, after, size) = query::read::<AccountsQuery>(&request)?.parts();
    let page = api.hexroom.accounts.list(query, after, size).await?;
    let now = api.hexroom.clock.now();
    let shape = |account: &domain::Account| AccountEntryShape::new(account, now);
    Ok(ok(&paging::list(&page, |account| AccountPosition(account.user_id.clone()), shape)))
}

/// Suspend an account
///
/// It can neither sign in nor do anything, its sockets close, its password links are void. Its seats,
/// coins and sessions stay. Nobody suspends themself or the last admin who can act.
#[utoipa::path(
    put, path = "/api/admin/users/{userId}/suspension",
    operation_id = "suspend", tag = "admin", request_body = Suspension,
    params(("userId" = UserId, Path, description = "The account.")),
    responses((status = 204, description = "It is suspended."))
)]
pub(crate) async fn suspend(
    api: web::Data<Api>,
    caller: Caller,
    path: web::Path<String>,
    body: JsonBody,
) -> Answer {
    let user_id = admit_to(&caller, "suspend", &path)?;
    let Suspension { reason } = body.read().await?;
    api.hexroom.suspend(operator(&caller, Some(reason)), user_id).await?;
    Ok(no_content())
}

/// Readmit a suspended account
#[utoipa::path(
    delete, path = "/api/admin/users/{userId}/suspension",
    operation_id = "readmit", tag = "admin", request_body = Option<Why>,
    params(("userId" = UserId, Path, description = "The account.")),
    responses((status = 204, description = "It is not suspended."))
)]
pub(crate) async fn readmit(
    api: web::Data<Api>,
    caller: Caller,
    path: web::Path<String>,
    body: JsonBody,
) -> Answer {
    let user_id = admit_to(&caller, "readmit", &path)?;
    api.hexroom.readmit(operator(&caller, why(body).await?), user_id).await?;
    Ok(no_content())
}

/// End all sessions of an account
#[utoipa::path(
    delete, path = "/api/admin/users/{userId}/sessions",
    operation_id = "endSessions", tag = "admin", request_body = Option<Why>,
    params(("userId" = UserId, Path, description = "The account.")),
    responses((status = 204, description = "Ended, on its open sockets too."))
)]
pub(crate) async fn end_sessions(
    api: web::Data<Api>,
    caller: Caller,
    path: web::Path<String>,
    body: JsonBody,
) -> Answer {
    let user_id = admit_to(&caller, "end_sessions", &path)?;
    api.hexroom.end_sessions(operator(&caller, why(body).await?), user_id).await?;
    Ok(no_content())
}

/// Make a one-time password link
///
/// Its holder sets another password with it, once and within a day. It takes the place of an earlier one.
#[utoipa::path(
    post, path = "/api/admin/users/{userId}/password-link",
    operation_id = "makePasswordLink", tag = "admin", request_body = Option<Why>,
    params(("userId" = UserId, Path, description = "The account.")),
    responses((status = 201, description = "Made. The token is shown this once.", body = PasswordLinkShape,
        headers(("Location" = String, description = "Where the token is used."))))
)]
pub(crate) async fn make_password_link(
    api: web::Data<Api>,
    caller: Caller,
    path: web::Path<String>,
    body: JsonBody,
) -> Answer {
    let user_id = admit_to(&caller, "make_password_link", &path)?;
    let made = api.hexroom.make_password_link(operator(&caller, why(body).await?), user_id).await?;
    Ok(created("/api/password-link".to_owned(), &PasswordLinkShape::from(&made)))
}

/// Close any room
#[utoipa::path(
    delete, path = "/api/admin/chatrooms/{roomId}",
    operation_id = "closeRoomAsAdmin", tag = "admin", request_body = Option<Why>,
    params(("roomId" = RoomId, Path, description = "The room.")),
    responses((status = 204, description = "Closed."))
)]
pub(crate) async fn close_room(
    api: web::Data<Api>,
    caller: Caller,
    path: web::Path<String>,
    body: JsonBody,
) -> Answer {
    caller.does_to("close_room", None);
    admit_admin(&caller.account)?;
    let room_id = room_id(&path)?;
    api.hexroom.close_room_as_operator(operator(&caller, why(body).await?), room_id).await?;
    Ok(no_content())
}

/// Show what admins did
///
/// Newest first. Nobody can change it.
#[utoipa::path(
    get, path = "/api/admin/record",
    operation_id = "showAdminRecord", tag = "admin", params(ListQuery<Cursor<domain::RecordId>>),
    responses((status = 200, description = "A page of the record.", body = ListShape<AdminRecordShape>))
)]
pub(crate) async fn record(api: web::Data<Api>, caller: Caller, request: HttpRequest) -> Answer {
    admit_admin(&caller.account)?;
    let (after, size) = query::read::<ListQuery<Cursor<domain::RecordId>>>(&request)?.after();
    let page = api.hexroom.accounts.admin_record(after, size).await?;
    Ok(ok(&paging::list(&page, |record| record.id, |record| AdminRecordShape::from(record))))
}

/// Set another password with a link
///
/// All of the account's sessions end. The link is good once, within a day of its making.
#[utoipa::path(
    post, path = "/api/password-link", operation_id = "usePasswordLink", tag = "accounts", security(()),
    request_body = LinkedPassword,
    responses((status = 204, description = "The password is set. Sign in with it."))
)]
pub(crate) async fn use_password_link(
    api: web::Data<Api>,
    client: ClientAddress,
    matter: Matter,
    body: JsonBody,
) -> Answer {
    let LinkedPassword { token, new_password } = body.read().await?;
    matter.is("use_password_link", None);
    let user_id = api.hexroom.use_password_link(&token.0, new_password.0, client.network()).await?;
    matter.is("use_password_link", Some(&user_id));
    Ok(no_content())
}

async fn why(body: JsonBody) -> Result<Option<Reason>, crate::problem::Problem> {
    let Why { reason } = body::accept(body.object_or_nothing().await?)?;
    Ok(reason)
}
