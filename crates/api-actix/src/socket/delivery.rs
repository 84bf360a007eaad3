//! Everybody who is connected, and what reaches whom.

pub(super) mod feed;
pub(super) mod heartbeat;
pub(super) mod hub;
pub(super) mod presence;
pub(super) mod subscriber;
pub(super) mod timer_wheel;

pub use hub::Hub;
