//! Hexroom as its users meet it: the built binary, over HTTP and WebSocket, on a fresh store.
//!
//! Each test starts a server of its own, so that all may run at once and none knows of another.

mod client;
mod crash;
mod http;
mod lease;
mod load;
mod moving;
mod outage;
mod races;
mod readme;
mod requirements;
mod sockets;
mod support;
