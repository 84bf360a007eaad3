//! A connection's life: hello, welcome, commands in their order, farewell.
//!
//! All of it is one task, which nobody cancels. What it needs only at the beginning or at the end is
//! boxed and let go of, so that an open connection that is silent takes little memory.

use std::cell::RefCell;
use std::collections::HashMap;
use std::future::poll_fn;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::web;
use bytes::BytesMut;
use domain::use_cases::Caller;
use domain::{Denial, OpaqueToken, Refusal, RoomId};
use futures_util::{FutureExt, future};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, timeout};

use super::outbox::{Ended, Outbox};
use super::pipeline::Pipeline;
use super::transport::{Flushed, Line};
use crate::code::Code;
use crate::limits::Limits;
use crate::problem::log_failure;
use crate::socket::delivery::hub::Hub;
use crate::socket::delivery::subscriber::Connection;
use crate::socket::protocol::close_reason::Farewell;
use crate::socket::protocol::reader::Reader;
use crate::socket::protocol::requests::{Hello, Request, ResumePoint, Unreadable};
use crate::strangers::Stranger;
use crate::{Api, task};

/// How long a peer may take to say hello.
const HELLO_WITHIN: Duration = Duration::from_secs(10);

/// How long a peer may take to read its farewell.
const FAREWELL_WITHIN: Duration = Duration::from_secs(4);

/// What a socket is served with. It travels with the response that agrees to open it.
pub(crate) struct Admission {
    pub(crate) api: web::Data<Api>,
    pub(crate) limits: web::Data<Limits>,
    pub(crate) outbox: Arc<Outbox>,
    pub(crate) stranger: Stranger,
}

/// An account's side of its connection, from its hello on.
pub(crate) struct Session {
    pub(crate) api: web::Data<Api>,
    pub(crate) limits: web::Data<Limits>,
    pub(crate) connection: Arc<Connection>,
    /// When the account was last seen writing, by room.
    pub(crate) typed_at: RefCell<HashMap<RoomId, Instant>>,
}

/// Why something could not be done to its end.
#[derive(Debug)]
pub(crate) enum Stopped {
    /// The connection has ended.
    Ended,
    /// It was refused.
    Refused(Refusal),
}

impl From<Ended> for Stopped {
    fn from(_: Ended) -> Self {
        Self::Ended
    }
}

impl From<Refusal> for Stopped {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Denial> for Stopped {
    fn from(denial: Denial) -> Self {
        Self::Refused(denial.into())
    }
}

/// Serves a connection until it has ended and nothing of it is left anywhere, and only then gives up its
/// `permit` to be one.
pub(crate) async fn run<S: AsyncRead + AsyncWrite + Unpin>(
    admission: Admission,
    _permit: impl Sized,
    stream: S,
    early: BytesMut,
) {
    let outbox = admission.outbox.clone();
    let hub = admission.api.hub.clone();
    let _attendance = hub.attend();
    let mut line = Line::new(stream, early, outbox.clone());
    let mut reader = Reader::new(outbox.clone(), admission.limits.frame_limiter());
    let Some((session, resume)) = Box::pin(greet(admission, &mut line, &mut reader)).await else {
        return Box::pin(part(line, future::ready(()), &outbox)).await;
    };
    let mut pipeline = Pipeline::behind(session.clone().begin(resume));
    poll_fn(|cx| session.poll_live(cx, &mut line, &mut reader, &mut pipeline)).await;
    // Side by side: what is under way may be the next in line for a room that is to be left.
    let finishing =
        async { future::join(hub.leave(&session.connection), pipeline.finish(&outbox)).map(drop).await };
    Box::pin(part(line, finishing, &outbox)).await;
}

/// Hears the hello and registers the connection, or tells the outbox why not.
async fn greet<S: AsyncRead + AsyncWrite + Unpin>(
    admission: Admission,
    line: &mut Line<S>,
    reader: &mut Reader,
) -> Option<(Rc<Session>, Vec<ResumePoint>)> {
    let Admission { api, limits, outbox, stranger } = admission;
    let heard = async {
        // If it was not the time, the outbox knows better why.
        let Ok(Some(hello)) = timeout(HELLO_WITHIN, hear_hello(line, reader, &outbox)).await else {
            return Err(Farewell::Protocol);
        };
        drop(stranger);
        Ok((authenticate(&api, hello.token.0).await?, hello.resume))
    };
    let heard = tokio::select! {
        heard = heard => heard,
        () = api.hub.stopping() => Err(Farewell::ShuttingDown),
    };
    let introduced = match heard {
        Ok((caller, resume)) => {
            introduce(api, limits, caller, outbox.clone()).await.map(|session| (session, resume))
        }
        Err(farewell) => Err(farewell),
    };
    introduced.map_err(|farewell| outbox.finish(farewell)).ok()
}

async fn hear_hello<S: AsyncRead + AsyncWrite + Unpin>(
    line: &mut Line<S>,
    reader: &mut Reader,
    outbox: &Outbox,
) -> Option<Hello> {
    let request = poll_fn(|cx| {
        while !outbox.has_ended() {
            let Poll::Ready(message) = line.poll_message(cx) else {
                return line.poll_flush(cx).map(|_| None);
            };
            if let Some(request) = reader.read(message) {
                return Poll::Ready(Some(request));
            }
        }
        Poll::Ready(None)
    });
    match request.await? {
        Request::Hello(hello) => Some(hello),
        Request::Pong | Request::Command(_) => {
            reader.refuse(&out_of_place("The first frame is hello."));
            None
        }
    }
}

/// Has the hub know the caller's connection.
async fn introduce(
    api: web::Data<Api>,
    limits: web::Data<Limits>,
    caller: Caller,
    outbox: Arc<Outbox>,
) -> Result<Rc<Session>, Farewell> {
    let (user_id, session_id) = (caller.account.user_id, caller.session.id);
    let connection = Arc::new(Connection::new(user_id, session_id, caller.token_expires_at, outbox));
    if api.hub.accounts.add(connection.clone(), limits.connections_per_account()).is_err() {
        return Err(Farewell::TooManyConnections);
    }
    // Before the hub knew the connection, nobody could tell it that its session had ended, that its account
    // was suspended, or that the server stops.
    let turn = api.hub.turn().await;
    let found = api.hexroom.accounts.find_session(session_id).await;
    drop(turn);
    let ends = match found {
        Ok(Some((account, _))) if account.suspended_at.is_some() => Some(Farewell::Suspended),
        Ok(Some(_)) => api.hub.is_stopping().then_some(Farewell::ShuttingDown),
        Ok(None) => Some(Farewell::SessionRevoked),
        Err(refusal) => Some(farewell(&refusal)),
    };
    if let Some(farewell) = ends {
        api.hub.leave(&connection).await;
        return Err(farewell);
    }
    api.hub.wheel.add(&connection, Instant::now());
    Ok(Rc::new(Session { api, limits, connection, typed_at: RefCell::default() }))
}

fn out_of_place(detail: &'static str) -> Unreadable {
    Unreadable { id: None, code: Code::ValidationFailed, detail, errors: Vec::new() }
}

/// Says what is left to say while what has been begun is finished.
async fn part<S: AsyncRead + AsyncWrite + Unpin>(
    mut line: Line<S>,
    finishing: impl Future<Output = ()>,
    outbox: &Outbox,
) {
    let saying = timeout(FAREWELL_WITHIN, poll_fn(|cx| line.poll_flush(cx)));
    let (said, ()) = future::join(saying, finishing).await;
    outbox.abandon();
    if said == Ok(Flushed::Finished) {
        line.hang_up().await;
    }
}

/// Who a token speaks for, or how the connection ends.
pub(crate) async fn authenticate(api: &web::Data<Api>, token: OpaqueToken) -> Result<Caller, Farewell> {
    let _turn = api.hub.turn().await;
    let (api, now) = (api.clone(), api.hub.clock.now());
    let caller = task::run(async move { api.hexroom.authenticate(&token).await })
        .await
        .map_err(|refusal| farewell(&refusal))?;
    // A request may come a little late; a connection is there for as long as its token holds.
    if caller.token_expires_at > now { Ok(caller) } else { Err(Farewell::TokenExpired) }
}

/// How a connection ends that cannot go on because of a refusal.
pub(crate) fn farewell(refusal: &Refusal) -> Farewell {
    log_failure(refusal);
    match refusal {
        Refusal::Denied(Denial::TokenExpired) => Farewell::TokenExpired,
        Refusal::Denied(Denial::SessionRevoked) => Farewell::SessionRevoked,
        Refusal::Denied(Denial::AccountSuspended) => Farewell::Suspended,
        Refusal::Denied(_) => Farewell::BadToken,
        Refusal::Unavailable(_) | Refusal::Internal(_) => Farewell::Unavailable,
    }
}

impl Session {
    pub(crate) fn hub(&self) -> &Arc<Hub> {
        &self.api.hub
    }

