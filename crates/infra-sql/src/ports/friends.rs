use async_trait::async_trait;
use domain::change::PairChange;
use domain::facts::PairFacts;
use domain::ports::{Committed, Decide, Direction, Friends};
use domain::{FriendRequest, FriendRequestId, Page, PageSize, Profile, Refusal, UserId};

use super::Ports;
use crate::Backend;
use crate::operations::friends;

#[async_trait]
impl<B: Backend> Friends for Ports<B> {
    async fn change(
        &self,
        actor: UserId,
        other: UserId,
        decide: Decide<PairFacts, PairChange>,
    ) -> Result<Committed<PairFacts, PairChange>, Refusal> {
        self.0.write(move |connection| friends::change(connection, &actor, &other, &decide)).await
    }

    async fn request(&self, id: FriendRequestId) -> Result<Option<FriendRequest>, Refusal> {
        self.0.read(move |connection| friends::request(connection, id)).await
    }

    async fn requests(
        &self,
        user_id: UserId,
        direction: Direction,
        after: Option<FriendRequestId>,
        size: PageSize,
    ) -> Result<Page<FriendRequest>, Refusal> {
        self.0.read(move |connection| friends::requests(connection, &user_id, direction, after, size)).await
    }

    async fn of(
        &self,
        user_id: UserId,
        after: Option<UserId>,
        size: PageSize,
    ) -> Result<Page<Profile>, Refusal> {
        self.0.view(move |connection| friends::of(connection, &user_id, after.as_ref(), size)).await
    }

    async fn blocked(
        &self,
        user_id: UserId,
        after: Option<UserId>,
        size: PageSize,
    ) -> Result<Page<Profile>, Refusal> {
        self.0.read(move |connection| friends::blocked(connection, &user_id, after.as_ref(), size)).await
    }
}
