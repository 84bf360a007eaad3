use std::fmt;

use domain::change::{AccountChange, PairChange, RoomChange};
use domain::facts::{AccountFacts, PairFacts, RoomFacts};
use domain::ports::{AccountScope, Committed, InvitationKey, RoomScope};
use domain::rules::admission::{self, Credential};
use domain::rules::messages::{self, NewMessage, Posting};
use domain::rules::ownership;
use domain::rules::{Verdict, accounts, friendship, invitations, membership, operators, reactions};
use domain::{
    Account, Coins, Denial, Epoch, FriendRequest, FriendRequestId, FriendRequestStatus, Invitation,
    InvitationId, InvitationStatus, Message, MessageBody, MessageId, OpaqueToken, PasswordHash, Prime,
    Receipt, Room, RoomId, RoomRevision, RoomView, Seq, Timestamp, TransferId, UserId, Window,
};

use crate::World;
use crate::world::{Invited, longest_page, ruled};

/// What became of a change to a room.
pub type RoomChanged = Result<Committed<RoomFacts, RoomChange>, Denial>;

/// What became of a change to an account.
pub type AccountChanged = Result<Committed<AccountFacts, AccountChange>, Denial>;

/// What became of a change between two accounts.
pub type PairChanged = Result<Committed<PairFacts, PairChange>, Denial>;

/// Somebody who does things to the store, as the rules allow.
#[derive(Clone)]
pub struct Actor {
    world: World,
    pub id: UserId,
}

impl fmt::Debug for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.id.fmt(f)
    }
}

/// Accounts and coins.
impl Actor {
    pub(crate) fn new(world: &World, id: UserId) -> Self {
        Self { world: world.clone(), id }
    }

    /// The same account in another world, such as another node's.
    #[must_use]
    pub fn within(&self, world: &World) -> Self {
        Self::new(world, self.id.clone())
    }

    /// The account as the store has it.
    pub async fn account(&self) -> Account {
        self.world
            .stores()
            .accounts
            .find(self.id.clone())
            .await
            .expect("the account can be read")
            .expect("there is the account")
    }

    pub async fn coins(&self) -> i64 {
        self.account().await.avail_coins.get()
    }

    /// Asks for a change to the account.
    pub async fn changes(
        &self,
        scope: AccountScope,
        rule: impl Fn(&AccountFacts) -> Verdict<AccountChange> + Send + Sync + 'static,
    ) -> AccountChanged {
        ruled(self.world.stores().accounts.change(scope, Box::new(rule)).await)
    }

    /// Asks for these changes to the account, whatever the facts.
    pub async fn changes_to(&self, changes: Vec<AccountChange>) -> AccountChanged {
        self.changes(AccountScope::new(self.id.clone()), move |_| Ok(changes.clone())).await
    }

    /// Becomes a prime member, or a free one.
    pub async fn becomes(&self, prime: Prime) {
        let scope = AccountScope::new(self.id.clone());
        let deed = self.world.deed(None);
        self.changes(scope, move |facts| accounts::set_prime(facts, prime, &deed))
            .await
            .expect("there is the account");
    }

    /// Is granted coins under a key.
    pub async fn is_granted(&self, coins: i64, key: &str) -> AccountChanged {
        let amount = Coins::new(coins).expect("not negative");
        let key: domain::IdempotencyKey = key.parse().expect("a key");
        let scope = AccountScope { grant: Some(key.clone()), ..AccountScope::new(self.id.clone()) };
        let (transfer_id, deed) = (TransferId(self.world.id()), self.world.deed(None));
        self.changes(scope, move |facts| accounts::grant_coins(facts, amount, &key, transfer_id, &deed)).await
    }

    /// Becomes an admin's account, or one like any other.
    pub async fn is_admin(&self, admin: bool) {
        let deed = self.world.deed(None);
        let scope = AccountScope::new(self.id.clone());
        self.changes(scope, move |facts| operators::set_admin(facts, admin, &deed))
            .await
            .expect("there is the account");
    }

    /// Is suspended by an admin, or by the command line.
    pub async fn is_suspended(&self, by: Option<&Self>) -> AccountChanged {
        let deed = self.world.deed(by.map(|admin| &admin.id));
        let scope = AccountScope { admins: true, ..AccountScope::new(self.id.clone()) };
        self.changes(scope, move |facts| operators::suspend(facts, &deed)).await
    }

    /// Is readmitted by the command line.
    pub async fn is_readmitted(&self) -> AccountChanged {
        let deed = self.world.deed(None);
        self.changes(AccountScope::new(self.id.clone()), move |facts| operators::readmit(facts, &deed)).await
    }

