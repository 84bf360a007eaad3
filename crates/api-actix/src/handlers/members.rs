use actix_web::{HttpRequest, web};

use super::{Answer, no_content, ok, room_id, user_in_room};
use crate::Api;
use crate::auth::Caller;
use crate::body::JsonBody;
use crate::fields::{RoomId, UserId};
use crate::paging::{self, Cursor};
use crate::query::{self, ListQuery};
use crate::shapes::{BanShape, ListShape};

/// Remove a member
///
/// The owner only. A removed member may join again.
#[utoipa::path(
    delete, path = "/api/chatrooms/{roomId}/members/{userId}", operation_id = "removeMember", tag = "rooms",
    params(
        ("roomId" = RoomId, Path, description = "The room."),
        ("userId" = UserId, Path, description = "The member."),
    ),
    responses((status = 204, description = "Removed."))
)]
pub(crate) async fn remove(api: web::Data<Api>, caller: Caller, path: web::Path<(String, String)>) -> Answer {
    let room_id = room_id(&path.0)?;
    let member = user_in_room(&api, &caller, room_id, &path.1).await?;
    api.hexroom.remove_member(room_id, caller.user_id(), member).await?;
    Ok(no_content())
}

/// List the room's bans
///
/// The owner only. In the order of their ids.
#[utoipa::path(
    get, path = "/api/chatrooms/{roomId}/bans", operation_id = "listBans", tag = "rooms",
    params(("roomId" = RoomId, Path, description = "The room."), ListQuery<Cursor<domain::UserId>>),
    responses((status = 200, description = "A page of bans.", body = ListShape<BanShape>))
)]
pub(crate) async fn list_bans(
    api: web::Data<Api>,
    caller: Caller,
    path: web::Path<String>,
    request: HttpRequest,
) -> Answer {
    let room_id = room_id(&path)?;
    let (after, size) = query::read::<ListQuery<Cursor<domain::UserId>>>(&request)?.after();
    let page = api.hexroom.bans(room_id, caller.user_id(), after, size).await?;
    Ok(ok(&paging::list(&page, |ban| ban.user_id.clone(), |ban| BanShape::from(ban))))
}

/// Ban an account from the room
///
/// The owner only. Takes their seat, if they hold one.
#[utoipa::path(
    put, path = "/api/chatrooms/{roomId}/bans/{userId}", operation_id = "ban", tag = "rooms",
    params(
        ("roomId" = RoomId, Path, description = "The room."),
        ("userId" = UserId, Path, description = "Whom to ban."),
    ),
    responses((status = 204, description = "Banned."))
)]
pub(crate) async fn ban(
    api: web::Data<Api>,
    caller: Caller,
    path: web::Path<(String, String)>,
    body: JsonBody,
) -> Answer {
    body.nothing().await?;
    let room_id = room_id(&path.0)?;
    let banned = user_in_room(&api, &caller, room_id, &path.1).await?;
    api.hexroom.ban(room_id, caller.user_id(), banned).await?;
    Ok(no_content())
}

/// Lift a ban
///
/// The owner only.
#[utoipa::path(
    delete, path = "/api/chatrooms/{roomId}/bans/{userId}", operation_id = "liftBan", tag = "rooms",
    params(
        ("roomId" = RoomId, Path, description = "The room."),
        ("userId" = UserId, Path, description = "Who is banned."),
    ),
    responses((status = 204, description = "Lifted."))
)]
pub(crate) async fn lift_ban(
    api: web::Data<Api>,
    caller: Caller,
    path: web::Path<(String, String)>,
) -> Answer {
    let room_id = room_id(&path.0)?;
    let banned = user_in_room(&api, &caller, room_id, &path.1).await?;
    api.hexroom.lift_ban(room_id, caller.user_id(), banned).await?;
    Ok(no_content())
}
