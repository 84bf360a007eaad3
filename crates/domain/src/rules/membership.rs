//! What every member may do with their own seat.

use crate::change::RoomChange;
use crate::facts::RoomFacts;
use crate::rules::Verdict;
use crate::{Denial, Event, EventKind, Seq, Timestamp};

/// Gives up the actor's seat. An owner hands the room over or closes it first.
pub fn leave(facts: &RoomFacts, now: Timestamp) -> Verdict<RoomChange> {
    facts.standing().admit()?;
    let user_id = facts.actor.user_id.clone();
    if facts.room.owner_id == user_id {
        return Err(Denial::OwnerMustHandOver);
    }
    Ok(vec![
        RoomChange::VacateSeat { user_id: user_id.clone() },
        RoomChange::Append(Event {
            room_id: facts.room.id,
            seq: facts.room.head_seq.next(),
            actor: user_id.clone(),
            at: now,
            kind: EventKind::MemberLeft { user_id },
        }),
    ])
}

/// Moves the actor's read marker up, never down and never past the newest event.
pub fn mark_read(facts: &RoomFacts, seq: Seq) -> Verdict<RoomChange> {
    facts.standing().admit()?;
    let user_id = facts.actor.user_id.clone();
    let seq = seq.min(facts.room.head_seq);
    match facts.seat_of(&user_id) {
        Some(seat) if seat.read_seq < seq => Ok(vec![RoomChange::MarkRead { user_id, seq }]),
        _ => Ok(Vec::new()),
    }
}
