//! The WebSocket `hexroom.v1`: SPEC section 4, frame by frame.

mod commands;
mod delivery;
mod greeting;
mod lifetime;
mod notices;
mod presence;
mod protocol;
mod resume;
mod unread;