    /// Is given a password link by the command line.
    pub async fn is_given_a_link(&self) -> OpaqueToken {
        let (deed, token) = (self.world.deed(None), self.world.secret());
        let hash = token.hash();
        self.changes(AccountScope::new(self.id.clone()), move |facts| {
            operators::make_password_link(facts, hash, &deed)
        })
        .await
        .expect("there is the account");
        token
    }

    /// Sets another password with a link.
    pub async fn uses_link(&self, token: &OpaqueToken, new: &str) -> AccountChanged {
        let (new, now) = (PasswordHash::new(new.to_owned()), self.world.now());
        let scope = AccountScope { password_link: Some(token.hash()), ..AccountScope::new(self.id.clone()) };
        self.changes(scope, move |facts| operators::use_password_link(facts, &new, now)).await
    }

    pub async fn is_erased(&self) -> AccountChanged {
        let (hash, now) = (self.account().await.password_hash, self.world.now());
        let scope = AccountScope::new(self.id.clone());
        self.changes(scope, move |facts| accounts::erase(facts, &hash, now)).await
    }
}

/// Rooms.
impl Actor {
    /// Opens a room whose password has the hash `hash of the room's first password`.
    pub async fn opens(&self, name: &str) -> RoomId {
        self.tries_to_open(name).await.expect("a prime member opens a room")
    }

    /// Opens a room if the rules let them.
    pub async fn tries_to_open(&self, name: &str) -> Result<RoomId, Denial> {
        let now = self.world.now();
        let room = Room::new(
            RoomId(self.world.id()),
            Epoch(self.world.id()),
            name.parse().expect("a room name"),
            self.id.clone(),
            PasswordHash::new("hash of the room's first password".to_owned()),
            now,
        );
        let id = room.id;
        let decide = Box::new(move |person: &_| admission::create_room(person, &room, now));
        ruled(self.world.stores().rooms.create(self.id.clone(), decide).await).map(|_| id)
    }

    /// Asks for a change to a room.
    pub async fn changes_room(
        &self,
        scope: RoomScope,
        rule: impl Fn(&RoomFacts) -> Verdict<RoomChange> + Send + Sync + 'static,
    ) -> RoomChanged {
        ruled(self.world.stores().rooms.change(scope, Box::new(rule)).await)
    }

    /// The facts that a rule is told about this actor in a room.
    pub async fn reads_facts(&self, room: RoomId) -> RoomFacts {
        self.changes_room(self.scope(room), |_| Ok(Vec::new())).await.expect("there is the room").facts
    }

    fn scope(&self, room: RoomId) -> RoomScope {
        RoomScope::new(room, self.id.clone())
    }

    fn scope_about(&self, room: RoomId, target: &Actor) -> RoomScope {
        RoomScope { target: Some(target.id.clone()), ..self.scope(room) }
    }

    /// Joins with the right password.
    pub async fn joins(&self, room: RoomId) -> Result<Receipt, Denial> {
        let found = ruled(self.world.stores().rooms.find(room).await)?.ok_or(Denial::RoomNotFound)?;
        let credential = Credential::Password { fits: found.password_hash, renewed: None };
        self.joins_by(self.scope(room), credential).await
    }

    /// Joins with a password that fits a hash which is not the room's.
    pub async fn joins_with_a_wrong_password(&self, room: RoomId) -> Result<Receipt, Denial> {
        let fits = PasswordHash::new("hash of another password".to_owned());
        self.joins_by(self.scope(room), Credential::Password { fits, renewed: None }).await
    }

    /// Joins with an invitation's token.
    pub async fn joins_with(&self, token: &OpaqueToken) -> Result<Receipt, Denial> {
        let hash = token.hash();
        let room =
            ruled(self.world.stores().rooms.find_invited(hash).await)?.ok_or(Denial::InvitationInvalid)?;
        let scope = RoomScope { invitation: Some(InvitationKey::Token(hash)), ..self.scope(room) };
        self.joins_by(scope, Credential::Invitation).await
    }

    async fn joins_by(&self, scope: RoomScope, credential: Credential) -> Result<Receipt, Denial> {
        let (transfer_id, now) = (TransferId(self.world.id()), self.world.now());
        let scope = RoomScope { counts_holdings: true, ..scope };
        let committed = self
            .changes_room(scope, move |facts| admission::join(facts, &credential, transfer_id, now))
            .await?;
        Ok(admission::receipt(&committed.facts, &committed.changes))
    }

    pub async fn leaves(&self, room: RoomId) -> RoomChanged {
        let now = self.world.now();
        self.changes_room(self.scope(room), move |facts| membership::leave(facts, now)).await
    }

    pub async fn removes(&self, target: &Actor, room: RoomId) -> RoomChanged {
        let now = self.world.now();
        self.changes_room(self.scope_about(room, target), move |facts| ownership::remove_member(facts, now))
            .await
    }

