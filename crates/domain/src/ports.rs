//! Everything that the domain asks of the world.
//!
//! A store keeps three promises. What it has acknowledged is durable. A change is applied whole or
//! not at all, also when the caller stops waiting for it. And facts are read under the locks that
//! keep them true until the change is committed; a transaction that must be repeated asks again.

#![warn(missing_docs)]

use std::collections::BTreeSet;
use std::sync::Arc;

use async_trait::async_trait;
use uuid::Uuid;

use crate::change::{AccountChange, PairChange, RoomChange};
use crate::facts::{AccountFacts, PairFacts, Person, RoomFacts};
use crate::rules::Verdict;
use crate::rules::messages::{NewMessage, Posting};
use crate::{
    AccessClaims, Account, AccountQuery, AdminRecord, Announcement, Ban, Denial, DeviceId, Event,
    FriendRequest, FriendRequestId, IdempotencyKey, Invitation, InvitationId, JoinedAs, LedgerLine, Message,
    MessageId, Network, NewAuthenticator, OpaqueToken, Page, PageSize, PasswordHash, PasswordLink,
    PresentedPassword, Profile, Reading, RecordId, RefreshToken, Refusal, Room, RoomId, RoomSummary,
    RoomView, Salt, SealedSecret, Seq, Session, SessionId, Standing, Successors, TimeStep, Timestamp,
    TokenHash, Transfer, UserId, Window,
};

/// A rule with everything it needs but the facts.
pub type Decide<F, C> = Box<dyn Fn(&F) -> Verdict<C> + Send + Sync>;

/// What was decided and is now durable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Committed<F, C> {
    /// The facts it was decided on, from before the changes.
    pub facts: F,
    /// The changes, in their order.
    pub changes: Vec<C>,
}

/// Which room to lock and what to read of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomScope {
    /// The room.
    pub room_id: RoomId,
    /// Who wants the change.
    pub actor: UserId,
    /// Whom it is about.
    pub target: Option<UserId>,
    /// The invitation it is about.
    pub invitation: Option<InvitationKey>,
    /// The message it is about.
    pub message: Option<MessageId>,
    /// Whether the people's holdings are counted: somebody is to come by a seat or a room.
    pub counts_holdings: bool,
    /// The instant as of which the room's open invitations are read: the target is to be invited.
    pub inviting_at: Option<Timestamp>,
}

impl RoomScope {
    /// A room and who wants to change it.
    pub fn new(room_id: RoomId, actor: UserId) -> Self {
        Self {
            room_id,
            actor,
            target: None,
            invitation: None,
            message: None,
            counts_holdings: false,
            inviting_at: None,
        }
    }
}

/// How an invitation is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InvitationKey {
    /// By its name, as its owner does.
    Id(InvitationId),
    /// By its token's hash, as its invitee does.
    Token(TokenHash),
}

/// A room's log from some point on, as one of its members sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogPage {
    /// The room, with its epoch and head, as of the same moment.
    pub room: Room,
    /// The events, without a gap, oldest first.
    pub events: Vec<Event>,
}

