use super::Hexroom;
use crate::change::PairChange;
use crate::facts::PairFacts;
use crate::ports::Committed;
use crate::rules::{Verdict, friendship as rules};
use crate::{Denial, FriendRequest, FriendRequestId, FriendRequestStatus, Notice, Refusal, UserId};

impl Hexroom {
    /// Asks for somebody's friendship. Answers the request: pending, or accepted at once where it
    /// crossed one of theirs.
    pub async fn request_friendship(&self, from: UserId, to: UserId) -> Result<FriendRequest, Refusal> {
        rules::admit_pair(&from, &to)?;
        let now = self.clock.now();
        let request = FriendRequest {
            id: FriendRequestId(self.randomness.id()),
            from: from.clone(),
            to: to.clone(),
            status: FriendRequestStatus::Pending,
            created_at: now,
        };
        let wanted = request.clone();
        let committed = self.change_pair(from, to, move |facts| rules::request(facts, &wanted, now)).await?;
        match committed.facts.request {
            Some(crossed) => Ok(FriendRequest { status: FriendRequestStatus::Accepted, ..crossed }),
            None => Ok(request),
        }
    }

    /// Accepts a request sent to the actor.
    pub async fn accept_friend_request(
        &self,
        actor: UserId,
        id: FriendRequestId,
    ) -> Result<FriendRequest, Refusal> {
        let now = self.clock.now();
        let request = self.request_where(id, |request| request.to == actor).await?;
        self.change_pair(actor, request.from.clone(), move |facts| rules::accept(facts, id, now)).await?;
        Ok(FriendRequest { status: FriendRequestStatus::Accepted, ..request })
    }

    /// Declines a request sent to the actor.
    pub async fn decline_friend_request(
        &self,
        actor: UserId,
        id: FriendRequestId,
    ) -> Result<FriendRequest, Refusal> {
        let now = self.clock.now();
        let request = self.request_where(id, |request| request.to == actor).await?;
        self.change_pair(actor, request.from.clone(), move |facts| rules::decline(facts, id, now)).await?;
        Ok(FriendRequest { status: FriendRequestStatus::Declined, ..request })
    }

    /// Takes back a request sent by the actor.
    pub async fn cancel_friend_request(&self, actor: UserId, id: FriendRequestId) -> Result<(), Refusal> {
        let now = self.clock.now();
        let request = self.request_where(id, |request| request.from == actor).await?;
        self.change_pair(actor, request.to, move |facts| rules::cancel(facts, id, now)).await?;
        Ok(())
    }

    /// Ends a friendship.
    pub async fn unfriend(&self, actor: UserId, friend: UserId) -> Result<(), Refusal> {
        rules::admit_pair(&actor, &friend)?;
        self.change_pair(actor, friend, rules::unfriend).await?;
        Ok(())
    }

    /// Blocks an account, which learns nothing of it.
    pub async fn block(&self, actor: UserId, blocked: UserId) -> Result<(), Refusal> {
        rules::admit_pair(&actor, &blocked)?;
        let now = self.clock.now();
        self.change_pair(actor, blocked, move |facts| rules::block(facts, now)).await?;
        Ok(())
    }

    /// Lifts a block.
    pub async fn unblock(&self, actor: UserId, blocked: UserId) -> Result<(), Refusal> {
        rules::admit_pair(&actor, &blocked)?;
        self.change_pair(actor, blocked, rules::unblock).await?;
        Ok(())
    }

    /// The request, if it is the actor's to answer or to take back. To anybody else there is none.
    async fn request_where(
        &self,
        id: FriendRequestId,
        is_theirs: impl Fn(&FriendRequest) -> bool + Send,
    ) -> Result<FriendRequest, Refusal> {
        let request = self.friends.request(id).await?;
        Ok(request.filter(is_theirs).ok_or(Denial::FriendRequestNotFound)?)
    }

