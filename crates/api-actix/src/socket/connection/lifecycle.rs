//! A connection's life: hello, welcome, commands in their order, close frame.
//!
//! All of it is one task, which nobody cancels. What it needs only at the beginning or at the end is
//! boxed and let go of, so that an open connection that is silent takes little memory.

use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_web::web;
use bytes::BytesMut;
use domain::SessionId;
use domain::use_cases::Caller;
use futures_util::{FutureExt, future};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;

use super::outbox::Outbox;
use super::pipeline::Pipeline;
use super::session::{Session, Stopped, authenticate, close_reason};
use super::transport::{Flushed, Transport};
use crate::Api;
use crate::limiter::Limiter;
use crate::socket::delivery::sink::FrameSink;
use crate::socket::delivery::subscriber::Subscriber;
use crate::socket::protocol::client_frames::{Hello, Request, ResumePoint};
use crate::socket::protocol::close_reason::CloseReason;
use crate::unauthenticated_sockets::UnauthenticatedSocket;

/// How long a peer may take to say hello.
const HELLO_TIMEOUT: Duration = Duration::from_secs(10);

/// How long a peer may take to read how its connection ends.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(4);

/// What a socket is served with. It travels with the response that agrees to open it.
pub(crate) struct Admission {
    pub(crate) api: web::Data<Api>,
    pub(crate) limits: web::Data<Limiter>,
    pub(crate) outbox: Arc<Outbox>,
    pub(crate) unauthenticated: UnauthenticatedSocket,
}

/// Serves a connection until it has ended and nothing of it is left anywhere, and only then gives up its
/// `permit` to be one.
pub(crate) async fn serve<S: AsyncRead + AsyncWrite + Unpin>(
    admission: Admission,
    _permit: impl Sized,
    stream: S,
    early: BytesMut,
) {
    let outbox = admission.outbox.clone();
    let hub = admission.api.hub.clone();
    let _open = hub.open_socket();
    let mut transport = Transport::new(stream, early, admission.limits.frame_limiter(), outbox.clone());
    let Some((session, resume)) = Box::pin(greet(admission, &mut transport)).await else {
        return Box::pin(close(transport, future::ready(()), &outbox)).await;
    };
    let mut pipeline = Pipeline::behind(begin(session.clone(), resume), session.clone());
    poll_fn(|cx| poll_live(&session, cx, &mut transport, &mut pipeline)).await;
    // Side by side: what is under way may be the next in line for a room that is to be left.
    let finishing =
        async { future::join(hub.remove(&session.subscriber), pipeline.finish(&outbox)).map(drop).await };
    Box::pin(close(transport, finishing, &outbox)).await;
}

/// Receives the hello and registers the connection, or tells the outbox why not.
async fn greet<S: AsyncRead + AsyncWrite + Unpin>(
    admission: Admission,
    transport: &mut Transport<S>,
) -> Option<(Rc<Session>, Vec<ResumePoint>)> {
    let Admission { api, limits, outbox, unauthenticated } = admission;
    let greeted = async {
        // If it was not the time, the outbox knows better why.
        let Ok(Some(hello)) = timeout(HELLO_TIMEOUT, receive_hello(transport)).await else {
            return Err(CloseReason::Protocol);
        };
        drop(unauthenticated);
        let endings = api.hub.endings();
        Ok((authenticate(&api, hello.token.0).await?, endings, hello.resume))
    };
    let greeted = tokio::select! {
        greeted = greeted => greeted,
        () = api.hub.stopping() => Err(CloseReason::ShuttingDown),
    };
    let registered = match greeted {
        Ok((caller, endings, resume)) => {
            let registered = register(api, limits, caller, endings, outbox.clone()).await;
            registered.map(|session| (session, resume))
        }
        Err(reason) => Err(reason),
    };
    registered.map_err(|reason| outbox.finish(reason)).ok()
}

async fn receive_hello<S: AsyncRead + AsyncWrite + Unpin>(transport: &mut Transport<S>) -> Option<Hello> {
    let request = poll_fn(|cx| match transport.poll_request(cx) {
        Poll::Ready(request) => Poll::Ready(request),
        Poll::Pending => transport.poll_flush(cx).map(|_| None),
    });
    match request.await? {
        Request::Hello(hello) => Some(hello),
        Request::Pong | Request::Command(_) => {
            transport.refuse("The first frame is hello.");
            None
        }
    }
}

