use std::sync::Arc;

use async_trait::async_trait;
use domain::change::RoomChange;
use domain::facts::{Person, RoomFacts};
use domain::ports::{Committed, Decide, LogPage, RoomScope, Rooms};
use domain::rules::messages::{NewMessage, Posting};
use domain::{
    Invitation, InvitationId, Message, Page, PageSize, Refusal, Room, RoomId, RoomSummary, RoomView, Seq,
    Standing, TokenHash, UserId, Window,
};
use infra_sql::verbs::{messages, rooms};

use crate::database::Database;

/// The rooms in a MySQL database.
pub(crate) struct MysqlRooms {
    database: Arc<Database>,
}

impl MysqlRooms {
    pub(crate) fn new(database: Arc<Database>) -> Self {
        Self { database }
    }
}

#[async_trait]
impl Rooms for MysqlRooms {
    async fn create(
        &self,
        creator: UserId,
        decide: Decide<Person, RoomChange>,
    ) -> Result<Committed<Person, RoomChange>, Refusal> {
        self.database.write(move |connection| rooms::create(connection, &creator, &decide)).await
    }

    async fn change(
        &self,
        scope: RoomScope,
        decide: Decide<RoomFacts, RoomChange>,
    ) -> Result<Committed<RoomFacts, RoomChange>, Refusal> {
        self.database.write(move |connection| rooms::change(connection, &scope, &decide)).await
    }

    async fn post(&self, message: NewMessage) -> Result<Posting, Refusal> {
        self.database.poster.post(message).await
    }

    async fn find(&self, room_id: RoomId) -> Result<Option<Room>, Refusal> {
        self.database.read(move |connection| rooms::find(connection, room_id)).await
    }

    async fn find_invited(&self, token: TokenHash) -> Result<Option<RoomId>, Refusal> {
        self.database.read(move |connection| rooms::find_invited(connection, token)).await
    }

    async fn standing(&self, room_id: RoomId, user_id: UserId) -> Result<Standing, Refusal> {
        self.database.read(move |connection| rooms::standing(connection, room_id, &user_id)).await
    }

    async fn view(&self, room_id: RoomId, viewer: UserId) -> Result<RoomView, Refusal> {
        self.database.view(move |connection| rooms::view(connection, room_id, &viewer)).await
    }

    async fn of_member(
        &self,
        user_id: UserId,
        after: Option<RoomId>,
        size: PageSize,
    ) -> Result<Page<RoomSummary>, Refusal> {
        self.database.view(move |connection| rooms::of_member(connection, &user_id, after, size)).await
    }

    async fn history(
        &self,
        room_id: RoomId,
        viewer: UserId,
        window: Window,
    ) -> Result<Page<Message>, Refusal> {
        self.database.view(move |connection| messages::history(connection, room_id, &viewer, window)).await
    }

    async fn log(
        &self,
        room_id: RoomId,
        viewer: Option<UserId>,
        since: Seq,
        limit: usize,
    ) -> Result<LogPage, Refusal> {
        self.database
            .view(move |connection| messages::log(connection, room_id, viewer.as_ref(), since, limit))
            .await
    }

    async fn invitations(
        &self,
        room_id: RoomId,
        after: Option<InvitationId>,
        size: PageSize,
    ) -> Result<Page<Invitation>, Refusal> {
        let database = &self.database;
        database.read(move |connection| rooms::invitations(connection, room_id, after, size)).await
    }
}
