use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use crate::invalid::in_words;
use crate::stored::by_todays_rule;
use crate::unicode::{hides_something, is_blank, nfc};
use crate::{
    AccountName, Coins, Denial, Epoch, Invalid, JOIN_FEE, PasswordHash, Prime, RoomId, RoomName, Seq,
    Timestamp, UserId,
};

/// A room, without the people in it.
///
/// The hash of its password stands in it as `P`, and is [`Withheld`] where a room is only shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room<P = PasswordHash> {
    pub id: RoomId,
    /// What it is called on screen.
    pub name: RoomName,
    pub topic: Topic,
    /// Who may change it.
    pub owner_id: UserId,
    /// Never leaves the server.
    pub password_hash: P,
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

impl Room {
    /// A room as it is created: nobody in it, nothing in its log.
    pub fn new(
        id: RoomId,
        epoch: Epoch,
        name: RoomName,
        owner_id: UserId,
        password_hash: PasswordHash,
        now: Timestamp,
    ) -> Self {
        Self {
            id,
            name,
            topic: Topic::default(),
            owner_id,
            password_hash,
            locked: false,
            created_at: now,
            closed_at: None,
            epoch,
            head_seq: Seq::ZERO,
        }
    }

    /// The same as it is shown.
    pub fn withholding_password(self) -> Room<Withheld> {
        let Self {
            id,
            name,
            topic,
            owner_id,
            password_hash: _,
            locked,
            created_at,
            closed_at,
            epoch,
            head_seq,
        } = self;
        Room {
            id,
            name,
            topic,
            owner_id,
            password_hash: Withheld,
            locked,
            created_at,
            closed_at,
            epoch,
            head_seq,
        }
    }
}

/// What a room is about, on one line. It is empty where the room has none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Topic(String);

impl Topic {
    /// How many characters it has.
    pub const LENGTH: RangeInclusive<usize> = 0..=250;

    /// The topic in Normalization Form C.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it says nothing, so that the room has none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromStr for Topic {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let topic = nfc(text);
        if is_blank(&topic) {
            return Ok(Self::default());
        }
        if Self::LENGTH.contains(&topic.chars().count()) && !hides_something(&topic) {
            return Ok(Self(topic.into_owned()));
        }
        let length = in_words(&Self::LENGTH);
        let message = format!("A topic has {length} characters on one line, none of them invisible.");
        Err(Invalid::new("not_a_topic", message))
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

by_todays_rule!(Topic);

/// What of a room is to be different, or has become so; `None` leaves it alone.
///
/// The password stands in it as `P`: what the owner gave, its hash, or [`Withheld`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomRevision<P> {
    pub name: Option<RoomName>,
    pub topic: Option<Topic>,
    pub password: Option<P>,
    pub locked: Option<bool>,
    pub owner_id: Option<UserId>,
}

/// A password of which others learn at most that it is another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Withheld;

impl<P> Default for RoomRevision<P> {
    fn default() -> Self {
        Self { name: None, topic: None, password: None, locked: None, owner_id: None }
    }
}

impl<P> RoomRevision<P> {
    /// Another password and nothing else.
    pub fn of_password(password: P) -> Self {
        Self { password: Some(password), ..Self::default() }
    }

    /// The same with the password in another form.
    pub fn with_password<Q>(self, password: Option<Q>) -> RoomRevision<Q> {
        let Self { name, topic, password: _, locked, owner_id } = self;
        RoomRevision { name, topic, password, locked, owner_id }
    }

    /// Without what the room has already. A password is always another one.
    #[must_use]
    pub fn unlike(self, room: &Room) -> Self {
        Self {
            name: self.name.filter(|name| *name != room.name),
            topic: self.topic.filter(|topic| *topic != room.topic),
            password: self.password,
            locked: self.locked.filter(|locked| *locked != room.locked),
            owner_id: self.owner_id.filter(|owner_id| *owner_id != room.owner_id),
        }
    }

    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        let Self { name, topic, password, locked, owner_id } = self;
        name.is_none() && topic.is_none() && password.is_none() && locked.is_none() && owner_id.is_none()
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

/// On which terms somebody would take a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinTerms {
    /// They have joined this room before, on these terms.
    Returning(JoinedAs),
    /// As a prime member.
    Prime,
    /// With their one free join.
    FirstJoin,
    /// For the fee.
    FurtherJoin,
}

impl JoinTerms {
    /// What the seat costs on these terms.
    pub const fn fee(self) -> Coins {
        match self {
            Self::Returning(_) | Self::Prime | Self::FirstJoin => Coins::ZERO,
            Self::FurtherJoin => JOIN_FEE,
        }
    }

