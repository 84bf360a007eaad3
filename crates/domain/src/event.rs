use crate::{
    Coins, FriendRequest, Invitation, Message, Prime, RoomId, RoomName, Seq, SessionId, Timestamp, UserId,
};

/// One durable change in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The room whose log it stands in.
    pub room_id: RoomId,
    /// Its place there.
    pub seq: Seq,
    /// Who brought it about.
    pub actor: UserId,
    /// When.
    pub at: Timestamp,
    /// What changed.
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
    MemberJoined {
        /// Who.
        user_id: UserId,
    },
    /// Somebody gave up their seat.
    MemberLeft {
        /// Who.
        user_id: UserId,
    },
    /// The owner took somebody's seat.
    MemberRemoved {
        /// Whose.
        user_id: UserId,
        /// Whether they may not come back.
        banned: bool,
    },
    /// The owner changed the room.
    RoomChanged(RoomRevision),
    /// The owner closed the room.
    RoomClosed,
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
        }
    }
}

/// What of a room was changed; `None` where it was left alone.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RoomRevision {
    /// Its new name.
    pub name: Option<RoomName>,
    /// Whether it is locked now.
    pub locked: Option<bool>,
    /// Its new owner.
    pub owner_id: Option<UserId>,
    /// Whether it has another password now.
    pub password_changed: bool,
}

/// What the rest of the server is told after a commit. It wakes; it never decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Announcement {
    /// A room's log has grown by an event.
    Event(Event),
    /// A member has read on.
    Read {
        /// In which room.
        room_id: RoomId,
        /// Who.
        user_id: UserId,
        /// Up to where.
        seq: Seq,
    },
    /// Something of an account's own affairs.
    Notice {
        /// Whose.
        to: UserId,
        /// What.
        notice: Notice,
    },
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
    Befriended {
        /// Who.
        user_id: UserId,
    },
    /// A friend request ended in no friendship, or a friendship ended.
    FriendshipChanged {
        /// With whom.
        user_id: UserId,
    },
    /// The account is invited to a room. The token comes from the inviter, not from here.
    Invited {
        /// To which room, and until when.
        invitation: Invitation,
    },
    /// The account's balance changed.
    CoinsChanged {
        /// The balance now.
        avail_coins: Coins,
    },
    /// Prime was granted or withdrawn.
    PrimeChanged {
        /// What holds now.
        prime: Prime,
    },
    /// Others guess at the password of the account's room.
    RoomPasswordGuessed {
        /// Which room.
        room_id: RoomId,
        /// How many wrong passwords there were since the last such notice.
        guesses: u32,
    },
}
