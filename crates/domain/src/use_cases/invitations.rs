use std::time::Duration;

use super::Hexroom;
use crate::ports::{InvitationKey, RoomScope};
use crate::rules::{invitations as rules, ownership};
use crate::{Denial, Invitation, InvitationId, Notice, OpaqueToken, Page, PageSize, Refusal, RoomId, UserId};

/// An invitation just made, with the token that is shown this once.
#[derive(Debug, Clone)]
pub struct InvitationIssued {
    /// The invitation.
    pub invitation: Invitation,
    /// Its secret.
    pub token: OpaqueToken,
}

impl Hexroom {
    /// Invites a prime member to a room for `lifetime`.
    pub async fn invite(
        &self,
        room_id: RoomId,
        owner: UserId,
        invitee: UserId,
        lifetime: Duration,
    ) -> Result<InvitationIssued, Refusal> {
        let now = self.clock.now();
        let token = self.randomness.token();
        let invitation = Invitation {
            id: InvitationId(self.randomness.id()),
            room_id,
            invitee_id: invitee.clone(),
            token_hash: token.hash(),
            created_at: now,
            expires_at: now.plus(lifetime),
            used_at: None,
            revoked_at: None,
        };
        let scope = RoomScope { target: Some(invitee.clone()), ..RoomScope::new(room_id, owner) };
        let wanted = invitation.clone();
        self.change_room(scope, move |facts| rules::invite(facts, &wanted, now)).await?;
        self.notify(&invitee, Notice::Invited { invitation: invitation.clone() }).await;
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
        self.rooms.standing(room_id, viewer.clone()).await?.admit()?;
        let room = self.rooms.find(room_id).await?.ok_or(Denial::RoomNotFound)?;
        ownership::admit(&room, &viewer)?;
        self.rooms.invitations(room_id, after, size).await
    }
}