/// Rooms, with all that happens in them.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait Rooms: Send + Sync {
    /// Locks the creator's account, counts its holdings, asks `decide`, applies its changes. The first is
    /// [`RoomChange::Open`]. Denied with `session_revoked` if there is no such account.
    async fn create(
        &self,
        creator: UserId,
        decide: Decide<Person, RoomChange>,
    ) -> Result<Committed<Person, RoomChange>, Refusal>;

    /// Locks the room, then the people's accounts in the order of their ids, reads the facts, asks
    /// `decide`, applies its changes. Denied with `room_not_found` if there is no such room, with
    /// `session_revoked` if there is no such actor.
    async fn change(
        &self,
        scope: RoomScope,
        decide: Decide<RoomFacts, RoomChange>,
    ) -> Result<Committed<RoomFacts, RoomChange>, Refusal>;

    /// Posts a message as [`post`](crate::rules::messages::post) decides. A port method of its own,
    /// so that an adapter may commit many at once; none of them ever fails its neighbours.
    async fn post(&self, message: NewMessage) -> Result<Posting, Refusal>;

    /// The room as it is, closed or not.
    async fn find(&self, room_id: RoomId) -> Result<Option<Room>, Refusal>;

    /// The room that an invitation with this token opens.
    async fn find_invited(&self, token: TokenHash) -> Result<Option<RoomId>, Refusal>;

    /// How somebody stands to a room.
    async fn standing(&self, room_id: RoomId, user_id: UserId) -> Result<Standing, Refusal>;

    /// How somebody last came into a room, if they ever sat there.
    async fn joined_as(&self, room_id: RoomId, user_id: UserId) -> Result<Option<JoinedAs>, Refusal>;

    /// A room with its members, as `viewer` sees it; denied as their [`Standing`] says.
    async fn view(&self, room_id: RoomId, viewer: UserId) -> Result<RoomView, Refusal>;

    /// The rooms in which somebody sits, newest first, from below `after`.
    async fn of_member(
        &self,
        user_id: UserId,
        after: Option<RoomId>,
        size: PageSize,
    ) -> Result<Page<RoomSummary>, Refusal>;

    /// The rooms in which somebody sits, newest first.
    async fn ids_of_member(&self, user_id: UserId) -> Result<Vec<RoomId>, Refusal>;

    /// How far somebody has read in those of some rooms in which they sit, the newest room first. Each is
    /// as of one moment.
    async fn reading(&self, user_id: UserId, ids: Vec<RoomId>) -> Result<Vec<Reading>, Refusal>;

    /// Messages of a room's history, oldest first within the page, deleted ones included; denied
    /// as the viewer's [`Standing`] says.
    async fn history(
        &self,
        room_id: RoomId,
        viewer: UserId,
        window: Window,
    ) -> Result<Page<Message>, Refusal>;

    /// At most `limit` events after `since`, with the room's head from the same moment.
    /// `viewer` is denied as their [`Standing`] says; without one, the server itself asks.
    async fn log(
        &self,
        room_id: RoomId,
        viewer: Option<UserId>,
        since: Seq,
        limit: usize,
    ) -> Result<LogPage, Refusal>;

    /// At most `limit` events after `since`, for somebody who sits there; denied as the viewer's
    /// [`Standing`] says.
    async fn events(
        &self,
        room_id: RoomId,
        viewer: UserId,
        since: Seq,
        limit: usize,
    ) -> Result<Vec<Event>, Refusal>;

    /// A room's invitations, newest first, from below `after`.
    async fn invitations(
        &self,
        room_id: RoomId,
        after: Option<InvitationId>,
        size: PageSize,
    ) -> Result<Page<Invitation>, Refusal>;

    /// Those who are banned from a room, in the order of their ids, from above `after`.
    async fn bans(
        &self,
        room_id: RoomId,
        after: Option<UserId>,
        size: PageSize,
    ) -> Result<Page<Ban>, Refusal>;
}

/// A new account with everything it begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// The account. Its balance is what `signup_coins` brings.
    pub account: Account,
    /// Its coins, from the mint; none if it begins with none.
    pub signup_coins: Option<Transfer>,
    /// Its first session.
    pub session: Session,
    /// That session's refresh token.
    pub refresh_token: RefreshToken,
}

/// Which account to lock and what to read of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountScope {
    /// The account.
    pub user_id: UserId,
    /// The refresh token that was presented.
    pub refresh_token: Option<TokenHash>,
    /// The key under which coins are to be granted.
    pub grant: Option<IdempotencyKey>,
    /// The password link that was presented.
    pub password_link: Option<TokenHash>,
    /// Whether all admins are to be locked and read too.
    pub admins: bool,
}

impl AccountScope {
    /// An account alone.
    pub fn new(user_id: UserId) -> Self {
        Self { user_id, refresh_token: None, grant: None, password_link: None, admins: false }
    }
}

