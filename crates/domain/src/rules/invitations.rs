//! Whom a room's owner may invite (docs/protocol.md, Inviting).

use crate::change::RoomChange;
use crate::facts::RoomFacts;
use crate::rules::friendship::admit_pair;
use crate::rules::ownership::admit_owner;
use crate::rules::{Verdict, quotas};
use crate::{Denial, Invitation, InvitationStatus, Timestamp};

/// Invites the target, who must be a prime member.
pub fn invite(facts: &RoomFacts, invitation: &Invitation, now: Timestamp) -> Verdict<RoomChange> {
    admit_owner(facts)?;
    let invitee = facts.target.as_ref().ok_or(Denial::UserNotFound)?;
    admit_pair(&facts.actor.user_id, &invitee.user_id)?;
    if invitee.banned {
        return Err(Denial::Banned);
    }
    if !invitee.prime.is_active(now) {
        return Err(Denial::InviteeNotPrime);
    }
    quotas::admit_invitation(facts, &invitee.user_id)?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::cast::*;
    use crate::{Field, Prime, Quota};

    #[test]
    fn an_owner_invites_a_prime_member() {
        let mut facts = wanted_about(ANA, DI);
        facts.target = facts.target.map(|di| crate::facts::Person { prime: Prime::Until(at(1)), ..di });
        let invitation = invitation_for(DI);
        assert_eq!(invite(&facts, &invitation, NOW), Ok(vec![RoomChange::Invite(invitation)]));
    }

    #[test]
    fn a_lapsed_owner_still_invites() {
        let mut facts = wanted_about(ANA, CY);
        facts.actor.prime = Prime::Until(NOW);
        assert!(invite(&facts, &invitation_for(CY), NOW).is_ok());
    }

    #[test]
    fn a_free_member_is_not_invited() {
        assert_eq!(invite(&wanted_about(ANA, DI), &invitation_for(DI), NOW), Err(Denial::InviteeNotPrime));
        let mut lapsed = wanted_about(ANA, DI);
        lapsed.target = lapsed.target.map(|di| crate::facts::Person { prime: Prime::Until(NOW), ..di });
        assert_eq!(invite(&lapsed, &invitation_for(DI), NOW), Err(Denial::InviteeNotPrime));
    }

    #[test]
    fn a_banned_account_is_not_invited() {
        let mut facts = wanted_about(ANA, DI);
        facts.target =
            facts.target.map(|di| crate::facts::Person { banned: true, prime: Prime::Always, ..di });
        assert_eq!(invite(&facts, &invitation_for(DI), NOW), Err(Denial::Banned));
    }

    fn exceeded(limit: usize) -> Denial {
        Denial::QuotaExceeded { quota: Quota::OpenInvitations, limit }
    }

    #[test]
    fn an_invitee_has_one_open_invitation_to_a_room_which_has_50() {
        let mut facts = wanted_about(ANA, CY);
        let guests = (0..49).map(|number| user(&format!("guest-{number}")));
        facts.inviting.open_to = guests.collect();
        assert!(invite(&facts, &invitation_for(CY), NOW).is_ok());
        facts.inviting.open_to.push(user(CY));
        assert_eq!(invite(&facts, &invitation_for(CY), NOW), Err(exceeded(1)));
        facts.inviting.open_to[49] = user("guest-49");
        assert_eq!(invite(&facts, &invitation_for(CY), NOW), Err(exceeded(50)));
    }

    #[test]
    fn an_owner_is_not_their_own_guest() {
        let refused = invite(&wanted_about(ANA, ANA), &invitation_for(ANA), NOW);
        assert!(matches!(refused, Err(Denial::Invalid { field: Field::UserId, .. })), "{refused:?}");
    }

    #[test]
    fn whoever_has_blocked_the_owner_is_invited_all_the_same() {
        let mut facts = wanted_about(ANA, CY);
        facts.inviting.blocked_by_target = true;
        assert!(invite(&facts, &invitation_for(CY), NOW).is_ok());
    }

    #[test]
    fn nobody_unknown_is_invited() {
        assert_eq!(invite(&wanted_by(ANA), &invitation_for(DI), NOW), Err(Denial::UserNotFound));
    }

    #[test]
    fn only_the_owner_invites_and_revokes() {
        for (actor, denial) in [(BO, Denial::OwnerOnly), (CY, Denial::OwnerOnly), (DI, Denial::RoomNotFound)]
        {
            let mut facts = wanted_about(actor, CY);
            facts.invitation = Some(invitation_for(CY));
            assert_eq!(invite(&facts, &invitation_for(CY), NOW), Err(denial.clone()));
            assert_eq!(revoke(&facts, NOW), Err(denial));
        }
    }

    #[test]
    fn an_open_invitation_is_revoked() {
        let mut facts = wanted_by(ANA);
        facts.invitation = Some(invitation_for(DI));
        let revoked = RoomChange::RevokeInvitation { id: invitation_for(DI).id, at: NOW };
        assert_eq!(revoke(&facts, NOW), Ok(vec![revoked]));
    }

    #[test]
    fn an_invitation_that_is_no_longer_open_stays_as_it_is() {
        for over in [
            Invitation { used_at: Some(at(-1)), ..invitation_for(DI) },
            Invitation { revoked_at: Some(at(-1)), ..invitation_for(DI) },
            Invitation { expires_at: NOW, ..invitation_for(DI) },
        ] {
            let mut facts = wanted_by(ANA);
            facts.invitation = Some(over);
            assert_eq!(revoke(&facts, NOW), Ok(Vec::new()));
        }
    }

    #[test]
    fn an_unknown_invitation_is_not_revoked() {
        assert_eq!(revoke(&wanted_by(ANA), NOW), Err(Denial::InvitationNotFound));
    }
}
