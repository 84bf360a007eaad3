//! A connection's life: hello, welcome, commands in their order, farewell.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web;
use domain::use_cases::Caller;
use domain::{Denial, OpaqueToken, Refusal, RoomId};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

use super::close::Farewell;
use super::connection::Connection;
use super::hub::Hub;
use super::outbox::{Ended, Outbox};
use super::pulse::Pulse;
use super::reader::Reader;
use super::requests::{Command, Request, ResumePoint, Unreadable};
use crate::code::Code;
use crate::limits::Limits;
use crate::problem::log_failure;
use crate::{Api, task};

/// How long a peer may take to say hello.
const HELLO_WITHIN: Duration = Duration::from_secs(10);

/// How long a peer may take to read its farewell.
const FAREWELL_WITHIN: Duration = Duration::from_secs(5);

/// How many commands wait while one is carried out; beyond that the peer is not read.
const WAITING_COMMANDS: usize = 16;

/// An account's side of its connection, from its hello on.
pub(super) struct Session {
    pub(super) api: web::Data<Api>,
    pub(super) limits: web::Data<Limits>,
    pub(super) connection: Arc<Connection>,
    pub(super) pulse: Pulse,
    /// When the account was last seen writing, by room.
    pub(super) typed_at: RefCell<HashMap<RoomId, Instant>>,
}

/// Why something could not be done to its end.
#[derive(Debug)]
pub(super) enum Stopped {
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

/// Serves a connection until it has ended and nothing of it is left anywhere.
pub(super) async fn run(
    api: web::Data<Api>,
    limits: web::Data<Limits>,
    mut reader: Reader,
    outbox: Arc<Outbox>,
) {
    let hub = api.hub.clone();
    let _attendance = hub.attend();
    let registered = OnceCell::new();
    tokio::select! {
        () = converse(api, limits, &mut reader, &outbox, &registered) => {}
        () = hub.stopping() => outbox.finish(Farewell::ShuttingDown),
        () = outbox.ended() => {}
    }
    if let Some(connection) = registered.get() {
        hub.leave(connection).await;
    }
    if timeout(FAREWELL_WITHIN, outbox.gone()).await.is_err() {
        outbox.abandon();
    }
}

/// Returns only after the outbox has been told why.
async fn converse(
    api: web::Data<Api>,
    limits: web::Data<Limits>,
    reader: &mut Reader,
    outbox: &Arc<Outbox>,
    registered: &OnceCell<Arc<Connection>>,
) {
    let Ok(Some(hello)) = timeout(HELLO_WITHIN, hear_hello(reader)).await else {
        // The outbox knows better why, if it was not the time.
        return outbox.finish(Farewell::Protocol);
    };
    let caller = match authenticate(&api, hello.token).await {
        Ok(caller) => caller,
        Err(farewell) => return outbox.finish(farewell),
    };
    let (user_id, session_id) = (caller.account.user_id, caller.session.id);
    let connection = Arc::new(Connection::new(user_id, session_id, outbox.clone()));
    if api.hub.accounts.add(connection.clone(), limits.connections_per_account()).is_err() {
        return outbox.finish(Farewell::TooManyConnections);
    }
    let connection = registered.get_or_init(|| connection);

    // Before the hub knew the connection, nobody could tell it that its session had ended.
    match api.hexroom.accounts.find_session(session_id).await {
        Ok(Some(_)) => {}
        Ok(None) => return outbox.finish(Farewell::SessionRevoked),
        Err(refusal) => return outbox.finish(farewell(&refusal)),
    }
    let session = Session {
        api: api.clone(),
        limits,
        connection: connection.clone(),
        pulse: Pulse::new(caller.token_expires_at),
        typed_at: RefCell::default(),
    };
    session.live(reader, hello.resume).await;
}

struct Hello {
    token: OpaqueToken,
    resume: Vec<ResumePoint>,
}

async fn hear_hello(reader: &mut Reader) -> Option<Hello> {
    match reader.next().await? {
        Request::Hello { token, resume } => Some(Hello { token, resume }),
        Request::Pong | Request::Command(_) => {
            reader.refuse(&Unreadable {
                id: None,
                code: Code::ValidationFailed.as_str(),
                detail: "The first frame is hello.".to_owned(),
            });
            None
        }
    }
}

/// Who a token speaks for, or how the connection ends.
pub(super) async fn authenticate(api: &web::Data<Api>, token: OpaqueToken) -> Result<Caller, Farewell> {
    let api = api.clone();
    task::run(async move { api.hexroom.authenticate(&token).await })
        .await
        .map_err(|refusal| farewell(&refusal))
}

/// How a connection ends that cannot go on because of a refusal.
pub(super) fn farewell(refusal: &Refusal) -> Farewell {
    log_failure(refusal);
    match refusal {
        Refusal::Denied(Denial::TokenExpired) => Farewell::TokenExpired,
        Refusal::Denied(Denial::SessionRevoked) => Farewell::SessionRevoked,
        Refusal::Denied(_) => Farewell::BadToken,
        Refusal::Unavailable(_) | Refusal::Internal(_) => Farewell::Unavailable,
    }
}

impl Session {
    pub(super) fn hub(&self) -> &Arc<Hub> {
        &self.api.hub
    }

    /// Reads, obeys and asks at the same time, so that a long command does not keep a pong from
    /// being heard.
    async fn live(&self, reader: &mut Reader, resume: Vec<ResumePoint>) {
        let (waiting, commands) = mpsc::channel(WAITING_COMMANDS);
        tokio::select! {
            () = self.hear(reader, waiting) => {}
            () = self.obey_all(resume, commands) => {}
            farewell = self.pulse.beat(&self.connection, self.hub()) => {
                self.connection.outbox.finish(farewell);
            }
        }
    }

    async fn hear(&self, reader: &mut Reader, waiting: mpsc::Sender<Command>) {
        while let Some(request) = reader.next().await {
            match request {
                Request::Pong => self.pulse.answer(),
                Request::Command(command) => {
                    self.pulse.hold_reading(true);
                    if waiting.send(command).await.is_err() {
                        return;
                    }
                    self.pulse.hold_reading(false);
                }
                Request::Hello { .. } => {
                    let again = Unreadable {
                        id: None,
                        code: Code::ValidationFailed.as_str(),
                        detail: "This connection has said hello already.".to_owned(),
                    };
                    if reader.refuse(&again).is_none() {
                        return;
                    }
                }
            }
        }
    }

    async fn obey_all(&self, resume: Vec<ResumePoint>, mut commands: mpsc::Receiver<Command>) {
        match self.open(resume).await {
            Ok(()) => {}
            Err(Stopped::Ended) => return,
            Err(Stopped::Refused(refusal)) => return self.connection.outbox.finish(farewell(&refusal)),
        }
        self.hub().come_online(&self.connection).await;
        while let Some(command) = commands.recv().await {
            // Whoever does not read the answers is not asked for more.
            if self.connection.outbox.roomy().await.is_err() {
                return;
            }
            self.obey(command).await;
        }
        // Nobody sends commands any more: the reader knows why.
        self.connection.outbox.ended().await;
    }
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
