//! Keeps a connection, and makes another one when it is lost.

use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use super::conversation::{Conversation, Order};
use super::errands::{self, Done};
use super::link::{Link, Lost, TOKEN_EXPIRED};
use super::pause::Pause;
use super::{Options, Update};
use crate::Client;

/// While so many updates wait for the program the server is not read. It minds, in the end, and closes
/// the connection; resuming brings what was missed.
const MOST_WAITING: usize = 256;

/// How much longer than it promised the server may be silent.
const GRACE: Duration = Duration::from_secs(15);

/// How soon after a renewal of the tokens, maybe a failed one, the next may follow.
const RENEW_AGAIN_AFTER: Duration = Duration::from_secs(30);

pub(super) struct Driver {
    client: Client,
    conversation: Conversation,
    orders: mpsc::UnboundedReceiver<Order>,
    updates: mpsc::Sender<Update>,
    errands: JoinSet<Done>,
    pause: Pause,
    is_renewing: bool,
    renew_not_before: Instant,
}

/// The program has let go of its connection.
struct LetGo;

impl Driver {
    pub(super) fn new(
        client: Client,
        options: Options,
        orders: mpsc::UnboundedReceiver<Order>,
        updates: mpsc::Sender<Update>,
    ) -> Self {
        Self {
            client,
            conversation: Conversation::from(options.resume),
            orders,
            updates,
            errands: JoinSet::new(),
            pause: Pause::between(options.first_pause, options.longest_pause),
            is_renewing: false,
            renew_not_before: Instant::now(),
        }
    }

    /// Runs until the program lets go of the connection or the server does not want it back.
    pub(super) async fn run(mut self) {
        let Ok(lost) = self.live().await else { return };
        let Self { mut conversation, orders, updates, .. } = self;
        let mut rest = std::mem::take(&mut conversation.updates);
        // Whoever waits for an answer learns now that none will come, also those who ask from now on.
        drop((conversation, orders));
        rest.push_back(Update::Ended { code: lost.code, reason: lost.reason });
        for update in rest {
            if updates.send(update).await.is_err() {
                return;
            }
        }
    }

    async fn live(&mut self) -> Result<Lost, LetGo> {
        let mut is_stale = false;
        loop {
            let connecting = Box::pin(connect(self.client.clone(), is_stale));
            let lost = match self.meanwhile(connecting).await? {
                Ok(link) => self.converse(link).await?,
                Err(lost) => lost,
            };
            let retry_after =
                self.conversation.bye.take().and_then(|bye| bye.retry_after).or(lost.retry_after);
            self.conversation.lose_connection();
            if lost.for_good {
                return Ok(lost);
            }
            is_stale = lost.code == Some(TOKEN_EXPIRED);
            let wait = retry_after.unwrap_or_else(|| self.pause.next());
            self.conversation.updates.push_back(Update::Disconnected { reason: lost.reason, back_in: wait });
            self.meanwhile(sleep(wait)).await?;
        }
    }

    /// Talks until the connection is lost.
    async fn converse(&mut self, mut link: Link) -> Result<Lost, LetGo> {
        let mut tokens = self.client.tokens();
        self.conversation.hello(&tokens.borrow_and_update().access_token);
        let mut heard_at = Instant::now();
        loop {
            for frame in std::mem::take(&mut self.conversation.frames) {
                if let Err(lost) = link.say(frame).await {
                    return Ok(lost);
                }
            }
            let is_reading = self.conversation.updates.len() < MOST_WAITING;
            if !is_reading {
                heard_at = Instant::now();
            }
            let silence = self.conversation.ping_every().unwrap_or_default() + GRACE;
            let retry_at = self.conversation.next_retry();
            let renew_at = self.client.renew_at().max(self.renew_not_before);
            tokio::select! {
                heard = link.hear(), if is_reading => match heard {
                    Ok(frame) => {
                        heard_at = Instant::now();
                        self.conversation.hear(frame, heard_at);
                        if self.conversation.ping_every().is_some() {
                            self.pause.reset();
                        }
                    }
                    Err(lost) => return Ok(self.explain(lost)),
                },
                () = sleep_until(heard_at + silence), if is_reading => {
                    return Ok(Lost::for_now("the server has fallen silent"));
                }
                () = sleep_until(retry_at.unwrap_or(heard_at)), if retry_at.is_some() => {
                    self.conversation.retry(Instant::now());
                }
                () = sleep_until(renew_at), if !self.is_renewing => {
                    self.is_renewing = true;
                    self.errands.spawn(errands::renew(self.client.clone(), self.client.access_token()));
                }
                Ok(()) = tokens.changed() => {
                    self.conversation.renew(&tokens.borrow_and_update().access_token);
                }
                attended = self.attend() => if attended.is_err() {
                    link.close().await;
                    return Err(LetGo);
                }
            }
        }
    }

    /// The server's own words say best why it ended the connection.
    fn explain(&self, lost: Lost) -> Lost {
        match &self.conversation.bye {
            Some(bye) => Lost { reason: bye.reason.clone(), ..lost },
            None => lost,
        }
    }

    /// Lets a future have its way while the program is attended to.
    async fn meanwhile<T>(&mut self, future: impl Future<Output = T>) -> Result<T, LetGo> {
        tokio::pin!(future);
        loop {
            tokio::select! {
                done = &mut future => return Ok(done),
                attended = self.attend() => attended?,
            }
        }
    }

    /// Does one thing that does not need the server's attention. Nothing is lost if it is dropped
    /// halfway.
    async fn attend(&mut self) -> Result<(), LetGo> {
        for load in std::mem::take(&mut self.conversation.loads) {
            self.errands.spawn(errands::load(self.client.clone(), load, self.pause.clone()));
        }
        tokio::select! {
            order = self.orders.recv() => self.conversation.obey(order.ok_or(LetGo)?),
            Some(Ok(done)) = self.errands.join_next() => match done {
                Done::Loaded(load, outcome) => self.conversation.finish_load(load, outcome),
                Done::Renewed => {
                    self.is_renewing = false;
                    self.renew_not_before = Instant::now() + RENEW_AGAIN_AFTER;
                }
            },
            permit = self.updates.reserve(), if !self.conversation.updates.is_empty() => match permit {
                Ok(permit) => if let Some(update) = self.conversation.updates.pop_front() {
                    permit.send(update);
                },
                // The program wants none of them.
                Err(_) => self.conversation.updates.clear(),
            }
        }
        Ok(())
    }
}

/// Connects with a token that is good for a while.
async fn connect(client: Client, is_stale: bool) -> Result<Link, Lost> {
    if is_stale || client.renew_at() <= Instant::now() {
        client.refresh().await?;
    }
    Link::open(client.server()).await
}
