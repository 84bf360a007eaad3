//! Agreeing to open a WebSocket.

use std::sync::Arc;

use actix_web::body::BoxBody;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{HttpRequest, HttpResponse, web};

use super::lifecycle::Admission;
use super::outbox::Outbox;
use crate::Api;
use crate::client_address::ClientAddress;
use crate::limiter::Limiter;
use crate::problem::Problem;
use crate::refusal_code::Code;
use crate::socket::delivery::sink::FrameSink;
use crate::socket::protocol::close_reason::CloseReason;

/// The subprotocol that this module speaks.
const PROTOCOL: &str = "hexroom.v1";

/// Agrees to open a WebSocket.
pub(crate) async fn connect(
    request: HttpRequest,
    payload: web::Payload,
    api: web::Data<Api>,
    limits: web::Data<Limiter>,
    client: ClientAddress,
) -> Result<HttpResponse, Problem> {
    admit_origin(request.headers(), &api.settings.allowed_origins)?;
    let protocol = subprotocol(request.headers());
    let offered: Vec<_> = protocol.iter().map(String::as_str).collect();
    let (response, ..) = actix_ws::handle_with_protocols(&request, payload, &offered)
        .map_err(|refused| not_a_websocket(&refused))?;
    let unauthenticated = limits.unauthenticated_socket(client.network())?;

    let outbox = Arc::new(Outbox::default());
    if protocol.as_deref().is_some_and(|protocol| protocol != PROTOCOL) {
        outbox.finish(CloseReason::Version);
    }
    let mut response = response.map_body(|_, _| BoxBody::new(()));
    response.extensions_mut().insert(Admission { api, limits, outbox, unauthenticated });
    Ok(response)
}

/// Browsers say which page connects, and anybody's page can ask a browser to. Other clients say
/// nothing, and are as free as they are with HTTP.
fn admit_origin(headers: &HeaderMap, allowed: &[String]) -> Result<(), Problem> {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let is_ours = |origin: &str| {
        let authority = origin.split_once("://").map(|(_, authority)| authority);
        authority.is_some_and(|authority| host.is_some_and(|host| host.eq_ignore_ascii_case(authority)))
    };
    let is_allowed =
        |origin: &str| is_ours(origin) || allowed.iter().any(|allowed| allowed.eq_ignore_ascii_case(origin));
    if headers.get_all(header::ORIGIN).all(|origin| origin.to_str().is_ok_and(is_allowed)) {
        Ok(())
    } else {
        Err(Problem::new(Code::OriginNotAllowed))
    }
}

/// The subprotocol to agree on: ours, if the client offers it. A client that offers only others is
/// agreed with for as long as it takes to tell it so: many would not see a refusal otherwise.
fn subprotocol(headers: &HeaderMap) -> Option<String> {
    let offered: Vec<&str> = headers
        .get_all(header::SEC_WEBSOCKET_PROTOCOL)
        .filter_map(|protocols| protocols.to_str().ok())
        .flat_map(|protocols| protocols.split(','))
        .map(str::trim)
        .filter(|protocol| !protocol.is_empty())
        .collect();
    let chosen = offered.iter().find(|protocol| **protocol == PROTOCOL).or(offered.first());
    chosen.map(ToString::to_string)
}

fn not_a_websocket(refused: &actix_web::Error) -> Problem {
    let detail =
        format!("This is the WebSocket {PROTOCOL}; connect with a WebSocket client, version 13: {refused}.");
    Problem::because(Code::MalformedRequest, detail)
}

#[cfg(test)]
#[path = "../tests/handshake.rs"]
mod tests;
