//! How accounts become friends (docs/protocol.md, Friends).

use crate::change::PairChange;
use crate::facts::PairFacts;
use crate::rules::Verdict;
use crate::{
    Denial, Field, FriendRequest, FriendRequestId, FriendRequestStatus, Friendship, Invalid, Timestamp,
    UserId,
};

/// Nobody is their own friend, nor blocks or invites themselves.
pub fn admit_pair(actor: &UserId, other: &UserId) -> Result<(), Denial> {
    if actor == other {
        let invalid = Invalid::new("yourself", "This takes somebody else's user id.");
        return Err(Denial::Invalid { field: Field::UserId, invalid });
    }
    Ok(())
}

/// Asks for friendship. A request that crosses another becomes a friendship.
pub fn request(facts: &PairFacts, request: &FriendRequest, now: Timestamp) -> Verdict<PairChange> {
    // A block looks like never having met, and comes before all that would tell it from that.
    if facts.blocked_by_other || !facts.have_shared_a_room {
        return Err(Denial::NotParticipants);
    }
    if facts.friends {
        return Err(Denial::AlreadyFriends);
    }
    let mut changes = Vec::new();
    if facts.blocked_by_actor {
        changes.push(PairChange::Unblock);
    }
    match &facts.request {
        Some(pending) if pending.from == facts.actor => return Err(Denial::FriendRequestPending),
        Some(crossing) => changes.extend(accepted(crossing.id, now)),
        None => changes.push(PairChange::Request(request.clone())),
    }
    Ok(changes)
}

/// Accepts the pending request with this id, sent to the actor.
pub fn accept(facts: &PairFacts, id: FriendRequestId, now: Timestamp) -> Verdict<PairChange> {
    pending(facts, id, &facts.actor)?;
    Ok(accepted(id, now).into())
}

/// Declines the pending request with this id, sent to the actor.
pub fn decline(facts: &PairFacts, id: FriendRequestId, now: Timestamp) -> Verdict<PairChange> {
    pending(facts, id, &facts.actor)?;
    Ok(vec![PairChange::Resolve { id, status: FriendRequestStatus::Declined, at: now }])
}

/// Takes back the pending request with this id, sent by the actor.
pub fn cancel(facts: &PairFacts, id: FriendRequestId, now: Timestamp) -> Verdict<PairChange> {
    pending(facts, id, &facts.other)?;
    Ok(vec![PairChange::Resolve { id, status: FriendRequestStatus::Cancelled, at: now }])
}

/// Ends a friendship.
pub fn unfriend(facts: &PairFacts) -> Verdict<PairChange> {
    if facts.friends { Ok(vec![PairChange::Unfriend]) } else { Err(Denial::NotFound) }
}

/// Blocks the other: no friendship, no request, and none to come from them.
pub fn block(facts: &PairFacts, now: Timestamp) -> Verdict<PairChange> {
    if facts.blocked_by_actor {
        return Ok(Vec::new());
    }
    let mut changes = vec![PairChange::Block { at: now }];
    if facts.friends {
        changes.push(PairChange::Unfriend);
    }
    if let Some(request) = &facts.request {
        let status = if request.from == facts.actor {
            FriendRequestStatus::Cancelled
        } else {
            FriendRequestStatus::Declined
        };
        changes.push(PairChange::Resolve { id: request.id, status, at: now });
    }
    Ok(changes)
}

/// Lifts the actor's block.
pub fn unblock(facts: &PairFacts) -> Verdict<PairChange> {
    Ok(if facts.blocked_by_actor { vec![PairChange::Unblock] } else { Vec::new() })
}

/// What the actor is told of the two.
pub fn friendship(facts: &PairFacts) -> Friendship {
    if facts.actor == facts.other {
        return Friendship::Yourself;
    }
    match &facts.request {
        _ if facts.friends => Friendship::Friends,
        Some(request) if request.from == facts.actor => Friendship::Requested,
        Some(_) => Friendship::RequestedByThem,
        None => Friendship::None,
    }
}

