use actix_web::{HttpRequest, web};
use deserr::Deserr;
use domain::Denial;
use utoipa::ToSchema;

use super::{Answer, created, id_in_room, no_content, ok, room_id};
use crate::Api;
use crate::auth::Caller;
use crate::body::JsonBody;
use crate::field_errors::FieldErrors;
use crate::fields::{ClientMessageId, Emoji, MessageBody, MessageId, RoomId};
use crate::query::{self, HistoryPart, HistoryQuery};
use crate::shapes::{HistoryShape, MessageShape, PostedShape};

/// A message to be posted.
#[derive(Deserr, ToSchema)]
#[deserr(error = FieldErrors, rename_all = camelCase, deny_unknown_fields)]
#[schema(rename_all = "camelCase")]
pub(crate) struct NewMessage {
    room_id: RoomId,
    client_message_id: ClientMessageId,
    body: MessageBody,
    /// The message of the same room that it replies to.
    #[deserr(default)]
    reply_to: Option<MessageId>,
}

/// What a message is to say.
#[derive(Deserr, ToSchema)]
#[deserr(error = FieldErrors, rename_all = camelCase, deny_unknown_fields)]
#[schema(rename_all = "camelCase")]
pub(crate) struct Edit {
    body: MessageBody,
}

/// Post a message
///
/// Once for each `clientMessageId`: a retry, over either transport, answers the first result with
/// `duplicate: true`.
#[utoipa::path(
    post, path = "/api/messages", operation_id = "postMessage", tag = "messages", request_body = NewMessage,
    responses(
        (status = 201, description = "Posted.", body = PostedShape,
            headers(("Location" = String, description = "The message."))),
        (status = 200, description = "It had been posted before.", body = PostedShape),
    )
)]
pub(crate) async fn post(api: web::Data<Api>, caller: Caller, body: JsonBody) -> Answer {
    let new: NewMessage = body.read().await?;
    let room_id = new.room_id.known_or(Denial::RoomNotFound)?;
    let reply_to = new.reply_to.map(|id| id.or_nil(domain::MessageId));
    let (id, body) = (new.client_message_id.0, new.body.0);
    let posted = api.hexroom.post_message(room_id, caller.user_id(), id, body, reply_to).await?;
    let shape = PostedShape::from(&posted);
    if posted.duplicate {
        return Ok(ok(&shape));
    }
    Ok(created(format!("/api/chatrooms/{room_id}/messages/{}", posted.message_id), &shape))
}

/// Read a room's history
///
/// Oldest first within the page. Without bounds, the newest messages; with `around`, those about a place, from where
/// `before` the first of them and `after` the last of them lead on.
#[utoipa::path(
    get, path = "/api/chatrooms/{roomId}/messages", operation_id = "listMessages", tag = "messages",
    params(("roomId" = RoomId, Path, description = "The room."), HistoryQuery),
    responses((status = 200, description = "A page of messages.", body = HistoryShape))
)]
pub(crate) async fn history(
    api: web::Data<Api>,
    caller: Caller,
    path: web::Path<String>,
    request: HttpRequest,
) -> Answer {
    let room_id = room_id(&path)?;
    let (rooms, viewer) = (&api.hexroom.rooms, caller.user_id());
    let shape = match query::read::<HistoryQuery>(&request)?.part()? {
        HistoryPart::Within(window) => HistoryShape::from(rooms.history(room_id, viewer, window).await?),
        HistoryPart::Around(seq, size) => {
            HistoryShape::from(rooms.history_around(room_id, viewer, seq, size).await?)
        }
    };
    Ok(ok(&shape))
}

