use async_trait::async_trait;

use crate::change::PairChange;
use crate::facts::PairFacts;
use crate::{FriendRequest, FriendRequestId, Page, PageSize, Profile, Refusal, UserId};

use super::decision::{Committed, Decide};

/// Which way a friend request goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// To the account.
    In,
    /// From the account.
    Out,
}

/// Friends, the requests to become so, and blocks.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait Friends: Send + Sync {
    /// Locks both accounts in the order of their ids, reads the facts, asks `decide`, applies its
    /// changes. Denied with `user_not_found` if the other is no account.
    async fn change(
        &self,
        actor: UserId,
        other: UserId,
        decide: Decide<PairFacts, PairChange>,
    ) -> Result<Committed<PairFacts, PairChange>, Refusal>;

    /// A friend request, pending or not.
    async fn request(&self, id: FriendRequestId) -> Result<Option<FriendRequest>, Refusal>;

    /// The account's pending requests, newest first, from below `after`.
    async fn requests(
        &self,
        user_id: UserId,
        direction: Direction,
        after: Option<FriendRequestId>,
        size: PageSize,
    ) -> Result<Page<FriendRequest>, Refusal>;

    /// The account's friends in the order of their ids, from above `after`.
    async fn of(
        &self,
        user_id: UserId,
        after: Option<UserId>,
        size: PageSize,
    ) -> Result<Page<Profile>, Refusal>;

    /// Those whom an account has blocked, in the order of their ids, from above `after`.
    async fn blocked(
        &self,
        user_id: UserId,
        after: Option<UserId>,
        size: PageSize,
    ) -> Result<Page<Profile>, Refusal>;
}
