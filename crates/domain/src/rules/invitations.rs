//! Whom a room's owner may invite (SPEC section 2, rule 8).

use crate::change::RoomChange;
use crate::facts::RoomFacts;
use crate::rules::Verdict;
use crate::rules::ownership::admit_owner;
use crate::{Denial, Invitation, InvitationStatus, Timestamp};

/// Invites the target, who must be a prime member.
pub fn invite(facts: &RoomFacts, invitation: &Invitation, now: Timestamp) -> Verdict<RoomChange> {
    admit_owner(facts)?;
    let invitee = facts.target.as_ref().ok_or(Denial::UserNotFound)?;
    if invitee.banned {
        return Err(Denial::Banned);
    }
    if !invitee.prime.is_active(now) {
        return Err(Denial::InviteeNotPrime);
    }
    Ok(vec![RoomChange::Invite(invitation.clone())])
}

/// Takes an invitation back. One that is no longer open stays as it is.
pub fn revoke(facts: &RoomFacts, now: Timestamp) -> Verdict<RoomChange> {
    admit_owner(facts)?;
    let invitation = facts.invitation.as_ref().ok_or(Denial::InvitationNotFound)?;
    match invitation.status(now) {
        InvitationStatus::Open => Ok(vec![RoomChange::RevokeInvitation { id: invitation.id, at: now }]),
        InvitationStatus::Used | InvitationStatus::Revoked | InvitationStatus::Expired => Ok(Vec::new()),
    }
}
