//! Messages, and the logs that they stand in.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use domain::ports::LogPage;
use domain::{Denial, Event, Message, MessageId, Page, PageAround, PageSize, RoomId, Seq, UserId, Window};

use crate::Statements;
use crate::events::EventRow;
use crate::failure::Failure;
use crate::operations::rooms::{find, standing};
use crate::stored::Corrupt;

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
    let items = page.items.into_iter().map(|row| row.message(room_id)).collect::<Result<_, _>>()?;
    Ok(Page { items, has_more: page.has_more })
}

/// The messages about a place in a room's log, for one of its members. Reads one moment.
pub fn history_around(
    connection: &mut impl Statements,
    room_id: RoomId,
    viewer: &UserId,
    seq: Seq,
    size: PageSize,
) -> Result<PageAround<Message>, Failure> {
    standing(connection, room_id, viewer)?.admit()?;
    history_around_if_seated(connection, room_id, viewer, seq, size)
}

/// The messages about a place in a room's log; none for somebody who does not sit there. One query.
pub fn history_around_if_seated(
    connection: &mut impl Statements,
    room_id: RoomId,
    viewer: &UserId,
    seq: Seq,
    size: PageSize,
) -> Result<PageAround<Message>, Failure> {
    let rows = connection.messages_around(room_id.into(), viewer.as_str(), seq.0, size.and_one_more())?;
    let messages = rows.into_iter().map(|row| row.message(room_id)).collect::<Result<Vec<_>, _>>()?;
    let (mut older, mut newer): (Vec<_>, Vec<_>) =
        messages.into_iter().partition(|message| message.seq < seq);
    // `UNION ALL` does not keep the order of its sides.
    older.sort_unstable_by_key(|message| Reverse(message.seq));
    newer.sort_unstable_by_key(|message| message.seq);
    Ok(PageAround::cut(older, newer, size))
}

/// A message of a room, for one of its members. Reads one moment.
pub fn message(
    connection: &mut impl Statements,
    room_id: RoomId,
    viewer: &UserId,
    id: MessageId,
) -> Result<Message, Failure> {
    standing(connection, room_id, viewer)?.admit()?;
    let message = connection.message(id.into())?.map(EventRow::message).transpose()?;
    Ok(message.filter(|message| message.room_id == room_id).ok_or(Denial::MessageNotFound)?)
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
    let target_seqs = rows.iter().map(|row| Ok(row.read()?.target_seq()));
    let target_seqs = target_seqs.collect::<Result<Vec<_>, Corrupt>>()?;
    let targets = targets(connection, room_id, &target_seqs)?;
    let events = rows.into_iter().zip(target_seqs).map(|(row, target_seq)| {
        let target = target_seq.and_then(|seq| targets.get(&seq).cloned());
        row.event(target)
    });
    Ok(events.collect::<Result<_, _>>()?)
}

/// The messages at some of these places, by their seqs.
fn targets(
    connection: &mut impl Statements,
    room_id: RoomId,
    seqs: &[Option<i64>],
) -> Result<HashMap<i64, Message>, Failure> {
    let seqs: BTreeSet<i64> = seqs.iter().copied().flatten().collect();
    if seqs.is_empty() {
        return Ok(HashMap::new());
    }
    let targets = connection.messages_at(room_id.into(), &seqs.into_iter().collect::<Vec<_>>())?;
    Ok(targets.into_iter().map(|row| Ok((row.seq, row.message(room_id)?))).collect::<Result<_, Corrupt>>()?)
}
