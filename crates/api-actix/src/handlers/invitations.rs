use actix_web::{HttpRequest, web};
use deserr::Deserr;
use domain::Invitation;
use utoipa::ToSchema;

use super::{Answer, created, id_in_room, no_content, ok, room_id};
use crate::Api;
use crate::auth::Caller;
use crate::body::JsonBody;
use crate::field_errors::FieldErrors;
use crate::fields::{InvitationId, InvitationLifetime, RoomId, UserId};
use crate::paging::{self, Cursor};
use crate::query::{self, ListQuery};
use crate::shapes::{InvitationIssuedShape, InvitationShape, ListShape};

/// Whom to invite, and for how long.
#[derive(Deserr, ToSchema)]
#[deserr(error = FieldErrors, rename_all = camelCase, deny_unknown_fields)]
#[schema(rename_all = "camelCase")]
pub(crate) struct NewInvitation {
    user_id: UserId,
    #[deserr(default)]
    expires_in_seconds: Option<InvitationLifetime>,
}

/// Invite a prime member to the room
///
/// The owner only. The token is shown this once; it lets the invitee join once, in the place of the
/// room's password.
#[utoipa::path(
    post, path = "/api/chatrooms/{roomId}/invitations",
    operation_id = "invite", tag = "invitations", request_body = NewInvitation,
    params(("roomId" = RoomId, Path, description = "The room.")),
    responses((status = 201, description = "The invitation with its token.", body = InvitationIssuedShape,
        headers(("Location" = String, description = "The invitation."))))
)]
pub(crate) async fn invite(
    api: web::Data<Api>,
    caller: Caller,
    path: web::Path<String>,
    body: JsonBody,
) -> Answer {
    let room_id = room_id(&path)?;
    let new: NewInvitation = body.read().await?;
    let lifetime = new.expires_in_seconds.map(|lifetime| lifetime.0).unwrap_or_default();
    let issued = api.hexroom.invite(room_id, caller.user_id(), new.user_id.0, lifetime).await?;
    let location = format!("/api/chatrooms/{room_id}/invitations/{}", issued.invitation.id);
    Ok(created(location, &InvitationIssuedShape::new(&issued, api.hexroom.clock.now())))
}

/// List the room's invitations
///
/// The owner only. Newest first.
#[utoipa::path(
    get, path = "/api/chatrooms/{roomId}/invitations", operation_id = "listInvitations", tag = "invitations",
    params(("roomId" = RoomId, Path, description = "The room."), ListQuery<Cursor<domain::InvitationId>>),
    responses((status = 200, description = "A page of invitations.", body = ListShape<InvitationShape>))
)]
pub(crate) async fn list(
    api: web::Data<Api>,
    caller: Caller,
    path: web::Path<String>,
    request: HttpRequest,
) -> Answer {
    let room_id = room_id(&path)?;
    let (after, size) = query::read::<ListQuery<Cursor<domain::InvitationId>>>(&request)?.after();
    let page = api.hexroom.invitations(room_id, caller.user_id(), after, size).await?;
    let now = api.hexroom.clock.now();
    let shape = |invitation: &Invitation| InvitationShape::new(invitation, now);
    Ok(ok(&paging::list(&page, |invitation| invitation.id, shape)))
}

/// Revoke an invitation
///
/// The owner only. One that is no longer open stays as it is.
#[utoipa::path(
    delete, path = "/api/chatrooms/{roomId}/invitations/{invitationId}",
    operation_id = "revokeInvitation", tag = "invitations",
    params(
        ("roomId" = RoomId, Path, description = "The room."),
        ("invitationId" = InvitationId, Path, description = "The invitation."),
    ),
    responses((status = 204, description = "It opens the room no longer."))
)]
pub(crate) async fn revoke(api: web::Data<Api>, caller: Caller, path: web::Path<(String, String)>) -> Answer {
    let (room_id, invitation_id) = (room_id(&path.0)?, id_in_room(&path.1, domain::InvitationId));
    api.hexroom.revoke_invitation(room_id, caller.user_id(), invitation_id).await?;
    Ok(no_content())
}
