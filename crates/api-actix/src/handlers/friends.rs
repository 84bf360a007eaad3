use actix_web::{HttpRequest, web};
use deserr::Deserr;
use domain::{Denial, Page, Profile};
use utoipa::ToSchema;

use super::{Answer, created, id, no_content, ok, user_id};
use crate::Api;
use crate::auth::Caller;
use crate::body::JsonBody;
use crate::field_errors::FieldErrors;
use crate::fields::{FriendRequestId, UserId};
use crate::paging::{self, Cursor};
use crate::query::{self, FriendRequestsQuery, ListQuery};
use crate::shapes::{FriendRequestShape, ListShape, ProfileShape};

/// Whom to ask.
#[derive(Deserr, ToSchema)]
#[deserr(error = FieldErrors, rename_all = camelCase, deny_unknown_fields)]
#[schema(rename_all = "camelCase")]
pub(crate) struct NewFriendRequest {
    user_id: UserId,
}

/// Send a friend request
///
/// To somebody with whom you share or have shared a room. If they have already asked you, you become
/// friends at once, and the request is answered as accepted.
#[utoipa::path(
    post, path = "/api/friend-requests",
    operation_id = "requestFriendship", tag = "people", request_body = NewFriendRequest,
    responses((status = 201, description = "The request.", body = FriendRequestShape,
        headers(("Location" = String, description = "The request."))))
)]
pub(crate) async fn request(api: web::Data<Api>, caller: Caller, body: JsonBody) -> Answer {
    let NewFriendRequest { user_id } = body.read().await?;
    let from = caller.user_id();
    let request = api.hexroom.request_friendship(from, user_id.0).await?;
    Ok(created(format!("/api/friend-requests/{}", request.id), &FriendRequestShape::from(&request)))
}

/// List pending friend requests
///
/// Newest first.
#[utoipa::path(
    get, path = "/api/friend-requests",
    operation_id = "listFriendRequests", tag = "people", params(FriendRequestsQuery),
    responses((status = 200, description = "A page of requests.", body = ListShape<FriendRequestShape>))
)]
pub(crate) async fn list_requests(api: web::Data<Api>, caller: Caller, request: HttpRequest) -> Answer {
    let query: FriendRequestsQuery = query::read(&request)?;
    let direction = query.direction();
    let (after, size) = query.after();
    let page = api.hexroom.friends.requests(caller.user_id(), direction, after, size).await?;
    Ok(ok(&paging::list(&page, |request| request.id, |request| FriendRequestShape::from(request))))
}

/// Accept a friend request
#[utoipa::path(
    post, path = "/api/friend-requests/{friendRequestId}/accept",
    operation_id = "acceptFriendRequest", tag = "people",
    params(("friendRequestId" = FriendRequestId, Path, description = "A request sent to the caller.")),
    responses((status = 200, description = "The request, accepted.", body = FriendRequestShape))
)]
pub(crate) async fn accept(
    api: web::Data<Api>,
    caller: Caller,
    path: web::Path<String>,
    body: JsonBody,
) -> Answer {
    body.nothing().await?;
    let request_id = id(&path, Denial::FriendRequestNotFound)?;
    let request = api.hexroom.accept_friend_request(caller.user_id(), request_id).await?;
    Ok(ok(&FriendRequestShape::from(&request)))
}

/// Decline a friend request
#[utoipa::path(
    post, path = "/api/friend-requests/{friendRequestId}/decline",
    operation_id = "declineFriendRequest", tag = "people",
    params(("friendRequestId" = FriendRequestId, Path, description = "A request sent to the caller.")),
    responses((status = 200, description = "The request, declined.", body = FriendRequestShape))
)]
pub(crate) async fn decline(
    api: web::Data<Api>,
    caller: Caller,
    path: web::Path<String>,
    body: JsonBody,
) -> Answer {
    body.nothing().await?;
    let request_id = id(&path, Denial::FriendRequestNotFound)?;
    let request = api.hexroom.decline_friend_request(caller.user_id(), request_id).await?;
    Ok(ok(&FriendRequestShape::from(&request)))
}

