//! Keeps a connection open, and reconnects when it is lost.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use super::background::{self, Finished};
use super::backoff::Backoff;
use super::conversation::{Command, Conversation};
use super::options::Options;
use super::transport::{Disconnect, TOKEN_EXPIRED, Transport};
use super::update::Update;
use crate::Client;

/// While this many updates wait for the program, nothing is read from the server. In the end it closes
/// the connection; resuming brings what was missed.
const MOST_WAITING: usize = 256;

/// How much longer than it promised the server may be silent.
const GRACE: Duration = Duration::from_secs(15);

/// How soon after a renewal of the tokens, maybe a failed one, the next may follow.
const RENEW_AGAIN_AFTER: Duration = Duration::from_secs(30);

pub(super) struct Driver {
    client: Client,
    conversation: Conversation,
    commands: mpsc::UnboundedReceiver<Command>,
    updates: mpsc::Sender<Update>,
    background: JoinSet<Finished>,
    backoff: Backoff,
    is_renewing: bool,
    renew_not_before: Instant,
}

/// The program has dropped its connection.
struct Dropped;

impl Driver {
    pub(super) fn new(
        client: Client,
        options: Options,
        commands: mpsc::UnboundedReceiver<Command>,
        updates: mpsc::Sender<Update>,
    ) -> Self {
        Self {
            client,
            conversation: Conversation::from(options.resume),
            commands,
            updates,
            background: JoinSet::new(),
            backoff: Backoff::between(options.first_pause, options.longest_pause),
            is_renewing: false,
            renew_not_before: Instant::now(),
        }
    }

    /// Runs until the program drops the connection or the server does not want it back.
    pub(super) async fn run(mut self) {
        let Ok(lost) = self.keep_connected().await else { return };
        let Self { mut conversation, commands, updates, .. } = self;
        let mut rest = std::mem::take(&mut conversation.updates);
        // Callers that wait for an answer learn now that none will come, and so do later ones.
        drop((conversation, commands));
        rest.push_back(Update::Ended { code: lost.code, reason: lost.reason });
        for update in rest {
            if updates.send(update).await.is_err() {
                return;
            }
        }
    }

    async fn keep_connected(&mut self) -> Result<Disconnect, Dropped> {
        let mut is_stale = false;
        loop {
            let connecting = Box::pin(connect(self.client.clone(), is_stale));
            let lost = match self.while_serving(connecting).await? {
                Ok(transport) => self.talk(transport).await?,
                Err(lost) => lost,
            };
            let retry_after =
                self.conversation.bye.take().and_then(|bye| bye.retry_after).or(lost.retry_after);
            self.conversation.lose_connection();
            if lost.for_good {
                return Ok(lost);
            }
            is_stale = lost.code == Some(TOKEN_EXPIRED);
            let wait = retry_after.unwrap_or_else(|| self.backoff.next());
            self.conversation.updates.push_back(Update::Disconnected { reason: lost.reason, back_in: wait });
            self.while_serving(sleep(wait)).await?;
        }
    }

    /// Exchanges frames until the connection is lost.
    async fn talk(&mut self, mut transport: Transport) -> Result<Disconnect, Dropped> {
        let mut tokens = self.client.tokens();
        self.conversation.hello(&tokens.borrow_and_update().access_token);
        let mut received_at = Instant::now();
        loop {
            for frame in std::mem::take(&mut self.conversation.frames) {
                if let Err(lost) = transport.send(frame).await {
                    return Ok(lost);
                }
            }
            let is_reading = self.conversation.updates.len() < MOST_WAITING;
            if !is_reading {
                received_at = Instant::now();
            }
            let silence = self.conversation.ping_every().unwrap_or_default() + GRACE;
            let retry_at = self.conversation.next_retry();
            let renew_at = self.client.renew_at().max(self.renew_not_before);
            tokio::select! {
                received = transport.receive(), if is_reading => match received {
                    Ok(frame) => {
                        received_at = Instant::now();
                        self.conversation.receive(frame, received_at);
                        if self.conversation.ping_every().is_some() {
                            self.backoff.reset();
                        }
                    }
                    Err(lost) => return Ok(self.explain(lost)),
                },
                () = sleep_until(received_at + silence), if is_reading => {
                    return Ok(Disconnect::for_now("the server has fallen silent"));
                }
                () = sleep_until(retry_at.unwrap_or(received_at)), if retry_at.is_some() => {
                    self.conversation.retry(Instant::now());
                }
                () = sleep_until(renew_at), if !self.is_renewing => {
                    self.is_renewing = true;
                    self.background.spawn(background::renew(self.client.clone(), self.client.access_token()));
                }
                Ok(()) = tokens.changed() => {
                    self.conversation.renew(&tokens.borrow_and_update().access_token);
                }
                served = self.serve_program() => if served.is_err() {
                    transport.close().await;
                    return Err(Dropped);
                }
            }
        }
    }

    /// The server's own words explain best why it ended the connection.
    fn explain(&self, lost: Disconnect) -> Disconnect {
        match &self.conversation.bye {
            Some(bye) => Disconnect { reason: bye.reason.clone(), ..lost },
            None => lost,
        }
    }

    /// Awaits a future while the program is served.
    async fn while_serving<T>(&mut self, future: impl Future<Output = T>) -> Result<T, Dropped> {
        tokio::pin!(future);
        loop {
            tokio::select! {
                done = &mut future => return Ok(done),
                served = self.serve_program() => served?,
            }
        }
    }

    /// Does one thing for the program that needs no socket. Nothing is lost if it is dropped
    /// halfway.
    async fn serve_program(&mut self) -> Result<(), Dropped> {
        for load in std::mem::take(&mut self.conversation.loads) {
            self.background.spawn(background::load(self.client.clone(), load, self.backoff.clone()));
        }
        tokio::select! {
            command = self.commands.recv() => self.conversation.execute(command.ok_or(Dropped)?),
            Some(Ok(done)) = self.background.join_next() => match done {
                Finished::Loaded(load, outcome) => self.conversation.finish_load(load, outcome),
                Finished::Renewed => {
                    self.is_renewing = false;
                    self.renew_not_before = Instant::now() + RENEW_AGAIN_AFTER;
                }
            },
            permit = self.updates.reserve(), if !self.conversation.updates.is_empty() => match permit {
                Ok(permit) => if let Some(update) = self.conversation.updates.pop_front() {
                    permit.send(update);
                },
                // The program has dropped its updates.
                Err(_) => self.conversation.updates.clear(),
            }
        }
        Ok(())
    }
}

/// Connects with a token that is good for a while.
async fn connect(client: Client, is_stale: bool) -> Result<Transport, Disconnect> {
    if is_stale || client.renew_at() <= Instant::now() {
        client.refresh().await?;
    }
    Transport::open(client.server()).await
}
