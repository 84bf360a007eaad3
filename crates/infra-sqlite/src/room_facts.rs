use diesel::prelude::*;
use domain::facts::{Person, RoomFacts};
use domain::ports::{InvitationKey, RoomScope};
use domain::{Denial, Invitation, Message, MessageId, Room, RoomId, Seat, UserId};
use infra_sql::accounts::{self, AccountRow, PersonRow};
use infra_sql::coins::CoinAccountRow;
use infra_sql::events::{self, EventRow};
use infra_sql::rooms::{self, InvitationRow, RoomRow, SeatRow};

use crate::errors::Failure;

/// Everything that a room's rules may look at.
pub(crate) fn load(connection: &mut SqliteConnection, scope: &RoomScope) -> Result<RoomFacts, Failure> {
    let room = find(connection, scope.room_id)?.ok_or(Denial::RoomNotFound)?;
    let seats = rooms::seats_of(scope.room_id.into()).load::<SeatRow>(connection)?;
    let actor = person(connection, &scope.actor, scope.room_id)?.ok_or(Denial::SessionRevoked)?;
    let target = match &scope.target {
        Some(user_id) => person(connection, user_id, scope.room_id)?,
        None => None,
    };
    let invitation = match &scope.invitation {
        Some(key) => invitation(connection, key, scope.room_id)?,
        None => None,
    };
    let message = match scope.message {
        Some(id) => message(connection, id, scope.room_id)?,
        None => None,
    };
    let seats = seats.into_iter().map(Seat::try_from).collect::<Result<_, _>>()?;
    Ok(RoomFacts { room, seats, actor, target, invitation, message })
}

/// The room, closed or not.
pub(crate) fn find(connection: &mut SqliteConnection, room_id: RoomId) -> Result<Option<Room>, Failure> {
    let row = rooms::room(room_id.into()).first::<RoomRow>(connection).optional()?;
    Ok(row.map(Room::try_from).transpose()?)
}

/// An account that has nothing to do with any room yet.
pub(crate) fn creator(connection: &mut SqliteConnection, user_id: &UserId) -> Result<Person, Failure> {
    let row =
        accounts::living(user_id.as_str()).first::<(AccountRow, CoinAccountRow)>(connection).optional()?;
    let (account, coins) = row.ok_or(Denial::SessionRevoked)?;
    Ok(accounts::person((account, coins, None, None))?)
}

fn person(
    connection: &mut SqliteConnection,
    user_id: &UserId,
    room_id: RoomId,
) -> Result<Option<Person>, Failure> {
    let row =
        accounts::in_room(user_id.as_str(), room_id.into()).first::<PersonRow>(connection).optional()?;
    Ok(row.map(accounts::person).transpose()?)
}

fn invitation(
    connection: &mut SqliteConnection,
    key: &InvitationKey,
    room_id: RoomId,
) -> Result<Option<Invitation>, Failure> {
    let row: Option<InvitationRow> = match key {
        InvitationKey::Id(id) => rooms::invitation((*id).into()).first(connection).optional()?,
        InvitationKey::Token(hash) => rooms::invitation_by_token(&hash.0).first(connection).optional()?,
    };
    let invitation = row.map(Invitation::try_from).transpose()?;
    Ok(invitation.filter(|invitation| invitation.room_id == room_id))
}

fn message(
    connection: &mut SqliteConnection,
    id: MessageId,
    room_id: RoomId,
) -> Result<Option<Message>, Failure> {
    let row: Option<EventRow> = events::message(id.into()).first(connection).optional()?;
    let message = row.map(|row| row.message()).transpose()?;
    Ok(message.filter(|message| message.room_id == room_id))
}
