//! A connection that speaks HTTP, and whose peer may not keep it waiting.
//!
//! `actix-http` has a timer for the head of a connection's first request only, and ends its keep-alive timer
//! at the first byte of the next, so that half a second head would be waited for without end.

use std::cell::Cell;
use std::io::{self, ErrorKind};
use std::mem;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_web::rt::net::TcpStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep, sleep, sleep_until};

use super::connections::{Entry, Permit, Waiting};
use super::unreadable;

/// A peer takes so many bytes in the time that it has, or all there are.
const TAKEN_AT_LEAST: usize = 16 * 1024;

/// How long a peer may keep a connection waiting.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Patience {
    /// For the head of a request, from its first byte on; from the beginning on for the first.
    pub(crate) head: Duration,
    /// Between two requests.
    pub(crate) keep_alive: Duration,
    /// Until it has taken some of what there is to be read.
    pub(crate) taken: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            // Longer than the 60 s that proxies keep their own side open, so that they close first.
            keep_alive: Duration::from_secs(75),
            taken: Duration::from_secs(30),
        }
    }
}

/// What happens on a connection, as its requests know it.
#[derive(Debug)]
pub(crate) struct Exchange {
    waiting: Arc<Waiting>,
    is_spare: bool,
    patience: Patience,
    under_way: Cell<usize>,
    /// When the next head has to be there.
    due: Cell<Instant>,
    is_begun: Cell<bool>,
}

/// A request that is being answered, for as long as this lives.
#[derive(Debug)]
pub(crate) struct Answering(Rc<Exchange>);

impl Exchange {
    /// A request has come.
    pub(crate) fn answer(self: Rc<Self>) -> Answering {
        self.under_way.set(self.under_way.get() + 1);
        self.waiting.work();
        Answering(self)
    }

    /// Whether it may only be asked how the server is.
    pub(crate) fn is_spare(&self) -> bool {
        self.is_spare
    }

    fn is_waiting(&self) -> bool {
        self.under_way.get() == 0
    }

    /// Something has come, which is of a head if none is under way.
    fn hear(&self) {
        if self.is_waiting() && !self.is_begun.replace(true) {
            let due = Instant::now() + self.patience.head;
            self.due.set(due.min(self.due.get()));
        }
    }
}

impl Drop for Answering {
    fn drop(&mut self) {
        let exchange = &self.0;
        exchange.under_way.set(exchange.under_way.get() - 1);
        if exchange.is_waiting() {
            exchange.waiting.wait();
            exchange.is_begun.set(false);
            exchange.due.set(Instant::now() + exchange.patience.keep_alive);
        }
    }
}

/// A connection's socket, for as long as HTTP is spoken on it.
#[derive(Debug)]
pub(crate) struct Guarded {
    io: TcpStream,
    entry: Entry,
    exchange: Rc<Exchange>,
    /// There once the peer has kept us waiting for a head.
    head: Option<Pin<Box<Sleep>>>,
    /// There while the peer does not take what there is to be read.
    stalled: Option<Stalled>,
    /// What is written in place of an answer of the HTTP layer's own.
    replacement: Vec<u8>,
}

#[derive(Debug)]
struct Stalled {
    patience: Pin<Box<Sleep>>,
    taken: usize,
}

impl Guarded {
    pub(super) fn new(io: TcpStream, entry: Entry, patience: Patience) -> Self {
        let exchange = Exchange {
            waiting: entry.waiting.clone(),
            is_spare: entry.is_spare,
            patience,
            under_way: Cell::new(0),
            due: Cell::new(Instant::now() + patience.head),
            is_begun: Cell::new(false),
        };
        Self { io, entry, exchange: Rc::new(exchange), head: None, stalled: None, replacement: Vec::new() }
    }

    /// What the requests of this connection are to know.
    pub(crate) fn exchange(&self) -> Rc<Exchange> {
        self.exchange.clone()
    }

    /// The bare socket, for another protocol, and what keeps it counted.
    pub(crate) fn leave_http(self) -> (TcpStream, Permit) {
        (self.io, self.entry.into_permit())
    }

    /// Ready with the reason why the connection has to end, if the peer has been waited for long enough.
    fn poll_patience(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        if !self.exchange.is_waiting() {
            return Poll::Pending;
        }
        if self.exchange.waiting.has_to_go(cx.waker()) {
            return Poll::Ready(ErrorKind::ConnectionAborted.into());
        }
        let due = self.exchange.due.get();
        let timer = self.head.get_or_insert_with(|| Box::pin(sleep_until(due)));
        if timer.deadline() != due {
            timer.as_mut().reset(due);
        }
        ready!(timer.as_mut().poll(cx));
        if self.exchange.is_begun.get() {
            // Said in passing; a client that does not take it has been waited for long enough.
            let _ = self.io.try_write(&unreadable::too_late());
        }
        Poll::Ready(ErrorKind::TimedOut.into())
    }

    /// Writes, and notices how long the peer takes nothing.
    fn poll_write_in_time(&mut self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let Self { io, stalled, exchange, .. } = self;
        if let Poll::Ready(written) = Pin::new(io).poll_write(cx, bytes) {
            if let (Some(state), Ok(written)) = (&mut *stalled, &written) {
                state.taken += written;
                if state.taken >= TAKEN_AT_LEAST {
                    *stalled = None;
                }
            }
            return Poll::Ready(written);
        }
        let begin = || Stalled { patience: Box::pin(sleep(exchange.patience.taken)), taken: 0 };
        ready!(stalled.get_or_insert_with(begin).patience.as_mut().poll(cx));
        Poll::Ready(Err(ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Guarded {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        if let Poll::Ready(read) = Pin::new(&mut self.io).poll_read(cx, buffer) {
            if buffer.filled().len() > before {
                self.exchange.hear();
            }
            return Poll::Ready(read);
        }
        self.poll_patience(cx).map(Err)
    }
}

impl AsyncWrite for Guarded {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        if self.replacement.is_empty() {
            match unreadable::in_place_of(bytes).filter(|_| self.exchange.is_waiting()) {
                Some(replacement) => self.replacement = replacement,
                None => return self.poll_write_in_time(cx, bytes),
            }
        }
        while !self.replacement.is_empty() {
            let replacement = mem::take(&mut self.replacement);
            let written = self.poll_write_in_time(cx, &replacement);
            self.replacement = replacement;
            match ready!(written)? {
                0 => return Poll::Ready(Err(ErrorKind::WriteZero.into())),
                written => drop(self.replacement.drain(..written)),
            }
        }
        Poll::Ready(Ok(bytes.len()))
    }

    /// Comes once all has been written.
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stalled = None;
        // The answer may have been the last there was to do, and nothing is read before something comes.
        if let Poll::Ready(error) = self.poll_patience(cx) {
            return Poll::Ready(Err(error));
        }
        Pin::new(&mut self.io).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(cx)
    }
}