/// Has the hub know the caller's connection. `endings` is `Hub::endings` from before the caller's session was
/// found.
async fn register(
    api: web::Data<Api>,
    limits: web::Data<Limiter>,
    caller: Caller,
    endings: u64,
    outbox: Arc<Outbox>,
) -> Result<Rc<Session>, CloseReason> {
    let (user_id, session_id) = (caller.account.user_id, caller.session.id);
    let subscriber = Subscriber::new(user_id, session_id, caller.token_expires_at, outbox.clone());
    let subscriber = Arc::new(subscriber);
    if api.hub.add(subscriber.clone(), limits.connections_per_account()).is_err() {
        return Err(CloseReason::TooManyConnections);
    }
    // Before the hub knew the connection, nobody could tell it that its session had ended, that its account
    // was suspended, or that the server stops.
    let goes_on = if api.hub.is_stopping() {
        Err(CloseReason::ShuttingDown)
    } else if api.hub.endings() == endings {
        Ok(())
    } else {
        still_holds(&api, session_id).await
    };
    if let Err(reason) = goes_on {
        api.hub.remove(&subscriber).await;
        return Err(reason);
    }
    api.hub.watch_heartbeat(&subscriber);
    Ok(Rc::new(Session { api, limits, outbox, subscriber, typed_at: RefCell::default() }))
}

/// Whether a session has not ended, and its account is not suspended.
async fn still_holds(api: &Api, session_id: SessionId) -> Result<(), CloseReason> {
    let permit = api.hub.read_permit().await;
    let found = api.hexroom.accounts.find_session(session_id).await;
    drop(permit);
    match found {
        Ok(Some((account, _))) if account.suspended_at.is_some() => Err(CloseReason::Suspended),
        Ok(Some(_)) => Ok(()),
        Ok(None) => Err(CloseReason::SessionRevoked),
        Err(refusal) => Err(close_reason(&refusal)),
    }
}

/// Enters the account's rooms, says welcome and resumes.
async fn begin(session: Rc<Session>, resume: Vec<ResumePoint>) {
    match session.open(resume).await {
        Ok(()) => session.hub().announce_online(&session.subscriber).await,
        Err(Stopped::Ended) => {}
        Err(Stopped::Refused(refusal)) => session.outbox.finish(close_reason(&refusal)),
    }
}

/// Receives, executes and answers; what comes of one turn is written at once. Ready when the connection
/// has ended, though the close frame may still have to be written.
fn poll_live<S: AsyncRead + AsyncWrite + Unpin>(
    session: &Session,
    cx: &mut Context<'_>,
    transport: &mut Transport<S>,
    pipeline: &mut Pipeline<Session>,
) -> Poll<()> {
    let outbox = &session.outbox;
    loop {
        pipeline.poll(cx, outbox);
        let is_all_received = poll_receive(session, cx, transport, pipeline).is_pending();
        pipeline.poll(cx, outbox);
        session.subscriber.heartbeat.set_reading_paused(!pipeline.has_room());
        if outbox.has_ended() {
            return Poll::Ready(());
        }
        match transport.poll_flush(cx) {
            Poll::Ready(Flushed::Finished) => return Poll::Ready(()),
            Poll::Ready(Flushed::Gone) => outbox.abandon(),
            Poll::Ready(Flushed::Stalled) => outbox.finish(CloseReason::TooSlow),
            Poll::Pending => {
                let goes_on = pipeline.can_begin(outbox) || (pipeline.has_room() && !is_all_received);
                if !goes_on {
                    return Poll::Pending;
                }
            }
        }
    }
}

/// Receives requests for as long as there is room for them. Pending once all that has come is received.
fn poll_receive<S: AsyncRead + AsyncWrite + Unpin>(
    session: &Session,
    cx: &mut Context<'_>,
    transport: &mut Transport<S>,
    pipeline: &mut Pipeline<Session>,
) -> Poll<()> {
    while pipeline.has_room() {
        match ready!(transport.poll_request(cx)) {
            Some(Request::Command(command)) => pipeline.add(command),
            Some(Request::Pong) => session.subscriber.heartbeat.pong(),
            Some(Request::Hello(_)) => transport.refuse("This connection has said hello already."),
            None => break,
        }
    }
    Poll::Ready(())
}

/// Writes what is left to write while what has been begun is finished.
async fn close<S: AsyncRead + AsyncWrite + Unpin>(
    mut transport: Transport<S>,
    finishing: impl Future<Output = ()>,
    outbox: &Outbox,
) {
    let flushing = timeout(CLOSE_TIMEOUT, poll_fn(|cx| transport.poll_flush(cx)));
    let (flushed, ()) = future::join(flushing, finishing).await;
    outbox.abandon();
    if flushed == Ok(Flushed::Finished) {
        transport.hang_up().await;
    }
}

#[cfg(test)]
#[path = "../tests/lifecycle.rs"]
mod tests;
