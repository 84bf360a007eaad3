//! A connection's commands on their way: begun in their order, answered in their order.
//!
//! Messages that a client sends without waiting for their acks are handed to the store one right
//! after the other, so that they can be committed together. Every other command waits until all
//! before it are done, and those behind it wait for it.
//!
//! What has been begun is finished, whatever becomes of the connection: the commit and its publishing
//! live here, and the session lets go of a pipeline only once it is empty.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use futures_util::FutureExt;
use futures_util::future::{LocalBoxFuture, MaybeDone, maybe_done};

use super::outbox::Outbox;
use crate::socket::delivery::sink::FrameSink;
use crate::socket::protocol::client_frames::Command;
use crate::socket::protocol::wire::Frame;

/// How many commands wait or are under way; beyond that the peer is not read.
const MOST_COMMANDS: usize = 64;

/// A command being executed, which comes to its answer.
pub(super) type Execution = LocalBoxFuture<'static, Option<Frame>>;

/// What executes the commands of one connection.
pub(super) trait Execute {
    /// Executes a command and comes to its answer, if it gets one.
    fn execute(self: Rc<Self>, command: Command) -> Execution;
}

/// The commands of one connection.
pub(super) struct Pipeline<E> {
    executor: Rc<E>,
    waiting: VecDeque<Command>,
    /// Each comes to its answer, which is given once all before it have been.
    under_way: VecDeque<MaybeDone<Execution>>,
    /// Whether nothing may be begun beside what is under way.
    is_exclusive: bool,
}

impl<E: Execute> Pipeline<E> {
    /// A pipeline whose commands wait until the connection has been opened.
    pub(super) fn behind(opening: impl Future<Output = ()> + 'static, executor: Rc<E>) -> Self {
        let opening = maybe_done(opening.map(|()| None).boxed_local());
        Self { executor, waiting: VecDeque::new(), under_way: VecDeque::from([opening]), is_exclusive: true }
    }

    /// Whether one more command can wait.
    pub(super) fn has_room(&self) -> bool {
        self.waiting.len() + self.under_way.len() < MOST_COMMANDS
    }

    /// Adds a command behind all others.
    pub(super) fn add(&mut self, command: Command) {
        self.waiting.push_back(command);
    }

    /// Carries on with what is under way, answers what is done and begins what may begin.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>, outbox: &Outbox) {
        self.carry_on(cx, outbox);
        while self.can_begin(outbox)
            && let Some(command) = self.waiting.pop_front()
        {
            self.is_exclusive = !is_pipelined(&command);
            let mut execution = maybe_done(self.executor.clone().execute(command));
            // The first poll puts a message into the store's queue, before the next one is begun.
            let _ = execution.poll_unpin(cx);
            self.under_way.push_back(execution);
            self.answer(outbox);
        }
    }

    /// Whether the next command may begin.
    pub(super) fn can_begin(&self, outbox: &Outbox) -> bool {
        let Some(next) = self.waiting.front() else { return false };
        let is_its_turn = self.under_way.is_empty() || (!self.is_exclusive && is_pipelined(next));
        // A peer that does not read the answers is not given more.
        is_its_turn && outbox.is_roomy()
    }

    /// Finishes what has been begun and forgets the rest.
    pub(super) async fn finish(mut self, outbox: &Outbox) {
        poll_fn(|cx| {
            self.carry_on(cx, outbox);
            if self.under_way.is_empty() { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }

    fn carry_on(&mut self, cx: &mut Context<'_>, outbox: &Outbox) {
        // All of them, not only the first: one that is left lying may hold what the first waits for.
        for execution in &mut self.under_way {
            let _ = execution.poll_unpin(cx);
        }
        self.answer(outbox);
    }

    /// Answers what is done, up to the first that is not.
    fn answer(&mut self, outbox: &Outbox) {
        while let Some(first) = self.under_way.front_mut()
            && let Some(answer) = Pin::new(first).take_output()
        {
            self.under_way.pop_front();
            if let Some(answer) = answer {
                outbox.push(answer);
            }
        }
        if self.under_way.is_empty() && self.waiting.is_empty() {
            // Keeps no memory while nothing is asked for.
            (self.waiting, self.under_way) = (VecDeque::new(), VecDeque::new());
        }
    }
}

/// Whether a command needs no answer to the one before it: two edits of a message must not overtake
/// each other, while messages are numbered in the order in which the store is given them.
fn is_pipelined(command: &Command) -> bool {
    matches!(command, Command::Send { .. })
}

#[cfg(test)]
#[path = "../tests/pipeline.rs"]
mod tests;
