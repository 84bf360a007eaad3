//! Hexroom's rules as ordinary functions: facts in, changes or a [`Denial`] out.
//!
//! A store calls them inside its transaction, with the facts read under its lock. They are pure, so
//! that a transaction that must be repeated may ask them again.

pub mod accounts;
pub mod admission;
pub mod friendship;
pub mod guessing;
pub mod invitations;
pub mod membership;
pub mod messages;
pub mod operators;
pub mod ownership;
pub mod quotas;
pub mod reactions;
pub mod second_factor;
pub mod sessions;

#[cfg(test)]
pub(crate) mod cast;

use crate::Denial;

/// What a rule says: the changes to make, or why not.
pub type Verdict<C> = Result<Vec<C>, Denial>;
