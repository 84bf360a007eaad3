use async_trait::async_trait;
use domain::change::RoomChange;
use domain::facts::{Person, RoomFacts};
use domain::ports::{Committed, Decide, LogPage, RoomScope, Rooms};
use domain::rules::messages::{NewMessage, Posting};
use domain::{
    Ban, Event, Invitation, InvitationId, JoinedAs, Message, MessageId, Page, PageAround, PageSize, Reading,
    Refusal, Room, RoomId, RoomPlace, RoomSummary, RoomView, Seq, Standing, TokenHash, UserId, Window,
};

use super::Ports;
use crate::Backend;
use crate::operations::{messages, rooms};

#[async_trait]
impl<B: Backend> Rooms for Ports<B> {
    async fn create(
        &self,
        creator: UserId,
        decide: Decide<Person, RoomChange>,
    ) -> Result<Committed<Person, RoomChange>, Refusal> {
        self.0.write(move |connection| rooms::create(connection, &creator, &decide)).await
    }

    async fn change(
        &self,
        scope: RoomScope,
        decide: Decide<RoomFacts, RoomChange>,
    ) -> Result<Committed<RoomFacts, RoomChange>, Refusal> {
        self.0.write(move |connection| rooms::change(connection, &scope, &decide)).await
    }

    async fn post(&self, message: NewMessage) -> Result<Posting, Refusal> {
        self.0.post(message).await
    }

    async fn find(&self, room_id: RoomId) -> Result<Option<Room>, Refusal> {
        self.0.read(move |connection| rooms::find(connection, room_id)).await
    }

    async fn find_invited(&self, token: TokenHash) -> Result<Option<RoomId>, Refusal> {
        self.0.read(move |connection| rooms::find_invited(connection, token)).await
    }

    async fn standing(&self, room_id: RoomId, user_id: UserId) -> Result<Standing, Refusal> {
        self.0.read(move |connection| rooms::standing(connection, room_id, &user_id)).await
    }

    async fn joined_as(&self, room_id: RoomId, user_id: UserId) -> Result<Option<JoinedAs>, Refusal> {
        self.0.read(move |connection| rooms::joined_as(connection, room_id, &user_id)).await
    }

    async fn view(&self, room_id: RoomId, viewer: UserId) -> Result<RoomView, Refusal> {
        self.0.view(move |connection| rooms::view(connection, room_id, &viewer)).await
    }

    async fn of_member(
        &self,
        user_id: UserId,
        after: Option<RoomPlace>,
        size: PageSize,
    ) -> Result<Page<RoomSummary>, Refusal> {
        self.0.view(move |connection| rooms::of_member(connection, &user_id, after, size)).await
    }

    async fn ids_of_member(&self, user_id: UserId) -> Result<Vec<RoomId>, Refusal> {
        self.0.read(move |connection| rooms::ids_of_member(connection, &user_id)).await
    }

    async fn reading(&self, user_id: UserId, ids: Vec<RoomId>) -> Result<Vec<Reading>, Refusal> {
        self.0.read(move |connection| rooms::reading(connection, &user_id, &ids)).await
    }

    async fn history(
        &self,
        room_id: RoomId,
        viewer: UserId,
        window: Window,
    ) -> Result<Page<Message>, Refusal> {
        let seated = viewer.clone();
        let page = self
            .0
            .read(move |connection| messages::history_if_seated(connection, room_id, &seated, window))
            .await?;
        if !page.items.is_empty() {
            return Ok(page);
        }
        self.0.view(move |connection| messages::history(connection, room_id, &viewer, window)).await
    }

    async fn history_around(
        &self,
        room_id: RoomId,
        viewer: UserId,
        seq: Seq,
        size: PageSize,
    ) -> Result<PageAround<Message>, Refusal> {
        let seated = viewer.clone();
        let page = self
            .0
            .read(move |connection| {
                messages::history_around_if_seated(connection, room_id, &seated, seq, size)
            })
            .await?;
        if !page.items.is_empty() {
            return Ok(page);
        }
        self.0.view(move |connection| messages::history_around(connection, room_id, &viewer, seq, size)).await
    }

    async fn message(&self, room_id: RoomId, viewer: UserId, id: MessageId) -> Result<Message, Refusal> {
        self.0.view(move |connection| messages::message(connection, room_id, &viewer, id)).await
    }

    async fn log(
        &self,
        room_id: RoomId,
        viewer: Option<UserId>,
        since: Seq,
        limit: usize,
    ) -> Result<LogPage, Refusal> {
        self.0.view(move |connection| messages::log(connection, room_id, viewer.as_ref(), since, limit)).await
    }

    async fn events(
        &self,
        room_id: RoomId,
        viewer: UserId,
        since: Seq,
        limit: usize,
    ) -> Result<Vec<Event>, Refusal> {
        let seated = viewer.clone();
        let events = self
            .0
            .read(move |connection| messages::events_if_seated(connection, room_id, &seated, since, limit))
            .await?;
        if !events.is_empty() {
            return Ok(events);
        }
        Ok(self.log(room_id, Some(viewer), since, limit).await?.events)
    }

    async fn invitations(
        &self,
        room_id: RoomId,
        after: Option<InvitationId>,
        size: PageSize,
    ) -> Result<Page<Invitation>, Refusal> {
        self.0.read(move |connection| rooms::invitations(connection, room_id, after, size)).await
    }

    async fn bans(
        &self,
        room_id: RoomId,
        after: Option<UserId>,
        size: PageSize,
    ) -> Result<Page<Ban>, Refusal> {
        self.0.read(move |connection| rooms::bans(connection, room_id, after.as_ref(), size)).await
    }
}
