//! What Hexroom does for its users: decide inside a store's transaction, publish after its commit.
//!
//! A caller that may be cancelled runs each of these as a task of its own, so that nobody's
//! vanishing falls between the commit and the publishing.

mod accounts;
mod admin;
#[cfg(test)]
mod fixture;
mod friends;
mod invitations;
mod joining;
mod last_seen;
mod messages;
mod ownership;
mod rooms;
mod second_factor;
mod sessions;

use std::sync::Arc;

pub use accounts::NewAccount;
pub use admin::PasswordLinkMade;
pub use invitations::InvitationIssued;
pub use joining::JoinBy;
pub use last_seen::LastSeen;
pub use messages::{MessageChanged, Posted, Reacted};
pub use sessions::{Caller, Refreshed, SignedIn, Tokens};

use crate::change::RoomChange;
use crate::facts::RoomFacts;
use crate::ports::{
    AccessTokens, Accounts, Clock, Committed, Events, Friends, PasswordHasher, Randomness, RefreshTokens,
    RoomScope, Rooms, Search, SecondFactors,
};
use crate::rules::Verdict;
use crate::{Announcement, Coins, Notice, Refusal, UserId};

/// The chat-room server without its adapters: every use case is a method.
#[derive(Clone)]
pub struct Hexroom {
    /// Accounts, sessions and coins.
    pub accounts: Arc<dyn Accounts>,
    /// Rooms and what happens in them.
    pub rooms: Arc<dyn Rooms>,
    /// Finding messages.
    pub search: Arc<dyn Search>,
    /// Friends, requests and blocks.
    pub friends: Arc<dyn Friends>,
    /// Where commits are announced.
    pub events: Arc<dyn Events>,
    pub passwords: Arc<dyn PasswordHasher>,
    pub access_tokens: Arc<dyn AccessTokens>,
    pub refresh_tokens: Arc<dyn RefreshTokens>,
    pub second_factors: Arc<dyn SecondFactors>,
    /// Draws ids and secrets.
    pub randomness: Arc<dyn Randomness>,
    pub clock: Arc<dyn Clock>,
    pub last_seen: Arc<LastSeen>,
    /// The most coins an account may be registered with.
    pub signup_coins_max: Coins,
}

impl Hexroom {
    /// Changes a room as `rule` decides and announces the events that came of it.
    async fn change_room(
        &self,
        scope: RoomScope,
        rule: impl Fn(&RoomFacts) -> Verdict<RoomChange> + Send + Sync + 'static,
    ) -> Result<Committed<RoomFacts, RoomChange>, Refusal> {
        let committed = self.rooms.change(scope, Box::new(rule)).await?;
        self.publish_events(&committed.changes).await;
        Ok(committed)
    }

    async fn publish_events(&self, changes: &[RoomChange]) {
        for change in changes {
            if let RoomChange::Append(event) = change {
                self.events.publish(Announcement::Event(event.clone())).await;
            }
        }
    }

    async fn notify(&self, to: &UserId, notice: Notice) {
        self.events.publish(Announcement::Notice { to: to.clone(), notice }).await;
    }
}
