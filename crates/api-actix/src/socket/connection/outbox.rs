//! What waits to be written to one connection.
//!
//! Whatever is for a connection is put here without waiting: only the connection's own session waits for its
//! peer, and takes the frames out as fast as the peer reads.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::io::IoSlice;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};

use metrics::counter;

use crate::lock::lock;
use crate::socket::delivery::sink::{FrameSink, Progress};
use crate::socket::protocol::close_reason::CloseReason;
use crate::socket::protocol::server_frames;
use crate::socket::protocol::wire::Frame;

/// How many frames are written at once.
pub(super) const MOST_FRAMES_AT_ONCE: usize = 32;
/// The most frames that wait.
pub(crate) const MOST_FRAMES: usize = 256;
/// The most bytes that wait.
pub(crate) const MOST_BYTES: usize = 1024 * 1024;
/// The most bytes that one frame counts as. An event is shorter; the welcome of an account with
/// thousands of rooms is longer, and must not fill an outbox by itself.
pub(crate) const HEAVIEST: usize = 64 * 1024;

/// The connection has ended or is about to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ended;

/// A bounded queue of frames with one writer that empties it.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    queue: VecDeque<Frame>,
    /// What all frames that wait weigh, those in the batch included.
    weight: usize,
    batch: BatchSize,
    written: u64,
    phase: Phase,
    writer: Option<Waker>,
    session: Option<Waker>,
}

/// What was taken of an outbox to be written, and is not written yet.
#[derive(Debug, Default)]
pub(super) struct Batch(VecDeque<Frame>);

/// How much was taken as the last batch.
#[derive(Debug, Clone, Copy, Default)]
struct BatchSize {
    frames: usize,
    weight: usize,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Phase {
    /// Frames come and go.
    #[default]
    Open,
    /// The last frame is queued.
    Ending,
    /// The peer has all that it will get.
    Gone,
}

impl FrameSink for Outbox {
    /// If there is no room, the connection ends as too slow.
    fn push(&self, frame: Frame) {
        let mut state = lock(&self.state);
        if state.phase != Phase::Open {
            return;
        }
        if state.frames() >= MOST_FRAMES || state.weight + weight(&frame) > MOST_BYTES {
            state.end(CloseReason::TooSlow);
        } else {
            state.push(frame);
        }
    }

    /// It is dropped when the queue is half full.
    fn push_ephemeral(&self, frame: &Frame) {
        let mut state = lock(&self.state);
        if !state.is_roomy() {
            counter!("hexroom_socket_ephemerals_dropped_total").increment(1);
        } else if state.phase == Phase::Open {
            state.push(frame.clone());
        }
    }

    fn finish(&self, reason: CloseReason) {
        let mut state = lock(&self.state);
        if state.phase == Phase::Open {
            state.end(reason);
        }
    }

    fn has_ended(&self) -> bool {
        lock(&self.state).phase != Phase::Open
    }

    fn progress(&self) -> Progress {
        let state = lock(&self.state);
        Progress { written: state.written, is_empty: state.frames() == 0 }
    }
}

impl Outbox {
    /// Waits until the queue is less than half full. Only the connection's own session does so.
    pub(super) async fn roomy(&self) -> Result<(), Ended> {
        poll_fn(|cx| {
            let mut state = lock(&self.state);
            if state.phase != Phase::Open {
                Poll::Ready(Err(Ended))
            } else if state.is_roomy() {
                Poll::Ready(Ok(()))
            } else {
                state.session = Some(cx.waker().clone());
                Poll::Pending
            }
        })
        .await
    }

    /// Whether the queue is less than half full.
    pub(super) fn is_roomy(&self) -> bool {
        lock(&self.state).is_roomy()
    }

    /// Whether what is queued weighs less than half of what it may.
    pub(super) fn is_light(&self) -> bool {
        lock(&self.state).weight < MOST_BYTES / 2
    }

    /// Answers the peer's own close frame with the same code.
    pub(super) fn finish_as_asked(&self, code: Option<u16>) {
        let mut state = lock(&self.state);
        if state.phase == Phase::Open {
            counter!("hexroom_socket_closes_total", "code" => "peer").increment(1);
            state.push(Frame::close(code, ""));
            state.enter(Phase::Ending);
        }
    }

    /// Lets go of everything: the peer is gone, or does not read its close frame.
    pub(super) fn abandon(&self) {
        let mut state = lock(&self.state);
        if state.phase == Phase::Open {
            counter!("hexroom_socket_closes_total", "code" => "gone").increment(1);
        }
        state.clear();
        state.enter(Phase::Gone);
    }