    pub async fn bans(&self, target: &Actor, room: RoomId) -> RoomChanged {
        let now = self.world.now();
        self.changes_room(self.scope_about(room, target), move |facts| ownership::ban(facts, now)).await
    }

    pub async fn lifts_the_ban_of(&self, target: &Actor, room: RoomId) -> RoomChanged {
        self.changes_room(self.scope_about(room, target), ownership::lift_ban).await
    }

    pub async fn revises(&self, room: RoomId, wanted: RoomRevision<PasswordHash>) -> RoomChanged {
        let now = self.world.now();
        let scope = RoomScope {
            target: wanted.owner_id.clone(),
            counts_holdings: wanted.owner_id.is_some(),
            ..self.scope(room)
        };
        self.changes_room(scope, move |facts| ownership::revise(facts, &wanted, now)).await
    }

    /// Locks or unlocks the room.
    pub async fn locks(&self, room: RoomId, locked: bool) -> RoomChanged {
        self.revises(room, RoomRevision { locked: Some(locked), ..RoomRevision::default() }).await
    }

    /// Calls the room something else.
    pub async fn renames(&self, room: RoomId, name: &str) -> RoomChanged {
        let name = Some(name.parse().expect("a room name"));
        self.revises(room, RoomRevision { name, ..RoomRevision::default() }).await
    }

    pub async fn hands_over(&self, room: RoomId, heir: &Actor) -> RoomChanged {
        let owner_id = Some(heir.id.clone());
        self.revises(room, RoomRevision { owner_id, ..RoomRevision::default() }).await
    }

    pub async fn closes(&self, room: RoomId) -> RoomChanged {
        let now = self.world.now();
        self.changes_room(self.scope(room), move |facts| ownership::close(facts, now)).await
    }

    /// Invites somebody for a day.
    pub async fn invites(&self, invitee: &Actor, room: RoomId) -> Result<Invited, Denial> {
        let day = std::time::Duration::from_hours(24);
        self.invites_until(invitee, room, self.world.now().plus(day)).await
    }

    /// Invites somebody until an instant.
    pub async fn invites_until(
        &self,
        invitee: &Actor,
        room: RoomId,
        expires_at: Timestamp,
    ) -> Result<Invited, Denial> {
        let now = self.world.now();
        let token = self.world.secret();
        let invitation = Invitation {
            id: InvitationId(self.world.id()),
            room_id: room,
            invitee_id: invitee.id.clone(),
            token_hash: token.hash(),
            created_at: now,
            expires_at,
            used_at: None,
            revoked_at: None,
        };
        let id = invitation.id;
        let scope = RoomScope { inviting_at: Some(now), ..self.scope_about(room, invitee) };
        self.changes_room(scope, move |facts| invitations::invite(facts, &invitation, now)).await?;
        Ok(Invited { id, token })
    }

    pub async fn revokes(&self, id: InvitationId, room: RoomId) -> RoomChanged {
        let now = self.world.now();
        let scope = RoomScope { invitation: Some(InvitationKey::Id(id)), ..self.scope(room) };
        self.changes_room(scope, move |facts| invitations::revoke(facts, now)).await
    }

    /// What has become of a room's invitations, newest first.
    pub async fn sees_invitations(&self, room: RoomId) -> Vec<(InvitationId, InvitationStatus)> {
        let page = self.world.stores().rooms.invitations(room, None, longest_page()).await;
        let now = self.world.now();
        let invitations = page.expect("the invitations can be read").items;
        invitations.iter().map(|invitation| (invitation.id, invitation.status(now))).collect()
    }

    pub async fn views(&self, room: RoomId) -> Result<RoomView, Denial> {
        ruled(self.world.stores().rooms.view(room, self.id.clone()).await)
    }
}

/// Messages.
impl Actor {
    /// A message not yet posted.
    pub fn writes(&self, room: RoomId, client_message_id: &str, body: &str) -> NewMessage {
        NewMessage {
            id: MessageId(self.world.id()),
            room_id: room,
            sender_id: self.id.clone(),
            client_message_id: client_message_id.parse().expect("a client message id"),
            body: body.parse().expect("a message body"),
            reply_to: None,
            at: self.world.now(),
        }
    }

    /// A reply not yet posted.
    pub fn writes_back(&self, original: &Message, client_message_id: &str, body: &str) -> NewMessage {
        let reply_to = Some(original.id);
        NewMessage { reply_to, ..self.writes(original.room_id, client_message_id, body) }
    }

    /// Posts a reply, possibly once more.
    pub async fn replies(&self, original: &Message, client_message_id: &str) -> Result<Posting, Denial> {
        let reply = self.writes_back(original, client_message_id, "indeed");
        ruled(self.world.stores().rooms.post(reply).await)
    }

