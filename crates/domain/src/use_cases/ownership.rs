use super::Hexroom;
use crate::ports::{Requester, RoomScope};
use crate::rules::ownership as rules;
use crate::{
    Ban, Denial, Network, Page, PageSize, Refusal, RoomId, RoomPassword, RoomRevision, RoomView, UserId,
};

impl Hexroom {
    /// Changes the room as its owner wishes: all of it or nothing.
    pub async fn revise_room(
        &self,
        room_id: RoomId,
        owner: UserId,
        mut wish: RoomRevision<RoomPassword>,
        from: Network,
    ) -> Result<RoomView, Refusal> {
        let now = self.clock.now();
        let scope = RoomScope {
            target: wish.owner_id.clone(),
            counts_holdings: wish.owner_id.is_some(),
            ..RoomScope::new(room_id, owner.clone())
        };
        let hash = match wish.password.take() {
            Some(password) => {
                // Others are refused before the hashing, which is the dear part of this.
                self.admit_owner(room_id, &owner).await?;
                Some(self.passwords.hash(password.present(), Requester::of_room(&owner, from)).await?)
            }
            None => None,
        };
        let wanted = wish.with_password(hash);
        self.change_room(scope, move |facts| rules::revise(facts, &wanted, now)).await?;
        self.rooms.view(room_id, owner).await
    }

