use super::Hexroom;
use crate::ports::{Requester, RoomScope};
use crate::rules::ownership::{self as rules, WantedRevision};
use crate::{Denial, Network, Refusal, RoomId, RoomName, RoomPassword, RoomView, UserId};

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
        from: Network,
    ) -> Result<RoomView, Refusal> {
        let now = self.clock.now();
        let scope = RoomScope {
            target: wish.owner_id.clone(),
            counts_holdings: wish.owner_id.is_some(),
            ..RoomScope::new(room_id, owner.clone())
        };
        let mut wanted = WantedRevision {
            name: wish.name,
            password_hash: None,
            locked: wish.locked,
            owner_id: wish.owner_id,
        };
        if let Some(password) = wish.password {
            // Others are refused before the hashing, which is the dear part of this.
            self.admit_owner(room_id, &owner).await?;
            wanted.password_hash =
                Some(self.passwords.hash(password.present(), Requester::of_room(&owner, from)).await?);
        }
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
    use crate::use_cases::stage::*;
    use crate::{EventKind, Room, RoomRevision, RoomSummary, Seq, Standing};

    fn view() -> RoomView {
        RoomView {
            summary: RoomSummary { room: room(), seats_taken: 3, read_seq: Seq(1), unread: 0 },
            members: Vec::new(),
        }
    }

    fn another_password() -> RoomWish {
        RoomWish { password: Some("another".parse().expect("a room password")), ..RoomWish::default() }
    }

    #[tokio::test]
    async fn a_change_is_announced_after_its_commit() {
        let mut stage = Stage::default();
        stage.changes_room(wanted_by(ANA));
        let locked = RoomRevision { locked: Some(true), ..RoomRevision::default() };
        stage.then_publishes_event(ANA, EventKind::RoomChanged(locked));
        stage.rooms.expect_view().returning(|_, _| Ok(view()));
        let wish = RoomWish { locked: Some(true), ..RoomWish::default() };
        assert_eq!(
            stage.hexroom().revise_room(ROOM, user(ANA), wish, NETWORK).await.expect("Ana owns it"),
            view()
        );
    }

    #[tokio::test]
    async fn what_is_so_already_is_not_announced() {
        let mut stage = Stage::default();
        stage.changes_room(wanted_by(ANA));
        stage.rooms.expect_view().returning(|_, _| Ok(view()));
        let wish = RoomWish { locked: Some(false), ..RoomWish::default() };
        stage.hexroom().revise_room(ROOM, user(ANA), wish, NETWORK).await.expect("Ana owns it");
    }

    #[tokio::test]
    async fn the_heir_is_whom_the_change_is_about() {
        let mut stage = Stage::default();
        let expected =
            RoomScope { target: Some(user(BO)), counts_holdings: true, ..RoomScope::new(ROOM, user(ANA)) };
        stage
            .rooms
            .expect_change()
            .withf(move |scope, _| *scope == expected)
            .times(1)
            .returning(|_, decide| Err(decide(&wanted_about(ANA, BO)).expect_err("Bo is not prime").into()));
        let wish = RoomWish { owner_id: Some(user(BO)), ..RoomWish::default() };
        let refused = stage.hexroom().revise_room(ROOM, user(ANA), wish, NETWORK).await;
        assert_eq!(denied(refused), Denial::PrimeRequired);
    }

    #[tokio::test]
    async fn an_owners_new_password_is_hashed() {
        let mut stage = Stage::default();
        stage.rooms.expect_standing().returning(|_, _| Ok(Standing::Member));
        stage.finds_room(Some(room()));
        stage.hashes_to("another hash");
        stage.changes_room(wanted_by(ANA));
        let changed = RoomRevision { password_changed: true, ..RoomRevision::default() };
        stage.then_publishes_event(ANA, EventKind::RoomChanged(changed));
        stage.rooms.expect_view().returning(|_, _| Ok(view()));
        stage.hexroom().revise_room(ROOM, user(ANA), another_password(), NETWORK).await.expect("Ana owns it");
    }

    #[tokio::test]
    async fn who_is_not_the_owner_is_refused_before_the_hashing() {
        for (standing, found, denial) in [
            (Standing::Member, Some(room()), Denial::OwnerOnly),
            (Standing::Former, Some(room()), Denial::NotAMember),
            (Standing::Stranger, Some(room()), Denial::RoomNotFound),
            (Standing::OfClosedRoom, Some(Room { closed_at: Some(NOW), ..room() }), Denial::RoomClosed),
        ] {
            let mut stage = Stage::default();
            stage.rooms.expect_standing().returning(move |_, _| Ok(standing));
            stage.finds_room(found);
            stage.passwords.expect_hash().never();
            stage.rooms.expect_change().never();
            let refused = stage.hexroom().revise_room(ROOM, user(BO), another_password(), NETWORK).await;
            assert_eq!(denied(refused), denial);
        }
    }

    #[tokio::test]
    async fn a_removal_is_announced_after_its_commit() {
        let mut stage = Stage::default();
        stage.changes_room(wanted_about(ANA, BO));
        stage.then_publishes_event(ANA, EventKind::MemberRemoved { user_id: user(BO), banned: false });
        stage.hexroom().remove_member(ROOM, user(ANA), user(BO)).await.expect("Ana owns it");
    }

    #[tokio::test]
    async fn a_members_ban_is_announced_after_its_commit() {
        let mut stage = Stage::default();
        stage.changes_room(wanted_about(ANA, BO));
        stage.then_publishes_event(ANA, EventKind::MemberRemoved { user_id: user(BO), banned: true });
        stage.hexroom().ban(ROOM, user(ANA), user(BO)).await.expect("Ana owns it");
    }

    #[tokio::test]
    async fn a_strangers_ban_is_nobodys_business() {
        let mut stage = Stage::default();
        stage.changes_room(wanted_about(ANA, DI));
        stage.changes_room(wanted_about(ANA, DI));
        let hexroom = stage.hexroom();
        hexroom.ban(ROOM, user(ANA), user(DI)).await.expect("Ana owns it");
        hexroom.lift_ban(ROOM, user(ANA), user(DI)).await.expect("Ana owns it");
    }

    #[tokio::test]
    async fn the_powers_of_others_are_refused_silently() {
        let mut stage = Stage::default();
        for _ in 0..4 {
            stage.changes_room(wanted_about(BO, CY));
        }
        let hexroom = stage.hexroom();
        assert_eq!(denied(hexroom.remove_member(ROOM, user(BO), user(CY)).await), Denial::OwnerOnly);
        assert_eq!(denied(hexroom.ban(ROOM, user(BO), user(CY)).await), Denial::OwnerOnly);
        assert_eq!(denied(hexroom.lift_ban(ROOM, user(BO), user(CY)).await), Denial::OwnerOnly);
        assert_eq!(denied(hexroom.close_room(ROOM, user(BO)).await), Denial::OwnerOnly);
    }

    #[tokio::test]
    async fn closing_is_announced_after_its_commit() {
        let mut stage = Stage::default();
        stage.changes_room(wanted_by(ANA));
        stage.then_publishes_event(ANA, EventKind::RoomClosed);
        stage.hexroom().close_room(ROOM, user(ANA)).await.expect("Ana owns it");
    }
}
