//! Each call of the HTTP API: what it answers, and what it refuses.

mod accounts;
mod admin;
mod form;
mod friends;
mod history;
mod invitations;
mod joining;
mod limits;
mod mentions;
mod messages;
mod operations;
mod operators;
mod ownership;
mod privacy;
mod reactions;
mod reading;
mod replies;
mod rooms;
mod search;
mod second_factor;
mod security_log;
mod sessions;
