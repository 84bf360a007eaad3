//! Takes sockets over from the HTTP layer.
//!
//! That layer keeps two buffers of 8 KiB for each of its connections, which is more than all else that
//! a silent WebSocket takes. So a request for an upgrade is answered by the same application as any
//! other, but where the answer is to switch protocols, the socket leaves the HTTP layer for good.

use std::rc::Rc;

use actix_codec::Framed;
use actix_http::body::{self, MessageBody};
use actix_http::h1::{Codec, SendResponse};
use actix_http::{ConnectionType, Error, Request, Response};
use actix_service::{Service, ServiceFactory, fn_factory, fn_service};
use actix_web::dev::ServiceResponse;
use actix_web::rt;
use futures_util::FutureExt;

use super::lifecycle::{self, Admission};
use super::transport::hang_up;
use crate::listener::Guarded;

/// A request for an upgrade, and the connection on which it came.
type Asked = (Request, Framed<Guarded, Codec>);

/// What answers requests for an upgrade: `app`, as it answers all others.
pub(crate) fn upgrade<A, B>(
    app: A,
) -> impl ServiceFactory<Asked, Config = (), Response = (), Error = Error, InitError = A::InitError>
where
    A: ServiceFactory<Request, Config = (), Response = ServiceResponse<B>, Error = actix_web::Error>
        + 'static,
    B: MessageBody + 'static,
{
    fn_factory(move || {
        let app = app.new_service(());
        async move {
            let app = Rc::new(app.await?);
            Ok(fn_service(move |(request, framed): Asked| {
                let answer = app.call(request);
                // The HTTP layer reserves as much for each connection as this future takes.
                async move {
                    match answer.await {
                        Ok(response) => send(response.into(), framed).await,
                        Err(error) => send(error.error_response().into(), framed).await,
                    }
                }
                .boxed_local()
            }))
        }
    })
}

async fn send<B: MessageBody>(
    mut response: Response<B>,
    framed: Framed<Guarded, Codec>,
) -> Result<(), Error> {
    let admission = response.extensions_mut().remove::<Admission>();
    if let Some(admission) = admission {
        let framed = SendResponse::new(framed, response.set_body(body::None::new())).await?;
        let parts = framed.into_parts();
        let (io, permit) = parts.io.leave_http();
        rt::spawn(lifecycle::serve(admission, permit, io, parts.read_buf));
        return Ok(());
    }
    // Whatever the client has sent behind its request was for the protocol that it did not get.
    response.head_mut().set_connection_type(ConnectionType::Close);
    let (response, body) = response.into_parts();
    let body = body::to_bytes(body).await.unwrap_or_default();
    let framed = SendResponse::new(framed, response.set_body(body)).await?;
    hang_up(framed.into_parts().io).await;
    Ok(())
}
