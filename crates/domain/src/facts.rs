//! What a rule is told: everything it may look at, read under the lock that the change needs.

use crate::{
    Account, Admin, BodyDigest, Coins, Event, EventKind, FriendRequest, Invitation, JoinedAs, Message,
    PasswordLink, Prime, RefreshToken, Room, Seat, SeatNumber, Seq, Session, Standing, Timestamp, TokenHash,
    UserId,
};

/// An account as one room sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub user_id: UserId,
    pub prime: Prime,
    pub avail_coins: Coins,
    /// Whether their one free join has been used, in any room.
    pub free_join_used: bool,
    /// How they last came into this room, if they ever sat there.
    pub history: Option<JoinedAs>,
    /// Whether they are banned from this room.
    pub banned: bool,
    /// What they have of all that quotas bind. Nothing unless it was asked for.
    pub holdings: Holdings,
}

/// How much an account has of what quotas bind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Holdings {
    /// How many open rooms it owns.
    pub rooms_owned: usize,
    /// In how many rooms it sits.
    pub rooms_sat_in: usize,
}

/// What inviting somebody depends on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InvitingFacts {
    /// For whom there are open invitations to the room, one entry each.
    pub open_to: Vec<UserId>,
    /// Whether the target has blocked the actor.
    pub blocked_by_target: bool,
}

/// A room, locked, with the people that a change is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomFacts {
    pub room: Room,
    /// Its taken seats, at most six, in the order of their numbers.
    pub seats: Vec<Seat>,
    /// Who wants the change.
    pub actor: Person,
    /// Whom it is about, if there is such an account.
    pub target: Option<Person>,
    /// The invitation it is about, if this room has it.
    pub invitation: Option<Invitation>,
    /// The message it is about, if this room has it.
    pub message: Option<Message>,
    /// What an invitation depends on. Nothing unless it was asked for.
    pub inviting: InvitingFacts,
}

impl RoomFacts {
    /// The seat that somebody holds.
    pub fn seat_of(&self, user_id: &UserId) -> Option<&Seat> {
        self.seats.iter().find(|seat| seat.user_id == *user_id)
    }

    /// The lowest seat that nobody holds.
    pub fn free_seat(&self) -> Option<SeatNumber> {
        SeatNumber::ALL.into_iter().find(|number| self.seats.iter().all(|seat| seat.number != *number))
    }

    /// How the actor stands to the room.
    pub fn standing(&self) -> Standing {
        Standing::of(
            self.actor.history.is_some(),
            self.room.closed_at.is_some(),
            self.seat_of(&self.actor.user_id).is_some(),
        )
    }

    /// The next event of the room's log, brought about by the actor.
    pub(crate) fn next_event(&self, kind: EventKind, at: Timestamp) -> Event {
        Event {
            room_id: self.room.id,
            seq: self.room.head_seq.next(),
            actor: self.actor.user_id.clone(),
            at,
            kind,
        }
    }
}

/// What posting a message depends on. It is the busiest change, so it is told no more than it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostFacts {
    /// How the sender stands to the room.
    pub standing: Standing,
    /// The seq of the room's newest event.
    pub head_seq: Seq,
    /// The sender's message under the same client id, in any room, deleted or not.
    pub earlier: Option<EarlierPost>,
    /// The message that it is to reply to, if this room has it. Nothing unless it is to reply to one.
    pub original: Option<Message>,
    /// Who sits in the room, the sender among them. Nothing unless the text may mention somebody.
    pub members: Vec<UserId>,
}

/// A message that was posted before under the same client id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EarlierPost {
    /// The message as it reads now.
    pub message: Message,
    /// What it said when it was posted; nothing is left of that once it is deleted.
    pub digest: Option<BodyDigest>,
}

/// An account, locked, with what hangs on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountFacts {
    pub account: Account,
    /// Its sessions, one for each device.
    pub sessions: Vec<Session>,
    /// How many open rooms it owns.
    pub owned_rooms: usize,
    /// How many seats it holds.
    pub seats_held: usize,
    /// The refresh token that was presented, if it is one of the account's.
    pub refresh_token: Option<RefreshToken>,
    /// The password link that was presented, if it is one of the account's.
    pub password_link: Option<PasswordLink>,
    /// All admins, if they were asked for, locked too.
    pub admins: Vec<Admin>,
    /// The hashes of the recovery codes that it has left, if its second factor is on.
    pub recovery_codes: Vec<TokenHash>,
    /// Whether coins were granted to it under the same idempotency key before, and how many.
    pub earlier_grant: Option<Coins>,
}

/// Two accounts, locked, and all that is between them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own, and all may hold together")]
pub struct PairFacts {
    /// Who wants the change.
    pub actor: UserId,
    pub other: UserId,
    /// Whether both have sat in one room.
    pub have_shared_a_room: bool,
    /// Whether they are friends.
    pub friends: bool,
    /// The pending request between them, in either direction.
    pub request: Option<FriendRequest>,
    /// Whether the actor has blocked the other.
    pub blocked_by_actor: bool,
    /// Whether the other has blocked the actor.
    pub blocked_by_other: bool,
}
