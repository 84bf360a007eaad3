//! Whom the server lets connect, and for how long they may keep it waiting.

mod connections;
mod guarded;
mod unreadable;

use std::future::ready;
use std::net::SocketAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};

use actix_http::Protocol;
use actix_http::error::DispatchError;
use actix_service::{ServiceFactory, fn_service};
use actix_web::ResponseError;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::rt::net::TcpStream;
use actix_web::web::Bytes;
use domain::Network;

pub(crate) use connections::Connections;
pub(crate) use guarded::{Exchange, Guarded, Patience};

use self::guarded::Answering;
use crate::problem::Problem;
use crate::refusal_code::Code;
use crate::trusted_proxies::TrustedProxies;

/// What is answered however many are connected.
const PROBES: [&str; 3] = ["/healthz", "/readyz", "/metrics"];

/// How many connections each of `workers` may have, those included that it has not looked at yet. So many in all
/// that it is we who turn away, and still bounded, however fast they come.
pub(crate) fn most_of_a_worker(most: usize, workers: usize) -> usize {
    most.saturating_add(2 * connections::SPARE).div_ceil(workers)
}

/// Lets peers in for as long as there is room.
pub(crate) fn admit(
    connections: Arc<Connections>,
    proxies: TrustedProxies,
    patience: Patience,
) -> impl ServiceFactory<
    TcpStream,
    Config = (),
    Response = (Guarded, Protocol, Option<SocketAddr>),
    Error = DispatchError,
    InitError = (),
> {
    fn_service(move |io: TcpStream| {
        let peer = io.peer_addr().ok();
        let network = peer.filter(|peer| !proxies.contain(peer.ip())).map(|peer| Network::of(peer.ip()));
        // It works without, only slower.
        let _ = io.set_nodelay(true);
        let entry = connections.admit(network).map_err(|_| DispatchError::DisconnectTimeout);
        ready(entry.map(|entry| (Guarded::new(io, entry, patience), Protocol::Http1, peer)))
    })
}

/// Marks a connection as being at work until its answer has been given, and turns away from one that has
/// been let in beyond the number any that wants more than to know how the server is.
pub(crate) async fn attend<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> actix_web::Result<ServiceResponse<Attended>> {
    let exchange = request.request().conn_data::<Rc<Exchange>>().cloned();
    let is_spare = exchange.as_ref().is_some_and(|exchange| exchange.is_spare());
    let answering = exchange.map(Exchange::answer);
    let response = if is_spare && !PROBES.contains(&request.path()) {
        let full = Problem::because(Code::Unavailable, "The server has as many connections as it can hold.");
        let mut response = full.error_response();
        response.head_mut().set_connection_type(actix_http::ConnectionType::Close);
        request.into_response(response)
    } else {
        next.call(request).await?.map_into_boxed_body()
    };
    Ok(response.map_body(|_, body| Attended { body, _answering: answering }))
}

/// The body of an answer; the connection is at work for as long as it lives.
pub(crate) struct Attended {
    body: BoxBody,
    _answering: Option<Answering>,
}

impl MessageBody for Attended {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(cx)
    }
}

#[cfg(test)]
mod tests;
