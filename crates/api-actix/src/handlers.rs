//! The calls, by noun. A handler reads the request, asks a use case and shows the outcome.

pub(crate) mod accounts;
pub(crate) mod admin;
pub(crate) mod friends;
pub(crate) mod invitations;
pub(crate) mod joining;
pub(crate) mod members;
pub(crate) mod messages;
pub(crate) mod operations;
pub(crate) mod operators;
pub(crate) mod profiles;
pub(crate) mod rooms;
pub(crate) mod search;
pub(crate) mod second_factor;
pub(crate) mod sessions;

use std::str::FromStr;

use actix_web::HttpResponse;
use actix_web::http::header;
use domain::Denial;
use serde::Serialize;
use uuid::Uuid;

use crate::Api;
use crate::auth::Caller;
use crate::problem::Problem;

/// What a handler comes to.
type Answer = Result<HttpResponse, Problem>;

fn ok(shape: &impl Serialize) -> HttpResponse {
    HttpResponse::Ok().json(shape)
}

fn created(location: String, shape: &impl Serialize) -> HttpResponse {
    HttpResponse::Created().insert_header((header::LOCATION, location)).json(shape)
}

fn no_content() -> HttpResponse {
    HttpResponse::NoContent().finish()
}

/// The id in a path. One that cannot be an id is the id of nothing.
fn id<T: FromStr>(text: &str, unknown: Denial) -> Result<T, Denial> {
    text.parse().map_err(|_| unknown)
}

fn room_id(text: &str) -> Result<domain::RoomId, Denial> {
    id(text, Denial::RoomNotFound)
}

fn user_id(text: &str) -> Result<domain::UserId, Denial> {
    id(text, Denial::UserNotFound)
}

/// Whom a room's owner means. That nobody has such an id is told to the owner alone.
async fn user_in_room(
    api: &Api,
    caller: &Caller,
    room_id: domain::RoomId,
    text: &str,
) -> Result<domain::UserId, Problem> {
    if let Ok(user_id) = text.parse() {
        return Ok(user_id);
    }
    api.hexroom.admit_owner(room_id, &caller.account.user_id).await?;
    Err(Denial::UserNotFound.into())
}

/// The id of something in a room. One that cannot be an id becomes the one that is never given out, so
/// that what the room refuses comes first.
fn id_in_room<T: FromStr>(text: &str, named: fn(Uuid) -> T) -> T {
    text.parse().unwrap_or_else(|_| named(Uuid::nil()))
}