/// Accounts, their sessions and their coins. An erased account is no account, but keeps its id.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait Accounts: Send + Sync {
    /// Adds an account. Denied with `user_id_taken` if its id was ever given out.
    async fn register(&self, registration: Registration) -> Result<(), Refusal>;

    /// Locks the account, with others in the order of their ids, reads the facts, asks `decide`, applies
    /// its changes. Denied with
    /// `user_not_found` if there is no such account.
    async fn change(
        &self,
        scope: AccountScope,
        decide: Decide<AccountFacts, AccountChange>,
    ) -> Result<Committed<AccountFacts, AccountChange>, Refusal>;

    /// The account.
    async fn find(&self, user_id: UserId) -> Result<Option<Account>, Refusal>;

    /// A session that has not ended, with its account.
    async fn find_session(&self, id: SessionId) -> Result<Option<(Account, Session)>, Refusal>;

    /// Notes that these sessions were at work at that time, those that have not ended and of which nothing later
    /// is noted.
    async fn touch(&self, sessions: BTreeSet<SessionId>, at: Timestamp) -> Result<(), Refusal>;

    /// Accounts with a session that was opened by `opened` or last seen by `seen`, at most `limit`.
    async fn with_old_sessions(
        &self,
        opened: Timestamp,
        seen: Timestamp,
        limit: usize,
    ) -> Result<Vec<UserId>, Refusal>;

    /// Accounts with a second factor, on or offered, in the order of their ids from above `after`, at
    /// most `limit`.
    async fn with_second_factor(&self, after: Option<UserId>, limit: usize) -> Result<Vec<UserId>, Refusal>;

    /// Whose refresh token it is, dead or alive.
    async fn find_refresh_token(&self, hash: TokenHash) -> Result<Option<UserId>, Refusal>;

    /// The account's sessions in the order of their device ids, from above `after`.
    async fn sessions(
        &self,
        user_id: UserId,
        after: Option<DeviceId>,
        size: PageSize,
    ) -> Result<Page<Session>, Refusal>;

    /// The account's transfers, newest first, from below the line numbered `after`.
    async fn ledger(
        &self,
        user_id: UserId,
        after: Option<i64>,
        size: PageSize,
    ) -> Result<Page<LedgerLine>, Refusal>;

    /// An account as `viewer` may see it.
    async fn profile(&self, user_id: UserId, viewer: UserId) -> Result<Option<Profile>, Refusal>;

    /// The accounts that a query finds, or all, in the order of their ids, from above `after`.
    async fn list(
        &self,
        query: Option<AccountQuery>,
        after: Option<UserId>,
        size: PageSize,
    ) -> Result<Page<Account>, Refusal>;

    /// The password link with this token, expired or not.
    async fn find_password_link(&self, hash: TokenHash) -> Result<Option<PasswordLink>, Refusal>;

    /// What admins did, newest first, from below `after`.
    async fn admin_record(
        &self,
        after: Option<RecordId>,
        size: PageSize,
    ) -> Result<Page<AdminRecord>, Refusal>;

    /// What was done by the command line, oldest first, from above `since`.
    async fn command_line_record(
        &self,
        since: RecordId,
        size: PageSize,
    ) -> Result<Page<AdminRecord>, Refusal>;
}

/// Which way a friend request goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// To the account.
    In,
    /// From the account.
    Out,
}

/// Friends, the requests to become so, and blocks.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait Friends: Send + Sync {
    /// Locks both accounts in the order of their ids, reads the facts, asks `decide`, applies its
    /// changes. Denied with `user_not_found` if the other is no account.
    async fn change(
        &self,
        actor: UserId,
        other: UserId,
        decide: Decide<PairFacts, PairChange>,
    ) -> Result<Committed<PairFacts, PairChange>, Refusal>;

    /// A friend request, pending or not.
    async fn request(&self, id: FriendRequestId) -> Result<Option<FriendRequest>, Refusal>;

    /// The account's pending requests, newest first, from below `after`.
    async fn requests(
        &self,
        user_id: UserId,
        direction: Direction,
        after: Option<FriendRequestId>,
        size: PageSize,
    ) -> Result<Page<FriendRequest>, Refusal>;

    /// The account's friends in the order of their ids, from above `after`.
    async fn of(
        &self,
        user_id: UserId,
        after: Option<UserId>,
        size: PageSize,
    ) -> Result<Page<Profile>, Refusal>;

    /// Those whom an account has blocked, in the order of their ids, from above `after`.
    async fn blocked(
        &self,
        user_id: UserId,
        after: Option<UserId>,
        size: PageSize,
    ) -> Result<Page<Profile>, Refusal>;
}

/// A rule of docs/protocol.md that the store was found to break.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// The promise, in one stable word.
    pub invariant: &'static str,
    /// Where, with the numbers.
    pub detail: String,
}

/// The store as a whole.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait Store: Send + Sync {
    /// Whether the store takes reads and writes now: `unavailable` while reads or commits are refused, and not any
    /// more as soon as they pass again. What is known of commits is a few seconds old at most. Asking costs a
    /// write only when no other write has told, and then one for all who ask.
    async fn ping(&self) -> Result<(), Refusal>;

    /// Checks every invariant in one consistent view and names each violation.
    async fn audit(&self) -> Result<Vec<Violation>, Refusal>;

    /// Finishes the writes that are queued and takes no more. The code that ends the process asks for it
    /// last, so that nothing is left half tidied.
    async fn close(&self);
}

/// One store's ports, all on the same data: what an adapter's opening gives.
#[derive(Clone)]
pub struct Stores {
    /// Accounts, their sessions and their coins.
    pub accounts: Arc<dyn Accounts>,
    /// Rooms, with all that happens in them.
    pub rooms: Arc<dyn Rooms>,
    /// Friends, requests and blocks.
    pub friends: Arc<dyn Friends>,
    /// The store as a whole.
    pub store: Arc<dyn Store>,
}

