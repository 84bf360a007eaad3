use super::Hexroom;
use crate::ports::RoomScope;
use crate::rules::ownership::{self as rules, WantedRevision};
use crate::{Refusal, RoomId, RoomName, RoomPassword, RoomView, UserId};

/// What a room's owner asks to be different; `None` leaves it alone.
#[derive(Debug, Clone, Default)]
pub struct RoomWish {
    /// Another name.
    pub name: Option<RoomName>,
    /// Another password.
    pub password: Option<RoomPassword>,
    /// Locked or unlocked.
    pub locked: Option<bool>,
    /// Another owner.
    pub owner_id: Option<UserId>,
}

impl Hexroom {
    /// Changes the room as its owner wishes: all of it or nothing.
    pub async fn revise_room(
        &self,
        room_id: RoomId,
        owner: UserId,
        wish: RoomWish,
    ) -> Result<RoomView, Refusal> {
        let now = self.clock.now();
        let scope = RoomScope { target: wish.owner_id.clone(), ..RoomScope::new(room_id, owner.clone()) };
        let mut wanted = WantedRevision {
            name: wish.name,
            password_hash: None,
            locked: wish.locked,
            owner_id: wish.owner_id,
        };
        if let Some(password) = wish.password {
            wanted.password_hash = Some(self.passwords.hash(password.present()).await?);
        }
        self.change_room(scope, move |facts| rules::revise(facts, &wanted, now)).await?;
        self.rooms.view(room_id, owner).await
    }

    /// Takes a member's seat.
    pub async fn remove_member(&self, room_id: RoomId, owner: UserId, member: UserId) -> Result<(), Refusal> {
        let now = self.clock.now();
        let scope = RoomScope { target: Some(member), ..RoomScope::new(room_id, owner) };
        self.change_room(scope, move |facts| rules::remove_member(facts, now)).await?;
        Ok(())
    }

    /// Keeps an account out of the room from now on.
    pub async fn ban(&self, room_id: RoomId, owner: UserId, banned: UserId) -> Result<(), Refusal> {
        let now = self.clock.now();
        let scope = RoomScope { target: Some(banned), ..RoomScope::new(room_id, owner) };
        self.change_room(scope, move |facts| rules::ban(facts, now)).await?;
        Ok(())
    }

    /// Lets an account into the room again.
    pub async fn lift_ban(&self, room_id: RoomId, owner: UserId, banned: UserId) -> Result<(), Refusal> {
        let scope = RoomScope { target: Some(banned), ..RoomScope::new(room_id, owner) };
        self.change_room(scope, rules::lift_ban).await?;
        Ok(())
    }

    /// Closes the room for good.
    pub async fn close_room(&self, room_id: RoomId, owner: UserId) -> Result<(), Refusal> {
        let now = self.clock.now();
        self.change_room(RoomScope::new(room_id, owner), move |facts| rules::close(facts, now)).await?;
        Ok(())
    }
}
