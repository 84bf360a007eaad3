//! What every member may do with their own seat.

use crate::change::RoomChange;
use crate::facts::RoomFacts;
use crate::rules::Verdict;
use crate::{Denial, EventKind, Seq, Timestamp};

/// Gives up the actor's seat. An owner hands the room over or closes it first.
pub fn leave(facts: &RoomFacts, now: Timestamp) -> Verdict<RoomChange> {
    facts.standing().admit()?;
    let user_id = facts.actor.user_id.clone();
    if facts.room.owner_id == user_id {
        return Err(Denial::OwnerMustHandOver);
    }
    Ok(vec![
        RoomChange::VacateSeat { user_id: user_id.clone() },
        RoomChange::Append(facts.next_event(EventKind::MemberLeft { user_id }, now)),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Event;
    use crate::rules::cast::*;

    #[test]
    fn a_member_gives_up_their_seat() {
        let left = Event {
            room_id: ROOM,
            seq: Seq(5),
            actor: user(BO),
            at: NOW,
            kind: EventKind::MemberLeft { user_id: user(BO) },
        };
        assert_eq!(
            leave(&wanted_by(BO), NOW),
            Ok(vec![RoomChange::VacateSeat { user_id: user(BO) }, RoomChange::Append(left)])
        );
    }

    #[test]
    fn an_owner_cannot_leave_without_handing_over() {
        assert_eq!(leave(&wanted_by(ANA), NOW), Err(Denial::OwnerMustHandOver));
        let mut handed_over = wanted_by(ANA);
        handed_over.room.owner_id = user(CY);
        assert!(leave(&handed_over, NOW).is_ok());
    }

    #[test]
    fn only_who_sits_there_can_leave_or_read() {
        let mut facts = wanted_by(BO);
        vacate(&mut facts, BO);
        assert_eq!(leave(&facts, NOW), Err(Denial::NotAMember));
        assert_eq!(mark_read(&facts, Seq(3)), Err(Denial::NotAMember));
        shut(&mut facts);
        assert_eq!(leave(&facts, NOW), Err(Denial::RoomClosed));
        assert_eq!(mark_read(&facts, Seq(3)), Err(Denial::RoomClosed));
        assert_eq!(leave(&wanted_by(DI), NOW), Err(Denial::RoomNotFound));
        assert_eq!(mark_read(&wanted_by(DI), Seq(3)), Err(Denial::RoomNotFound));
    }

    #[test]
    fn a_stranger_does_not_learn_that_a_room_is_closed() {
        let mut facts = wanted_by(DI);
        shut(&mut facts);
        assert_eq!(leave(&facts, NOW), Err(Denial::RoomNotFound));
    }

    #[test]
    fn a_read_marker_moves_up_only_and_never_past_the_head() {
        let marked = |seq| mark_read(&wanted_by(BO), Seq(seq)).expect("Bo sits there");
        for unmoved in [i64::MIN, -1, 0, 1, 2] {
            assert_eq!(marked(unmoved), [], "to {unmoved}");
        }
        for (asked, reached) in [(3, 3), (4, 4), (5, 4), (i64::MAX, 4)] {
            let expected = RoomChange::MarkRead { user_id: user(BO), seq: Seq(reached) };
            assert_eq!(marked(asked), [expected], "to {asked}");
        }
    }
}
