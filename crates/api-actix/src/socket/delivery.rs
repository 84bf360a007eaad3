//! Everybody who is connected, and what reaches whom.

pub(super) mod feed;
pub(super) mod heartbeat;
pub(super) mod hub;
mod presence;
pub(super) mod sink;
pub(super) mod subscriber;
mod timer_wheel;

pub use hub::Hub;
