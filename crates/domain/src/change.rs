//! What a rule answers: the changes that a store applies in one transaction, in their order.

use crate::{
    AccountRevision, AdminRecord, Coins, Event, FriendRequest, FriendRequestId, FriendRequestStatus,
    IdempotencyKey, Invitation, InvitationId, JoinedAs, Mentions, MessageBody, PasswordHash, PasswordLink,
    Prime, Reactions, RefreshToken, Renewal, Room, RoomRevision, SealedSecret, SeatNumber, Seq, Session,
    SessionId, TimeStep, Timestamp, TokenHash, Transfer, UserId,
};

/// A change to a room, or to somebody because of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoomChange {
    /// The room comes into being, still empty.
    Open(Room),
    /// Somebody takes a seat; it also becomes their history with the room.
    TakeSeat {
        user_id: UserId,
        number: SeatNumber,
        joined_as: JoinedAs,
        fee: Coins,
        /// What counts as read.
        read_seq: Seq,
        at: Timestamp,
    },
    /// Somebody's one free join is used up by this room.
    UseFreeJoin {
        user_id: UserId,
    },
    Transfer(Transfer),
    /// A seat becomes free.
    VacateSeat {
        user_id: UserId,
    },
    /// Somebody may not come back.
    Ban {
        user_id: UserId,
        at: Timestamp,
    },
    /// Somebody may come back.
    LiftBan {
        user_id: UserId,
    },
    /// The room becomes different.
    Revise(RoomRevision<PasswordHash>),
    /// The room ends; all seats become free and open invitations are revoked.
    Close {
        at: Timestamp,
    },
    Invite(Invitation),
    /// An invitation has done its work.
    UseInvitation {
        id: InvitationId,
        at: Timestamp,
    },
    /// An invitation is taken back.
    RevokeInvitation {
        id: InvitationId,
        at: Timestamp,
    },
    /// A message reads differently.
    ReviseMessage {
        /// Its place in the log.
        seq: Seq,
        /// What it says now.
        body: MessageBody,
        /// Whom it mentions now.
        mentions: Mentions,
        /// How often it was edited.
        revision: i32,
        at: Timestamp,
    },
    /// A message that counted as one that mentions some members does so no longer, or the other way round. The event that
    /// brings it about is appended next.
    RecountMentions {
        /// The message's place in the log.
        seq: Seq,
        /// Each of them, and whether they are mentioned now.
        of: Vec<(UserId, bool)>,
    },
    /// A message has other reactions.
    SetReactions {
        /// The message's place in the log.
        seq: Seq,
        reactions: Reactions,
    },
    /// A message's body and its digest go from every row, and its reactions.
    EraseMessage {
        /// Its place in the log.
        seq: Seq,
    },
    /// A member has read on.
    MarkRead {
        user_id: UserId,
        seq: Seq,
    },
    /// What an admin did here is recorded.
    Record(AdminRecord),
    /// The log grows by an event, whose seq becomes the room's head.
    Append(Event),
}

/// A change to an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AccountChange {
    Revise(AccountRevision),
    /// It has another password.
    SetPassword(PasswordHash),
    /// It becomes a prime member or a free one.
    SetPrime(Prime),
    /// It becomes an admin's account, or one like any other.
    SetAdmin(bool),
    /// Coins are granted, under a key by which a retry is recognised.
    Grant {
        transfer: Transfer,
        key: IdempotencyKey,
    },
    /// It is suspended from an instant on, or no longer.
    SetSuspended(Option<Timestamp>),
    /// A link is made with which its holder sets another password.
    MakePasswordLink(PasswordLink),
    /// No password link of the account is good any more.
    DropPasswordLinks,
    /// What an admin did is recorded.
    Record(AdminRecord),
    /// A session begins with its first refresh token.
    OpenSession {
        session: Session,
        refresh_token: RefreshToken,
    },
    /// A session ends, its refresh tokens with it.
    EndSession(SessionId),
    /// A session was seen at work.
    TouchSession {
        id: SessionId,
        at: Timestamp,
    },
    /// A session is renewed: `generation` is the newest used, and one more token is good.
    RotateRefreshToken {
        /// The generation now used.
        generation: i64,
        /// How it was used.
        renewal: Renewal,
        /// The next one's token.
        next: RefreshToken,
    },
    /// An authenticator's secret waits to be confirmed.
    OfferSecondFactor(SealedSecret),
    /// A secret takes force, and nothing waits any more. Recovery codes give way to these.
    TurnOnSecondFactor {
        secret: SealedSecret,
        /// The step whose code confirmed it.
        last_step: TimeStep,
        /// The hashes of the recovery codes.
        recovery_codes: Vec<TokenHash>,
    },
    /// The codes of an authenticator up to this step are used up.
    UseTimeStep(TimeStep),
    /// A recovery code is used up.
    UseRecoveryCode(TokenHash),
    /// The same secrets are encrypted in another way.
    ResealSecondFactor {
        /// The one in force.
        secret: Option<SealedSecret>,
        /// The one that waits to be confirmed.
        offered: Option<SealedSecret>,
    },
    /// The password is enough again.
    TurnOffSecondFactor,
    /// The account ends: everything personal goes, its id stays taken, its coins stay where they
    /// are so that the books balance.
    Erase {
        at: Timestamp,
    },
}

/// A change between two accounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PairChange {
    /// A request is sent.
    Request(FriendRequest),
    /// A request is answered or taken back.
    Resolve {
        id: FriendRequestId,
        status: FriendRequestStatus,
        at: Timestamp,
    },
    Befriend {
        at: Timestamp,
    },
    /// They are friends no longer.
    Unfriend,
    /// The actor blocks the other.
    Block {
        at: Timestamp,
    },
    /// The actor lifts the block.
    Unblock,
}
