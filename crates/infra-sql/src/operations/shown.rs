//! What somebody is shown of a room, for the adapters' tests of what it costs in a long log.

use domain::{PageSize, RoomId, Seq, UserId, Window};

use super::{messages, rooms};
use crate::{Failure, Statements};

/// Below the end of the log that was filled: how many events somebody has missed, or not read.
pub const UNREAD: i64 = 10;

/// What somebody is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Shown {
    TheWelcome,
    TheListOfRooms,
    OneRoom,
    TheNewestMessages,
    MessagesInTheMiddle,
    MessagesAroundTheMiddle,
    TheOldestMessages,
    TheEndOfTheLog,
    WhatWasMissed,
}

impl Shown {
    /// All of it.
    pub const ALL: [Self; 9] = [
        Self::TheWelcome,
        Self::TheListOfRooms,
        Self::OneRoom,
        Self::TheNewestMessages,
        Self::MessagesInTheMiddle,
        Self::MessagesAroundTheMiddle,
        Self::TheOldestMessages,
        Self::TheEndOfTheLog,
        Self::WhatWasMissed,
    ];

    /// Reads it of a room whose log was filled up to `head`, for somebody who sits there.
    pub fn read(
        self,
        connection: &mut impl Statements,
        room_id: RoomId,
        user_id: &UserId,
        head: Seq,
    ) -> Result<(), Failure> {
        let (middle, missed) = (Seq(head.0 / 2), Seq(head.0 - UNREAD));
        match self {
            Self::TheWelcome => {
                let ids = rooms::ids_of_member(connection, user_id)?;
                rooms::reading(connection, user_id, &ids).map(drop)
            }
            Self::TheListOfRooms => {
                rooms::of_member(connection, user_id, None, PageSize::default()).map(drop)
            }
            Self::OneRoom => rooms::view(connection, room_id, user_id).map(drop),
            Self::TheNewestMessages => {
                messages::history(connection, room_id, user_id, Window::default()).map(drop)
            }
            Self::MessagesInTheMiddle => {
                let window = Window { before: Some(middle), ..Window::default() };
                messages::history(connection, room_id, user_id, window).map(drop)
            }
            Self::MessagesAroundTheMiddle => {
                messages::history_around(connection, room_id, user_id, middle, PageSize::default()).map(drop)
            }
            Self::TheOldestMessages => {
                let window = Window { after: Some(Seq::ZERO), ..Window::default() };
                messages::history(connection, room_id, user_id, window).map(drop)
            }
            Self::TheEndOfTheLog => messages::log(connection, room_id, Some(user_id), missed, 25).map(drop),
            Self::WhatWasMissed => {
                messages::events_if_seated(connection, room_id, user_id, missed, 25).map(drop)
            }
        }
    }
}
