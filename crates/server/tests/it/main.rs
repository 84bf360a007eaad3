//! Hexroom as its users meet it: the built binary, over HTTP and WebSocket, on a fresh store.
//!
//! Each test starts a server of its own, so that all may run at once and none knows of another.

mod client;
mod crash;
mod displaced;
mod footprint;
mod http;
mod lease;
mod load;
mod moving;
mod outage;
mod proxy;
mod races;
mod readme;
mod refused_commits;
mod requirements;
mod sockets;
mod support;
