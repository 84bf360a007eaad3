use super::Hexroom;
use crate::Notice;
use crate::ports::{InvitationKey, RoomScope};
use crate::rules::admission::{self, Proof};
use crate::{Coins, Denial, OpaqueToken, PresentedPassword, Receipt, Refusal, RoomId, TransferId, UserId};

/// The way by which somebody wants to come in.
#[derive(Debug, Clone)]
pub enum Entrance {
    /// By the room's id and password.
    Password {
        /// Which room.
        room_id: RoomId,
        /// What they take its password to be.
        password: PresentedPassword,
    },
    /// By an invitation's token.
    Invitation(OpaqueToken),
}

impl Hexroom {
    /// Takes a seat. Asking again, at any moment, gives the same receipt and charges nothing.
    pub async fn join_room(&self, user_id: UserId, entrance: Entrance) -> Result<Receipt, Refusal> {
        let (scope, proof) = match entrance {
            Entrance::Password { room_id, password } => {
                let room = self.rooms.find(room_id).await?.ok_or(Denial::RoomNotFound)?;
                if room.closed_at.is_some() {
                    return Err(Denial::RoomClosed.into());
                }
                let compared_with = room.password_hash;
                let fits = self.passwords.verify(password, Some(compared_with.clone())).await?.fits;
                (RoomScope::new(room_id, user_id), Proof::Password { compared_with, fits })
            }
            Entrance::Invitation(token) => {
                let hash = token.hash();
                let room_id = self.rooms.find_invited(hash).await?.ok_or(Denial::InvitationInvalid)?;
                let scope = RoomScope {
                    invitation: Some(InvitationKey::Token(hash)),
                    ..RoomScope::new(room_id, user_id)
                };
                (scope, Proof::Invitation)
            }
        };
        let user_id = scope.actor.clone();
        let now = self.clock.now();
        let transfer_id = TransferId(self.randomness.id());
        let committed =
            self.change_room(scope, move |facts| admission::join(facts, &proof, transfer_id, now)).await?;
        let receipt = admission::receipt(&committed.facts, &committed.changes);
        if !receipt.already_member && receipt.fee > Coins::ZERO {
            self.notify(&user_id, Notice::CoinsChanged { avail_coins: receipt.avail_coins }).await;
        }
        Ok(receipt)
    }
}
