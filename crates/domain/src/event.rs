use crate::{
    AccountName, Coins, FriendRequest, Invitation, Message, Prime, Reacting, RoomId, RoomRevision, Seq,
    SessionId, Timestamp, UserId, Withheld,
};

/// One durable change in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The room whose log it stands in.
    pub room_id: RoomId,
    pub seq: Seq,
    /// Who brought it about.
    pub actor: UserId,
    pub at: Timestamp,
    pub kind: EventKind,
}

/// What an event changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventKind {
    /// A member wrote a message.
    MessagePosted(Message),
    /// Its author edited a message; it is shown as it reads now.
    MessageEdited(Message),
    /// A message was deleted, its body with it.
    MessageDeleted(Message),
    /// Somebody took a seat.
    MemberJoined { user_id: UserId },
    /// Somebody gave up their seat.
    MemberLeft { user_id: UserId },
    /// The owner took somebody's seat.
    MemberRemoved {
        user_id: UserId,
        /// Whether they may not come back.
        banned: bool,
    },
    /// The owner changed the room.
    RoomChanged(RoomRevision<Withheld>),
    /// The owner closed the room.
    RoomClosed,
    /// The actor put an emoji to a message.
    ReactionAdded(Reacting),
    /// The actor took an emoji back.
    ReactionRemoved(Reacting),
}

impl EventKind {
    /// The kind's stable name.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::MessagePosted(_) => "message_posted",
            Self::MessageEdited(_) => "message_edited",
            Self::MessageDeleted(_) => "message_deleted",
            Self::MemberJoined { .. } => "member_joined",
            Self::MemberLeft { .. } => "member_left",
            Self::MemberRemoved { .. } => "member_removed",
            Self::RoomChanged(_) => "room_changed",
            Self::RoomClosed => "room_closed",
            Self::ReactionAdded(_) => "reaction_added",
            Self::ReactionRemoved(_) => "reaction_removed",
        }
    }
}

/// What the rest of the server is told after a commit. It wakes; it never decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Announcement {
    /// A room's log has grown by an event.
    Event(Event),
    /// A member has read on.
    Read { room_id: RoomId, user_id: UserId, seq: Seq },
    /// An account has another name, which the members of its rooms see.
    Renamed {
        user_id: UserId,
        name: AccountName,
        /// Where it sits.
        room_ids: Vec<RoomId>,
    },
    /// Something of an account's own affairs.
    Notice { to: UserId, notice: Notice },
    /// An account was suspended: its connections end, its sessions wait.
    Suspended(UserId),
    /// Sessions ended: their access tokens are worth nothing from now on.
    SessionsEnded(Vec<SessionId>),
}

/// An account's own affairs, told to nobody else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// Somebody asks to be a friend.
    FriendRequested(FriendRequest),
    /// Somebody is a friend now.
    Befriended { user_id: UserId },
    /// A friend request ended in no friendship, or a friendship ended.
    FriendshipChanged { user_id: UserId },
    /// The account is invited to a room. The token comes from the inviter, not from here.
    Invited {
        /// To which room, and until when.
        invitation: Invitation,
    },
    /// The account's balance changed.
    CoinsChanged { avail_coins: Coins },
    /// Prime was granted or withdrawn.
    PrimeChanged { prime: Prime },
    /// Others guess at the password of the account's room.
    RoomPasswordGuessed {
        room_id: RoomId,
        /// How many wrong passwords there were since the last such notice.
        guesses: u32,
    },
}
