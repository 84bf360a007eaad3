use std::collections::HashMap;

use diesel::prelude::*;
use domain::facts::{EarlierPost, PostFacts};
use domain::ports::LogPage;
use domain::rules::messages::{self as rules, NewMessage, Posting};
use domain::{Denial, Message, Page, RoomId, Seq, Standing, UserId, Window};
use infra_sql::events::{self, EarlierPostRow, EventRow};
use infra_sql::rooms::{self, StandingRow};

use crate::apply_room_change::append;
use crate::errors::Failure;
use crate::room_facts;

/// Posts a message as the rule decides.
pub(crate) fn post(connection: &mut SqliteConnection, new: &NewMessage) -> Result<Posting, Failure> {
    let earlier = events::earlier_post(new.sender_id.as_str(), new.client_message_id.as_str())
        .first::<EarlierPostRow>(connection)
        .optional()?;
    let standing = standing_row(connection, new.room_id, &new.sender_id)?;
    let facts = PostFacts {
        standing: standing.as_ref().map_or(Standing::Stranger, StandingRow::standing),
        head_seq: Seq(standing.map_or(0, |row| row.head_seq)),
        earlier: earlier.map(EarlierPost::try_from).transpose()?,
    };
    let posting = rules::post(&facts, new)?;
    if let Posting::New(message) = &posting {
        append(connection, &rules::posted(message.clone()))?;
    }
    Ok(posting)
}

/// How somebody stands to a room.
pub(crate) fn standing(
    connection: &mut SqliteConnection,
    room_id: RoomId,
    user_id: &UserId,
) -> Result<Standing, Failure> {
    let row = standing_row(connection, room_id, user_id)?;
    Ok(row.map_or(Standing::Stranger, |row| row.standing()))
}

/// A page of a room's messages, oldest first, for one of its members.
pub(crate) fn history(
    connection: &mut SqliteConnection,
    room_id: RoomId,
    viewer: &UserId,
    window: Window,
) -> Result<Page<Message>, Failure> {
    standing(connection, room_id, viewer)?.admit()?;
    let below = window.before.map_or(i64::MAX, |seq| seq.0);
    let limit = window.size.and_one_more();
    let rows: Vec<EventRow> = match window.after {
        Some(after) => events::oldest_messages(room_id.into(), after.0, below, limit).load(connection)?,
        None => events::newest_messages(room_id.into(), below, limit).load(connection)?,
    };
    let mut page = Page::cut(rows, window.size);
    if window.after.is_none() {
        page.items.reverse();
    }
    let items = page.items.iter().map(EventRow::message).collect::<Result<_, _>>()?;
    Ok(Page { items, has_more: page.has_more })
}

/// A room's log above `since`, for one of its members or for the server itself.
pub(crate) fn log(
    connection: &mut SqliteConnection,
    room_id: RoomId,
    viewer: Option<&UserId>,
    since: Seq,
    limit: usize,
) -> Result<LogPage, Failure> {
    if let Some(viewer) = viewer {
        standing(connection, room_id, viewer)?.admit()?;
    }
    let room = room_facts::find(connection, room_id)?.ok_or(Denial::RoomNotFound)?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows: Vec<EventRow> = events::since(room_id.into(), since.0, limit).load(connection)?;
    let targets = targets(connection, room_id, &rows)?;
    let events = rows
        .iter()
        .map(|row| row.event(row.target_seq.and_then(|seq| targets.get(&seq))))
        .collect::<Result<_, _>>()?;
    Ok(LogPage { room, events })
}

/// The messages that some events edit or delete, by their seqs.
fn targets(
    connection: &mut SqliteConnection,
    room_id: RoomId,
    rows: &[EventRow],
) -> Result<HashMap<i64, EventRow>, Failure> {
    let mut seqs: Vec<i64> = rows.iter().filter_map(|row| row.target_seq).collect();
    if seqs.is_empty() {
        return Ok(HashMap::new());
    }
    seqs.sort_unstable();
    seqs.dedup();
    let targets: Vec<EventRow> = events::at(room_id.into(), &seqs).load(connection)?;
    Ok(targets.into_iter().map(|row| (row.seq, row)).collect())
}

fn standing_row(
    connection: &mut SqliteConnection,
    room_id: RoomId,
    user_id: &UserId,
) -> QueryResult<Option<StandingRow>> {
    rooms::standing(room_id.into(), user_id.as_str()).first(connection).optional()
}
