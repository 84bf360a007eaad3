//! The calls, by noun. A handler reads the request, asks a use case and shows the outcome.

pub(crate) mod accounts;
pub(crate) mod admin;
pub(crate) mod friends;
pub(crate) mod invitations;
pub(crate) mod joining;
pub(crate) mod members;
pub(crate) mod messages;
pub(crate) mod operations;
pub(crate) mod profiles;
pub(crate) mod rooms;
pub(crate) mod sessions;

use std::str::FromStr;

use actix_web::HttpResponse;
use actix_web::http::header;
use domain::Denial;
use serde::Serialize;

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

/// The id in a path. One that cannot be an id is the name of nothing.
fn id<T: FromStr>(text: &str, unknown: Denial) -> Result<T, Denial> {
    text.parse().map_err(|_| unknown)
}

fn room_id(text: &str) -> Result<domain::RoomId, Denial> {
    id(text, Denial::RoomNotFound)
}

fn user_id(text: &str) -> Result<domain::UserId, Denial> {
    id(text, Denial::UserNotFound)
}
