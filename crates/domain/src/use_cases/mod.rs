//! What Hexroom does for its users: decide inside a store's transaction, publish after its commit.
//!
//! A caller that may be cancelled runs each of these as a task of its own, so that nobody's
//! vanishing falls between the commit and the publishing.

mod accounts;
mod admin;
mod friends;
mod invitations;
mod joining;
mod messages;
mod ownership;
mod rooms;
mod second_factor;
mod sessions;
#[cfg(test)]
mod stage;

use std::sync::Arc;

pub use accounts::{AccountRevision, NewAccount};
pub use admin::PasswordLinkMade;
pub use invitations::InvitationIssued;
pub use joining::Entrance;
pub use messages::{MessageChanged, Posted};
pub use ownership::RoomWish;
pub use sessions::{Caller, Refreshed, SignedIn, Tokens};

use crate::change::RoomChange;
use crate::facts::RoomFacts;
use crate::ports::{
    AccessTokens, Accounts, Clock, Committed, Events, Friends, PasswordHasher, Randomness, RefreshTokens,
    RoomScope, Rooms, SecondFactors,
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
    /// Friends, requests and blocks.
    pub friends: Arc<dyn Friends>,
    /// Where commits are announced.
    pub events: Arc<dyn Events>,
    /// Hashes passwords.
    pub passwords: Arc<dyn PasswordHasher>,
    /// Signs access tokens.
    pub access_tokens: Arc<dyn AccessTokens>,
    /// Derives refresh tokens.
    pub refresh_tokens: Arc<dyn RefreshTokens>,
    /// Makes second factors.
    pub second_factors: Arc<dyn SecondFactors>,
    /// Draws ids and secrets.
    pub randomness: Arc<dyn Randomness>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
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
