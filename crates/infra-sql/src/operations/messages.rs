//! Messages, and the logs that they stand in.

use std::collections::HashMap;

use domain::facts::{EarlierPost, PostFacts};
use domain::ports::LogPage;
use domain::rules::messages::{self as rules, NewMessage, Posting};
use domain::{Denial, Event, Message, Page, RoomId, Seq, Standing, UserId, Window};

use crate::events::EventRow;
use crate::failure::Failure;
use crate::operations::rooms::{find, standing};
use crate::rooms::StandingRow;
use crate::stored::Corrupt;
use crate::{Dialect, Statements};

/// Posts a message as the rule decides, or leaves no trace of it. It locks nothing: it is for a database
/// with one writer at a time.
pub fn post(connection: &mut impl Dialect, new: &NewMessage) -> Result<Result<Posting, Denial>, Failure> {
    let sender_id = new.sender_id.as_str();
    let room = connection.standing(new.room_id.into(), sender_id)?;
    let earlier = connection.earlier_post(sender_id, new.client_message_id.as_str())?;
    let facts = PostFacts {
        standing: room.as_ref().map_or(Standing::Stranger, StandingRow::standing),
        head_seq: room.and_then(|room| room.head_seq).map_or(Seq::ZERO, Seq),
        earlier: earlier.map(EarlierPost::try_from).transpose()?,
    };
    let outcome = rules::post(&facts, new);
    if let Ok(Posting::New(message)) = &outcome {
        connection.insert_event(&EventRow::from(&rules::posted(message.clone())))?;
    }
    Ok(outcome)
}

/// A page of a room's messages, oldest first, for one of its members. Reads one moment.
pub fn history(
    connection: &mut impl Statements,
    room_id: RoomId,
    viewer: &UserId,
    window: Window,
) -> Result<Page<Message>, Failure> {
    standing(connection, room_id, viewer)?.admit()?;
    history_if_seated(connection, room_id, viewer, window)
}

/// A page of a room's messages, oldest first; empty for somebody who does not sit there. One query.
pub fn history_if_seated(
    connection: &mut impl Statements,
    room_id: RoomId,
    viewer: &UserId,
    window: Window,
) -> Result<Page<Message>, Failure> {
    let viewer = viewer.as_str();
    let below = window.before.map_or(i64::MAX, |seq| seq.0);
    let limit = window.size.and_one_more();
    let rows = match window.after {
        Some(after) => connection.oldest_messages(room_id.into(), viewer, after.0, below, limit)?,
        None => connection.newest_messages(room_id.into(), viewer, below, limit)?,
    };
    let mut page = Page::cut(rows, window.size);
    if window.after.is_none() {
        page.items.reverse();
    }
    let items = page.items.into_iter().map(Message::try_from).collect::<Result<_, _>>()?;
    Ok(Page { items, has_more: page.has_more })
}

/// A room's log above `since`, for one of its members or for the server itself. Reads one moment.
pub fn log(
    connection: &mut impl Statements,
    room_id: RoomId,
    viewer: Option<&UserId>,
    since: Seq,
    limit: usize,
) -> Result<LogPage, Failure> {
    if let Some(viewer) = viewer {
        standing(connection, room_id, viewer)?.admit()?;
    }
    let room = find(connection, room_id)?.ok_or(Denial::RoomNotFound)?;
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = connection.events_since(room_id.into(), since.0, limit)?;
    let events = with_targets(connection, room_id, rows)?;
    Ok(LogPage { room, events })
}

/// A room's events above `since`; none for somebody who does not sit there. One query, and a second one if
/// messages were edited or deleted: these are shown as they are by then, as they always are.
pub fn events_if_seated(
    connection: &mut impl Statements,
    room_id: RoomId,
    viewer: &UserId,
    since: Seq,
    limit: usize,
) -> Result<Vec<Event>, Failure> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = connection.events_for_member(room_id.into(), viewer.as_str(), since.0, limit)?;
    with_targets(connection, room_id, rows)
}

/// The events in these rows, with the messages that they edit or delete.
fn with_targets(
    connection: &mut impl Statements,
    room_id: RoomId,
    rows: Vec<EventRow>,
) -> Result<Vec<Event>, Failure> {
    let targets = targets(connection, room_id, &rows)?;
    let events = rows.into_iter().map(|row| {
        let target = row.target_seq.and_then(|seq| targets.get(&seq).cloned());
        row.event(target)
    });
    Ok(events.collect::<Result<_, _>>()?)
}

/// The messages that some events edit or delete, by their seqs.
fn targets(
    connection: &mut impl Statements,
    room_id: RoomId,
    rows: &[EventRow],
) -> Result<HashMap<i64, Message>, Failure> {
    let mut seqs: Vec<i64> = rows.iter().filter_map(|row| row.target_seq).collect();
    if seqs.is_empty() {
        return Ok(HashMap::new());
    }
    seqs.sort_unstable();
    seqs.dedup();
    let targets = connection.messages_at(room_id.into(), &seqs)?;
    Ok(targets.into_iter().map(|row| Ok((row.seq, row.try_into()?))).collect::<Result<_, Corrupt>>()?)
}
