use crate::{Coins, Seq, Timestamp, UserId};

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

/// A place in a room, taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seat {
    /// Which of the six.
    pub number: SeatNumber,
    pub user_id: UserId,
    pub joined_at: Timestamp,
    /// What was paid for it.
    pub fee: Coins,
    /// Up to where its holder has read the log.
    pub read_seq: Seq,
}
