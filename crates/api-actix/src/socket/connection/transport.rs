//! A connection's socket: messages in, frames out, and no memory held while neither flows.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_ws::AggregatedMessage;
use bytes::BytesMut;
use metrics::counter;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::time::{Sleep, sleep, timeout};

use super::outbox::Outbox;
use crate::socket::protocol::decoder::{Breach, Decoder};
use crate::socket::protocol::wire::Frame;

/// How much is read at once. It lies on the stack, and only while it is read.
const READ_BYTES: usize = 8 * 1024;

/// How many frames are written at once.
pub(crate) const FRAMES_AT_ONCE: usize = 32;

/// How long a peer may take to end its side of a connection once we have ended ours.
const GONE_WITHIN: Duration = Duration::from_secs(1);

/// How long a peer may take nothing while something waits for it.
pub(crate) const TAKEN_WITHIN: Duration = Duration::from_secs(6);

/// What became of the frames to be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flushed {
    /// The last of all is written.
    Finished,
    /// The peer takes nothing.
    Stalled,
    /// The peer is gone.
    Gone,
}

/// A socket with what has been read of the next message and what is left to write of the last frames.
pub(crate) struct Line<S> {
    stream: S,
    decoder: Decoder,
    outbox: Arc<Outbox>,
    hand: VecDeque<Frame>,
    /// There while the peer takes nothing.
    patience: Option<Pin<Box<Sleep>>>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Line<S> {
    /// A socket from which `early` has been read already.
    pub(crate) fn new(stream: S, early: BytesMut, outbox: Arc<Outbox>) -> Self {
        let mut decoder = Decoder::default();
        // Added as a copy, so that the buffer it lies in is let go of.
        decoder.add(&early);
        drop(early);
        Self { stream, decoder, outbox, hand: VecDeque::new(), patience: None }
    }

    /// The peer's next message; `None` once the peer is gone.
    pub(crate) fn poll_message(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<AggregatedMessage, Breach>>> {
        loop {
            if let Some(message) = self.decoder.next().transpose() {
                return Poll::Ready(Some(message));
            }
            let mut space = [const { MaybeUninit::uninit() }; READ_BYTES];
            let mut read = ReadBuf::uninit(&mut space);
            let outcome = ready!(Pin::new(&mut self.stream).poll_read(cx, &mut read));
            if outcome.is_err() || read.filled().is_empty() {
                return Poll::Ready(None);
            }
            self.decoder.add(read.filled());
        }
    }

    /// Writes what the outbox holds, several frames with one call. Ready once nothing can follow.
    pub(crate) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Flushed> {
        loop {
            if self.hand.is_empty() && !ready!(self.outbox.poll_take(cx, &mut self.hand)) {
                return Poll::Ready(Flushed::Finished);
            }
            match self.poll_write(cx) {
                Poll::Ready(Ok(written @ 1..)) => self.advance(written),
                Poll::Ready(_) => return Poll::Ready(Flushed::Gone),
                Poll::Pending => {
                    let patience = self.patience.get_or_insert_with(|| Box::pin(sleep(TAKEN_WITHIN)));
                    ready!(patience.as_mut().poll(cx));
                    self.patience = None;
                    return Poll::Ready(Flushed::Stalled);
                }
            }
        }
    }

    /// Hangs up on the peer.
    pub(crate) async fn hang_up(self) {
        hang_up(self.stream).await;
    }

    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let stream = Pin::new(&mut self.stream);
        let mut slices = [IoSlice::new(&[]); FRAMES_AT_ONCE];
        for (slice, frame) in slices.iter_mut().zip(&self.hand) {
            *slice = IoSlice::new(frame.as_bytes());
        }
        match &slices[..self.hand.len()] {
            [only] => stream.poll_write(cx, only),
            several => stream.poll_write_vectored(cx, several),
        }
    }

    fn advance(&mut self, mut written: usize) {
        self.patience = None;
        let before = self.hand.len();
        while let Some(front) = self.hand.front_mut() {
            if written < front.len() {
                front.advance(written);
                break;
            }
            written -= front.len();
            self.hand.pop_front();
        }
        counter!("hexroom_socket_frames_out_total").increment((before - self.hand.len()) as u64);
        if self.hand.is_empty() {
            self.hand = VecDeque::new();
        }
    }
}

/// Ends the writing half of a socket and waits until the peer has ended its own, heeding nothing more.
/// Were the socket dropped at once, the system might reset the connection, and the peer would lose what
/// was written last.
pub(crate) async fn hang_up(mut stream: impl AsyncRead + AsyncWrite + Unpin) {
    let ended = async {
        let mut unheeded = [0; 1024];
        if stream.shutdown().await.is_ok() {
            while stream.read(&mut unheeded).await.is_ok_and(|read| read > 0) {}
        }
    };
    // A peer that goes on is left to itself.
    let _ = timeout(GONE_WITHIN, ended).await;
}

#[cfg(test)]
#[path = "../tests/transport.rs"]
mod tests;
