//! The WebSocket `hexroom.v1`, frame by frame, as docs/protocol.md describes it.

mod commands;
mod delivery;
mod greeting;
mod lifetime;
mod notices;
mod presence;
mod protocol;
mod resume;
mod unread;
