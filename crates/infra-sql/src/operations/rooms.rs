//! Rooms, and who sits in them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

use diesel::QueryResult;
use domain::change::RoomChange;
use domain::facts::{Person, RoomFacts};
use domain::ports::{Committed, Decide, RoomScope};
use domain::{
    Ban, Denial, Invitation, InvitationId, JoinedAs, Page, PageSize, Reading, Room, RoomId, RoomPlace,
    RoomSummary, RoomView, Seq, Standing, TokenHash, UserId, Withheld,
};

use crate::failure::Failure;
use crate::operations::last_messages;
use crate::operations::room_changes::{Following, apply};
use crate::operations::room_facts;
use crate::rooms::{ReadingRow, SeatRow, ShownRoom, StandingRow, ban, member};
use crate::statements::reading::{MOST_ROOMS, UnreadRange};
use crate::stored::Corrupt;
use crate::{Dialect, Statements, StoredId};

/// A room's log begins with the event that opens it.
const WITHOUT_LOG: Corrupt = Corrupt { column: "events.seq" };

/// Creates a room as `decide` says.
pub fn create(
    connection: &mut impl Dialect,
    creator: &UserId,
    decide: &Decide<Person, RoomChange>,
) -> Result<Committed<Person, RoomChange>, Failure> {
    let facts = room_facts::creator(connection, creator)?;
    let changes = decide(&facts)?;
    let Some(RoomChange::Open(room)) = changes.first() else {
        return Err(Failure::ConflictingChange("creating a room begins with opening it"));
    };
    apply_all(connection, room.id, Seq::ZERO, &changes)?;
    Ok(Committed { facts, changes })
}

/// Changes a room as `decide` says.
pub fn change(
    connection: &mut impl Dialect,
    scope: &RoomScope,
    decide: &Decide<RoomFacts, RoomChange>,
) -> Result<Committed<RoomFacts, RoomChange>, Failure> {
    let facts = room_facts::load(connection, scope)?;
    let changes = decide(&facts)?;
    apply_all(connection, scope.room_id, facts.room.head_seq, &changes)?;
    Ok(Committed { facts, changes })
}

/// Applies changes of a room whose log ends at `head`, and which takes events at its end only.
fn apply_all(
    connection: &mut impl Dialect,
    room_id: RoomId,
    mut head: Seq,
    changes: &[RoomChange],
) -> Result<(), Failure> {
    let recounts = changes.iter().any(|change| matches!(change, RoomChange::RecountMentions { .. }));
    for change in changes {
        let following = Following { seq: head.next(), recounts };
        if let RoomChange::Append(event) = change {
            if event.seq != following.seq {
                return Err(Failure::ConflictingChange("an event follows its room's head"));
            }
            head = event.seq;
        }
        apply(connection, room_id, change, following)?;
    }
    Ok(())
}

/// The room, closed or not.
pub fn find(connection: &mut impl Statements, room_id: RoomId) -> Result<Option<Room>, Failure> {
    Ok(connection.room(room_id.into())?.map(Room::from))
}

/// The room that an invitation with this token opens.
pub fn find_invited(connection: &mut impl Statements, token: TokenHash) -> Result<Option<RoomId>, Failure> {
    Ok(connection.invitation_by_token(&token.0)?.map(|row| RoomId(row.room_id.0)))
}

/// How somebody stands to a room.
pub fn standing(
    connection: &mut impl Statements,
    room_id: RoomId,
    user_id: &UserId,
) -> Result<Standing, Failure> {
    let row = connection.standing(room_id.into(), user_id.as_str())?;
    Ok(row.as_ref().map_or(Standing::Stranger, StandingRow::standing))
}

/// How somebody last came into a room, if they ever sat there.
pub fn joined_as(
    connection: &mut impl Statements,
    room_id: RoomId,
    user_id: &UserId,
) -> Result<Option<JoinedAs>, Failure> {
    let row = connection.participant(room_id.into(), user_id.as_str())?;
    Ok(row.map(|row| row.joined_as()).transpose()?)
}

/// A room with its members, as `viewer` sees it. Reads one moment.
pub fn view(connection: &mut impl Statements, room_id: RoomId, viewer: &UserId) -> Result<RoomView, Failure> {
    standing(connection, room_id, viewer)?.admit()?;
    let room = find(connection, room_id)?.ok_or(Denial::RoomNotFound)?;
    let rows = connection.members_of(room_id.into())?;
    let members = rows.into_iter().map(member).collect::<Result<Vec<_>, _>>()?;
    let own = members.iter().find(|member| member.user_id == *viewer);
    let behind = own.filter(|member| member.read_seq < room.head_seq).map(|_| room_id);
    let unread = reading(connection, viewer, behind.as_slice())?;
    let (last_event_at, last_message) = last_messages::of(connection, &[(room_id.into(), room.head_seq.0)])?
        .remove(&room_id)
        .ok_or(WITHOUT_LOG)?;
    let summary = RoomSummary {
        room: room.withholding_password(),
        seats_taken: members.len(),
        read_seq: own.map(|member| member.read_seq).unwrap_or_default(),
        unread: unread.first().map_or(0, |reading| reading.unread),
        unread_mentions: unread.first().map_or(0, |reading| reading.unread_mentions),
        last_event_at,
        last_message,
    };
    Ok(RoomView { summary, members })
}