    /// Takes the next frames as a batch; the one before it is written. Answers whether there were any: if
    /// not, there will be no more.
    pub(super) fn poll_take(&self, cx: &mut Context<'_>, batch: &mut Batch) -> Poll<bool> {
        let mut state = lock(&self.state);
        state.note_written();
        if state.queue.is_empty() {
            if state.phase != Phase::Open {
                return Poll::Ready(false);
            }
            state.writer = Some(cx.waker().clone());
            return Poll::Pending;
        }
        let taken = state.queue.len().min(MOST_FRAMES_AT_ONCE);
        batch.0 = if taken == state.queue.len() {
            std::mem::take(&mut state.queue)
        } else {
            state.queue.drain(..taken).collect()
        };
        state.batch = BatchSize { frames: taken, weight: batch.0.iter().map(weight).sum() };
        Poll::Ready(true)
    }
}

impl Batch {
    /// Whether all of it is written.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is left to write, in as many of the slices as it takes.
    pub(super) fn fill<'a, 'b>(
        &'a self,
        slices: &'b mut [IoSlice<'a>; MOST_FRAMES_AT_ONCE],
    ) -> &'b [IoSlice<'a>] {
        for (slice, frame) in slices.iter_mut().zip(&self.0) {
            *slice = IoSlice::new(frame.as_bytes());
        }
        &slices[..self.0.len()]
    }

    /// Forgets the first bytes, which have been written, and answers how many frames they completed.
    pub(super) fn advance(&mut self, mut written: usize) -> u64 {
        let before = self.0.len();
        while let Some(front) = self.0.front_mut() {
            if written < front.len() {
                front.advance(written);
                break;
            }
            written -= front.len();
            self.0.pop_front();
        }
        let completed = before - self.0.len();
        if self.0.is_empty() {
            // Keeps no memory while nothing is written.
            self.0 = VecDeque::new();
        }
        completed as u64
    }
}

impl State {
    fn push(&mut self, frame: Frame) {
        self.weight += weight(&frame);
        self.queue.push_back(frame);
        wake(&mut self.writer);
    }

    fn end(&mut self, reason: CloseReason) {
        counter!("hexroom_socket_closes_total", "code" => reason.code().to_string()).increment(1);
        if reason == CloseReason::TooSlow {
            // What is queued could not be read in time, and the log has it.
            self.clear();
        }
        self.push(server_frames::bye(reason));
        self.push(Frame::close(Some(reason.code()), reason.sentence()));
        self.enter(Phase::Ending);
    }

    fn enter(&mut self, phase: Phase) {
        self.phase = phase;
        wake(&mut self.writer);
        wake(&mut self.session);
    }

    /// The last batch is written.
    fn note_written(&mut self) {
        let BatchSize { frames, weight } = std::mem::take(&mut self.batch);
        self.weight -= weight;
        self.written += frames as u64;
        if self.is_roomy() {
            wake(&mut self.session);
        }
    }

    fn clear(&mut self) {
        self.queue = VecDeque::new();
        self.weight = self.batch.weight;
    }

    fn frames(&self) -> usize {
        self.queue.len() + self.batch.frames
    }

    fn is_roomy(&self) -> bool {
        self.frames() < MOST_FRAMES / 2 && self.weight < MOST_BYTES / 2
    }
}

fn weight(frame: &Frame) -> usize {
    frame.len().min(HEAVIEST)
}

fn wake(waker: &mut Option<Waker>) {
    if let Some(waker) = waker.take() {
        waker.wake();
    }
}

#[cfg(test)]
impl Outbox {
    /// Takes everything that waits.
    pub(crate) fn drain(&self) -> Vec<Frame> {
        let mut cx = Context::from_waker(Waker::noop());
        let (mut all, mut batch) = (Vec::new(), Batch::default());
        while self.poll_take(&mut cx, &mut batch) == Poll::Ready(true) {
            all.extend(batch.0.drain(..));
        }
        all
    }

    /// Takes everything that waits, as JSON; what is not JSON shows as its close code.
    pub(crate) fn values(&self) -> Vec<serde_json::Value> {
        let value = |frame: Frame| frame.close_code().map_or_else(|| frame.value(), serde_json::Value::from);
        self.drain().into_iter().map(value).collect()
    }
}

#[cfg(test)]
impl Batch {
    /// How many frames it keeps memory for.
    pub(super) fn capacity(&self) -> usize {
        self.0.capacity()
    }
}

#[cfg(test)]
#[path = "../tests/outbox.rs"]
mod tests;
