use domain::change::RoomChange;
use domain::{Event, EventKind, RoomId, Seq, UserId};

use crate::admin::AdminRecordRow;
use crate::events::{ErasedMessageRow, EventData, EventRow, PostedData, RecountedMentionRow};
use crate::failure::{Failure, done, exactly_one, is_taken};
use crate::operations::{coins, last_messages};
use crate::rooms::{BanRow, InvitationRow, ParticipantRow, RoomRow, RoomUpdate, SeatRow};
use crate::tally::Tally;
use crate::{Dialect, Statements, StoredId};

/// The event that a change is, or that follows it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Following {
    /// Its place in the log.
    pub(super) seq: Seq,
    /// Whether mentions are counted again because of it.
    pub(super) recounts: bool,
}

/// Applies one change of a room.
pub(super) fn apply(
    connection: &mut impl Dialect,
    room_id: RoomId,
    change: &RoomChange,
    following: Following,
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
        RoomChange::ReviseMessage { seq, body, mentions, revision, at } => {
            return revise(connection, id, seq.0, |data| data.revised(body, mentions, *revision, *at));
        }
        RoomChange::SetReactions { seq, reactions } => {
            return revise(connection, id, seq.0, |data| data.reacted_to(reactions));
        }
        RoomChange::EraseMessage { seq } => return revise(connection, id, seq.0, PostedData::erased),
        RoomChange::MarkRead { user_id, seq } => {
            let marked = connection.set_read_seq(id, user_id.as_str(), seq.0)?;
            return exactly_one(marked, "a member who reads holds a seat");
        }
        RoomChange::Record(record) => return done(connection.insert_record(&AdminRecordRow::from(record))),
        RoomChange::RecountMentions { seq, of } => {
            let row = |(user_id, mentioned): &(UserId, bool)| RecountedMentionRow {
                room_id: id,
                user_id: user_id.to_string(),
                seq: seq.0,
                event_seq: following.seq.0,
                mentioned: *mentioned,
            };
            let recounted: Vec<_> = of.iter().map(row).collect();
            return done(connection.insert_recounted_mentions(&recounted));
        }
        RoomChange::Append(event) => return append(connection, event, following.recounts),
    };
    exactly_one(connection.update_room(id, &columns)?, "a room that is changed is there")
}

/// Changes what a message says.
fn revise(
    connection: &mut impl Statements,
    room_id: StoredId,
    seq: i64,
    change: impl FnOnce(PostedData) -> PostedData,
) -> Result<(), Failure> {
    let missing = Failure::ConflictingChange("a message that is changed is there");
    let data = connection.event(room_id, seq)?.ok_or(missing)?.posted_data()?;
    let changed = EventData::Posted(change(data)).write();
    exactly_one(connection.set_event_data(room_id, seq, &changed)?, "a message that is changed is there")
}

/// Adds an event to its room's log. It is none that posts a message, so it has only its place in common with
/// another, and says which message is the last one from now on.
fn append(connection: &mut impl Statements, event: &Event, recounts: bool) -> Result<(), Failure> {
    let room_id = event.room_id.into();
    let (before, mentions, last) = match connection.head(room_id)? {
        None if event.seq == Seq::ZERO.next() => (Tally::default(), None, 0),
        Some((head, last)) if head.seq + 1 == event.seq.0 => {
            (head.tally, head.mention_tally, last.unwrap_or(head.seq))
        }
        _ => return Err(Failure::HeadMoved),
    };
    let last = match &event.kind {
        EventKind::MessageDeleted(message) if message.seq.0 == last => {
            last_messages::newest_below(connection, room_id, last)?
        }
        _ => last,
    };
    let mentions = if recounts { Some(mentions.unwrap_or_default().recounting()) } else { mentions };
    let row = EventRow {
        last_message_seq: Some(last),
        ..EventRow::new(event, before.after(event.kind.as_str(), None), mentions)
    };
    match connection.insert_event(&row) {
        Err(error) if is_taken(&error) => return Err(Failure::HeadMoved),
        inserted => done(inserted)?,
    }
    match &event.kind {
        EventKind::MessageDeleted(message) => done(connection.insert_erased_message(&ErasedMessageRow {
            room_id,
            seq: message.seq.0,
            sender_id: message.sender_id.to_string(),
            deletion_seq: event.seq.0,
        })),
        _ => Ok(()),
    }
}