/// Cancel a friend request
#[utoipa::path(
    delete, path = "/api/friend-requests/{friendRequestId}",
    operation_id = "cancelFriendRequest", tag = "people",
    params(("friendRequestId" = FriendRequestId, Path, description = "A request that the caller sent.")),
    responses((status = 204, description = "Cancelled."))
)]
pub(crate) async fn cancel(api: web::Data<Api>, caller: Caller, path: web::Path<String>) -> Answer {
    let request_id = id(&path, Denial::FriendRequestNotFound)?;
    api.hexroom.cancel_friend_request(caller.user_id(), request_id).await?;
    Ok(no_content())
}

/// List friends
///
/// In the order of their ids.
#[utoipa::path(
    get, path = "/api/friends",
    operation_id = "listFriends", tag = "people", params(ListQuery<Cursor<domain::UserId>>),
    responses((status = 200, description = "A page of profiles.", body = ListShape<ProfileShape>))
)]
pub(crate) async fn list(api: web::Data<Api>, caller: Caller, request: HttpRequest) -> Answer {
    let (after, size) = query::read::<ListQuery<Cursor<domain::UserId>>>(&request)?.after();
    let page = api.hexroom.friends.of(caller.user_id(), after, size).await?;
    Ok(ok(&profiles(&api, &page)))
}

fn profiles(api: &Api, page: &Page<Profile>) -> ListShape<ProfileShape> {
    let now = api.hexroom.clock.now();
    paging::list(page, |profile| profile.user_id.clone(), |profile| ProfileShape::new(profile, now))
}

/// End a friendship
#[utoipa::path(
    delete, path = "/api/friends/{userId}", operation_id = "unfriend", tag = "people",
    params(("userId" = UserId, Path, description = "The friend.")),
    responses((status = 204, description = "Ended."))
)]
pub(crate) async fn unfriend(api: web::Data<Api>, caller: Caller, path: web::Path<String>) -> Answer {
    let friend = user_id(&path)?;
    api.hexroom.unfriend(caller.user_id(), friend).await?;
    Ok(no_content())
}

/// List blocked accounts
///
/// In the order of their ids.
#[utoipa::path(
    get, path = "/api/blocks",
    operation_id = "listBlocks", tag = "people", params(ListQuery<Cursor<domain::UserId>>),
    responses((status = 200, description = "A page of profiles.", body = ListShape<ProfileShape>))
)]
pub(crate) async fn list_blocked(api: web::Data<Api>, caller: Caller, request: HttpRequest) -> Answer {
    let (after, size) = query::read::<ListQuery<Cursor<domain::UserId>>>(&request)?.after();
    let page = api.hexroom.friends.blocked(caller.user_id(), after, size).await?;
    Ok(ok(&profiles(&api, &page)))
}

/// Block an account
///
/// It learns nothing of it. A friendship or a pending request between the two ends.
#[utoipa::path(
    put, path = "/api/blocks/{userId}", operation_id = "block", tag = "people",
    params(("userId" = UserId, Path, description = "Whom to block.")),
    responses((status = 204, description = "Blocked."))
)]
pub(crate) async fn block(
    api: web::Data<Api>,
    caller: Caller,
    path: web::Path<String>,
    body: JsonBody,
) -> Answer {
    body.nothing().await?;
    let blocked = user_id(&path)?;
    api.hexroom.block(caller.user_id(), blocked).await?;
    Ok(no_content())
}

/// Lift a block
#[utoipa::path(
    delete, path = "/api/blocks/{userId}", operation_id = "unblock", tag = "people",
    params(("userId" = UserId, Path, description = "Who is blocked.")),
    responses((status = 204, description = "Lifted."))
)]
pub(crate) async fn unblock(api: web::Data<Api>, caller: Caller, path: web::Path<String>) -> Answer {
    let blocked = user_id(&path)?;
    api.hexroom.unblock(caller.user_id(), blocked).await?;
    Ok(no_content())
}
