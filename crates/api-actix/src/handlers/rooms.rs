use actix_web::{HttpRequest, web};
use deserr::Deserr;
use domain::RoomView;
use utoipa::ToSchema;

use super::{Answer, created, no_content, ok, room_id};
use crate::Api;
use crate::auth::Caller;
use crate::body::JsonBody;
use crate::client_address::ClientAddress;
use crate::counted_calls::CountedCalls;
use crate::field_errors::FieldErrors;
use crate::fields::{RoomId, RoomName, RoomPassword, Seq};
use crate::limiter::Limiter;
use crate::paging::{self, Cursor, RoomPosition};
use crate::query::{self, ListQuery};
use crate::shapes::{ListShape, ReadShape, RoomDetailShape, RoomRevision, RoomShape};

/// A room to be.
#[derive(Deserr, ToSchema)]
#[deserr(error = FieldErrors, rename_all = camelCase, deny_unknown_fields)]
#[schema(rename_all = "camelCase")]
pub(crate) struct NewRoom {
    name: RoomName,
    password: RoomPassword,
}

/// How far the caller has read.
#[derive(Deserr, ToSchema)]
#[deserr(error = FieldErrors, rename_all = camelCase, deny_unknown_fields)]
#[schema(rename_all = "camelCase")]
pub(crate) struct ReadMark {
    seq: Seq,
}

/// Create a room
///
/// Prime members only. The creator owns it and holds its first seat.
#[utoipa::path(
    post, path = "/api/chatrooms", operation_id = "createRoom", tag = "rooms", request_body = NewRoom,
    responses((status = 201, description = "The room.", body = RoomDetailShape,
        headers(("Location" = String, description = "The room."))))
)]
pub(crate) async fn create(
    api: web::Data<Api>,
    caller: Caller,
    client: ClientAddress,
    body: JsonBody,
) -> Answer {
    let new: NewRoom = body.read().await?;
    let view =
        api.hexroom.create_room(caller.user_id(), new.name.0, new.password.0, client.network()).await?;
    let location = format!("/api/chatrooms/{}", view.summary.room.id);
    Ok(created(location, &detail(&api, &view)))
}

/// List your rooms
///
/// The room with the newest event first. A room in which something happens while you page moves to the front: list the
/// first page again, until it tells nothing new, or let the socket tell you.
#[utoipa::path(
    get, path = "/api/chatrooms",
    operation_id = "listRooms", tag = "rooms", params(ListQuery<Cursor<RoomPosition>>),
    responses((status = 200, description = "A page of rooms.", body = ListShape<RoomShape>))
)]
pub(crate) async fn list(api: web::Data<Api>, caller: Caller, request: HttpRequest) -> Answer {
    let (after, size) = query::read::<ListQuery<Cursor<RoomPosition>>>(&request)?.after();
    let after = after.map(|position| position.0);
    let page = api.hexroom.rooms.of_member(caller.user_id(), after, size).await?;
    Ok(ok(&paging::list(&page, |summary| RoomPosition(summary.place()), |summary| RoomShape::from(summary))))
}

/// Show a room with its members
#[utoipa::path(
    get, path = "/api/chatrooms/{roomId}", operation_id = "showRoom", tag = "rooms",
    params(("roomId" = RoomId, Path, description = "The room.")),
    responses((status = 200, description = "The room.", body = RoomDetailShape))
)]
pub(crate) async fn show(api: web::Data<Api>, caller: Caller, path: web::Path<String>) -> Answer {
    let view = api.hexroom.rooms.view(room_id(&path)?, caller.user_id()).await?;
    Ok(ok(&detail(&api, &view)))
}

/// Change the room
///
/// The owner only. All of it is done or nothing.
#[utoipa::path(
    patch, path = "/api/chatrooms/{roomId}",
    operation_id = "reviseRoom", tag = "rooms", request_body = RoomRevision,
    params(("roomId" = RoomId, Path, description = "The room.")),
    responses((status = 200, description = "The room as it is now.", body = RoomDetailShape))
)]
pub(crate) async fn revise(
    api: web::Data<Api>,
    limits: web::Data<Limiter>,
    caller: Caller,
    path: web::Path<String>,
    client: ClientAddress,
    body: JsonBody,
) -> Answer {
    let room_id = room_id(&path)?;
    let wanted = domain::RoomRevision::from(body.read::<RoomRevision>().await?);
    if wanted.password.is_some() {
        limits.call_by(CountedCalls::Rooms, &caller.account.user_id)?;
    }
    let view = api.hexroom.revise_room(room_id, caller.user_id(), wanted, client.network()).await?;
    Ok(ok(&detail(&api, &view)))
}

/// Close the room for good
///
/// The owner only.
#[utoipa::path(
    delete, path = "/api/chatrooms/{roomId}", operation_id = "closeRoom", tag = "rooms",
    params(("roomId" = RoomId, Path, description = "The room.")),
    responses((status = 204, description = "Closed."))
)]
pub(crate) async fn close(api: web::Data<Api>, caller: Caller, path: web::Path<String>) -> Answer {
    let room_id = room_id(&path)?;
    api.hexroom.close_room(room_id, caller.user_id()).await?;
    Ok(no_content())
}

/// Leave the room
///
/// Gives back neither coins nor the free join. Coming back is free while a seat is.
#[utoipa::path(
    post, path = "/api/chatrooms/{roomId}/leave", operation_id = "leaveRoom", tag = "rooms",
    params(("roomId" = RoomId, Path, description = "The room.")),
    responses((status = 204, description = "Left."))
)]
pub(crate) async fn leave(
    api: web::Data<Api>,
    caller: Caller,
    path: web::Path<String>,
    body: JsonBody,
) -> Answer {
    body.nothing().await?;
    let room_id = room_id(&path)?;
    api.hexroom.leave_room(room_id, caller.user_id()).await?;
    Ok(no_content())
}

/// Mark the room's log as read
///
/// The mark only moves up, and never past the newest event.
#[utoipa::path(
    put, path = "/api/chatrooms/{roomId}/read",
    operation_id = "markRead", tag = "rooms", request_body = ReadMark,
    params(("roomId" = RoomId, Path, description = "The room.")),
    responses((status = 200, description = "Where the mark stands now.", body = ReadShape))
)]
pub(crate) async fn mark_read(
    api: web::Data<Api>,
    caller: Caller,
    path: web::Path<String>,
    body: JsonBody,
) -> Answer {
    let room_id = room_id(&path)?;
    let ReadMark { seq } = body.read().await?;
    let read_seq = api.hexroom.mark_read(room_id, caller.user_id(), seq.0).await?;
    Ok(ok(&ReadShape { room_id: room_id.into(), read_seq: Seq(read_seq) }))
}

fn detail(api: &Api, view: &RoomView) -> RoomDetailShape {
    RoomDetailShape::new(view, api.hexroom.clock.now(), |user_id| api.hub.is_online(user_id))
}
