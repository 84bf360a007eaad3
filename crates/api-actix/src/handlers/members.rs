use actix_web::web;

use super::{Answer, no_content, room_id, user_in_room};
use crate::Api;
use crate::auth::Caller;
use crate::body::JsonBody;
use crate::fields::{RoomId, UserId};

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
