use std::cell::RefCell;
use std::io;
use std::rc::Rc;

use tokio::net::tcp::OwnedWriteHalf;
use tokio::task::spawn_local;

/// The half of a socket that is written to.
#[derive(Debug)]
pub(crate) struct SocketWriter {
    half: OwnedWriteHalf,
    /// What the system did not take. While there is any, a task is about to write it.
    backlog: RefCell<Vec<u8>>,
}

impl SocketWriter {
    pub(crate) fn new(half: OwnedWriteHalf) -> Self {
        Self { half, backlog: RefCell::default() }
    }

    /// Writes as much as the system takes now, and the rest later.
    pub(crate) fn write(self: &Rc<Self>, frame: &[u8]) {
        let mut backlog = self.backlog.borrow_mut();
        if !backlog.is_empty() {
            return backlog.extend_from_slice(frame);
        }
        let written = self.half.try_write(frame).unwrap_or(0);
        if written < frame.len() {
            backlog.extend_from_slice(&frame[written..]);
            spawn_local(Rc::clone(self).catch_up());
        }
    }

    /// Writes what was kept as the system takes it. That a connection is lost is noticed where it is read.
    async fn catch_up(self: Rc<Self>) {
        while !self.backlog.borrow().is_empty() && self.half.writable().await.is_ok() {
            let mut backlog = self.backlog.borrow_mut();
            match self.half.try_write(&backlog) {
                Ok(written) => _ = backlog.drain(..written),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(_) => return,
            }
        }
    }
}