/// A page of the rooms in which somebody sits. Reads one moment.
pub fn of_member(
    connection: &mut impl Statements,
    user_id: &UserId,
    after: Option<RoomPlace>,
    size: PageSize,
) -> Result<Page<RoomSummary>, Failure> {
    let before = after.map_or((i64::MAX, StoredId::HIGHEST), |place| {
        (place.last_event_at.as_millis(), place.room_id.into())
    });
    // A quota bounds them, and no row but the log tells their order.
    let mut held = connection.seats_held(user_id.as_str())?;
    let place = |(seat, _, at): &(SeatRow, ShownRoom, Option<i64>)| (at.unwrap_or_default(), seat.room_id);
    held.retain(|row| place(row) < before);
    held.sort_unstable_by_key(|row| Reverse(place(row)));
    let page = Page::cut(held, size).map(|(seat, room, _)| (seat, room));
    if page.items.is_empty() {
        return Ok(Page { items: Vec::new(), has_more: false });
    }
    let heads = page.items.iter().map(|(seat, room)| (seat.room_id, room.head_seq.unwrap_or_default()));
    let heads: Vec<(StoredId, i64)> = heads.collect();
    let ids: Vec<StoredId> = heads.iter().map(|(room_id, _)| *room_id).collect();
    let mut taken = counts(connection.seats_taken(&ids)?);
    let mut last = last_messages::of(connection, &heads)?;
    let behind: Vec<RoomId> = page
        .items
        .iter()
        .filter(|(seat, room)| Some(seat.read_seq) < room.head_seq)
        .map(|(seat, _)| RoomId(seat.room_id.0))
        .collect();
    let unread = reading(connection, user_id, &behind)?;
    let unread: HashMap<RoomId, Reading> =
        unread.into_iter().map(|reading| (reading.room_id, reading)).collect();
    let items = page
        .items
        .into_iter()
        .map(|(seat, row)| {
            let room = Room::<Withheld>::from(row);
            let (last_event_at, last_message) = last.remove(&room.id).ok_or(WITHOUT_LOG)?;
            Ok(RoomSummary {
                seats_taken: usize::try_from(taken.remove(&room.id).unwrap_or_default()).unwrap_or_default(),
                read_seq: Seq(seat.read_seq),
                unread: unread.get(&room.id).map_or(0, |reading| reading.unread),
                unread_mentions: unread.get(&room.id).map_or(0, |reading| reading.unread_mentions),
                last_event_at,
                last_message,
                room,
            })
        })
        .collect::<Result<_, Failure>>()?;
    Ok(Page { items, has_more: page.has_more })
}

/// The rooms in which somebody sits, newest first.
pub fn ids_of_member(connection: &mut impl Statements, user_id: &UserId) -> Result<Vec<RoomId>, Failure> {
    let ids = connection.rooms_sat_in(user_id.as_str())?;
    Ok(ids.into_iter().map(|id| RoomId(id.0)).collect())
}

/// How far somebody has read in those of some rooms in which they sit, the newest room first. Each is as of one
/// moment.
pub fn reading(
    connection: &mut impl Statements,
    user_id: &UserId,
    rooms: &[RoomId],
) -> Result<Vec<Reading>, Failure> {
    let ids: Vec<StoredId> = rooms.iter().copied().map(StoredId::from).collect();
    let mut found = BTreeMap::new();
    for ids in ids.chunks(MOST_ROOMS) {
        let rows = connection.reading(user_id.as_str(), ids)?;
        let range = |row: &ReadingRow| (row.room_id, row.read_seq, row.head_seq);
        let ranges: Vec<_> = rows.iter().filter(|row| row.has_deletions()).map(range).collect();
        let erased = counted(&ranges, |ranges| connection.erased(user_id.as_str(), ranges))?;
        let ranges: Vec<_> = rows.iter().filter(|row| row.has_recounts()).map(range).collect();
        let recounted = counted(&ranges, |ranges| connection.recounted(user_id.as_str(), ranges))?;
        for row in rows {
            let erased = erased.get(&row.room_id).copied().unwrap_or_default();
            let recounted = recounted.get(&row.room_id).copied().unwrap_or_default();
            found.insert(row.room_id, row.reading(erased, recounted)?);
        }
    }
    Ok(found.into_values().rev().collect())
}

/// What is counted in some rooms, by room; nothing is asked about none.
fn counted(
    ranges: &[UnreadRange],
    count: impl FnOnce(&[UnreadRange]) -> QueryResult<Vec<(Option<StoredId>, i64)>>,
) -> Result<HashMap<StoredId, i64>, Failure> {
    let counts = if ranges.is_empty() { Vec::new() } else { count(ranges)? };
    Ok(counts.into_iter().filter_map(|(room_id, count)| Some((room_id?, count))).collect())
}

/// A page of a room's invitations.
pub fn invitations(
    connection: &mut impl Statements,
    room_id: RoomId,
    after: Option<InvitationId>,
    size: PageSize,
) -> Result<Page<Invitation>, Failure> {
    let before = after.map_or(StoredId::HIGHEST, StoredId::from);
    let rows = connection.invitations_before(room_id.into(), before, size.and_one_more())?;
    let invitations = rows.into_iter().map(Invitation::try_from).collect::<Result<_, _>>()?;
    Ok(Page::cut(invitations, size))
}

/// A page of those who are banned from a room.
pub fn bans(
    connection: &mut impl Statements,
    room_id: RoomId,
    after: Option<&UserId>,
    size: PageSize,
) -> Result<Page<Ban>, Failure> {
    let rows =
        connection.bans_after(room_id.into(), after.map_or("", UserId::as_str), size.and_one_more())?;
    Ok(Page::cut(rows.into_iter().map(ban).collect::<Result<_, _>>()?, size))
}

fn counts(rows: Vec<(StoredId, i64)>) -> HashMap<RoomId, i64> {
    rows.into_iter().map(|(id, count)| (RoomId(id.0), count)).collect()
}
