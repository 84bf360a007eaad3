use diesel::prelude::*;
use domain::change::RoomChange;
use domain::{Event, InvitationId, Room, RoomId, Seq, Timestamp, UserId};
use infra_sql::StoredId;
use infra_sql::events::{self, EventRow};
use infra_sql::rooms::{self, BanRow, InvitationRow, ParticipantRow, RoomRow, SeatRow};
use infra_sql::schema::{
    accounts as accounts_table, bans, events as events_table, invitations, participants,
    rooms as rooms_table, seats,
};

use crate::coins;
use crate::errors::{Failure, exactly_one};

/// Applies one change of a room.
pub(crate) fn apply(
    connection: &mut SqliteConnection,
    room_id: RoomId,
    change: &RoomChange,
) -> Result<(), Failure> {
    let room = rooms::room(room_id.into());
    match change {
        RoomChange::Open(room) => open(connection, room),
        RoomChange::TakeSeat { user_id, number, joined_as, fee, read_seq, at } => {
            let participant = ParticipantRow {
                room_id: room_id.into(),
                user_id: user_id.to_string(),
                joined_as: joined_as.as_str().to_owned(),
                first_joined_at: at.as_millis(),
            };
            let seat = SeatRow {
                room_id: room_id.into(),
                number: number.get().into(),
                user_id: user_id.to_string(),
                joined_at: at.as_millis(),
                fee: fee.get(),
                read_seq: read_seq.0,
            };
            take_seat(connection, &participant, &seat)
        }
        RoomChange::UseFreeJoin { user_id } => use_free_join(connection, room_id, user_id),
        RoomChange::Transfer(transfer) => coins::transfer(connection, transfer),
        RoomChange::VacateSeat { user_id } => {
            let seat = rooms::seat_of(room_id.into(), user_id.as_str());
            exactly_one(diesel::delete(seat).execute(connection)?, "whoever leaves a seat holds it")
        }
        RoomChange::Ban { user_id, at } => ban(connection, room_id, user_id, *at),
        RoomChange::LiftBan { user_id } => {
            let ban = rooms::ban(room_id.into(), user_id.as_str());
            exactly_one(diesel::delete(ban).execute(connection)?, "a ban that is lifted is there")
        }
        RoomChange::Rename(name) => {
            let set = diesel::update(room).set(rooms_table::name.eq(name.as_str()));
            exactly_one(set.execute(connection)?, ROOM)
        }
        RoomChange::SetPassword(hash) => {
            let set = diesel::update(room).set(rooms_table::password_hash.eq(hash.expose()));
            exactly_one(set.execute(connection)?, ROOM)
        }
        RoomChange::SetLocked(locked) => {
            let set = diesel::update(room).set(rooms_table::locked.eq(*locked));
            exactly_one(set.execute(connection)?, ROOM)
        }
        RoomChange::SetOwner(owner_id) => {
            let set = diesel::update(room).set(rooms_table::owner_id.eq(owner_id.as_str()));
            exactly_one(set.execute(connection)?, ROOM)
        }
        RoomChange::Close { at } => close(connection, room_id, *at),
        RoomChange::Invite(invitation) => {
            let row = InvitationRow::from(invitation);
            diesel::insert_into(invitations::table).values(row).execute(connection)?;
            Ok(())
        }
        RoomChange::UseInvitation { id, at } => use_invitation(connection, *id, *at),
        RoomChange::RevokeInvitation { id, at } => {
            let set = diesel::update(rooms::invitation((*id).into()))
                .set(invitations::revoked_at.eq(at.as_millis()));
            exactly_one(set.execute(connection)?, "an invitation that is taken back is there")
        }
        RoomChange::ReviseMessage { seq, body, revision, at } => {
            let set = diesel::update(events::event(room_id.into(), seq.0)).set((
                events_table::body.eq(body.as_str()),
                events_table::revision.eq(*revision),
                events_table::edited_at.eq(at.as_millis()),
            ));
            exactly_one(set.execute(connection)?, "a message that is edited is there")
        }
        RoomChange::EraseMessage { seq } => erase_message(connection, room_id, *seq),
        RoomChange::MarkRead { user_id, seq } => {
            let set = diesel::update(rooms::seat_of(room_id.into(), user_id.as_str()))
                .set(seats::read_seq.eq(seq.0));
            exactly_one(set.execute(connection)?, "whoever reads holds a seat")
        }
        RoomChange::Append(event) => append(connection, event),
    }
}

