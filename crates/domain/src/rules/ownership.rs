//! What a room's owner may do (SPEC section 2, rule 9).

use crate::change::RoomChange;
use crate::facts::{Person, RoomFacts};
use crate::rules::Verdict;
use crate::{Denial, Event, EventKind, PasswordHash, Room, RoomName, RoomRevision, Timestamp, UserId};

/// What the owner wants to be different; `None` leaves it alone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WantedRevision {
    /// Another name.
    pub name: Option<RoomName>,
    /// Another password.
    pub password_hash: Option<PasswordHash>,
    /// Locked or unlocked.
    pub locked: Option<bool>,
    /// Another owner: a prime member in the room, the target of the facts.
    pub owner_id: Option<UserId>,
}

/// Lets the owner pass among a room's members.
pub fn admit(room: &Room, member: &UserId) -> Result<(), Denial> {
    if room.owner_id == *member { Ok(()) } else { Err(Denial::OwnerOnly) }
}

/// Lets the owner pass, and tells everyone else why not.
pub(super) fn admit_owner(facts: &RoomFacts) -> Result<(), Denial> {
    facts.standing().admit()?;
    admit(&facts.room, &facts.actor.user_id)
}

/// Renames, locks, sets another password and hands over, all at once or not at all. What is wanted
/// but so already is no change.
pub fn revise(facts: &RoomFacts, wanted: &WantedRevision, now: Timestamp) -> Verdict<RoomChange> {
    admit_owner(facts)?;
    let room = &facts.room;
    let revision = RoomRevision {
        name: wanted.name.clone().filter(|name| *name != room.name),
        locked: wanted.locked.filter(|locked| *locked != room.locked),
        owner_id: wanted.owner_id.clone().filter(|owner_id| *owner_id != room.owner_id),
        password_changed: wanted.password_hash.is_some(),
    };
    if revision.owner_id.is_some() {
        let heir = target_in_room(facts)?;
        if !heir.prime.is_active(now) {
            return Err(Denial::PrimeRequired);
        }
    }
    if revision == RoomRevision::default() {
        return Ok(Vec::new());
    }
    let mut changes = Vec::new();
    changes.extend(revision.name.clone().map(RoomChange::Rename));
    changes.extend(wanted.password_hash.clone().map(RoomChange::SetPassword));
    changes.extend(revision.locked.map(RoomChange::SetLocked));
    changes.extend(revision.owner_id.clone().map(RoomChange::SetOwner));
    changes.push(append(facts, EventKind::RoomChanged(revision), now));
    Ok(changes)
}

/// Takes the target's seat; they may join again.
pub fn remove_member(facts: &RoomFacts, now: Timestamp) -> Verdict<RoomChange> {
    admit_owner(facts)?;
    let user_id = target_in_room(facts)?.user_id.clone();
    if user_id == facts.room.owner_id {
        return Err(Denial::OwnerMustHandOver);
    }
    Ok(vec![
        RoomChange::VacateSeat { user_id: user_id.clone() },
        append(facts, EventKind::MemberRemoved { user_id, banned: false }, now),
    ])
}

/// Keeps the target out from now on, and takes their seat if they hold one.
pub fn ban(facts: &RoomFacts, now: Timestamp) -> Verdict<RoomChange> {
    admit_owner(facts)?;
    let target = facts.target.as_ref().ok_or(Denial::UserNotFound)?;
    let user_id = target.user_id.clone();
    if user_id == facts.room.owner_id {
        return Err(Denial::OwnerMustHandOver);
    }
    let mut changes = Vec::new();
    if !target.banned {
        changes.push(RoomChange::Ban { user_id: user_id.clone(), at: now });
    }
    if facts.seat_of(&user_id).is_some() {
        changes.push(RoomChange::VacateSeat { user_id: user_id.clone() });
        changes.push(append(facts, EventKind::MemberRemoved { user_id, banned: true }, now));
    }
    Ok(changes)
}

/// Lets the target join again.
pub fn lift_ban(facts: &RoomFacts) -> Verdict<RoomChange> {
    admit_owner(facts)?;
    let target = facts.target.as_ref().ok_or(Denial::UserNotFound)?;
    if target.banned {
        Ok(vec![RoomChange::LiftBan { user_id: target.user_id.clone() }])
    } else {
        Ok(Vec::new())
    }
}

/// Ends the room for everyone in it.
pub fn close(facts: &RoomFacts, now: Timestamp) -> Verdict<RoomChange> {
    admit_owner(facts)?;
    Ok(vec![append(facts, EventKind::RoomClosed, now), RoomChange::Close { at: now }])
}

fn target_in_room(facts: &RoomFacts) -> Result<&Person, Denial> {
    facts
        .target
        .as_ref()
        .filter(|target| facts.seat_of(&target.user_id).is_some())
        .ok_or(Denial::UserNotFound)
}

fn append(facts: &RoomFacts, kind: EventKind, now: Timestamp) -> RoomChange {
    RoomChange::Append(Event {
        room_id: facts.room.id,
        seq: facts.room.head_seq.next(),
        actor: facts.actor.user_id.clone(),
        at: now,
        kind,
    })
}
