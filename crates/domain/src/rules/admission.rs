//! Who gets a seat, and at what price (docs/protocol.md, Seats to Order of refusals).

use crate::change::RoomChange;
use crate::facts::{Person, RoomFacts};
use crate::rules::{Verdict, quotas};
use crate::{
    CoinAccount, Coins, Denial, Event, EventKind, Invitation, InvitationStatus, JoinTerms, JoinedAs,
    PasswordHash, Prime, Receipt, Room, RoomRevision, Timestamp, Transfer, TransferId, TransferReason,
};

/// What somebody presents to be let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Credential {
    /// A password, found to fit this hash before the room was locked, for comparing takes long.
    Password {
        /// The hash, which was the room's.
        fits: PasswordHash,
        /// The hash to take that one's place, if it is outdated.
        renewed: Option<PasswordHash>,
    },
    /// The token of the invitation in the facts.
    Invitation,
}

/// Creates a room. Its creator owns it and holds the first seat, which is not a join.
pub fn create_room(creator: &Person, room: &Room, now: Timestamp) -> Verdict<RoomChange> {
    admit_creator(creator.prime, now)?;
    quotas::admit_owner(creator.holdings)?;
    quotas::admit_seat(creator.holdings)?;
    let user_id = &creator.user_id;
    let event = Event {
        room_id: room.id,
        seq: room.head_seq.next(),
        actor: user_id.clone(),
        at: now,
        kind: EventKind::MemberJoined { user_id: user_id.clone() },
    };
    Ok(vec![
        RoomChange::Open(room.clone()),
        RoomChange::TakeSeat {
            user_id: user_id.clone(),
            number: crate::SeatNumber::ALL[0],
            joined_as: JoinedAs::Creator,
            fee: Coins::ZERO,
            read_seq: event.seq,
            at: now,
        },
        RoomChange::Append(event),
    ])
}

/// Lets through those who may create rooms.
pub fn admit_creator(prime: Prime, now: Timestamp) -> Result<(), Denial> {
    if prime.is_active(now) { Ok(()) } else { Err(Denial::PrimeRequired) }
}

/// Keeps everybody from a room that has ended.
pub fn admit_to(room: &Room) -> Result<(), Denial> {
    if room.closed_at.is_none() { Ok(()) } else { Err(Denial::RoomClosed) }
}

/// Lets the actor in, or says why not, in the order that docs/protocol.md promises. Changes nothing for someone
/// who already sits there.
///
/// `transfer_id` names the payment, should there be one.
pub fn join(
    facts: &RoomFacts,
    credential: &Credential,
    transfer_id: TransferId,
    now: Timestamp,
) -> Verdict<RoomChange> {
    let actor = &facts.actor;
    let is_seated = facts.seat_of(&actor.user_id).is_some();
    // Somebody else's token looks like one that never existed, also when its room has been closed.
    if *credential == Credential::Invitation {
        own_invitation(facts)?;
    }
    admit_to(&facts.room)?;
    check_credential(facts, credential, is_seated, now)?;
    if actor.banned {
        return Err(Denial::Banned);
    }
    if is_seated {
        return Ok(Vec::new());
    }
    let number = facts.free_seat().ok_or(Denial::RoomFull)?;
    if facts.room.locked {
        return Err(Denial::RoomLocked);
    }
    quotas::admit_seat(actor.holdings)?;
    let terms = join_terms(actor.history, actor.prime, actor.free_join_used, now);
    let (joined_as, fee) = (terms.joined_as(), terms.fee());
    afford(actor.avail_coins, fee)?;

    let event = facts.next_event(EventKind::MemberJoined { user_id: actor.user_id.clone() }, now);
    let mut changes = vec![RoomChange::TakeSeat {
        user_id: actor.user_id.clone(),
        number,
        joined_as,
        fee,
        read_seq: event.seq,
        at: now,
    }];
    if joined_as == JoinedAs::Free && !actor.free_join_used {
        changes.push(RoomChange::UseFreeJoin { user_id: actor.user_id.clone() });
    }
    if fee > Coins::ZERO {
        changes.push(RoomChange::Transfer(Transfer {
            id: transfer_id,
            from: CoinAccount::Member(actor.user_id.clone()),
            to: CoinAccount::House,
            amount: fee,
            reason: TransferReason::JoinFee,
            room_id: Some(facts.room.id),
            at: now,
        }));
    }
    match (credential, &facts.invitation) {
        (Credential::Invitation, Some(invitation)) => {
            changes.push(RoomChange::UseInvitation { id: invitation.id, at: now });
        }
        // The password stays the same, so it is no event.
        (Credential::Password { renewed: Some(renewed), .. }, _) => {
            changes.push(RoomChange::Revise(RoomRevision::of_password(renewed.clone())));
        }
        _ => {}
    }
    changes.push(RoomChange::Append(event));
    Ok(changes)
}

