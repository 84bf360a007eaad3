use crate::{
    AccountName, Coins, Denial, Epoch, PasswordHash, Prime, RoomId, RoomName, Seq, Timestamp, UserId,
};

/// How many seats a room has.
pub const SEATS: usize = 6;

/// Which of a room's six seats, 1 to 6. No two members hold the same one, so the database itself
/// refuses a seventh.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeatNumber(u8);

impl SeatNumber {
    /// All six, in order.
    pub const ALL: [Self; SEATS] = [Self(1), Self(2), Self(3), Self(4), Self(5), Self(6)];

    /// The seat with a number from 1 to 6.
    pub fn new(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|seat| i64::from(seat.0) == number)
    }

    /// The seat's number.
    pub const fn get(self) -> u8 {
        self.0
    }
}

/// A room, without the people in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// Its name for all time.
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

/// A place in a room, taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// Which of the six.
    pub number: SeatNumber,
    /// Who holds it.
    pub user_id: UserId,
    /// Since when.
    pub joined_at: Timestamp,
    /// What was paid for it.
    pub fee: Coins,
    /// Up to where its holder has read the log.
    pub read_seq: Seq,
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
    /// The room joined.
    pub room_id: RoomId,
    /// What the seat cost.
    pub fee: Coins,
    /// The balance now.
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
    /// Holds a seat.
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
    /// Who.
    pub user_id: UserId,
    /// What they are called on screen.
    pub name: AccountName,
    /// Prime or free.
    pub prime: Prime,
    /// Since when they hold the seat.
    pub joined_at: Timestamp,
    /// Up to where they have read the log.
    pub read_seq: Seq,
}

/// A room in its viewer's own list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomSummary {
    /// The room.
    pub room: Room,
    /// How many seats are taken.
    pub seats_taken: usize,
    /// Up to where the viewer has read.
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
