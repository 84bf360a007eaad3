use std::collections::HashMap;
use std::sync::Arc;

use async_trait::async_trait;
use diesel::prelude::*;
use domain::change::RoomChange;
use domain::facts::{Person, RoomFacts};
use domain::ports::{Committed, Decide, LogPage, RoomScope, Rooms};
use domain::rules::messages::{NewMessage, Posting};
use domain::{
    Denial, Invitation, InvitationId, Message, Page, PageSize, Refusal, Room, RoomId, RoomSummary, RoomView,
    Seq, Standing, TokenHash, UserId, Window,
};
use infra_sql::StoredId;
use infra_sql::accounts::AccountRow;
use infra_sql::rooms::{self, InvitationRow, RoomRow, SeatRow};

use crate::apply_room_change::apply;
use crate::errors::Failure;
use crate::{Database, messages, room_facts};

/// The rooms in a SQLite file.
pub(crate) struct SqliteRooms {
    database: Arc<Database>,
}

impl SqliteRooms {
    pub(crate) fn new(database: Arc<Database>) -> Self {
        Self { database }
    }
}

#[async_trait]
impl Rooms for SqliteRooms {
    async fn create(
        &self,
        creator: UserId,
        decide: Decide<Person, RoomChange>,
    ) -> Result<Committed<Person, RoomChange>, Refusal> {
        self.database.writer.write(move |connection| create(connection, &creator, &decide)).await
    }

    async fn change(
        &self,
        scope: RoomScope,
        decide: Decide<RoomFacts, RoomChange>,
    ) -> Result<Committed<RoomFacts, RoomChange>, Refusal> {
        self.database.writer.write(move |connection| change(connection, &scope, &decide)).await
    }

    async fn post(&self, message: NewMessage) -> Result<Posting, Refusal> {
        self.database.writer.write(move |connection| messages::post(connection, &message)).await
    }

    async fn find(&self, room_id: RoomId) -> Result<Option<Room>, Refusal> {
        self.database.readers.read(move |connection| room_facts::find(connection, room_id)).await
    }

    async fn find_invited(&self, token: TokenHash) -> Result<Option<RoomId>, Refusal> {
        let found = self.database.readers.read(move |connection| {
            let row = rooms::invitation_by_token(&token.0).first::<InvitationRow>(connection).optional()?;
            Ok(row.map(|row| RoomId(row.room_id.0)))
        });
        found.await
    }

    async fn standing(&self, room_id: RoomId, user_id: UserId) -> Result<Standing, Refusal> {
        self.database.readers.read(move |connection| messages::standing(connection, room_id, &user_id)).await
    }

    async fn view(&self, room_id: RoomId, viewer: UserId) -> Result<RoomView, Refusal> {
        self.database.readers.view(move |connection| view(connection, room_id, &viewer)).await
    }

    async fn of_member(
        &self,
        user_id: UserId,
        after: Option<RoomId>,
        size: PageSize,
    ) -> Result<Page<RoomSummary>, Refusal> {
        self.database.readers.view(move |connection| of_member(connection, &user_id, after, size)).await
    }

    async fn history(
        &self,
        room_id: RoomId,
        viewer: UserId,
        window: Window,
    ) -> Result<Page<Message>, Refusal> {
        self.database
            .readers
            .view(move |connection| messages::history(connection, room_id, &viewer, window))
            .await
    }

    async fn log(
        &self,
        room_id: RoomId,
        viewer: Option<UserId>,
        since: Seq,
        limit: usize,
    ) -> Result<LogPage, Refusal> {
        self.database
            .readers
            .view(move |connection| messages::log(connection, room_id, viewer.as_ref(), since, limit))
            .await
    }

    async fn invitations(
        &self,
        room_id: RoomId,
        after: Option<InvitationId>,
        size: PageSize,
    ) -> Result<Page<Invitation>, Refusal> {
        let before = after.map_or(StoredId::HIGHEST, StoredId::from);
        let limit = size.and_one_more();
        let page = self.database.readers.read(move |connection| {
            let rows: Vec<InvitationRow> =
                rooms::invitations_before(room_id.into(), before, limit).load(connection)?;
            let invitations = rows.into_iter().map(Invitation::try_from).collect::<Result<_, _>>()?;
            Ok(Page::cut(invitations, size))
        });
        page.await
    }
}

