use domain::change::RoomChange;
use domain::{Event, RoomId};

use crate::admin::AdminRecordRow;
use crate::events::EventRow;
use crate::failure::{Failure, done, exactly_one, is_taken};
use crate::operations::coins;
use crate::rooms::{BanRow, InvitationRow, ParticipantRow, RoomRow, RoomUpdate, SeatRow};
use crate::{Dialect, Statements};

/// Applies one change of a room.
pub(super) fn apply(
    connection: &mut impl Dialect,
    room_id: RoomId,
    change: &RoomChange,
) -> Result<(), Failure> {
    let id = room_id.into();
    let columns = match change {
        RoomChange::Revise(revision) => RoomUpdate::from(revision),
        RoomChange::Close { at } => {
            connection.delete_seats_of(id)?;
            connection.revoke_invitations_of_room(id, at.as_millis())?;
            RoomUpdate { closed_at: Some(at.as_millis()), ..RoomUpdate::default() }
        }
        RoomChange::Open(room) => return done(connection.insert_room(&RoomRow::from(room))),
        RoomChange::TakeSeat { user_id, number, joined_as, fee, read_seq, at } => {
            connection.put_participant(&ParticipantRow {
                room_id: id,
                user_id: user_id.to_string(),
                joined_as: joined_as.as_str().to_owned(),
                first_joined_at: at.as_millis(),
            })?;
            return done(connection.insert_seat(&SeatRow {
                room_id: id,
                number: number.get().into(),
                user_id: user_id.to_string(),
                joined_at: at.as_millis(),
                fee: fee.get(),
                read_seq: read_seq.0,
            }));
        }
        RoomChange::UseFreeJoin { user_id } => {
            let used = connection.use_free_join(user_id.as_str(), id)?;
            return exactly_one(used, "a free join is used once");
        }
        RoomChange::Transfer(transfer) => return coins::transfer(connection, transfer),
        RoomChange::VacateSeat { user_id } => {
            let vacated = connection.delete_seat(id, user_id.as_str())?;
            return exactly_one(vacated, "a seat that becomes free was taken");
        }
        RoomChange::Ban { user_id, at } => {
            let ban = BanRow { room_id: id, user_id: user_id.to_string(), banned_at: at.as_millis() };
            return done(connection.insert_ban(&ban));
        }
        RoomChange::LiftBan { user_id } => {
            let lifted = connection.delete_ban(id, user_id.as_str())?;
            return exactly_one(lifted, "a ban that is lifted is there");
        }
        RoomChange::Invite(invitation) => {
            return done(connection.insert_invitation(&InvitationRow::from(invitation)));
        }
        RoomChange::UseInvitation { id, at } => {
            let used = connection.use_invitation((*id).into(), at.as_millis())?;
            return exactly_one(used, "an invitation is used once");
        }
        RoomChange::RevokeInvitation { id, at } => {
            let revoked = connection.revoke_invitation((*id).into(), at.as_millis())?;
            return exactly_one(revoked, "an invitation that is taken back is there");
        }
        RoomChange::ReviseMessage { seq, body, revision, at } => {
            let revised = connection.revise_message(id, seq.0, body.as_str(), *revision, at.as_millis())?;
            return exactly_one(revised, "a message that is edited is there");
        }
        RoomChange::EraseMessage { seq } => {
            let erased = connection.erase_message(id, seq.0)?;
            return exactly_one(erased, "a message that is deleted is there");
        }
        RoomChange::MarkRead { user_id, seq } => {
            let marked = connection.set_read_seq(id, user_id.as_str(), seq.0)?;
            return exactly_one(marked, "a member who reads holds a seat");
        }
        RoomChange::Record(record) => return done(connection.insert_record(&AdminRecordRow::from(record))),
        RoomChange::Append(event) => return append(connection, event),
    };
    exactly_one(connection.update_room(id, &columns)?, "a room that is changed is there")
}

/// Adds an event to its room's log. It is none that posts a message, so it has only its place in common with
/// another.
fn append(connection: &mut impl Statements, event: &Event) -> Result<(), Failure> {
    match connection.insert_event(&EventRow::from(event)) {
        Err(error) if is_taken(&error) => Err(Failure::HeadMoved),
        inserted => done(inserted),
    }
}
