use super::Hexroom;
use crate::change::RoomChange;
use crate::ports::{Requester, RoomScope};
use crate::rules::{admission, membership};
use crate::{
    Announcement, Denial, Epoch, Network, Refusal, Room, RoomId, RoomName, RoomPassword, RoomView, Seq,
    UserId,
};

impl Hexroom {
    /// Creates a room. Prime members only.
    pub async fn create_room(
        &self,
        creator: UserId,
        name: RoomName,
        password: RoomPassword,
        from: Network,
    ) -> Result<RoomView, Refusal> {
        let now = self.clock.now();
        // Free members are refused before the hashing, which is the dear part of this.
        let account = self.accounts.find(creator.clone()).await?.ok_or(Denial::SessionRevoked)?;
        admission::admit_creator(account.prime, now)?;
        let password_hash =
            self.passwords.hash(password.present(), Requester::of_room(&creator, from)).await?;
        let room = Room::new(
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::cast::*;
    use crate::use_cases::fixture::*;
    use crate::{Account, EventKind, Prime, RoomSummary};

    fn name() -> RoomName {
        room().name
    }

    fn password() -> RoomPassword {
        "1234".parse().expect("a room password")
    }

    fn ana() -> Account {
        Account { prime: Prime::Always, ..account(ANA).account }
    }

    fn view() -> RoomView {
        let room = Room { head_seq: Seq(1), ..room() }.withholding_password();
        RoomView {
            summary: RoomSummary {
                room,
                seats_taken: 1,
                read_seq: Seq(1),
                unread: 0,
                unread_mentions: 0,
                last_event_at: NOW,
                last_message: None,
            },
            members: Vec::new(),
        }
    }

    #[tokio::test]
    async fn a_new_room_is_announced_after_its_commit() {
        let mut fixture = Fixture::default();
        fixture.finds_account(Some(ana()));
        fixture.hashes_to("the room's");
        fixture.creates_room(person(ANA));
        fixture
            .events
            .expect_publish()
            .withf(|announcement| {
                matches!(
                    announcement,
                    Announcement::Event(event)
                        if event.seq == Seq(1) && event.kind == EventKind::MemberJoined { user_id: user(ANA) }
                )
            })
            .times(1)
            .in_sequence(&mut fixture.order)
            .return_const(());
        fixture.rooms.expect_view().returning(|_, _| Ok(view()));
        let created = fixture.hexroom().create_room(user(ANA), name(), password(), NETWORK).await;
        assert_eq!(created.expect("Ana is a prime member"), view());
    }

    #[tokio::test]
    async fn a_free_member_is_refused_before_the_hashing() {
        for prime in [Prime::No, Prime::Until(NOW)] {
            let mut fixture = Fixture::default();
            fixture.finds_account(Some(Account { prime, ..ana() }));
            fixture.passwords.expect_hash().never();
            fixture.rooms.expect_create().never();
            let refused = fixture.hexroom().create_room(user(ANA), name(), password(), NETWORK).await;
            assert_eq!(denied(refused), Denial::PrimeRequired);
        }
    }

    #[tokio::test]
    async fn prime_that_ends_during_the_hashing_creates_nothing() {
        let mut fixture = Fixture::default();
        fixture.finds_account(Some(ana()));
        fixture.hashes_to("the room's");
        fixture.creates_room(person(BO));
        let refused = fixture.hexroom().create_room(user(ANA), name(), password(), NETWORK).await;
        assert_eq!(denied(refused), Denial::PrimeRequired);
    }

    #[tokio::test]
    async fn an_account_that_is_gone_creates_nothing() {
        let mut fixture = Fixture::default();
        fixture.finds_account(None);
        let refused = fixture.hexroom().create_room(user(ANA), name(), password(), NETWORK).await;
        assert_eq!(denied(refused), Denial::SessionRevoked);
    }

    #[tokio::test]
    async fn leaving_is_announced_after_its_commit() {
        let mut fixture = Fixture::default();
        fixture.changes_room(wanted_by(BO));
        fixture.then_publishes_event(BO, EventKind::MemberLeft { user_id: user(BO) });
        fixture.hexroom().leave_room(ROOM, user(BO)).await.expect("Bo sits there");
    }

    #[tokio::test]
    async fn an_owner_who_may_not_leave_does_so_silently() {
        let mut fixture = Fixture::default();
        fixture.changes_room(wanted_by(ANA));
        let refused = fixture.hexroom().leave_room(ROOM, user(ANA)).await;
        assert_eq!(denied(refused), Denial::OwnerMustHandOver);
    }

    #[tokio::test]
    async fn reading_on_is_announced_after_its_commit() {
        let mut fixture = Fixture::default();
        fixture.changes_room(wanted_by(BO));
        fixture.then_publishes(Announcement::Read { room_id: ROOM, user_id: user(BO), seq: Seq(4) });
        let marker = fixture.hexroom().mark_read(ROOM, user(BO), Seq(9)).await;
        assert_eq!(marker.expect("Bo sits there"), Seq(4));
    }

    #[tokio::test]
    async fn reading_what_is_read_is_silent() {
        let mut fixture = Fixture::default();
        fixture.changes_room(wanted_by(BO));
        let marker = fixture.hexroom().mark_read(ROOM, user(BO), Seq(1)).await;
        assert_eq!(marker.expect("Bo sits there"), Seq(2), "the answer says where the marker stands");
    }
}