    /// Lets the room's owner pass, and tells everyone else why not.
    pub async fn admit_owner(&self, room_id: RoomId, actor: &UserId) -> Result<(), Refusal> {
        self.rooms.standing(room_id, actor.clone()).await?.admit()?;
        let room = self.rooms.find(room_id).await?.ok_or(Denial::RoomNotFound)?;
        Ok(rules::admit(&room, actor)?)
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

    /// Those who are banned from the room, for its owner.
    pub async fn bans(
        &self,
        room_id: RoomId,
        viewer: UserId,
        after: Option<UserId>,
        size: PageSize,
    ) -> Result<Page<Ban>, Refusal> {
        self.admit_owner(room_id, &viewer).await?;
        self.rooms.bans(room_id, after, size).await
    }

    /// Closes the room for good.
    pub async fn close_room(&self, room_id: RoomId, owner: UserId) -> Result<(), Refusal> {
        let now = self.clock.now();
        self.change_room(RoomScope::new(room_id, owner), move |facts| rules::close(facts, now)).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::cast::*;
    use crate::use_cases::fixture::*;
    use crate::{EventKind, Room, RoomSummary, Seq, Standing, Withheld};

    fn view() -> RoomView {
        RoomView {
            summary: RoomSummary {
                room: room().withholding_password(),
                seats_taken: 3,
                read_seq: Seq(1),
                unread: 0,
                unread_mentions: 0,
                last_event_at: NOW,
                last_message: None,
            },
            members: Vec::new(),
        }
    }

    fn another_password() -> RoomRevision<RoomPassword> {
        RoomRevision {
            password: Some("another".parse().expect("a room password")),
            ..RoomRevision::default()
        }
    }

    #[tokio::test]
    async fn a_change_is_announced_after_its_commit() {
        let mut fixture = Fixture::default();
        fixture.changes_room(wanted_by(ANA));
        let locked = RoomRevision { locked: Some(true), ..RoomRevision::default() };
        fixture.then_publishes_event(ANA, EventKind::RoomChanged(locked));
        fixture.rooms.expect_view().returning(|_, _| Ok(view()));
        let wish = RoomRevision { locked: Some(true), ..RoomRevision::default() };
        assert_eq!(
            fixture.hexroom().revise_room(ROOM, user(ANA), wish, NETWORK).await.expect("Ana owns it"),
            view()
        );
    }

    #[tokio::test]
    async fn what_is_so_already_is_not_announced() {
        let mut fixture = Fixture::default();
        fixture.changes_room(wanted_by(ANA));
        fixture.rooms.expect_view().returning(|_, _| Ok(view()));
        let wish = RoomRevision { locked: Some(false), ..RoomRevision::default() };
        fixture.hexroom().revise_room(ROOM, user(ANA), wish, NETWORK).await.expect("Ana owns it");
    }

    #[tokio::test]
    async fn the_heir_is_whom_the_change_is_about() {
        let mut fixture = Fixture::default();
        let expected =
            RoomScope { target: Some(user(BO)), counts_holdings: true, ..RoomScope::new(ROOM, user(ANA)) };
        fixture
            .rooms
            .expect_change()
            .withf(move |scope, _| *scope == expected)
            .times(1)
            .returning(|_, decide| Err(decide(&wanted_about(ANA, BO)).expect_err("Bo is not prime").into()));
        let wish = RoomRevision { owner_id: Some(user(BO)), ..RoomRevision::default() };
        let refused = fixture.hexroom().revise_room(ROOM, user(ANA), wish, NETWORK).await;
        assert_eq!(denied(refused), Denial::PrimeRequired);
    }

    #[tokio::test]
    async fn an_owners_new_password_is_hashed() {
        let mut fixture = Fixture::default();
        fixture.rooms.expect_standing().returning(|_, _| Ok(Standing::Member));
        fixture.finds_room(Some(room()));
        fixture.hashes_to("another hash");
        fixture.changes_room(wanted_by(ANA));
        let changed = RoomRevision { password: Some(Withheld), ..RoomRevision::default() };
        fixture.then_publishes_event(ANA, EventKind::RoomChanged(changed));
        fixture.rooms.expect_view().returning(|_, _| Ok(view()));
        fixture
            .hexroom()
            .revise_room(ROOM, user(ANA), another_password(), NETWORK)
            .await
            .expect("Ana owns it");
    }

    #[tokio::test]
    async fn who_is_not_the_owner_is_refused_before_the_hashing() {
        for (standing, found, denial) in [
            (Standing::Member, Some(room()), Denial::OwnerOnly),
            (Standing::Former, Some(room()), Denial::NotAMember),
            (Standing::Stranger, Some(room()), Denial::RoomNotFound),
            (Standing::OfClosedRoom, Some(Room { closed_at: Some(NOW), ..room() }), Denial::RoomClosed),
        ] {
            let mut fixture = Fixture::default();
            fixture.rooms.expect_standing().returning(move |_, _| Ok(standing));
            fixture.finds_room(found);
            fixture.passwords.expect_hash().never();
            fixture.rooms.expect_change().never();
            let refused = fixture.hexroom().revise_room(ROOM, user(BO), another_password(), NETWORK).await;
            assert_eq!(denied(refused), denial);
        }
    }

    #[tokio::test]
    async fn a_removal_is_announced_after_its_commit() {
        let mut fixture = Fixture::default();
        fixture.changes_room(wanted_about(ANA, BO));
        fixture.then_publishes_event(ANA, EventKind::MemberRemoved { user_id: user(BO), banned: false });
        fixture.hexroom().remove_member(ROOM, user(ANA), user(BO)).await.expect("Ana owns it");
    }

    #[tokio::test]
    async fn a_members_ban_is_announced_after_its_commit() {
        let mut fixture = Fixture::default();
        fixture.changes_room(wanted_about(ANA, BO));
        fixture.then_publishes_event(ANA, EventKind::MemberRemoved { user_id: user(BO), banned: true });
        fixture.hexroom().ban(ROOM, user(ANA), user(BO)).await.expect("Ana owns it");
    }

    #[tokio::test]
    async fn a_strangers_ban_is_nobodys_business() {
        let mut fixture = Fixture::default();
        fixture.changes_room(wanted_about(ANA, DI));
        fixture.changes_room(wanted_about(ANA, DI));
        let hexroom = fixture.hexroom();
        hexroom.ban(ROOM, user(ANA), user(DI)).await.expect("Ana owns it");
        hexroom.lift_ban(ROOM, user(ANA), user(DI)).await.expect("Ana owns it");
    }

    #[tokio::test]
    async fn only_the_owner_lists_the_bans() {
        for (viewer, standing, denial) in [
            (BO, Standing::Member, Denial::OwnerOnly),
            (DI, Standing::Stranger, Denial::RoomNotFound),
            (ANA, Standing::OfClosedRoom, Denial::RoomClosed),
        ] {
            let mut fixture = Fixture::default();
            fixture.rooms.expect_standing().returning(move |_, _| Ok(standing));
            fixture.finds_room(Some(room()));
            fixture.rooms.expect_bans().never();
            let refused = fixture.hexroom().bans(ROOM, user(viewer), None, PageSize::default()).await;
            assert_eq!(denied(refused), denial);
        }
        let mut fixture = Fixture::default();
        fixture.rooms.expect_standing().returning(|_, _| Ok(Standing::Member));
        fixture.finds_room(Some(room()));
        let ban = Ban { user_id: user(DI), name: "Di".parse().expect("a name"), banned_at: NOW };
        let page = Page { items: vec![ban], has_more: false };
        let listed = page.clone();
        fixture.rooms.expect_bans().times(1).returning(move |_, _, _| Ok(listed.clone()));
        let found = fixture.hexroom().bans(ROOM, user(ANA), None, PageSize::default()).await;
        assert_eq!(found.expect("Ana owns it"), page);
    }

    #[tokio::test]
    async fn the_powers_of_others_are_refused_silently() {
        let mut fixture = Fixture::default();
        for _ in 0..4 {
            fixture.changes_room(wanted_about(BO, CY));
        }
        let hexroom = fixture.hexroom();
        assert_eq!(denied(hexroom.remove_member(ROOM, user(BO), user(CY)).await), Denial::OwnerOnly);
        assert_eq!(denied(hexroom.ban(ROOM, user(BO), user(CY)).await), Denial::OwnerOnly);
        assert_eq!(denied(hexroom.lift_ban(ROOM, user(BO), user(CY)).await), Denial::OwnerOnly);
        assert_eq!(denied(hexroom.close_room(ROOM, user(BO)).await), Denial::OwnerOnly);
    }

    #[tokio::test]
    async fn closing_is_announced_after_its_commit() {
        let mut fixture = Fixture::default();
        fixture.changes_room(wanted_by(ANA));
        fixture.then_publishes_event(ANA, EventKind::RoomClosed);
        fixture.hexroom().close_room(ROOM, user(ANA)).await.expect("Ana owns it");
    }
}
