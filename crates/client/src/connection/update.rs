use std::time::Duration;

use serde::Deserialize;

use crate::{Epoch, Event, Message, Notice, RoomDetail, RoomId, UserId};

/// Something that the program is told.
#[expect(clippy::large_enum_variant, reason = "most updates are events")]
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names of the members say it")]
pub enum Update {
    /// The connection is open, for the first time or again. These are the account's rooms.
    Connected {
        /// The rooms. One that is new here begins at its `head_seq`; what lies before is its history.
        rooms: Vec<RoomStanding>,
    },
    /// The connection is lost, and will be made again. Messages can be sent all the same.
    Disconnected { reason: String, back_in: Duration },
    /// The next event of its room.
    Event(Event),
    /// A room as it stands at `seq`, because it was just joined or too much was missed. It takes the
    /// place of all that the program knew of it; its next event is `seq + 1`.
    Loaded {
        /// The room with its members.
        room: Box<RoomDetail>,
        /// Its newest messages, oldest first. Earlier ones are in its history.
        messages: Vec<Message>,
        /// Where in its log.
        seq: i64,
    },
    /// The account is no longer in this room.
    Removed {
        room_id: RoomId,
        /// Why: `not_a_member`, `banned` or `room_closed`.
        code: String,
    },
    /// A member is typing.
    Typing {
        room_id: RoomId,
        user_id: UserId,
        /// False where they have stopped.
        on: bool,
    },
    /// A member has another name.
    Renamed { room_id: RoomId, user_id: UserId, name: String },
    /// A member has come or gone.
    Presence {
        room_id: RoomId,
        user_id: UserId,
        /// Whether they are there now.
        online: bool,
    },
    /// A member, maybe the account itself elsewhere, has read a room's log up to here.
    Read { room_id: RoomId, user_id: UserId, seq: i64 },
    /// Something about the account itself.
    Notice(Notice),
    /// The server does not want this connection back: the session was ended, send. Nothing follows.
    Ended {
        /// The socket's close code, if there was one.
        code: Option<u16>,
        reason: String,
    },
}

/// A room of the account at the moment of connecting.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names of the members say it")]
pub struct RoomStanding {
    pub room_id: RoomId,
    /// The current epoch of its log.
    pub epoch: Epoch,
    /// The newest event's seq.
    pub head_seq: i64,
    /// Up to where the account has read.
    pub read_seq: i64,
    /// How many messages by others lie above that.
    pub unread: i64,
    /// How many of these mention the account.
    #[serde(default)]
    pub unread_mentions: i64,
    /// Whether the events that the program has missed follow.
    pub recovered: bool,
}
