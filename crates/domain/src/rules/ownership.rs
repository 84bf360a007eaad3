//! What a room's owner may do (docs/protocol.md, Owning).

use crate::change::RoomChange;
use crate::facts::{Person, RoomFacts};
use crate::rules::{Verdict, quotas};
use crate::{Denial, EventKind, PasswordHash, Room, RoomRevision, Timestamp, UserId, Withheld};

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
pub fn revise(facts: &RoomFacts, wanted: &RoomRevision<PasswordHash>, now: Timestamp) -> Verdict<RoomChange> {
    admit_owner(facts)?;
    let revision = wanted.clone().unlike(&facts.room);
    if revision.owner_id.is_some() {
        let heir = target_in_room(facts)?;
        if !heir.prime.is_active(now) {
            return Err(Denial::PrimeRequired);
        }
        quotas::admit_owner(heir.holdings)?;
    }
    if revision.is_empty() {
        return Ok(Vec::new());
    }
    let password = revision.password.as_ref().map(|_| Withheld);
    let told = revision.clone().with_password(password);
    let event = facts.next_event(EventKind::RoomChanged(told), now);
    Ok(vec![RoomChange::Revise(revision), RoomChange::Append(event)])
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
        RoomChange::Append(facts.next_event(EventKind::MemberRemoved { user_id, banned: false }, now)),
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
        changes.push(RoomChange::Append(
            facts.next_event(EventKind::MemberRemoved { user_id, banned: true }, now),
        ));
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
    Ok(vec![RoomChange::Append(facts.next_event(EventKind::RoomClosed, now)), RoomChange::Close { at: now }])
}

