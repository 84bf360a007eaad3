//! The tests, by what they are about.

pub mod abandoned;
pub mod accounts;
pub mod coins;
pub mod crossings;
pub mod friends;
pub mod history;
pub mod invitations;
pub mod joining;
pub mod last_messages;
pub mod lists;
pub mod log;
pub mod mentions;
pub mod message_races;
pub mod messages;
pub mod operators;
pub mod quotas;
pub mod races;
pub mod reactions;
pub mod reading;
pub mod refusals;
pub mod replies;
pub mod rooms;
pub mod search;
pub mod second_factor;
pub mod sessions;
pub mod wrong_rules;
