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
        let request = self.request_with(&actor, id).await?;
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
        let request = self.request_with(&actor, id).await?;
        self.change_pair(actor, request.from.clone(), move |facts| rules::decline(facts, id, now)).await?;
        Ok(FriendRequest { status: FriendRequestStatus::Declined, ..request })
    }

    /// Takes back a request sent by the actor.
    pub async fn cancel_friend_request(&self, actor: UserId, id: FriendRequestId) -> Result<(), Refusal> {
        let now = self.clock.now();
        let request = self.request_with(&actor, id).await?;
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

    /// The request, if the actor is one of its two. To anybody else there is none.
    async fn request_with(&self, actor: &UserId, id: FriendRequestId) -> Result<FriendRequest, Refusal> {
        let request = self.friends.request(id).await?;
        Ok(request
            .filter(|request| request.from == *actor || request.to == *actor)
            .ok_or(Denial::FriendRequestNotFound)?)
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