/// Read one message
#[utoipa::path(
    get, path = "/api/chatrooms/{roomId}/messages/{messageId}", operation_id = "getMessage", tag = "messages",
    params(
        ("roomId" = RoomId, Path, description = "The room."),
        ("messageId" = MessageId, Path, description = "The message."),
    ),
    responses((status = 200, description = "The message as it reads now.", body = MessageShape))
)]
pub(crate) async fn show(api: web::Data<Api>, caller: Caller, path: web::Path<(String, String)>) -> Answer {
    let (room_id, message_id) = (room_id(&path.0)?, id_in_room(&path.1, domain::MessageId));
    let message = api.hexroom.rooms.message(room_id, caller.user_id(), message_id).await?;
    Ok(ok(&MessageShape::from(&message)))
}

/// Edit a message
///
/// Its author only.
#[utoipa::path(
    patch, path = "/api/chatrooms/{roomId}/messages/{messageId}",
    operation_id = "editMessage", tag = "messages", request_body = Edit,
    params(
        ("roomId" = RoomId, Path, description = "The room."),
        ("messageId" = MessageId, Path, description = "The message."),
    ),
    responses((status = 200, description = "The message as it reads now.", body = MessageShape))
)]
pub(crate) async fn edit(
    api: web::Data<Api>,
    caller: Caller,
    path: web::Path<(String, String)>,
    body: JsonBody,
) -> Answer {
    let (room_id, message_id) = (room_id(&path.0)?, id_in_room(&path.1, domain::MessageId));
    let Edit { body } = body.read().await?;
    let changed = api.hexroom.edit_message(room_id, caller.user_id(), message_id, body.0).await?;
    Ok(ok(&MessageShape::from(&changed.message)))
}

/// Delete a message
///
/// Its author or the room's owner. Its body is gone for good.
#[utoipa::path(
    delete, path = "/api/chatrooms/{roomId}/messages/{messageId}",
    operation_id = "deleteMessage", tag = "messages",
    params(
        ("roomId" = RoomId, Path, description = "The room."),
        ("messageId" = MessageId, Path, description = "The message."),
    ),
    responses((status = 204, description = "Deleted."))
)]
pub(crate) async fn delete(api: web::Data<Api>, caller: Caller, path: web::Path<(String, String)>) -> Answer {
    let (room_id, message_id) = (room_id(&path.0)?, id_in_room(&path.1, domain::MessageId));
    api.hexroom.delete_message(room_id, caller.user_id(), message_id).await?;
    Ok(no_content())
}

/// React to a message
///
/// Each member puts each emoji to a message once; a repetition changes nothing.
#[utoipa::path(
    put, path = "/api/chatrooms/{roomId}/messages/{messageId}/reactions/{emoji}",
    operation_id = "addReaction", tag = "messages",
    params(
        ("roomId" = RoomId, Path, description = "The room."),
        ("messageId" = MessageId, Path, description = "The message."),
        ("emoji" = Emoji, Path, description = "What the member puts to it."),
    ),
    responses((status = 204, description = "It is there."))
)]
pub(crate) async fn add_reaction(api: web::Data<Api>, caller: Caller, path: ReactionPath) -> Answer {
    react(&api, &caller, &path, true).await
}

/// Take a reaction back
#[utoipa::path(
    delete, path = "/api/chatrooms/{roomId}/messages/{messageId}/reactions/{emoji}",
    operation_id = "removeReaction", tag = "messages",
    params(
        ("roomId" = RoomId, Path, description = "The room."),
        ("messageId" = MessageId, Path, description = "The message."),
        ("emoji" = Emoji, Path, description = "What the member takes back."),
    ),
    responses((status = 204, description = "It is not there."))
)]
pub(crate) async fn remove_reaction(api: web::Data<Api>, caller: Caller, path: ReactionPath) -> Answer {
    react(&api, &caller, &path, false).await
}

type ReactionPath = web::Path<(String, String, String)>;

async fn react(api: &Api, caller: &Caller, path: &ReactionPath, on: bool) -> Answer {
    let (room_id, message_id) = (room_id(&path.0)?, id_in_room(&path.1, domain::MessageId));
    let emoji = path.2.parse().map_err(|invalid| FieldErrors::of("emoji", invalid))?;
    api.hexroom.react(room_id, caller.user_id(), message_id, emoji, on).await?;
    Ok(no_content())
}
