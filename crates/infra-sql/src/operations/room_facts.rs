use std::collections::BTreeSet;

use domain::facts::{InvitingFacts, Person, RoomFacts};
use domain::ports::{InvitationKey, RoomScope};
use domain::{Denial, Invitation, Message, MessageId, Room, RoomId, Seat, Stored, Timestamp, UserId};

use crate::events::EventRow;
use crate::failure::Failure;
use crate::operations::accounts::holdings;
use crate::rooms::person;
use crate::{Dialect, Statements};

/// Everything that a room's rules may look at, locked in the order that [`Dialect`] states.
pub(super) fn load(connection: &mut impl Dialect, scope: &RoomScope) -> Result<RoomFacts, Failure> {
    let room_id = scope.room_id;
    let room = connection.lock_room(room_id.into())?.ok_or(Denial::RoomNotFound)?;
    let people = people(connection, scope)?;
    let person = |user_id: &UserId| people.iter().find(|person| person.user_id == *user_id).cloned();
    let actor = person(&scope.actor).ok_or(Denial::SessionRevoked)?;
    let target = scope.target.as_ref().and_then(person);
    let invitation = match &scope.invitation {
        Some(key) => invitation(connection, key, room_id)?,
        None => None,
    };
    let message = match scope.message {
        Some(id) => message(connection, id, room_id)?,
        None => None,
    };
    let seats = connection.seats_of(room_id.into())?;
    let seats = seats.into_iter().map(Seat::try_from).collect::<Result<_, _>>()?;
    let inviting = match scope.inviting_at {
        Some(at) => inviting(connection, scope, at)?,
        None => InvitingFacts::default(),
    };
    Ok(RoomFacts { room: Room::from(room), seats, actor, target, invitation, message, inviting })
}

/// An account that has nothing to do with any room yet.
pub(super) fn creator(connection: &mut impl Dialect, user_id: &UserId) -> Result<Person, Failure> {
    let (account, coins) = connection.lock_account(user_id.as_str())?.ok_or(Denial::SessionRevoked)?;
    Ok(Person { holdings: holdings(connection, user_id)?, ..person((account, coins, None, None))? })
}

/// The people whom the change is about, as far as they have accounts.
fn people(connection: &mut impl Dialect, scope: &RoomScope) -> Result<Vec<Person>, Failure> {
    let in_order: BTreeSet<&UserId> = scope.target.iter().chain([&scope.actor]).collect();
    let mut people = Vec::with_capacity(in_order.len());
    for user_id in in_order {
        if let Some(row) = connection.lock_person(user_id.as_str(), scope.room_id.into())? {
            people.push(person(row)?);
        }
    }
    if scope.counts_holdings {
        for person in &mut people {
            person.holdings = holdings(connection, &person.user_id)?;
        }
    }
    Ok(people)
}

/// What inviting depends on. The locks of the room and of both people keep it so.
fn inviting(
    connection: &mut impl Statements,
    scope: &RoomScope,
    at: Timestamp,
) -> Result<InvitingFacts, Failure> {
    let invitees = connection.open_invitees(scope.room_id.into(), at.as_millis())?;
    let open_to = invitees.into_iter().map(UserId::stored).collect();
    let blocked_by_target = match &scope.target {
        Some(target) => connection.block(target.as_str(), scope.actor.as_str())?.is_some(),
        None => false,
    };
    Ok(InvitingFacts { open_to, blocked_by_target })
}

fn invitation(
    connection: &mut impl Dialect,
    key: &InvitationKey,
    room_id: RoomId,
) -> Result<Option<Invitation>, Failure> {
    let row = match key {
        InvitationKey::Id(id) => connection.lock_invitation((*id).into())?,
        InvitationKey::Token(hash) => connection.lock_invitation_by_token(&hash.0)?,
    };
    let invitation = row.map(Invitation::try_from).transpose()?;
    Ok(invitation.filter(|invitation| invitation.room_id == room_id))
}

fn message(
    connection: &mut impl Statements,
    id: MessageId,
    room_id: RoomId,
) -> Result<Option<Message>, Failure> {
    let message = connection.message(id.into())?.map(EventRow::message).transpose()?;
    Ok(message.filter(|message| message.room_id == room_id))
}