/// The receipt for what [`join`] decided: the same for a seat taken now and for one held already.
pub fn receipt(facts: &RoomFacts, changes: &[RoomChange]) -> Receipt {
    let taken_now = changes.iter().find_map(|change| match change {
        RoomChange::TakeSeat { fee, .. } => Some(*fee),
        _ => None,
    });
    let held = facts.seat_of(&facts.actor.user_id).map(|seat| seat.fee);
    let balance = facts.actor.avail_coins;
    Receipt {
        room_id: facts.room.id,
        fee: taken_now.or(held).unwrap_or_default(),
        avail_coins: taken_now.and_then(|fee| balance.checked_sub(fee)).unwrap_or(balance),
        already_member: taken_now.is_none(),
    }
}

fn check_credential(
    facts: &RoomFacts,
    credential: &Credential,
    is_seated: bool,
    now: Timestamp,
) -> Result<(), Denial> {
    match credential {
        // A password that fits a hash which has since been replaced is the old password.
        Credential::Password { fits, .. } if *fits == facts.room.password_hash => Ok(()),
        Credential::Password { .. } => Err(Denial::WrongRoomPassword),
        Credential::Invitation => {
            match own_invitation(facts)?.status(now) {
                InvitationStatus::Open => Ok(()),
                // A member who has used it asks again because the answer was lost.
                InvitationStatus::Used if is_seated => Ok(()),
                InvitationStatus::Used => Err(Denial::InvitationUsed),
                InvitationStatus::Revoked => Err(Denial::InvitationRevoked),
                InvitationStatus::Expired => Err(Denial::InvitationExpired),
            }
        }
    }
}

/// The invitation that was presented, if it was made for the one who presents it.
fn own_invitation(facts: &RoomFacts) -> Result<&Invitation, Denial> {
    facts
        .invitation
        .as_ref()
        .filter(|invitation| invitation.invitee_id == facts.actor.user_id)
        .ok_or(Denial::InvitationInvalid)
}

/// On which terms somebody would take a seat in a room, given how they last came into it.
pub fn join_terms(
    history: Option<JoinedAs>,
    prime: Prime,
    free_join_used: bool,
    now: Timestamp,
) -> JoinTerms {
    match history {
        Some(joined_as @ (JoinedAs::Prime | JoinedAs::Free | JoinedAs::Paid)) => {
            JoinTerms::Returning(joined_as)
        }
        // Making a room was no join.
        Some(JoinedAs::Creator) | None if prime.is_active(now) => JoinTerms::Prime,
        Some(JoinedAs::Creator) | None if free_join_used => JoinTerms::FurtherJoin,
        Some(JoinedAs::Creator) | None => JoinTerms::FirstJoin,
    }
}

fn afford(available: Coins, required: Coins) -> Result<(), Denial> {
    match available.checked_sub(required) {
        Some(_) => Ok(()),
        None => {
            Err(Denial::InsufficientCoins { required, available, shortfall: available.shortfall(required) })
        }
    }
}

#[cfg(test)]
mod tests;
