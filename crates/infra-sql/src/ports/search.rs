use async_trait::async_trait;
use domain::ports::{Search, Unindexed};
use domain::{Found, Page, Refusal, RoomId, SearchRequest, UserId};

use super::Ports;
use crate::Backend;
use crate::operations::{indexing, search};

#[async_trait]
impl<B: Backend> Search for Ports<B> {
    async fn search(&self, viewer: UserId, request: SearchRequest) -> Result<Page<Found>, Refusal> {
        self.0.view(move |connection| search::search(connection, &viewer, &request)).await
    }

    async fn index(&self, room_ids: Vec<RoomId>) -> Result<Vec<RoomId>, Refusal> {
        let step = self.0.view(move |connection| indexing::prepare(connection, &room_ids)).await?;
        if step.changes_nothing() {
            return Ok(step.left());
        }
        self.0.write(move |connection| indexing::carry_out(connection, &step)).await
    }

    async fn unindexed(&self, after: Option<RoomId>) -> Result<Unindexed, Refusal> {
        self.0.read(move |connection| indexing::unindexed(connection, after)).await
    }

    async fn rebuild(&self) -> Result<(), Refusal> {
        self.0.write(|connection| indexing::rebuild(connection)).await
    }
}