    /// As what somebody comes in on these terms.
    pub const fn joined_as(self) -> JoinedAs {
        match self {
            Self::Returning(joined_as) => joined_as,
            Self::Prime => JoinedAs::Prime,
            Self::FirstJoin => JoinedAs::Free,
            Self::FurtherJoin => JoinedAs::Paid,
        }
    }

    /// The terms' stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Returning(_) => "returning",
            Self::Prime => "prime",
            Self::FirstJoin => "first_join",
            Self::FurtherJoin => "further_join",
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

/// Somebody who may not come back into a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ban {
    pub user_id: UserId,
    /// What they are called on screen.
    pub name: AccountName,
    pub banned_at: Timestamp,
}

/// A room in its viewer's own list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomSummary {
    pub room: Room<Withheld>,
    /// How many seats are taken.
    pub seats_taken: usize,
    /// Up to where the viewer has read.
    pub read_seq: Seq,
    /// How many visible messages by others lie above that.
    pub unread: i64,
    /// How many of these mention the viewer.
    pub unread_mentions: i64,
    /// When its newest event happened, by which a list of rooms is ordered.
    pub last_event_at: Timestamp,
    /// The newest message that is not deleted.
    pub last_message: Option<LastMessage>,
}

impl RoomSummary {
    /// Where the room stands in its viewer's list.
    pub const fn place(&self) -> RoomPlace {
        RoomPlace { last_event_at: self.last_event_at, room_id: self.room.id }
    }
}

/// A room's place in a list that begins with the room in which something happened last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RoomPlace {
    pub last_event_at: Timestamp,
    pub room_id: RoomId,
}

/// The newest message of a room, as a list of rooms shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastMessage {
    pub seq: Seq,
    pub sender_id: UserId,
    /// What its sender is called on screen, unless their account is erased.
    pub sender_name: Option<AccountName>,
    /// How its text begins: [`MessageBody::EXCERPT`](crate::MessageBody::EXCERPT) characters at most.
    pub excerpt: String,
    pub at: Timestamp,
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
    /// How many of these mention them.
    pub unread_mentions: i64,
}

/// A room with the people in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomView {
    /// The room, as the list has it.
    pub summary: RoomSummary,
    /// The members in the order of their seats.
    pub members: Vec<Member>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::cast::{ANA, BO, NOW, room, wanted_by};
    use crate::rules::ownership::revise;

    fn topic(text: &str) -> Topic {
        text.parse().expect("a topic")
    }

    fn about(text: &str) -> RoomRevision<PasswordHash> {
        RoomRevision { topic: Some(topic(text)), ..RoomRevision::default() }
    }

    #[test]
    fn a_topic_has_up_to_250_visible_characters_on_one_line() {
        for good in ["Soup", " a ", "👩‍🚀 فارسی", &"ä".repeat(250), &"a\u{308}".repeat(250)] {
            assert!(good.parse::<Topic>().is_ok_and(|topic| !topic.is_empty()), "{good}");
        }
        for bad in ["a\nb", "a\u{2028}b", "a\tb", "a\u{200b}b", "\u{202e}cipot", &"a".repeat(251)] {
            assert_eq!(bad.parse::<Topic>().expect_err(bad).code, "not_a_topic");
        }
        assert_eq!(topic("Ren\u{e9}"), topic("Rene\u{301}"));
    }

    #[test]
    fn a_blank_topic_is_none() {
        for blank in ["", "  ", "\n", "\u{200b}", "\u{2800}", &" ".repeat(251)] {
            assert_eq!(topic(blank), Topic::default(), "{blank:?}");
        }
    }

    #[test]
    fn the_owner_sets_and_removes_a_topic_and_setting_it_again_is_no_change() {
        let mut facts = wanted_by(ANA);
        assert_eq!(revise(&facts, &about(" "), NOW), Ok(Vec::new()), "there is none");
        assert_eq!(revise(&facts, &about("Soup"), NOW).expect("Ana owns the room").len(), 2);
        facts.room.topic = topic("Soup");
        assert_eq!(revise(&facts, &about("Soup"), NOW), Ok(Vec::new()));
        assert_eq!(about("").unlike(&facts.room), about(""), "it is removed");
        assert_eq!(revise(&wanted_by(BO), &about("Soup"), NOW), Err(Denial::OwnerOnly));
        assert_eq!(about("Soup").with_password(None::<Withheld>).topic, Some(topic("Soup")));
        assert!(room().topic.is_empty());
    }
}
