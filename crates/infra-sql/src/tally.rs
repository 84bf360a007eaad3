//! Running counts in the rooms' logs, which make what somebody has not read the difference of two rows.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Binary;
use domain::{SEATS, SeatNumber};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What a room's log holds up to one of its events, that one included: how many messages were posted, how many were
/// deleted, and how many were posted from each of the seats, 1 to 6.
///
/// It is kept as it is stored, as numbers of four bytes, the highest first. They wrap at 2^32: the difference of two
/// tallies is right as long as it is smaller.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, AsExpression, FromSqlRow)]
#[diesel(sql_type = Binary)]
pub struct Tally([[u8; 4]; 2 + SEATS]);

const MESSAGES: usize = 0;
const DELETIONS: usize = 1;

/// Where the messages from a seat are counted.
fn of_seat(seat: SeatNumber) -> usize {
    DELETIONS + usize::from(seat.get())
}

impl Tally {
    /// The tally of an event of that kind, which follows the event with this one. `seat` is where its actor sits; nothing
    /// tells that of members who left before there were tallies.
    #[must_use]
    pub fn after(self, kind: &str, seat: Option<SeatNumber>) -> Self {
        match kind {
            "message_posted" => {
                let counted = self.with_one_more(MESSAGES);
                seat.map_or(counted, |seat| counted.with_one_more(of_seat(seat)))
            }
            "message_deleted" => self.with_one_more(DELETIONS),
            _ => self,
        }
    }

    /// How many messages others have posted since `marker`, up to which the holder of `seat` has read. Nobody else
    /// has held the seat since: those who take one have read the log up to there.
    pub fn by_others_since(self, marker: Self, seat: SeatNumber) -> i64 {
        let own = self.since(marker, of_seat(seat));
        self.since(marker, MESSAGES).wrapping_sub(own).into()
    }

    /// Whether any message has been deleted since `marker`. If not, all that were posted since are there.
    pub fn has_deletions_since(self, marker: Self) -> bool {
        self.since(marker, DELETIONS) != 0
    }
}

/// What a room's log holds up to one of its events in mentions: how often a message was edited or deleted so that it mentions
/// somebody more or somebody less, and how many messages were posted that mention the holder of each of the seats. A log
/// in which nobody was mentioned has none of these.
///
/// It is kept and read like a [`Tally`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, AsExpression, FromSqlRow)]
#[diesel(sql_type = Binary)]
pub struct MentionTally([[u8; 4]; 1 + SEATS]);

const RECOUNTS: usize = 0;

impl MentionTally {
    /// The tally of an event that posted a message by which these seats are mentioned.
    #[must_use]
    pub fn mentioning(self, seats: impl IntoIterator<Item = SeatNumber>) -> Self {
        seats.into_iter().fold(self, |tally, seat| tally.with_one_more(seat.get().into()))
    }

    /// The tally of an event by which a message mentions somebody more, or somebody less.
    #[must_use]
    pub fn recounting(self) -> Self {
        self.with_one_more(RECOUNTS)
    }

    /// How many messages have been posted since `marker` that mention the holder of `seat`, as they read when they were posted.
    pub fn of_seat_since(self, marker: Self, seat: SeatNumber) -> i64 {
        self.since(marker, seat.get().into()).into()
    }

    /// Whether any message has been changed since `marker` so that it mentions others.
    pub fn has_recounts_since(self, marker: Self) -> bool {
        self.since(marker, RECOUNTS) != 0
    }
}

/// How these counts go up, and how they are stored: as they are kept.
macro_rules! stored_counts {
    ($Counts:ident, $counters:expr) => {
        impl $Counts {
            fn count(self, what: usize) -> u32 {
                u32::from_be_bytes(self.0[what])
            }

            fn since(self, marker: Self, what: usize) -> u32 {
                self.count(what).wrapping_sub(marker.count(what))
            }

            fn with_one_more(mut self, what: usize) -> Self {
                self.0[what] = self.count(what).wrapping_add(1).to_be_bytes();
                self
            }
        }

        impl<DB> FromSql<Binary, DB> for $Counts
        where
            DB: Backend,
            Vec<u8>: FromSql<Binary, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
                let bytes = Vec::from_sql(bytes)?;
                let mut tally = Self::default();
                if bytes.len() != tally.0.as_flattened().len() {
                    return Err("a tally of another length".into());
                }
                tally.0.as_flattened_mut().copy_from_slice(&bytes);
                Ok(tally)
            }
        }

        impl<DB> ToSql<Binary, DB> for $Counts
        where
            DB: Backend,
            [u8]: ToSql<Binary, DB>,
        {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                self.0.as_flattened().to_sql(out)
            }
        }

        /// As numbers.
        impl Serialize for $Counts {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.0.map(u32::from_be_bytes).serialize(serializer)
            }
        }

        impl<'de> Deserialize<'de> for $Counts {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <[u32; $counters]>::deserialize(deserializer).map(|counts| Self(counts.map(u32::to_be_bytes)))
            }
        }
    };
}

stored_counts!(Tally, 2 + SEATS);
stored_counts!(MentionTally, 1 + SEATS);

#[cfg(test)]
mod tests {
    use super::*;

    fn seat(number: i64) -> SeatNumber {
        SeatNumber::new(number).expect("a seat")
    }

    fn with_message(tally: Tally, seat: Option<i64>) -> Tally {
        tally.after("message_posted", seat.map(self::seat))
    }

    #[test]
    fn what_others_posted_is_counted_from_a_marker_on() {
        let marker = with_message(with_message(Tally::default(), Some(1)), Some(2));
        let head = [Some(1), Some(6), None].into_iter().fold(marker, with_message).after("member_left", None);
        let unread = [1, 2, 6].map(|number| head.by_others_since(marker, seat(number)));
        assert_eq!(unread, [2, 3, 2]);
        assert_eq!(marker.by_others_since(marker, seat(1)), 0);
    }

    #[test]
    fn deletions_are_counted_apart() {
        let marker = with_message(Tally::default(), Some(1)).after("message_deleted", None);
        assert!(!with_message(marker, Some(1)).has_deletions_since(marker));
        let head = marker.after("message_deleted", Some(seat(1)));
        assert!(head.has_deletions_since(marker));
        assert_eq!(head.by_others_since(marker, seat(2)), 0);
    }

    #[test]
    fn a_difference_survives_the_numbers_beginning_anew() {
        let marker = Tally([[255; 4]; 2 + SEATS]);
        assert_eq!(with_message(marker, Some(3)).by_others_since(marker, seat(1)), 1);
    }

    #[test]
    fn mentions_are_counted_by_seat_from_a_marker_on() {
        let marker = MentionTally::default().mentioning([seat(1), seat(2)]).recounting();
        let head = marker.mentioning([seat(2)]).mentioning([2, 3].map(seat));
        assert_eq!([1, 2, 3].map(|number| head.of_seat_since(marker, seat(number))), [0, 2, 1]);
        assert!(!head.has_recounts_since(marker));
        assert!(head.recounting().has_recounts_since(marker));
        assert_eq!(head.recounting().of_seat_since(head, seat(2)), 0);
    }
}
