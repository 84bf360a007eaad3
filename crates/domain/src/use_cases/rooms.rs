use super::Hexroom;
use crate::change::RoomChange;
use crate::ports::RoomScope;
use crate::rules::{admission, membership};
use crate::{Announcement, Denial, Epoch, Refusal, RoomId, RoomName, RoomPassword, RoomView, Seq, UserId};

impl Hexroom {
    /// Creates a room. Prime members only.
    pub async fn create_room(
        &self,
        creator: UserId,
        name: RoomName,
        password: RoomPassword,
    ) -> Result<RoomView, Refusal> {
        let now = self.clock.now();
        // Free members are refused before the hashing, which is the dear part of this.
        let account = self.accounts.find(creator.clone()).await?.ok_or(Denial::SessionRevoked)?;
        if !account.prime.is_active(now) {
            return Err(Denial::PrimeRequired.into());
        }
        let password_hash = self.passwords.hash(password.present()).await?;
        let room = admission::new_room(
            RoomId(self.randomness.id()),
            Epoch(self.randomness.id()),
            name,
            creator.clone(),
            password_hash,
            now,
        );
        let room_id = room.id;
        let committed = self
            .rooms
            .create(creator.clone(), Box::new(move |person| admission::create_room(person, &room, now)))
            .await?;
        self.publish_events(&committed.changes).await;
        self.rooms.view(room_id, creator).await
    }

    /// Gives up the member's seat.
    pub async fn leave_room(&self, room_id: RoomId, member: UserId) -> Result<(), Refusal> {
        let now = self.clock.now();
        self.change_room(RoomScope::new(room_id, member), move |facts| membership::leave(facts, now)).await?;
        Ok(())
    }

    /// Moves the member's read marker up, and answers where it stands.
    pub async fn mark_read(&self, room_id: RoomId, member: UserId, seq: Seq) -> Result<Seq, Refusal> {
        let scope = RoomScope::new(room_id, member.clone());
        let committed = self.change_room(scope, move |facts| membership::mark_read(facts, seq)).await?;
        if let [RoomChange::MarkRead { user_id, seq }] = committed.changes.as_slice() {
            self.events.publish(Announcement::Read { room_id, user_id: user_id.clone(), seq: *seq }).await;
            return Ok(*seq);
        }
        Ok(committed.facts.seat_of(&member).map(|seat| seat.read_seq).unwrap_or_default())
    }
}