    /// Changes what is between two accounts as `rule` decides, and tells both.
    async fn change_pair(
        &self,
        actor: UserId,
        other: UserId,
        rule: impl Fn(&PairFacts) -> Verdict<PairChange> + Send + Sync + 'static,
    ) -> Result<Committed<PairFacts, PairChange>, Refusal> {
        let committed = self.friends.change(actor.clone(), other.clone(), Box::new(rule)).await?;
        for change in &committed.changes {
            match change {
                PairChange::Request(request) => {
                    self.notify(&other, Notice::FriendRequested(request.clone())).await;
                }
                PairChange::Befriend { .. } => {
                    self.notify(&other, Notice::Befriended { user_id: actor.clone() }).await;
                    self.notify(&actor, Notice::Befriended { user_id: other.clone() }).await;
                }
                PairChange::Unfriend
                | PairChange::Resolve {
                    status: FriendRequestStatus::Declined | FriendRequestStatus::Cancelled,
                    ..
                } => {
                    self.notify(&other, Notice::FriendshipChanged { user_id: actor.clone() }).await;
                    self.notify(&actor, Notice::FriendshipChanged { user_id: other.clone() }).await;
                }
                PairChange::Resolve { .. } | PairChange::Block { .. } | PairChange::Unblock => {}
            }
        }
        Ok(committed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Field;
    use crate::rules::cast::*;
    use crate::use_cases::fixture::*;

    const ID: FriendRequestId = FriendRequestId(uuid::Uuid::from_u128(5));

    /// Bo wants something of Cy, and this request is pending between them.
    fn fixture(from: &str, to: &str) -> Fixture {
        let mut fixture = Fixture::default();
        finds(&mut fixture, Some(friend_request(from, to)));
        fixture.changes_pair(PairFacts { request: Some(friend_request(from, to)), ..pair(BO, CY) });
        fixture
    }

    fn finds(fixture: &mut Fixture, request: Option<FriendRequest>) {
        fixture.friends.expect_request().returning(move |_| Ok(request.clone()));
    }

    fn then_both_are_friends(fixture: &mut Fixture) {
        fixture.then_notifies(CY, Notice::Befriended { user_id: user(BO) });
        fixture.then_notifies(BO, Notice::Befriended { user_id: user(CY) });
    }

    fn then_both_learn_of_a_change(fixture: &mut Fixture) {
        fixture.then_notifies(CY, Notice::FriendshipChanged { user_id: user(BO) });
        fixture.then_notifies(BO, Notice::FriendshipChanged { user_id: user(CY) });
    }

    #[tokio::test]
    async fn who_is_asked_is_told_after_the_commit() {
        let mut fixture = Fixture::default();
        fixture.changes_pair(pair(BO, CY));
        let request =
            FriendRequest { id: FriendRequestId(uuid(100)), created_at: NOW, ..friend_request(BO, CY) };
        fixture.then_notifies(CY, Notice::FriendRequested(request.clone()));
        let sent = fixture.hexroom().request_friendship(user(BO), user(CY)).await.expect("they share a room");
        assert_eq!(sent, request);
    }

    #[tokio::test]
    async fn a_crossing_request_is_answered_as_accepted() {
        let mut fixture = fixture(CY, BO);
        then_both_are_friends(&mut fixture);
        let crossed =
            fixture.hexroom().request_friendship(user(BO), user(CY)).await.expect("they share a room");
        let expected = FriendRequest { status: FriendRequestStatus::Accepted, ..friend_request(CY, BO) };
        assert_eq!(crossed, expected);
    }

    #[tokio::test]
    async fn a_request_denied_is_silent() {
        let mut fixture = Fixture::default();
        fixture.changes_pair(PairFacts { blocked_by_other: true, ..pair(BO, CY) });
        let refused = fixture.hexroom().request_friendship(user(BO), user(CY)).await;
        assert_eq!(denied(refused), Denial::NotParticipants);
    }

    #[tokio::test]
    async fn nothing_is_locked_for_a_pair_of_one() {
        let hexroom = Fixture::default().hexroom();
        for refused in [
            hexroom.request_friendship(user(BO), user(BO)).await.map(|_| ()),
            hexroom.unfriend(user(BO), user(BO)).await,
            hexroom.block(user(BO), user(BO)).await,
            hexroom.unblock(user(BO), user(BO)).await,
        ] {
            assert!(matches!(denied(refused), Denial::Invalid { field: Field::UserId, .. }));
        }
    }

    #[tokio::test]
    async fn an_accepted_request_is_told_to_both() {
        let mut fixture = fixture(CY, BO);
        then_both_are_friends(&mut fixture);
        let accepted = fixture.hexroom().accept_friend_request(user(BO), ID).await.expect("Cy asked");
        assert_eq!(accepted.status, FriendRequestStatus::Accepted);
    }

    #[tokio::test]
    async fn a_declined_request_is_told_to_both() {
        let mut fixture = fixture(CY, BO);
        then_both_learn_of_a_change(&mut fixture);
        let declined = fixture.hexroom().decline_friend_request(user(BO), ID).await.expect("Cy asked");
        assert_eq!(declined.status, FriendRequestStatus::Declined);
    }

    #[tokio::test]
    async fn a_cancelled_request_is_told_to_both() {
        let mut fixture = fixture(BO, CY);
        then_both_learn_of_a_change(&mut fixture);
        fixture.hexroom().cancel_friend_request(user(BO), ID).await.expect("Bo asked");
    }

    #[tokio::test]
    async fn a_request_that_is_not_theirs_locks_nothing() {
        for (found, actor) in
            [(None, BO), (Some(friend_request(BO, CY)), BO), (Some(friend_request(BO, CY)), DI)]
        {
            let mut fixture = Fixture::default();
            finds(&mut fixture, found);
            fixture.friends.expect_change().never();
            let hexroom = fixture.hexroom();
            let accepted = hexroom.accept_friend_request(user(actor), ID).await;
            assert_eq!(denied(accepted), Denial::FriendRequestNotFound);
            let declined = hexroom.decline_friend_request(user(actor), ID).await;
            assert_eq!(denied(declined), Denial::FriendRequestNotFound);
        }
        for (found, actor) in
            [(None, BO), (Some(friend_request(CY, BO)), BO), (Some(friend_request(BO, CY)), DI)]
        {
            let mut fixture = Fixture::default();
            finds(&mut fixture, found);
            fixture.friends.expect_change().never();
            let cancelled = fixture.hexroom().cancel_friend_request(user(actor), ID).await;
            assert_eq!(denied(cancelled), Denial::FriendRequestNotFound);
        }
    }

    #[tokio::test]
    async fn an_answered_request_is_not_answered_again() {
        let mut fixture = Fixture::default();
        finds(&mut fixture, Some(friend_request(CY, BO)));
        fixture.changes_pair(pair(BO, CY));
        let refused = fixture.hexroom().accept_friend_request(user(BO), ID).await;
        assert_eq!(denied(refused), Denial::FriendRequestNotFound);
    }

    #[tokio::test]
    async fn the_end_of_a_friendship_is_told_to_both() {
        let mut fixture = Fixture::default();
        fixture.changes_pair(PairFacts { friends: true, ..pair(BO, CY) });
        then_both_learn_of_a_change(&mut fixture);
        fixture.hexroom().unfriend(user(BO), user(CY)).await.expect("they are friends");
    }

    #[tokio::test]
    async fn a_block_is_told_to_nobody() {
        let mut fixture = Fixture::default();
        fixture.changes_pair(pair(BO, CY));
        fixture.changes_pair(PairFacts { blocked_by_actor: true, ..pair(BO, CY) });
        let hexroom = fixture.hexroom();
        hexroom.block(user(BO), user(CY)).await.expect("there is Cy");
        hexroom.unblock(user(BO), user(CY)).await.expect("there is Cy");
    }
}