/// Tells the rest of the server what was committed. It only wakes: a listener that misses an announcement
/// finds all of it in the store.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait Events: Send + Sync {
    /// Passes an announcement on. Two of one room may arrive in either order.
    async fn publish(&self, announcement: Announcement);
}

/// What comparing a password with a hash showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verification {
    /// Whether the password fits.
    pub fits: bool,
    /// Whether the hash was made in another way than a new one would be.
    pub is_outdated: bool,
}

/// Who has a password hashed, and why. Hashing is dear, so it is shared among those who ask for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requester {
    /// Where they call from.
    pub network: Network,
    /// The account that they use, or want to use.
    pub account: UserId,
    /// Why.
    pub purpose: Purpose,
}

impl Requester {
    /// Somebody who joins a room, or gives it a password.
    pub fn of_room(account: &UserId, network: Network) -> Self {
        Self { network, account: account.clone(), purpose: Purpose::Room }
    }
}

/// Why a password is hashed. No purpose waits for the work of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To sign in on some device.
    SignIn,
    /// The same, from a network where wrong passwords came from lately.
    SignInAfterMistakes,
    /// To sign in again on a device where the account has a session.
    KnownDevice,
    /// To prove, in a session, that the account is one's own, or to give it another password.
    OwnAccount,
    /// To make a new account.
    Registration,
    /// To join a room, or to give it a password.
    Room,
}

impl Purpose {
    /// All of them, in the order of their declaration.
    pub const ALL: [Self; 6] = [
        Self::SignIn,
        Self::SignInAfterMistakes,
        Self::KnownDevice,
        Self::OwnAccount,
        Self::Registration,
        Self::Room,
    ];
}

/// Hashes passwords. Slow on purpose, so adapters work off the caller's thread and under one limit for
/// the whole process, and share it fairly: between the purposes, then between the networks, then between
/// the accounts of each. A request that cannot have a turn soon is refused as unavailable.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
#[async_trait]
pub trait PasswordHasher: Send + Sync {
    /// The hash of a new password.
    async fn hash(&self, password: PresentedPassword, by: Requester) -> Result<PasswordHash, Refusal>;

    /// Compares a password with a hash. Without one it takes the same time and nothing fits.
    async fn verify(
        &self,
        password: PresentedPassword,
        hash: Option<PasswordHash>,
        by: Requester,
    ) -> Result<Verification, Refusal>;
}

/// Signs and reads access tokens.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait AccessTokens: Send + Sync {
    /// A signed token that says so.
    fn sign(&self, claims: &AccessClaims) -> Result<OpaqueToken, Refusal>;

    /// What a token says, if it is ours and `now` lies within its time: `token_invalid`,
    /// `token_expired`.
    fn read(&self, token: &OpaqueToken, now: Timestamp) -> Result<AccessClaims, Denial>;
}

/// Derives each refresh token from the one before it, so that the server can give it again without
/// keeping it.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait RefreshTokens: Send + Sync {
    /// The successors of a token. Nobody derives one without the token, the salt and a key.
    fn successors(&self, presented: &OpaqueToken, salt: &Salt) -> Successors;
}

/// Makes the secrets of second factors, and the codes that authenticators show with them.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait SecondFactors: Send + Sync {
    /// A new secret for an account.
    fn new_authenticator(&self, user_id: &UserId) -> Result<NewAuthenticator, Refusal>;

    /// The six digits that the account's authenticator shows in a step; none if the secret cannot be read.
    fn code(&self, user_id: &UserId, secret: &SealedSecret, step: TimeStep) -> Option<OpaqueToken>;

    /// The secret under the key in force, unless it is so already or cannot be read.
    fn renew(&self, user_id: &UserId, secret: &SealedSecret) -> Option<SealedSecret>;

    /// A recovery code of at least 80 random bits.
    fn recovery_code(&self) -> OpaqueToken;
}

/// Draws random values.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait Randomness: Send + Sync {
    /// A new id. Later ids sort after earlier ones.
    fn id(&self) -> Uuid;

    /// A secret of 256 random bits.
    fn token(&self) -> OpaqueToken;

    /// A salt.
    fn salt(&self) -> Salt;
}

/// Tells the time.
#[cfg_attr(any(test, feature = "mocks"), mockall::automock)]
pub trait Clock: Send + Sync {
    /// The present instant.
    fn now(&self) -> Timestamp;
}
