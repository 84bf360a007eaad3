//! What waits to be written to one connection.
//!
//! Everyone who has something for a connection puts it here and goes on: nobody ever waits for a
//! peer but that peer's own session. The HTTP layer takes the frames out as fast as the peer reads.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use bytes::Bytes;
use metrics::counter;
use tokio::sync::Notify;

use super::close::Farewell;
use super::frames;
use super::lock;
use super::wire::Frame;

/// The most frames that wait.
pub(super) const MOST_FRAMES: usize = 256;
/// The most bytes that wait.
pub(super) const MOST_BYTES: usize = 1024 * 1024;

/// The connection has ended or is about to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ended;

/// A bounded queue of frames with one reader.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    state: Mutex<State>,
    taken: Notify,
    ended: Notify,
}

#[derive(Debug, Default)]
struct State {
    queue: VecDeque<Frame>,
    bytes: usize,
    taken: u64,
    phase: Phase,
    reader: Option<Waker>,
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
    pub(super) fn push(&self, frame: Frame) {
        let mut state = lock(&self.state);
        if state.phase != Phase::Open {
            return;
        }
        if state.queue.len() >= MOST_FRAMES || state.bytes + frame.len() > MOST_BYTES {
            // What is queued could not be read in time, and the log has it.
            state.clear();
            self.end(&mut state, Farewell::TooSlow);
        } else {
            state.push(frame);
        }
    }

    /// Queues a frame that nobody misses: it is dropped when the queue is half full.
    pub(super) fn push_ephemeral(&self, frame: &Frame) {
        let mut state = lock(&self.state);
        if state.is_roomy() {
            if state.phase == Phase::Open {
                state.push(frame.clone());
            }
        } else {
            counter!("hexroom_socket_ephemerals_dropped_total").increment(1);
        }
    }

    /// Waits until the queue is less than half full. Only the connection's own session does so.
    pub(super) async fn roomy(&self) -> Result<(), Ended> {
        loop {
            let (taken, ended) = (self.taken.notified(), self.ended.notified());
            {
                let state = lock(&self.state);
                if state.phase != Phase::Open {
                    return Err(Ended);
                }
                if state.is_roomy() {
                    return Ok(());
                }
            }
            tokio::select! { () = taken => {}, () = ended => {} }
        }
    }

    /// Says farewell behind what is queued. The first farewell counts.
    pub(super) fn finish(&self, farewell: Farewell) {
        let mut state = lock(&self.state);
        if state.phase == Phase::Open {
            self.end(&mut state, farewell);
        }
    }

    /// Answers the peer's own close frame with the same code.
    pub(super) fn finish_as_asked(&self, code: Option<u16>) {
        let mut state = lock(&self.state);
        if state.phase == Phase::Open {
            counter!("hexroom_socket_closes_total", "code" => "peer").increment(1);
            state.push(Frame::close(code, ""));
            self.set_phase(&mut state, Phase::Ending);
        }
    }

    /// Lets go of everything: the peer is gone, or does not read its farewell.
    pub(super) fn abandon(&self) {
        let mut state = lock(&self.state);
        if state.phase == Phase::Open {
            counter!("hexroom_socket_closes_total", "code" => "gone").increment(1);
        }
        state.clear();
        self.set_phase(&mut state, Phase::Gone);
    }

    /// Resolves when nothing more can be queued.
    pub(super) async fn ended(&self) {
        self.phase(|phase| phase != Phase::Open).await;
    }

    /// Resolves when the peer has got all that it will get.
    pub(super) async fn gone(&self) {
        self.phase(|phase| phase == Phase::Gone).await;
    }

    /// How many frames have been taken so far, and whether none waits.
    pub(super) fn progress(&self) -> (u64, bool) {
        let state = lock(&self.state);
        (state.taken, state.queue.is_empty())
    }

    fn end(&self, state: &mut State, farewell: Farewell) {
        counter!("hexroom_socket_closes_total", "code" => farewell.code().to_string()).increment(1);
        state.push(frames::bye(farewell));
        state.push(Frame::close(Some(farewell.code()), farewell.reason()));
        self.set_phase(state, Phase::Ending);
    }

    fn set_phase(&self, state: &mut State, phase: Phase) {
        state.phase = phase;
        state.wake();
        self.ended.notify_waiters();
    }

    async fn phase(&self, is_awaited: impl Fn(Phase) -> bool) {
        loop {
            let ended = self.ended.notified();
            if is_awaited(lock(&self.state).phase) {
                return;
            }
            ended.await;
        }
    }

    fn poll_take(&self, cx: &mut Context<'_>) -> Poll<Option<Frame>> {
        let mut state = lock(&self.state);
        match state.queue.pop_front() {
            Some(frame) => {
                state.bytes -= frame.len();
                state.taken += 1;
                if state.is_roomy() {
                    self.taken.notify_waiters();
                }
                Poll::Ready(Some(frame))
            }
            None if state.phase == Phase::Open => {
                state.reader = Some(cx.waker().clone());
                Poll::Pending
            }
            None => Poll::Ready(None),
        }
    }
}

impl State {
    fn push(&mut self, frame: Frame) {
        self.bytes += frame.len();
        self.queue.push_back(frame);
        self.wake();
    }

    fn is_roomy(&self) -> bool {
        self.queue.len() < MOST_FRAMES / 2 && self.bytes < MOST_BYTES / 2
    }

    fn clear(&mut self) {
        self.queue = VecDeque::new();
        self.bytes = 0;
    }

    fn wake(&mut self) {
        if let Some(reader) = self.reader.take() {
            reader.wake();
        }
    }
}

/// An outbox as the body of the response that opened the connection. It is asked for the next frame
/// only when there is room for it on the way to the peer.
pub(super) struct Writer {
    outbox: Arc<Outbox>,
    /// What `actix_ws` would write. It writes nothing, but must live as long as the connection: its
    /// end makes the incoming stream end.
    _unused: BoxBody,
}

impl Writer {
    /// Writes an outbox in the place of another body.
    pub(super) fn new(outbox: Arc<Outbox>, unused: BoxBody) -> Self {
        Self { outbox, _unused: unused }
    }
}

impl MessageBody for Writer {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        self.outbox.poll_take(cx).map(|frame| {
            frame.map(|frame| {
                counter!("hexroom_socket_frames_out_total").increment(1);
                Ok(frame.into_bytes())
            })
        })
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.outbox.abandon();
    }
}

#[cfg(test)]
impl Outbox {
    /// Takes everything that waits.
    pub(super) fn drain(&self) -> Vec<Frame> {
        let mut cx = Context::from_waker(Waker::noop());
        std::iter::from_fn(|| match self.poll_take(&mut cx) {
            Poll::Ready(frame) => frame,
            Poll::Pending => None,
        })
        .collect()
    }

    /// Takes everything that waits, as JSON; what is not JSON shows as its close code.
    pub(super) fn values(&self) -> Vec<serde_json::Value> {
        let value = |frame: Frame| frame.close_code().map_or_else(|| frame.value(), serde_json::Value::from);
        self.drain().into_iter().map(value).collect()
    }
}

#[cfg(test)]
#[path = "outbox_tests.rs"]
mod tests;
