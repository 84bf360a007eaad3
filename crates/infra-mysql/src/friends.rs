use std::sync::Arc;

use async_trait::async_trait;
use domain::change::PairChange;
use domain::facts::PairFacts;
use domain::ports::{Committed, Decide, Direction, Friends};
use domain::{FriendRequest, FriendRequestId, Page, PageSize, Profile, Refusal, UserId};
use infra_sql::verbs::friends;

use crate::database::Database;

/// The friends in a MySQL database.
pub(crate) struct MysqlFriends {
    database: Arc<Database>,
}

impl MysqlFriends {
    pub(crate) fn new(database: Arc<Database>) -> Self {
        Self { database }
    }
}

#[async_trait]
impl Friends for MysqlFriends {
    async fn change(
        &self,
        actor: UserId,
        other: UserId,
        decide: Decide<PairFacts, PairChange>,
    ) -> Result<Committed<PairFacts, PairChange>, Refusal> {
        self.database.write(move |connection| friends::change(connection, &actor, &other, &decide)).await
    }

    async fn request(&self, id: FriendRequestId) -> Result<Option<FriendRequest>, Refusal> {
        self.database.read(move |connection| friends::request(connection, id)).await
    }

    async fn requests(
        &self,
        user_id: UserId,
        direction: Direction,
        after: Option<FriendRequestId>,
        size: PageSize,
    ) -> Result<Page<FriendRequest>, Refusal> {
        self.database
            .read(move |connection| friends::requests(connection, &user_id, direction, after, size))
            .await
    }

    async fn of(
        &self,
        user_id: UserId,
        after: Option<UserId>,
        size: PageSize,
    ) -> Result<Page<Profile>, Refusal> {
        let database = &self.database;
        database.view(move |connection| friends::of(connection, &user_id, after.as_ref(), size)).await
    }
}
