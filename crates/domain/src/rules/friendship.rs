//! How accounts become friends (SPEC section 2, rule 12).

use crate::change::PairChange;
use crate::facts::PairFacts;
use crate::rules::Verdict;
use crate::{
    Denial, FriendRequest, FriendRequestId, FriendRequestStatus, Friendship, Invalid, Timestamp, UserId,
};

/// Nobody is their own friend, nor blocks themselves.
pub fn admit_pair(actor: &UserId, other: &UserId) -> Result<(), Denial> {
    if actor == other {
        let invalid = Invalid::new("yourself", "This takes somebody else's user id.");
        return Err(Denial::Invalid { field: "userId", invalid });
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
        return Friendship::Self_;
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
