use domain::change::RoomChange;
use domain::{Event, RoomId, Timestamp};

use crate::admin::AdminRecordRow;
use crate::events::EventRow;
use crate::failure::{Failure, exactly_one};
use crate::operations::coins;
use crate::rooms::{BanRow, InvitationRow, ParticipantRow, RoomRow, SeatRow};
use crate::{Dialect, Statements};

const ROOM: &str = "a room that is changed is there";

/// Applies one change of a room.
pub(super) fn apply(
    connection: &mut impl Dialect,
    room_id: RoomId,
    change: &RoomChange,
) -> Result<(), Failure> {
    let id = room_id.into();
    match change {
        RoomChange::Open(room) => {
            connection.insert_room(&RoomRow::from(room))?;
            Ok(())
        }
        RoomChange::TakeSeat { user_id, number, joined_as, fee, read_seq, at } => {
            connection.put_participant(&ParticipantRow {
                room_id: id,
                user_id: user_id.to_string(),
                joined_as: joined_as.as_str().to_owned(),
                first_joined_at: at.as_millis(),
            })?;
            connection.insert_seat(&SeatRow {
                room_id: id,
                number: number.get().into(),
                user_id: user_id.to_string(),
                joined_at: at.as_millis(),
                fee: fee.get(),
                read_seq: read_seq.0,
            })?;
            Ok(())
        }
        RoomChange::UseFreeJoin { user_id } => {
            exactly_one(connection.use_free_join(user_id.as_str(), id)?, "a free join is used once")
        }
        RoomChange::Transfer(transfer) => coins::transfer(connection, transfer),
        RoomChange::VacateSeat { user_id } => {
            exactly_one(connection.delete_seat(id, user_id.as_str())?, "whoever leaves a seat holds it")
        }
        RoomChange::Ban { user_id, at } => {
            let ban = BanRow { room_id: id, user_id: user_id.to_string(), banned_at: at.as_millis() };
            connection.insert_ban(&ban)?;
            Ok(())
        }
        RoomChange::LiftBan { user_id } => {
            exactly_one(connection.delete_ban(id, user_id.as_str())?, "a ban that is lifted is there")
        }
        RoomChange::Rename(name) => exactly_one(connection.set_room_name(id, name.as_str())?, ROOM),
        RoomChange::SetPassword(hash) => exactly_one(connection.set_room_password(id, hash.expose())?, ROOM),
        RoomChange::SetLocked(locked) => exactly_one(connection.set_locked(id, *locked)?, ROOM),
        RoomChange::SetOwner(owner_id) => exactly_one(connection.set_owner(id, owner_id.as_str())?, ROOM),
        RoomChange::Close { at } => close(connection, room_id, *at),
        RoomChange::Invite(invitation) => {
            connection.insert_invitation(&InvitationRow::from(invitation))?;
            Ok(())
        }
        RoomChange::UseInvitation { id, at } => {
            let used = connection.use_invitation((*id).into(), at.as_millis())?;
            exactly_one(used, "an invitation is used once")
        }
        RoomChange::RevokeInvitation { id, at } => {
            let revoked = connection.revoke_invitation((*id).into(), at.as_millis())?;
            exactly_one(revoked, "an invitation that is taken back is there")
        }
        RoomChange::ReviseMessage { seq, body, revision, at } => {
            let revised = connection.revise_message(id, seq.0, body.as_str(), *revision, at.as_millis())?;
            exactly_one(revised, "a message that is edited is there")
        }
        RoomChange::EraseMessage { seq } => {
            exactly_one(connection.erase_message(id, seq.0)?, "a message that is deleted is there")
        }
        RoomChange::MarkRead { user_id, seq } => {
            let marked = connection.set_read_seq(id, user_id.as_str(), seq.0)?;
            exactly_one(marked, "whoever reads holds a seat")
        }
        RoomChange::Record(record) => {
            connection.insert_record(&AdminRecordRow::from(record))?;
            Ok(())
        }
        RoomChange::Append(event) => append(connection, event),
    }
}

/// Adds an event to its room's log and moves the room's head to it.
pub(super) fn append(connection: &mut impl Statements, event: &Event) -> Result<(), Failure> {
    connection.insert_event(&EventRow::from(event))?;
    let moved = connection.move_head(event.room_id.into(), event.seq.0)?;
    exactly_one(moved, "an event follows its room's head")
}

fn close(connection: &mut impl Statements, room_id: RoomId, at: Timestamp) -> Result<(), Failure> {
    exactly_one(connection.set_closed(room_id.into(), at.as_millis())?, ROOM)?;
    connection.delete_seats_of(room_id.into())?;
    connection.revoke_invitations_of_room(room_id.into(), at.as_millis())?;
    Ok(())
}