fn target_in_room(facts: &RoomFacts) -> Result<&Person, Denial> {
    facts
        .target
        .as_ref()
        .filter(|target| facts.seat_of(&target.user_id).is_some())
        .ok_or(Denial::UserNotFound)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::cast::*;
    use crate::{Event, Prime, Quota, Seq};

    fn event(kind: EventKind) -> RoomChange {
        RoomChange::Append(Event { room_id: ROOM, seq: Seq(5), actor: user(ANA), at: NOW, kind })
    }

    fn all_at_once(heir: &str) -> RoomRevision<PasswordHash> {
        RoomRevision {
            name: Some("Renamed".parse().expect("a room name")),
            password: Some(hash("another")),
            locked: Some(true),
            owner_id: Some(user(heir)),
            ..RoomRevision::default()
        }
    }

    fn heir(id: &str) -> RoomRevision<PasswordHash> {
        RoomRevision { owner_id: Some(user(id)), ..RoomRevision::default() }
    }

    fn banned(actor: &str, target: &str) -> RoomFacts {
        RoomFacts { target: Some(Person { banned: true, ..person(target) }), ..wanted_by(actor) }
    }

    #[test]
    fn all_that_an_owner_may_do_is_the_owners_alone() {
        let mut former = wanted_about(CY, BO);
        vacate(&mut former, CY);
        let mut of_closed_room = wanted_about(ANA, BO);
        shut(&mut of_closed_room);
        for (facts, denial) in [
            (wanted_about(BO, CY), Denial::OwnerOnly),
            (wanted_about(DI, CY), Denial::RoomNotFound),
            (former, Denial::NotAMember),
            (of_closed_room, Denial::RoomClosed),
        ] {
            assert_eq!(revise(&facts, &all_at_once(CY), NOW), Err(denial.clone()));
            assert_eq!(revise(&facts, &RoomRevision::default(), NOW), Err(denial.clone()));
            assert_eq!(remove_member(&facts, NOW), Err(denial.clone()));
            assert_eq!(ban(&facts, NOW), Err(denial.clone()));
            assert_eq!(lift_ban(&facts), Err(denial.clone()));
            assert_eq!(close(&facts, NOW), Err(denial));
        }
    }

    #[test]
    fn a_lapsed_owner_keeps_their_powers() {
        let mut facts = wanted_about(ANA, BO);
        facts.actor.prime = Prime::No;
        assert!(remove_member(&facts, NOW).is_ok());
        assert!(close(&facts, NOW).is_ok());
    }

    #[test]
    fn a_room_is_changed_all_at_once() {
        let told = all_at_once(CY).with_password(Some(Withheld));
        assert_eq!(
            revise(&wanted_about(ANA, CY), &all_at_once(CY), NOW),
            Ok(vec![RoomChange::Revise(all_at_once(CY)), event(EventKind::RoomChanged(told))])
        );
    }

    #[test]
    fn a_refused_heir_refuses_the_whole_change() {
        assert_eq!(revise(&wanted_about(ANA, BO), &all_at_once(BO), NOW), Err(Denial::PrimeRequired));
    }

    #[test]
    fn a_room_is_not_handed_to_whoever_owns_100() {
        let mut facts = wanted_about(ANA, CY);
        let owning = |facts: &mut RoomFacts, rooms_owned| {
            facts.target = facts.target.take().map(|mut cy| {
                cy.holdings.rooms_owned = rooms_owned;
                cy
            });
        };
        owning(&mut facts, 99);
        assert!(revise(&facts, &heir(CY), NOW).is_ok());
        owning(&mut facts, 100);
        let exceeded = Denial::QuotaExceeded { quota: Quota::RoomsOwned, limit: 100 };
        assert_eq!(revise(&facts, &heir(CY), NOW), Err(exceeded));
    }

    #[test]
    fn what_is_so_already_is_no_change() {
        let as_it_is = RoomRevision {
            name: Some(room().name),
            locked: Some(false),
            owner_id: Some(user(ANA)),
            ..RoomRevision::default()
        };
        assert_eq!(revise(&wanted_about(ANA, ANA), &as_it_is, NOW), Ok(Vec::new()));
        assert_eq!(revise(&wanted_by(ANA), &RoomRevision::default(), NOW), Ok(Vec::new()));
    }

    #[test]
    fn a_password_set_anew_is_always_a_change() {
        let same = RoomRevision { password: Some(room().password_hash), ..RoomRevision::default() };
        let changes = revise(&wanted_by(ANA), &same, NOW).expect("Ana owns the room");
        let revision = RoomRevision { password: Some(Withheld), ..RoomRevision::default() };
        assert_eq!(changes, [RoomChange::Revise(same), event(EventKind::RoomChanged(revision))]);
    }

    #[test]
    fn a_room_is_unlocked_again() {
        let mut facts = wanted_by(ANA);
        facts.room.locked = true;
        let unlocked = RoomRevision { locked: Some(false), ..RoomRevision::default() };
        assert_eq!(
            revise(&facts, &unlocked, NOW).expect("Ana owns the room")[0],
            RoomChange::Revise(unlocked)
        );
    }

    #[test]
    fn a_room_is_handed_to_a_prime_member_in_it() {
        assert!(revise(&wanted_about(ANA, CY), &heir(CY), NOW).is_ok());
        assert_eq!(revise(&wanted_about(ANA, BO), &heir(BO), NOW), Err(Denial::PrimeRequired));
        let until = |end| RoomFacts {
            target: Some(Person { prime: Prime::Until(end), ..person(BO) }),
            ..wanted_by(ANA)
        };
        assert!(revise(&until(at(1)), &heir(BO), NOW).is_ok());
        assert_eq!(revise(&until(NOW), &heir(BO), NOW), Err(Denial::PrimeRequired));
    }

    #[test]
    fn a_room_is_not_handed_to_somebody_outside_it() {
        assert_eq!(revise(&wanted_about(ANA, DI), &heir(DI), NOW), Err(Denial::UserNotFound));
        assert_eq!(revise(&wanted_by(ANA), &heir("nobody"), NOW), Err(Denial::UserNotFound));
        let mut former = wanted_about(ANA, CY);
        vacate(&mut former, CY);
        assert_eq!(revise(&former, &heir(CY), NOW), Err(Denial::UserNotFound));
    }

    #[test]
    fn a_member_is_removed() {
        assert_eq!(
            remove_member(&wanted_about(ANA, BO), NOW),
            Ok(vec![
                RoomChange::VacateSeat { user_id: user(BO) },
                event(EventKind::MemberRemoved { user_id: user(BO), banned: false }),
            ])
        );
    }

    #[test]
    fn only_who_sits_there_is_removed() {
        assert_eq!(remove_member(&wanted_about(ANA, DI), NOW), Err(Denial::UserNotFound));
        assert_eq!(remove_member(&wanted_by(ANA), NOW), Err(Denial::UserNotFound));
    }

    #[test]
    fn an_owner_neither_removes_nor_bans_themselves() {
        assert_eq!(remove_member(&wanted_about(ANA, ANA), NOW), Err(Denial::OwnerMustHandOver));
        assert_eq!(ban(&wanted_about(ANA, ANA), NOW), Err(Denial::OwnerMustHandOver));
    }

    #[test]
    fn a_banned_member_loses_the_seat() {
        assert_eq!(
            ban(&wanted_about(ANA, BO), NOW),
            Ok(vec![
                RoomChange::Ban { user_id: user(BO), at: NOW },
                RoomChange::VacateSeat { user_id: user(BO) },
                event(EventKind::MemberRemoved { user_id: user(BO), banned: true }),
            ])
        );
    }

    #[test]
    fn somebody_outside_is_banned_without_an_event() {
        let banned_now = vec![RoomChange::Ban { user_id: user(DI), at: NOW }];
        assert_eq!(ban(&wanted_about(ANA, DI), NOW), Ok(banned_now));
        assert_eq!(ban(&wanted_by(ANA), NOW), Err(Denial::UserNotFound));
    }

    #[test]
    fn a_ban_is_laid_and_lifted_once() {
        assert_eq!(ban(&banned(ANA, DI), NOW), Ok(Vec::new()));
        let lifted = vec![RoomChange::LiftBan { user_id: user(DI) }];
        assert_eq!(lift_ban(&banned(ANA, DI)), Ok(lifted));
        assert_eq!(lift_ban(&wanted_about(ANA, DI)), Ok(Vec::new()));
        assert_eq!(lift_ban(&wanted_by(ANA)), Err(Denial::UserNotFound));
    }

    #[test]
    fn a_room_is_closed_with_a_last_event() {
        assert_eq!(
            close(&wanted_by(ANA), NOW),
            Ok(vec![event(EventKind::RoomClosed), RoomChange::Close { at: NOW }])
        );
    }
}
