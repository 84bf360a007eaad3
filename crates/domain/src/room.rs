use crate::{
    AccountName, Coins, Denial, Epoch, PasswordHash, Prime, RoomId, RoomName, Seq, Timestamp, UserId,
};

/// A room, without the people in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    pub id: RoomId,
    /// What it is called on screen.
    pub name: RoomName,
    /// Who may change it.
    pub owner_id: UserId,
    /// Never leaves the server.
    pub password_hash: PasswordHash,
    /// Whether nobody new may join.
    pub locked: bool,
    /// When it was created.
    pub created_at: Timestamp,
    /// When its owner closed it.
    pub closed_at: Option<Timestamp>,
    /// Which unbroken history its log belongs to.
    pub epoch: Epoch,
    /// The seq of its newest event.
    pub head_seq: Seq,
}

/// What of a room is to be different, or has become so; `None` leaves it alone.
///
/// The password stands in it as `P`: what the owner gave, its hash, or [`Withheld`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomRevision<P> {
    pub name: Option<RoomName>,
    pub password: Option<P>,
    pub locked: Option<bool>,
    pub owner_id: Option<UserId>,
}

/// A password of which others learn only that it is another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Withheld;

impl<P> Default for RoomRevision<P> {
    fn default() -> Self {
        Self { name: None, password: None, locked: None, owner_id: None }
    }
}

impl<P> RoomRevision<P> {
    /// Another password and nothing else.
    pub fn of_password(password: P) -> Self {
        Self { password: Some(password), ..Self::default() }
    }

    /// The same with the password in another form.
    pub fn with_password<Q>(self, password: Option<Q>) -> RoomRevision<Q> {
        RoomRevision { name: self.name, password, locked: self.locked, owner_id: self.owner_id }
    }

    /// Without what the room has already. A password is always another one.
    #[must_use]
    pub fn unlike(self, room: &Room) -> Self {
        Self {
            name: self.name.filter(|name| *name != room.name),
            password: self.password,
            locked: self.locked.filter(|locked| *locked != room.locked),
            owner_id: self.owner_id.filter(|owner_id| *owner_id != room.owner_id),
        }
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        let Self { name, password, locked, owner_id } = self;
        name.is_none() && password.is_none() && locked.is_none() && owner_id.is_none()
    }
}

/// The terms on which an account came into a room, the last time that it did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum JoinedAs {
    /// It made the room; that is not a join.
    Creator,
    /// As a prime member, free.
    Prime,
    /// With its one free join.
    Free,
    /// It paid the fee.
    Paid,
}

impl JoinedAs {
    /// The terms' stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Creator => "creator",
            Self::Prime => "prime",
            Self::Free => "free",
            Self::Paid => "paid",
        }
    }
}

/// What joining gives back; the same again on a retry, with `already_member` set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    pub room_id: RoomId,
    /// What the seat cost.
    pub fee: Coins,
    pub avail_coins: Coins,
    /// Whether the seat was held before, so that nothing was paid now.
    pub already_member: bool,
}

/// How an account stands to a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Never sat there, or there is no such room: the two look the same from outside.
    Stranger,
    /// Sat there once, and the room is now closed.
    OfClosedRoom,
    /// Sat there once and does no longer.
    Former,
    Member,
}

impl Standing {
    /// The standing of somebody who once sat in a room or not, and sits there now or not.
    pub const fn of(has_sat_there: bool, is_closed: bool, is_seated: bool) -> Self {
        match (has_sat_there, is_closed, is_seated) {
            (false, ..) => Self::Stranger,
            (true, true, _) => Self::OfClosedRoom,
            (true, false, true) => Self::Member,
            (true, false, false) => Self::Former,
        }
    }

    /// Lets members in and tells everyone else why not.
    pub fn admit(self) -> Result<(), Denial> {
        match self {
            Self::Stranger => Err(Denial::RoomNotFound),
            Self::OfClosedRoom => Err(Denial::RoomClosed),
            Self::Former => Err(Denial::NotAMember),
            Self::Member => Ok(()),
        }
    }
}

/// A seat's holder, as the other members see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub user_id: UserId,
    /// What they are called on screen.
    pub name: AccountName,
    pub prime: Prime,
    /// Since when they hold the seat.
    pub joined_at: Timestamp,
    /// Up to where they have read the log.
    pub read_seq: Seq,
}

/// A room in its viewer's own list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomSummary {
    pub room: Room,
    /// How many seats are taken.
    pub seats_taken: usize,
    /// Up to where the viewer has read.
    pub read_seq: Seq,
    /// How many visible messages by others lie above that.
    pub unread: i64,
}

/// How far somebody has read in a room in which they sit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reading {
    pub room_id: RoomId,
    pub epoch: Epoch,
    pub head_seq: Seq,
    /// Up to where they have read.
    pub read_seq: Seq,
    /// How many visible messages by others lie above that.
    pub unread: i64,
}

/// A room with the people in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomView {
    /// The room, as the list has it.
    pub summary: RoomSummary,
    /// The members in the order of their seats.
    pub members: Vec<Member>,
}
