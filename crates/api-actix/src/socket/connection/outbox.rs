//! What waits to be written to one connection.
//!
//! Everyone who has something for a connection puts it here and goes on: nobody ever waits for a
//! peer but that peer's own session, which takes the frames out as fast as the peer reads.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};

use metrics::counter;

use super::transport::FRAMES_AT_ONCE;
use crate::lock::lock;
use crate::socket::protocol::close_reason::Farewell;
use crate::socket::protocol::frames;
use crate::socket::protocol::wire::Frame;

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
    /// What all frames that wait weigh, those in the writer's hand included.
    weight: usize,
    in_hand: Hand,
    written: u64,
    phase: Phase,
    writer: Option<Waker>,
    session: Option<Waker>,
}

/// What the writer has taken and not yet written.
#[derive(Debug, Clone, Copy, Default)]
struct Hand {
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

impl Outbox {
    /// Queues a frame. If there is no room, the connection ends as too slow.
    pub(crate) fn push(&self, frame: Frame) {
        let mut state = lock(&self.state);
        if state.phase != Phase::Open {
            return;
        }
        if state.frames() >= MOST_FRAMES || state.weight + weight(&frame) > MOST_BYTES {
            state.end(Farewell::TooSlow);
        } else {
            state.push(frame);
        }
    }

    /// Queues a frame that nobody misses: it is dropped when the queue is half full.
    pub(crate) fn push_ephemeral(&self, frame: &Frame) {
        let mut state = lock(&self.state);
        if !state.is_roomy() {
            counter!("hexroom_socket_ephemerals_dropped_total").increment(1);
        } else if state.phase == Phase::Open {
            state.push(frame.clone());
        }
    }

    /// Waits until the queue is less than half full. Only the connection's own session does so.
    pub(crate) async fn roomy(&self) -> Result<(), Ended> {
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
    pub(crate) fn is_roomy(&self) -> bool {
        lock(&self.state).is_roomy()
    }

    /// Whether nothing more can be queued.
    pub(crate) fn has_ended(&self) -> bool {
        lock(&self.state).phase != Phase::Open
    }

    /// Says farewell behind what is queued. The first farewell counts.
    pub(crate) fn finish(&self, farewell: Farewell) {
        let mut state = lock(&self.state);
        if state.phase == Phase::Open {
            state.end(farewell);
        }
    }

    /// Answers the peer's own close frame with the same code.
    pub(crate) fn finish_as_asked(&self, code: Option<u16>) {
        let mut state = lock(&self.state);
        if state.phase == Phase::Open {
            counter!("hexroom_socket_closes_total", "code" => "peer").increment(1);
            state.push(Frame::close(code, ""));
            state.enter(Phase::Ending);
        }
    }

    /// Lets go of everything: the peer is gone, or does not read its farewell.
    pub(crate) fn abandon(&self) {
        let mut state = lock(&self.state);
        if state.phase == Phase::Open {
            counter!("hexroom_socket_closes_total", "code" => "gone").increment(1);
        }
        state.clear();
        state.enter(Phase::Gone);
    }

    /// How many frames have been written so far, and whether none waits.
    pub(crate) fn progress(&self) -> (u64, bool) {
        let state = lock(&self.state);
        (state.written, state.frames() == 0)
    }

    /// Moves the next frames into the writer's empty hand; whatever it took before is written. Answers
    /// whether there were any: if not, there will be no more.
    pub(crate) fn poll_take(&self, cx: &mut Context<'_>, hand: &mut VecDeque<Frame>) -> Poll<bool> {
        let mut state = lock(&self.state);
        state.put_down();
        if state.queue.is_empty() {
            if state.phase != Phase::Open {
                return Poll::Ready(false);
            }
            state.writer = Some(cx.waker().clone());
            return Poll::Pending;
        }
        let taken = state.queue.len().min(FRAMES_AT_ONCE);
        *hand = if taken == state.queue.len() {
            std::mem::take(&mut state.queue)
        } else {
            state.queue.drain(..taken).collect()
        };
        state.in_hand = Hand { frames: taken, weight: hand.iter().map(weight).sum() };
        Poll::Ready(true)
    }
}

impl State {
    fn push(&mut self, frame: Frame) {
        self.weight += weight(&frame);
        self.queue.push_back(frame);
        wake(&mut self.writer);
    }

    fn end(&mut self, farewell: Farewell) {
        counter!("hexroom_socket_closes_total", "code" => farewell.code().to_string()).increment(1);
        if farewell == Farewell::TooSlow {
            // What is queued could not be read in time, and the log has it.
            self.clear();
        }
        self.push(frames::bye(farewell));
        self.push(Frame::close(Some(farewell.code()), farewell.reason()));
        self.enter(Phase::Ending);
    }

    fn enter(&mut self, phase: Phase) {
        self.phase = phase;
        wake(&mut self.writer);
        wake(&mut self.session);
    }

    fn put_down(&mut self) {
        let Hand { frames, weight } = std::mem::take(&mut self.in_hand);
        self.weight -= weight;
        self.written += frames as u64;
        if self.is_roomy() {
            wake(&mut self.session);
        }
    }

    fn clear(&mut self) {
        self.queue = VecDeque::new();
        self.weight = self.in_hand.weight;
    }

    fn frames(&self) -> usize {
        self.queue.len() + self.in_hand.frames
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
        let (mut all, mut hand) = (Vec::new(), VecDeque::new());
        while self.poll_take(&mut cx, &mut hand) == Poll::Ready(true) {
            all.extend(hand.drain(..));
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
#[path = "../tests/outbox.rs"]
mod tests;