fn accepted(id: FriendRequestId, now: Timestamp) -> [PairChange; 2] {
    [
        PairChange::Resolve { id, status: FriendRequestStatus::Accepted, at: now },
        PairChange::Befriend { at: now },
    ]
}

fn pending(facts: &PairFacts, id: FriendRequestId, to: &UserId) -> Result<(), Denial> {
    match &facts.request {
        Some(request) if request.id == id && request.to == *to => Ok(()),
        _ => Err(Denial::FriendRequestNotFound),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::cast::*;

    const ID: FriendRequestId = FriendRequestId(uuid::Uuid::from_u128(5));

    /// Bo wants something of Cy, and this request is pending between them.
    fn bo_and_cy(from: &str, to: &str) -> PairFacts {
        PairFacts { request: Some(friend_request(from, to)), ..pair(BO, CY) }
    }

    fn asks(facts: &PairFacts) -> Verdict<PairChange> {
        request(facts, &friend_request(BO, CY), NOW)
    }

    fn resolved(status: FriendRequestStatus) -> PairChange {
        PairChange::Resolve { id: ID, status, at: NOW }
    }

    fn befriended() -> Vec<PairChange> {
        vec![resolved(FriendRequestStatus::Accepted), PairChange::Befriend { at: NOW }]
    }

    #[test]
    fn a_participant_is_asked() {
        assert_eq!(asks(&pair(BO, CY)), Ok(vec![PairChange::Request(friend_request(BO, CY))]));
    }

    #[test]
    fn who_never_shared_a_room_is_not_asked() {
        let apart = PairFacts { have_shared_a_room: false, ..pair(BO, CY) };
        assert_eq!(asks(&apart), Err(Denial::NotParticipants));
    }

    #[test]
    fn a_blocked_sender_is_told_only_what_a_stranger_is() {
        for facts in [
            pair(BO, CY),
            PairFacts { have_shared_a_room: false, ..pair(BO, CY) },
            PairFacts { friends: true, ..pair(BO, CY) },
            PairFacts { blocked_by_actor: true, ..pair(BO, CY) },
            bo_and_cy(BO, CY),
            bo_and_cy(CY, BO),
        ] {
            let blocked = PairFacts { blocked_by_other: true, ..facts };
            assert_eq!(asks(&blocked), Err(Denial::NotParticipants));
        }
    }

    #[test]
    fn a_friend_is_not_asked() {
        let friends = PairFacts { friends: true, ..pair(BO, CY) };
        assert_eq!(asks(&friends), Err(Denial::AlreadyFriends));
    }

    #[test]
    fn nobody_is_asked_twice() {
        assert_eq!(asks(&bo_and_cy(BO, CY)), Err(Denial::FriendRequestPending));
    }

    #[test]
    fn requests_that_cross_become_a_friendship() {
        assert_eq!(asks(&bo_and_cy(CY, BO)), Ok(befriended()));
    }

    #[test]
    fn asking_lifts_ones_own_block() {
        let blocked = PairFacts { blocked_by_actor: true, ..pair(BO, CY) };
        assert_eq!(
            asks(&blocked),
            Ok(vec![PairChange::Unblock, PairChange::Request(friend_request(BO, CY))])
        );
    }

    #[test]
    fn a_request_is_answered_by_the_one_who_was_asked() {
        assert_eq!(accept(&bo_and_cy(CY, BO), ID, NOW), Ok(befriended()));
        let declined = vec![resolved(FriendRequestStatus::Declined)];
        assert_eq!(decline(&bo_and_cy(CY, BO), ID, NOW), Ok(declined));
        assert_eq!(accept(&bo_and_cy(BO, CY), ID, NOW), Err(Denial::FriendRequestNotFound));
        assert_eq!(decline(&bo_and_cy(BO, CY), ID, NOW), Err(Denial::FriendRequestNotFound));
    }

    #[test]
    fn a_request_is_taken_back_by_the_one_who_asked() {
        let cancelled = vec![resolved(FriendRequestStatus::Cancelled)];
        assert_eq!(cancel(&bo_and_cy(BO, CY), ID, NOW), Ok(cancelled));
        assert_eq!(cancel(&bo_and_cy(CY, BO), ID, NOW), Err(Denial::FriendRequestNotFound));
    }

    #[test]
    fn only_the_pending_request_is_answered() {
        let unknown = FriendRequestId(uuid(99));
        for rule in [accept, decline, cancel] {
            assert_eq!(rule(&pair(BO, CY), ID, NOW), Err(Denial::FriendRequestNotFound));
            assert_eq!(rule(&bo_and_cy(CY, BO), unknown, NOW), Err(Denial::FriendRequestNotFound));
            assert_eq!(rule(&bo_and_cy(BO, CY), unknown, NOW), Err(Denial::FriendRequestNotFound));
        }
    }

    #[test]
    fn a_friendship_is_ended_once() {
        let friends = PairFacts { friends: true, ..pair(BO, CY) };
        assert_eq!(unfriend(&friends), Ok(vec![PairChange::Unfriend]));
        assert_eq!(unfriend(&pair(BO, CY)), Err(Denial::NotFound));
    }

    #[test]
    fn a_block_ends_what_was_between_the_two() {
        let laid = PairChange::Block { at: NOW };
        assert_eq!(block(&pair(BO, CY), NOW), Ok(vec![laid.clone()]));
        let friends = PairFacts { friends: true, ..pair(BO, CY) };
        assert_eq!(block(&friends, NOW), Ok(vec![laid.clone(), PairChange::Unfriend]));
        assert_eq!(
            block(&bo_and_cy(BO, CY), NOW),
            Ok(vec![laid.clone(), resolved(FriendRequestStatus::Cancelled)])
        );
        assert_eq!(block(&bo_and_cy(CY, BO), NOW), Ok(vec![laid, resolved(FriendRequestStatus::Declined)]));
    }

    #[test]
    fn strangers_may_be_blocked() {
        let apart = PairFacts { have_shared_a_room: false, ..pair(BO, CY) };
        assert!(block(&apart, NOW).is_ok());
    }

    #[test]
    fn a_block_is_laid_and_lifted_once() {
        let blocked = PairFacts { blocked_by_actor: true, ..pair(BO, CY) };
        assert_eq!(block(&blocked, NOW), Ok(Vec::new()));
        assert_eq!(unblock(&blocked), Ok(vec![PairChange::Unblock]));
        assert_eq!(unblock(&pair(BO, CY)), Ok(Vec::new()));
        let by_other = PairFacts { blocked_by_other: true, ..pair(BO, CY) };
        assert_eq!(unblock(&by_other), Ok(Vec::new()), "nobody lifts the block of another");
    }

    #[test]
    fn nobody_is_their_own_friend() {
        let Err(Denial::Invalid { field, .. }) = admit_pair(&user(BO), &user(BO)) else {
            panic!("Bo is not two people");
        };
        assert_eq!(field, Field::UserId);
        assert_eq!(admit_pair(&user(BO), &user(CY)), Ok(()));
    }

    #[test]
    fn a_profile_tells_what_is_between_the_two() {
        assert_eq!(friendship(&pair(BO, CY)), Friendship::None);
        assert_eq!(friendship(&bo_and_cy(BO, CY)), Friendship::Requested);
        assert_eq!(friendship(&bo_and_cy(CY, BO)), Friendship::RequestedByThem);
        assert_eq!(friendship(&PairFacts { friends: true, ..pair(BO, CY) }), Friendship::Friends);
        assert_eq!(friendship(&pair(BO, BO)), Friendship::Yourself);
        let blocked = PairFacts { blocked_by_other: true, ..pair(BO, CY) };
        assert_eq!(friendship(&blocked), Friendship::None, "a block does not show");
    }
}