const ROOM: &str = "a room that is changed is there";

/// Adds an event to its room's log and moves the room's head to it.
pub(crate) fn append(connection: &mut SqliteConnection, event: &Event) -> Result<(), Failure> {
    diesel::insert_into(events_table::table).values(EventRow::from(event)).execute(connection)?;
    let moved = diesel::update(rooms::room(event.room_id.into()))
        .filter(rooms_table::head_seq.eq(event.seq.0 - 1))
        .set(rooms_table::head_seq.eq(event.seq.0));
    exactly_one(moved.execute(connection)?, "an event follows its room's head")
}

fn open(connection: &mut SqliteConnection, room: &Room) -> Result<(), Failure> {
    diesel::insert_into(rooms_table::table).values(RoomRow::from(room)).execute(connection)?;
    Ok(())
}

fn take_seat(
    connection: &mut SqliteConnection,
    participant: &ParticipantRow,
    seat: &SeatRow,
) -> Result<(), Failure> {
    diesel::insert_into(participants::table)
        .values(participant)
        .on_conflict((participants::room_id, participants::user_id))
        .do_update()
        .set(participants::joined_as.eq(&participant.joined_as))
        .execute(connection)?;
    diesel::insert_into(seats::table).values(seat).execute(connection)?;
    Ok(())
}

fn use_free_join(
    connection: &mut SqliteConnection,
    room_id: RoomId,
    user_id: &UserId,
) -> Result<(), Failure> {
    let unused = accounts_table::table
        .filter(accounts_table::user_id.eq(user_id.as_str()))
        .filter(accounts_table::free_join_room_id.is_null());
    let set = diesel::update(unused).set(accounts_table::free_join_room_id.eq(StoredId::from(room_id)));
    exactly_one(set.execute(connection)?, "a free join is used once")
}

fn ban(
    connection: &mut SqliteConnection,
    room_id: RoomId,
    user_id: &UserId,
    at: Timestamp,
) -> Result<(), Failure> {
    let row = BanRow { room_id: room_id.into(), user_id: user_id.to_string(), banned_at: at.as_millis() };
    diesel::insert_into(bans::table).values(row).execute(connection)?;
    Ok(())
}

fn close(connection: &mut SqliteConnection, room_id: RoomId, at: Timestamp) -> Result<(), Failure> {
    let closed = diesel::update(rooms::room(room_id.into()))
        .set(rooms_table::closed_at.eq(at.as_millis()))
        .execute(connection)?;
    exactly_one(closed, ROOM)?;
    diesel::delete(seats::table.filter(seats::room_id.eq(StoredId::from(room_id)))).execute(connection)?;
    diesel::update(rooms::open_of_room(room_id.into(), at.as_millis()))
        .set(invitations::revoked_at.eq(at.as_millis()))
        .execute(connection)?;
    Ok(())
}

fn use_invitation(connection: &mut SqliteConnection, id: InvitationId, at: Timestamp) -> Result<(), Failure> {
    let set = diesel::update(rooms::invitation(id.into()))
        .filter(invitations::used_at.is_null())
        .set(invitations::used_at.eq(at.as_millis()));
    exactly_one(set.execute(connection)?, "an invitation is used once")
}

fn erase_message(connection: &mut SqliteConnection, room_id: RoomId, seq: Seq) -> Result<(), Failure> {
    let set = diesel::update(events::event(room_id.into(), seq.0))
        .set((events_table::body.eq(None::<String>), events_table::body_digest.eq(None::<Vec<u8>>)));
    exactly_one(set.execute(connection)?, "a message that is deleted is there")
}
