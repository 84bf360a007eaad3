//! Finding messages.
//!
//! The index tells where the terms of a query occur, for each room from its newest shelf on. The messages there are read
//! for all rooms side by side and put to the query as they read now, and only where some that are newer than those found
//! may be left is more looked at.

mod bound;
mod candidates;
mod room;

use domain::{Found, Page, SearchRequest, UserId};

use crate::failure::Failure;
use crate::operations::rooms::standing;
use crate::statements::searching::MOST_READ;
use crate::{Statements, StoredId};

use bound::Bound;
use room::SearchedRoom;

/// How many messages are read at once, where not every room is to be looked at.
const MESSAGES_AT_ONCE: usize = MOST_READ;

/// A page of the messages that a query finds, the newest first. Reads one moment.
pub fn search(
    connection: &mut impl Statements,
    viewer: &UserId,
    request: &SearchRequest,
) -> Result<Page<Found>, Failure> {
    let rows = match request.room_id {
        Some(room_id) => {
            standing(connection, room_id, viewer)?.admit()?;
            connection.indexed_room(room_id.into())?.into_iter().collect()
        }
        None => connection.indexed_rooms(viewer.as_str())?,
    };
    let bound = Bound::of(request);
    let mut rooms: Vec<SearchedRoom> = rows.into_iter().map(SearchedRoom::new).collect();
    bound.leave_out_newer_shelves(connection, &mut rooms)?;
    let wanted = request.query.wanted();
    let mut found = Vec::new();
    while found.len() <= request.size.get() {
        let newest = newest(&rooms);
        let mut open: Vec<&mut SearchedRoom> =
            rooms.iter_mut().filter(|room| room.may_be_above(newest)).collect();
        if open.is_empty() {
            let Some(next) = take_newest(&mut rooms) else { break };
            found.push(next);
            continue;
        }
        candidates::look_up(connection, &wanted, &bound, &mut open)?;
        let each = (MESSAGES_AT_ONCE / open.len()).clamp(1, request.size.get() + 1);
        read(connection, request, each, &mut open)?;
    }
    Ok(Page::cut(found, request.size))
}

/// Reads the next messages that may be found in some rooms, so many of each.
fn read(
    connection: &mut impl Statements,
    request: &SearchRequest,
    each: usize,
    rooms: &mut [&mut SearchedRoom],
) -> Result<(), Failure> {
    let places: Vec<(StoredId, i64)> = rooms.iter_mut().flat_map(|room| room.take_candidates(each)).collect();
    let mut messages = Vec::with_capacity(places.len());
    for places in places.chunks(MOST_READ) {
        messages.extend(connection.messages_at_places(places)?);
    }
    // Within a union they come in no order, and the last place more than once.
    messages.sort_unstable_by_key(|(room_id, row)| (*room_id, row.seq));
    messages.dedup_by_key(|(room_id, row)| (*room_id, row.seq));
    for room in rooms {
        let first = messages.partition_point(|(room_id, _)| *room_id < room.id);
        let end = messages.partition_point(|(room_id, _)| *room_id <= room.id);
        for (_, row) in messages[first..end].iter().rev() {
            room.add(&request.query, row.clone())?;
        }
    }
    Ok(())
}

/// The newest message in hand.
fn newest(rooms: &[SearchedRoom]) -> Option<i64> {
    rooms.iter().filter_map(SearchedRoom::newest).map(|place| place.sent_at.as_millis()).max()
}

fn take_newest(rooms: &mut [SearchedRoom]) -> Option<Found> {
    rooms.iter_mut().max_by_key(|room| room.newest()).and_then(SearchedRoom::take)
}