    pub async fn posts(&self, room: RoomId, client_message_id: &str, body: &str) -> Result<Posting, Denial> {
        ruled(self.world.stores().rooms.post(self.writes(room, client_message_id, body)).await)
    }

    /// Posts a message that is new.
    pub async fn says(&self, room: RoomId, body: &str) -> Message {
        let client_message_id = self.world.id().to_string();
        match self.posts(room, &client_message_id, body).await.expect("a member posts") {
            Posting::New(message) => message,
            Posting::Repeated(earlier) => panic!("a message posted once stands there already: {earlier:?}"),
        }
    }

    pub async fn edits(&self, message: &Message, body: &str) -> RoomChanged {
        let (body, now): (MessageBody, _) = (body.parse().expect("a message body"), self.world.now());
        let scope = RoomScope { message: Some(message.id), ..self.scope(message.room_id) };
        self.changes_room(scope, move |facts| messages::edit(facts, &body, now)).await
    }

    pub async fn deletes(&self, message: &Message) -> RoomChanged {
        let now = self.world.now();
        let scope = RoomScope { message: Some(message.id), ..self.scope(message.room_id) };
        self.changes_room(scope, move |facts| messages::delete(facts, now)).await
    }

    /// Puts an emoji to a message, or takes it back.
    pub async fn reacts(&self, message: &Message, emoji: &str, on: bool) -> RoomChanged {
        let (emoji, now) = (emoji.parse().expect("an emoji"), self.world.now());
        let scope = RoomScope { message: Some(message.id), ..self.scope(message.room_id) };
        self.changes_room(scope, move |facts| reactions::react(facts, &emoji, on, now)).await
    }

    /// Reads one message.
    pub async fn sees(&self, message: &Message) -> Result<Message, Denial> {
        ruled(self.world.stores().rooms.message(message.room_id, self.id.clone(), message.id).await)
    }

    /// Reads the log up to a place.
    pub async fn reads_up_to(&self, room: RoomId, seq: Seq) -> RoomChanged {
        self.changes_room(self.scope(room), move |facts| membership::mark_read(facts, seq)).await
    }

    pub async fn sees_messages(&self, room: RoomId) -> Result<Vec<Message>, Denial> {
        let window = Window { size: longest_page(), ..Window::default() };
        ruled(self.world.stores().rooms.history(room, self.id.clone(), window).await).map(|page| page.items)
    }
}

/// Friends.
impl Actor {
    /// Asks for a change between the two.
    pub async fn changes_pair(
        &self,
        other: &Actor,
        rule: impl Fn(&PairFacts) -> Verdict<PairChange> + Send + Sync + 'static,
    ) -> PairChanged {
        ruled(self.world.stores().friends.change(self.id.clone(), other.id.clone(), Box::new(rule)).await)
    }

    /// The facts that a rule is told about the two.
    pub async fn reads_facts_with(&self, other: &Actor) -> PairFacts {
        self.changes_pair(other, |_| Ok(Vec::new())).await.expect("there are both").facts
    }

    pub async fn asks(&self, other: &Actor) -> Result<FriendRequestId, Denial> {
        let now = self.world.now();
        let request = FriendRequest {
            id: FriendRequestId(self.world.id()),
            from: self.id.clone(),
            to: other.id.clone(),
            status: FriendRequestStatus::Pending,
            created_at: now,
        };
        let id = request.id;
        self.changes_pair(other, move |facts| friendship::request(facts, &request, now)).await.map(|_| id)
    }

    pub async fn accepts(&self, other: &Actor, id: FriendRequestId) -> PairChanged {
        let now = self.world.now();
        self.changes_pair(other, move |facts| friendship::accept(facts, id, now)).await
    }

    pub async fn declines(&self, other: &Actor, id: FriendRequestId) -> PairChanged {
        let now = self.world.now();
        self.changes_pair(other, move |facts| friendship::decline(facts, id, now)).await
    }

    pub async fn cancels(&self, other: &Actor, id: FriendRequestId) -> PairChanged {
        let now = self.world.now();
        self.changes_pair(other, move |facts| friendship::cancel(facts, id, now)).await
    }

    pub async fn unfriends(&self, other: &Actor) -> PairChanged {
        self.changes_pair(other, friendship::unfriend).await
    }

    pub async fn blocks(&self, other: &Actor) -> PairChanged {
        let now = self.world.now();
        self.changes_pair(other, move |facts| friendship::block(facts, now)).await
    }

    pub async fn unblocks(&self, other: &Actor) -> PairChanged {
        self.changes_pair(other, friendship::unblock).await
    }
}