    /// Enters the account's rooms, says welcome and resumes.
    async fn begin(self: Rc<Self>, resume: Vec<ResumePoint>) {
        match self.open(resume).await {
            Ok(()) => self.hub().come_online(&self.connection).await,
            Err(Stopped::Ended) => {}
            Err(Stopped::Refused(refusal)) => self.connection.outbox.finish(farewell(&refusal)),
        }
    }

    /// Hears, obeys and answers; what comes of one turn is written at once. Ready when the connection
    /// has ended, though the farewell may still have to be written.
    fn poll_live<S: AsyncRead + AsyncWrite + Unpin>(
        self: &Rc<Self>,
        cx: &mut Context<'_>,
        line: &mut Line<S>,
        reader: &mut Reader,
        pipeline: &mut Pipeline,
    ) -> Poll<()> {
        let outbox = &self.connection.outbox;
        let obey = |command| self.clone().obey(command).boxed_local();
        loop {
            pipeline.poll(cx, outbox, obey);
            let mut is_all_heard = false;
            while pipeline.has_room() && !is_all_heard && !outbox.has_ended() {
                match line.poll_message(cx) {
                    Poll::Ready(message) => self.hear(reader.read(message), reader, pipeline),
                    Poll::Pending => is_all_heard = true,
                }
            }
            pipeline.poll(cx, outbox, obey);
            self.connection.pulse.hold_reading(!pipeline.has_room());
            if outbox.has_ended() {
                return Poll::Ready(());
            }
            match line.poll_flush(cx) {
                Poll::Ready(Flushed::Finished) => return Poll::Ready(()),
                Poll::Ready(Flushed::Gone) => outbox.abandon(),
                Poll::Ready(Flushed::Stalled) => outbox.finish(Farewell::TooSlow),
                Poll::Pending => {
                    let goes_on = pipeline.can_begin(outbox) || (pipeline.has_room() && !is_all_heard);
                    if !goes_on {
                        return Poll::Pending;
                    }
                }
            }
        }
    }

    fn hear(&self, request: Option<Request>, reader: &mut Reader, pipeline: &mut Pipeline) {
        match request {
            Some(Request::Command(command)) => pipeline.add(command),
            Some(Request::Pong) => self.connection.pulse.answer(),
            Some(Request::Hello(_)) => {
                reader.refuse(&out_of_place("This connection has said hello already."));
            }
            None => {}
        }
    }
}

#[cfg(test)]
#[path = "../tests/session.rs"]
mod tests;
