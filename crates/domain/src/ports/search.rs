use async_trait::async_trait;

use crate::{Found, Page, Refusal, RoomId, SearchRequest, UserId};

/// Some of the rooms, in the order of their ids, whose logs go on above what is indexed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unindexed {
    /// These rooms.
    pub room_ids: Vec<RoomId>,
    /// The room above which there may be more.
    pub next: Option<RoomId>,
}

/// Finding messages by an index that follows the rooms' logs. It may be behind them; what is found is always as it reads now.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait Search: Send + Sync {
    /// The messages that a query finds where `viewer` sits, the newest first; within a room in the order of its log. In one
    /// room denied as their [`Standing`](crate::Standing) says.
    async fn search(&self, viewer: UserId, request: SearchRequest) -> Result<Page<Found>, Refusal>;

    /// Indexes the next events of some rooms, so many that others need not wait for it. Answers the rooms of which more may
    /// be left. Several may do so at once, also for the same rooms.
    async fn index(&self, room_ids: Vec<RoomId>) -> Result<Vec<RoomId>, Refusal>;

    /// Which of the next rooms above `after` are not indexed to their logs' ends.
    async fn unindexed(&self, after: Option<RoomId>) -> Result<Unindexed, Refusal>;

    /// Has the index rebuilt, by the next calls of [`index`](Self::index).
    async fn rebuild(&self) -> Result<(), Refusal>;
}
