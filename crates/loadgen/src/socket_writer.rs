use std::cell::RefCell;
use std::io;

use tokio::net::tcp::OwnedWriteHalf;
use tokio::sync::Notify;

/// The half of a socket that is written to.
#[derive(Debug)]
pub(crate) struct SocketWriter {
    half: OwnedWriteHalf,
    backlog: RefCell<Vec<u8>>,
    blocked: Notify,
}

impl SocketWriter {
    pub(crate) fn new(half: OwnedWriteHalf) -> Self {
        Self { half, backlog: RefCell::default(), blocked: Notify::new() }
    }

    /// Writes as much as the system takes now, and keeps the rest.
    pub(crate) fn write(&self, frame: &[u8]) {
        let mut backlog = self.backlog.borrow_mut();
        let written = if backlog.is_empty() { self.half.try_write(frame).unwrap_or(0) } else { 0 };
        if written < frame.len() {
            backlog.extend_from_slice(&frame[written..]);
            self.blocked.notify_one();
        }
    }

    /// Writes what was kept, once the system takes more.
    pub(crate) async fn catch_up(&self) -> io::Result<()> {
        if self.backlog.borrow().is_empty() {
            self.blocked.notified().await;
        }
        self.half.writable().await?;
        let mut backlog = self.backlog.borrow_mut();
        match self.half.try_write(&backlog) {
            Ok(written) => _ = backlog.drain(..written),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }
}
