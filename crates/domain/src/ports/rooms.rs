use async_trait::async_trait;

use crate::change::RoomChange;
use crate::facts::{Person, RoomFacts};
use crate::rules::messages::{NewMessage, Posting};
use crate::{
    Ban, Event, Invitation, InvitationId, JoinedAs, Message, MessageId, Page, PageAround, PageSize, Reading,
    Refusal, Room, RoomId, RoomPlace, RoomSummary, RoomView, Seq, Standing, Timestamp, TokenHash, UserId,
    Window,
};

use super::decision::{Committed, Decide};

/// Which room to lock and what to read of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomScope {
    /// The room.
    pub room_id: RoomId,
    /// Who wants the change.
    pub actor: UserId,
    /// Whom it is about.
    pub target: Option<UserId>,
    /// The invitation it is about.
    pub invitation: Option<InvitationKey>,
    /// The message it is about.
    pub message: Option<MessageId>,
    /// Whether the people's holdings are counted: somebody is to come by a seat or a room.
    pub counts_holdings: bool,
    /// The instant as of which the room's open invitations are read: the target is to be invited.
    pub inviting_at: Option<Timestamp>,
}

impl RoomScope {
    /// A room and who wants to change it.
    pub fn new(room_id: RoomId, actor: UserId) -> Self {
        Self {
            room_id,
            actor,
            target: None,
            invitation: None,
            message: None,
            counts_holdings: false,
            inviting_at: None,
        }
    }
}

/// How an invitation is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InvitationKey {
    /// By its name, as its owner does.
    Id(InvitationId),
    /// By its token's hash, as its invitee does.
    Token(TokenHash),
}

/// A room's log from some point on, as one of its members sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogPage {
    /// The room, with its epoch and head, as of the same moment.
    pub room: Room,
    /// The events, without a gap, oldest first.
    pub events: Vec<Event>,
}

/// Rooms, with all that happens in them.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait Rooms: Send + Sync {
    /// Locks the creator's account, counts its holdings, asks `decide`, applies its changes. The first is
    /// [`RoomChange::Open`]. Denied with `session_revoked` if there is no such account.
    async fn create(
        &self,
        creator: UserId,
        decide: Decide<Person, RoomChange>,
    ) -> Result<Committed<Person, RoomChange>, Refusal>;

    /// Locks the room, then the people's accounts in the order of their ids, reads the facts, asks
    /// `decide`, applies its changes. Denied with `room_not_found` if there is no such room, with
    /// `session_revoked` if there is no such actor.
    async fn change(
        &self,
        scope: RoomScope,
        decide: Decide<RoomFacts, RoomChange>,
    ) -> Result<Committed<RoomFacts, RoomChange>, Refusal>;

    /// Posts a message as [`post`](crate::rules::messages::post) decides. A port method of its own,
    /// so that an adapter may commit many at once; none of them ever fails its neighbours.
    async fn post(&self, message: NewMessage) -> Result<Posting, Refusal>;

    /// The room as it is, closed or not.
    async fn find(&self, room_id: RoomId) -> Result<Option<Room>, Refusal>;

    /// The room that an invitation with this token opens.
    async fn find_invited(&self, token: TokenHash) -> Result<Option<RoomId>, Refusal>;

    /// How somebody stands to a room.
    async fn standing(&self, room_id: RoomId, user_id: UserId) -> Result<Standing, Refusal>;

    /// How somebody last came into a room, if they ever sat there.
    async fn joined_as(&self, room_id: RoomId, user_id: UserId) -> Result<Option<JoinedAs>, Refusal>;

    /// A room with its members, as `viewer` sees it; denied as their [`Standing`] says.
    async fn view(&self, room_id: RoomId, viewer: UserId) -> Result<RoomView, Refusal>;

    /// The rooms in which somebody sits, that with the newest event first, from below `after`. A room in which
    /// something happens between two pages moves above both.
    async fn of_member(
        &self,
        user_id: UserId,
        after: Option<RoomPlace>,
        size: PageSize,
    ) -> Result<Page<RoomSummary>, Refusal>;

    /// The rooms in which somebody sits, newest first.
    async fn ids_of_member(&self, user_id: UserId) -> Result<Vec<RoomId>, Refusal>;

    /// How far somebody has read in those of some rooms in which they sit, the newest room first. Each is
    /// as of one moment.
    async fn reading(&self, user_id: UserId, ids: Vec<RoomId>) -> Result<Vec<Reading>, Refusal>;

    /// Messages of a room's history, oldest first within the page, deleted ones included; denied
    /// as the viewer's [`Standing`] says.
    async fn history(
        &self,
        room_id: RoomId,
        viewer: UserId,
        window: Window,
    ) -> Result<Page<Message>, Refusal>;

    /// The messages about a place in a room's log, whatever stands there, as [`history`](Self::history) shows them.
    async fn history_around(
        &self,
        room_id: RoomId,
        viewer: UserId,
        seq: Seq,
        size: PageSize,
    ) -> Result<PageAround<Message>, Refusal>;

    /// A message of a room, deleted or not; denied as the viewer's [`Standing`] says, and then with
    /// `message_not_found`.
    async fn message(&self, room_id: RoomId, viewer: UserId, id: MessageId) -> Result<Message, Refusal>;

    /// At most `limit` events after `since`, with the room's head from the same moment.
    /// `viewer` is denied as their [`Standing`] says; without one, the server itself asks.
    async fn log(
        &self,
        room_id: RoomId,
        viewer: Option<UserId>,
        since: Seq,
        limit: usize,
    ) -> Result<LogPage, Refusal>;

    /// At most `limit` events after `since`, for somebody who sits there; denied as the viewer's
    /// [`Standing`] says.
    async fn events(
        &self,
        room_id: RoomId,
        viewer: UserId,
        since: Seq,
        limit: usize,
    ) -> Result<Vec<Event>, Refusal>;

    /// A room's invitations, newest first, from below `after`.
    async fn invitations(
        &self,
        room_id: RoomId,
        after: Option<InvitationId>,
        size: PageSize,
    ) -> Result<Page<Invitation>, Refusal>;

    /// Those who are banned from a room, in the order of their ids, from above `after`.
    async fn bans(
        &self,
        room_id: RoomId,
        after: Option<UserId>,
        size: PageSize,
    ) -> Result<Page<Ban>, Refusal>;
}
