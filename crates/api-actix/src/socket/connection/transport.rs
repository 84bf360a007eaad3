//! A connection's socket: requests in, frames out, and no memory held while neither flows.

use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::BytesMut;
use metrics::counter;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::time::{Sleep, sleep, timeout};

use super::outbox::{Batch, MOST_FRAMES_AT_ONCE, Outbox};
use crate::limiter::FrameLimiter;
use crate::socket::delivery::sink::FrameSink;
use crate::socket::protocol::client_frames::Request;
use crate::socket::protocol::close_reason::CloseReason;
use crate::socket::protocol::reader::{Incoming, Reader, Reply};

/// How much is read at once. It lies on the stack, and only while it is read.
const READ_BYTES: usize = 8 * 1024;

/// How long a peer may take to end its side of a connection once we have ended ours.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(1);

/// How long a peer may take nothing while something waits for it.
pub(super) const WRITE_TIMEOUT: Duration = Duration::from_secs(6);

/// What became of the frames to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flushed {
    /// The last of all is written.
    Finished,
    /// The peer takes nothing.
    Stalled,
    /// The peer is gone.
    Gone,
}

/// A socket between a reader and an outbox.
pub(super) struct Transport<S> {
    stream: S,
    reader: Reader,
    outbox: Arc<Outbox>,
    batch: Batch,
    /// There while the peer takes nothing.
    write_timeout: Option<Pin<Box<Sleep>>>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Transport<S> {
    /// A socket from which `early` has been read already.
    pub(super) fn new(stream: S, early: BytesMut, limiter: FrameLimiter, outbox: Arc<Outbox>) -> Self {
        let mut reader = Reader::new(limiter);
        // Added as a copy, so that the buffer it lies in is let go of.
        reader.add(&early);
        drop(early);
        Self { stream, reader, outbox, batch: Batch::default(), write_timeout: None }
    }

    /// The peer's next request; `None` once the connection has ended, which the outbox knows the reason of.
    pub(super) fn poll_request(&mut self, cx: &mut Context<'_>) -> Poll<Option<Request>> {
        while !self.outbox.has_ended() {
            match ready!(self.poll_incoming(cx)) {
                Some(Incoming::Request(request)) => return Poll::Ready(Some(request)),
                Some(Incoming::Reply(reply)) => self.reply(reply),
                None => self.outbox.abandon(),
            }
        }
        Poll::Ready(None)
    }

    /// Refuses a request that is not the one to make now.
    pub(super) fn refuse(&mut self, detail: &'static str) {
        let reply = self.reader.refuse(detail);
        self.reply(reply);
    }

    /// Writes what the outbox holds, several frames with one call. Ready once nothing can follow.
    pub(super) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Flushed> {
        loop {
            if self.batch.is_empty() && !ready!(self.outbox.poll_take(cx, &mut self.batch)) {
                return Poll::Ready(Flushed::Finished);
            }
            match self.poll_write(cx) {
                Poll::Ready(Ok(written @ 1..)) => {
                    self.write_timeout = None;
                    counter!("hexroom_socket_frames_out_total").increment(self.batch.advance(written));
                }
                Poll::Ready(_) => return Poll::Ready(Flushed::Gone),
                Poll::Pending => {
                    let timeout = self.write_timeout.get_or_insert_with(|| Box::pin(sleep(WRITE_TIMEOUT)));
                    ready!(timeout.as_mut().poll(cx));
                    self.write_timeout = None;
                    return Poll::Ready(Flushed::Stalled);
                }
            }
        }
    }

    /// Hangs up on the peer.
    pub(super) async fn hang_up(self) {
        hang_up(self.stream).await;
    }

    /// What the peer sends next; `None` once it is gone.
    fn poll_incoming(&mut self, cx: &mut Context<'_>) -> Poll<Option<Incoming>> {
        loop {
            if let Some(incoming) = self.reader.next() {
                return Poll::Ready(Some(incoming));
            }
            let mut space = [const { MaybeUninit::uninit() }; READ_BYTES];
            let mut read = ReadBuf::uninit(&mut space);
            let outcome = ready!(Pin::new(&mut self.stream).poll_read(cx, &mut read));
            if outcome.is_err() || read.filled().is_empty() {
                return Poll::Ready(None);
            }
            self.reader.add(read.filled());
        }
    }

    fn reply(&self, reply: Reply) {
        match reply {
            Reply::Answer(answer) => self.outbox.push(answer),
            Reply::Breach(answer) => {
                if let Some(answer) = answer {
                    self.outbox.push(answer);
                }
                self.outbox.finish(CloseReason::Protocol);
            }
            Reply::Close(code) => self.outbox.finish_as_asked(code),
        }
    }

    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let stream = Pin::new(&mut self.stream);
        let mut slices = [IoSlice::new(&[]); MOST_FRAMES_AT_ONCE];
        match self.batch.fill(&mut slices) {
            [only] => stream.poll_write(cx, only),
            several => stream.poll_write_vectored(cx, several),
        }
    }
}

/// Ends the writing half of a socket and waits until the peer has ended its own, heeding nothing more.
/// Were the socket dropped at once, the system might reset the connection, and the peer would lose what
/// was written last.
pub(super) async fn hang_up(mut stream: impl AsyncRead + AsyncWrite + Unpin) {
    let ended = async {
        let mut unheeded = [0; 1024];
        if stream.shutdown().await.is_ok() {
            while stream.read(&mut unheeded).await.is_ok_and(|read| read > 0) {}
        }
    };
    // A peer that goes on is left to itself.
    let _ = timeout(SHUTDOWN_TIMEOUT, ended).await;
}

#[cfg(test)]
#[path = "../tests/transport.rs"]
mod tests;