fn create(
    connection: &mut SqliteConnection,
    creator: &UserId,
    decide: &Decide<Person, RoomChange>,
) -> Result<Committed<Person, RoomChange>, Failure> {
    let facts = room_facts::creator(connection, creator)?;
    let changes = decide(&facts)?;
    let Some(RoomChange::Open(room)) = changes.first() else {
        return Err(Failure::Unfit("creating a room begins with opening it"));
    };
    for change in &changes {
        apply(connection, room.id, change)?;
    }
    Ok(Committed { facts, changes })
}

fn change(
    connection: &mut SqliteConnection,
    scope: &RoomScope,
    decide: &Decide<RoomFacts, RoomChange>,
) -> Result<Committed<RoomFacts, RoomChange>, Failure> {
    let facts = room_facts::load(connection, scope)?;
    let changes = decide(&facts)?;
    for change in &changes {
        apply(connection, scope.room_id, change)?;
    }
    Ok(Committed { facts, changes })
}

fn view(connection: &mut SqliteConnection, room_id: RoomId, viewer: &UserId) -> Result<RoomView, Failure> {
    messages::standing(connection, room_id, viewer)?.admit()?;
    let room = room_facts::find(connection, room_id)?.ok_or(Denial::RoomNotFound)?;
    let rows: Vec<(SeatRow, AccountRow)> = rooms::members_of(room_id.into()).load(connection)?;
    let members = rows.into_iter().map(rooms::member).collect::<Result<Vec<_>, _>>()?;
    let own = members.iter().find(|member| member.user_id == *viewer);
    let summary = RoomSummary {
        room,
        seats_taken: members.len(),
        read_seq: own.map(|member| member.read_seq).unwrap_or_default(),
        unread: unread(connection, viewer, room_id.into(), room_id.into())?
            .remove(&room_id)
            .unwrap_or_default(),
    };
    Ok(RoomView { summary, members })
}

fn of_member(
    connection: &mut SqliteConnection,
    user_id: &UserId,
    after: Option<RoomId>,
    size: PageSize,
) -> Result<Page<RoomSummary>, Failure> {
    let before = after.map_or(StoredId::HIGHEST, StoredId::from);
    let rows: Vec<(SeatRow, RoomRow)> =
        rooms::seats_before(user_id.as_str(), before, size.and_one_more()).load(connection)?;
    let page = Page::cut(rows, size);
    // Newest first: the page's rooms are one unbroken range of the member's own.
    let ids: Vec<StoredId> = page.items.iter().map(|(seat, _)| seat.room_id).collect();
    let (Some(highest), Some(lowest)) = (ids.first(), ids.last()) else {
        return Ok(Page { items: Vec::new(), has_more: false });
    };
    let mut unread = unread(connection, user_id, *lowest, *highest)?;
    let mut taken = counts(rooms::seats_taken(&ids).load(connection)?);
    let items = page
        .items
        .into_iter()
        .map(|(seat, row)| {
            let room = Room::try_from(row)?;
            Ok(RoomSummary {
                seats_taken: usize::try_from(taken.remove(&room.id).unwrap_or_default()).unwrap_or_default(),
                read_seq: Seq(seat.read_seq),
                unread: unread.remove(&room.id).unwrap_or_default(),
                room,
            })
        })
        .collect::<Result<_, Failure>>()?;
    Ok(Page { items, has_more: page.has_more })
}

fn unread(
    connection: &mut SqliteConnection,
    user_id: &UserId,
    lowest: StoredId,
    highest: StoredId,
) -> Result<HashMap<RoomId, i64>, Failure> {
    Ok(counts(rooms::unread(user_id.as_str(), lowest, highest).load(connection)?))
}

fn counts(rows: Vec<(StoredId, i64)>) -> HashMap<RoomId, i64> {
    rows.into_iter().map(|(id, count)| (RoomId(id.0), count)).collect()
}
