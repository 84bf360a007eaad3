use super::Hexroom;
use crate::ports::{InvitationKey, RoomScope};
use crate::rules::invitations as rules;
use crate::{
    Invitation, InvitationId, InvitationLifetime, Notice, OpaqueToken, Page, PageSize, Refusal, RoomId,
    UserId,
};

/// An invitation just made, with the token that is shown this once.
#[derive(Debug, Clone)]
pub struct InvitationIssued {
    pub invitation: Invitation,
    pub token: OpaqueToken,
}

impl Hexroom {
    /// Invites a prime member to a room for `lifetime`.
    pub async fn invite(
        &self,
        room_id: RoomId,
        owner: UserId,
        invitee: UserId,
        lifetime: InvitationLifetime,
    ) -> Result<InvitationIssued, Refusal> {
        let now = self.clock.now();
        let token = self.randomness.token();
        let invitation = Invitation {
            id: InvitationId(self.randomness.id()),
            room_id,
            invitee_id: invitee.clone(),
            token_hash: token.hash(),
            created_at: now,
            expires_at: now.plus(lifetime.get()),
            used_at: None,
            revoked_at: None,
        };
        let scope = RoomScope {
            target: Some(invitee.clone()),
            inviting_at: Some(now),
            ..RoomScope::new(room_id, owner)
        };
        let wanted = invitation.clone();
        let committed = self.change_room(scope, move |facts| rules::invite(facts, &wanted, now)).await?;
        // To an owner whom the invitee has blocked all looks the same.
        if !committed.facts.inviting.blocked_by_target {
            self.notify(&invitee, Notice::Invited { invitation: invitation.clone() }).await;
        }
        Ok(InvitationIssued { invitation, token })
    }

    /// Takes an invitation back.
    pub async fn revoke_invitation(
        &self,
        room_id: RoomId,
        owner: UserId,
        id: InvitationId,
    ) -> Result<(), Refusal> {
        let now = self.clock.now();
        let scope = RoomScope { invitation: Some(InvitationKey::Id(id)), ..RoomScope::new(room_id, owner) };
        self.change_room(scope, move |facts| rules::revoke(facts, now)).await?;
        Ok(())
    }

    /// The room's invitations, for its owner.
    pub async fn invitations(
        &self,
        room_id: RoomId,
        viewer: UserId,
        after: Option<InvitationId>,
        size: PageSize,
    ) -> Result<Page<Invitation>, Refusal> {
        self.admit_owner(room_id, &viewer).await?;
        self.rooms.invitations(room_id, after, size).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::cast::*;
    use crate::use_cases::fixture::*;
    use crate::{Denial, Standing};

    fn a_day() -> InvitationLifetime {
        InvitationLifetime::default()
    }

    #[tokio::test]
    async fn an_invitee_is_told_after_the_commit_and_not_the_token() {
        let mut fixture = Fixture::default();
        fixture.changes_room(wanted_about(ANA, CY));
        let secret = OpaqueToken::new("secret".to_owned());
        let invitation = Invitation {
            id: InvitationId(uuid(100)),
            token_hash: secret.hash(),
            created_at: NOW,
            expires_at: NOW.plus(a_day().get()),
            ..invitation_for(CY)
        };
        fixture.then_notifies(CY, Notice::Invited { invitation: invitation.clone() });
        let issued = fixture.hexroom().invite(ROOM, user(ANA), user(CY), a_day()).await.expect("Ana owns it");
        assert_eq!(issued.invitation, invitation);
        assert_eq!(issued.token.expose(), "secret");
    }

    #[tokio::test]
    async fn an_invitee_who_has_blocked_the_owner_is_told_nothing() {
        let mut fixture = Fixture::default();
        let mut facts = wanted_about(ANA, CY);
        facts.inviting.blocked_by_target = true;
        fixture.changes_room(facts);
        let issued = fixture.hexroom().invite(ROOM, user(ANA), user(CY), a_day()).await.expect("Ana owns it");
        assert_eq!(issued.token.expose(), "secret");
    }

    #[tokio::test]
    async fn an_invitation_denied_is_silent() {
        let mut fixture = Fixture::default();
        fixture.changes_room(wanted_about(ANA, BO));
        let refused = fixture.hexroom().invite(ROOM, user(ANA), user(BO), a_day()).await;
        assert_eq!(denied(refused), Denial::InviteeNotPrime);
    }

    #[tokio::test]
    async fn revoking_is_silent() {
        let mut fixture = Fixture::default();
        let mut facts = wanted_by(ANA);
        facts.invitation = Some(invitation_for(DI));
        fixture.changes_room(facts);
        let id = invitation_for(DI).id;
        fixture.hexroom().revoke_invitation(ROOM, user(ANA), id).await.expect("Ana owns it");
    }

    #[tokio::test]
    async fn only_the_owner_lists_them() {
        for (viewer, standing, denial) in [
            (BO, Standing::Member, Denial::OwnerOnly),
            (DI, Standing::Stranger, Denial::RoomNotFound),
            (ANA, Standing::OfClosedRoom, Denial::RoomClosed),
        ] {
            let mut fixture = Fixture::default();
            fixture.rooms.expect_standing().returning(move |_, _| Ok(standing));
            fixture.finds_room(Some(room()));
            fixture.rooms.expect_invitations().never();
            let refused = fixture.hexroom().invitations(ROOM, user(viewer), None, PageSize::default()).await;
            assert_eq!(denied(refused), denial);
        }
        let mut fixture = Fixture::default();
        fixture.rooms.expect_standing().returning(|_, _| Ok(Standing::Member));
        fixture.finds_room(Some(room()));
        let page = Page { items: vec![invitation_for(DI)], has_more: false };
        let listed = page.clone();
        fixture.rooms.expect_invitations().times(1).returning(move |_, _, _| Ok(listed.clone()));
        let found = fixture.hexroom().invitations(ROOM, user(ANA), None, PageSize::default()).await;
        assert_eq!(found.expect("Ana owns it"), page);
    }
}
