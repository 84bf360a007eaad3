//! Rooms, seats, participants, bans and invitations.

use diesel::prelude::*;
use domain::facts::{Holdings, Person};
use domain::{
    AccountName, Ban, Epoch, Invitation, InvitationId, JoinedAs, Member, PasswordHash, Reading, Room, RoomId,
    RoomName, RoomRevision, Seat, SeatNumber, Seq, Standing, Stored, Timestamp, Topic, UserId, Withheld,
};
use serde::{Deserialize, Serialize};
use serde_with::As;
use serde_with::hex::Hex;

use crate::accounts::AccountRow;
use crate::coins::CoinAccountRow;
use crate::fields::{Fields, Found, HASH_BYTES};
use crate::schema::{bans, invitations, participants, rooms, seats};
use crate::stored::{Corrupt, StoredId, coins, named, present, token_hash};
use crate::tally::{MentionTally, Tally};

const TERMS: [JoinedAs; 4] = [JoinedAs::Creator, JoinedAs::Prime, JoinedAs::Free, JoinedAs::Paid];

/// A room's row.
#[derive(Clone, Queryable, Insertable, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = rooms, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct RoomRow {
    pub room_id: StoredId,
    pub name: String,
    pub owner_id: String,
    pub password_hash: String,
    pub locked: bool,
    pub created_at: i64,
    pub closed_at: Option<i64>,
    pub epoch: StoredId,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub topic: String,
}

impl Fields for RoomRow {
    fn look(&self, found: &mut Found) {
        let id = self.room_id.0;
        found.text::<RoomName>(&self.name, "rooms.name", id);
        found.text::<Topic>(&self.topic, "rooms.topic", id);
        found.text::<UserId>(&self.owner_id, "rooms.owner_id", id);
        found.that(!self.password_hash.is_empty(), "rooms.password_hash", id);
    }
}

/// A room's row, and the seq of the newest event in its log.
#[derive(Queryable)]
#[expect(missing_docs, reason = "the columns of the query")]
pub struct RoomWithHead {
    pub row: RoomRow,
    pub head_seq: Option<i64>,
}

/// A room's row without its password's hash, and the seq of the newest event in its log.
#[derive(Queryable)]
#[expect(missing_docs, reason = "the columns of the query")]
pub struct ShownRoom {
    pub room_id: StoredId,
    pub name: String,
    pub owner_id: String,
    pub locked: bool,
    pub created_at: i64,
    pub closed_at: Option<i64>,
    pub epoch: StoredId,
    pub topic: String,
    pub head_seq: Option<i64>,
}

/// What is set of a room's columns; `None` leaves a column as it is.
#[derive(Default, AsChangeset)]
#[diesel(table_name = rooms)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct RoomUpdate<'a> {
    pub name: Option<&'a str>,
    pub topic: Option<&'a str>,
    pub owner_id: Option<&'a str>,
    pub password_hash: Option<&'a str>,
    pub locked: Option<bool>,
    pub closed_at: Option<i64>,
}

impl<'a> From<&'a RoomRevision<PasswordHash>> for RoomUpdate<'a> {
    fn from(revision: &'a RoomRevision<PasswordHash>) -> Self {
        let RoomRevision { name, topic, password, locked, owner_id } = revision;
        Self {
            name: name.as_ref().map(RoomName::as_str),
            topic: topic.as_ref().map(Topic::as_str),
            owner_id: owner_id.as_ref().map(UserId::as_str),
            password_hash: password.as_ref().map(PasswordHash::expose),
            locked: *locked,
            closed_at: None,
        }
    }
}

impl From<&Room> for RoomRow {
    fn from(room: &Room) -> Self {
        Self {
            room_id: room.id.into(),
            name: room.name.to_string(),
            owner_id: room.owner_id.to_string(),
            password_hash: room.password_hash.expose().to_owned(),
            locked: room.locked,
            created_at: room.created_at.as_millis(),
            closed_at: room.closed_at.map(Timestamp::as_millis),
            epoch: StoredId(room.epoch.0),
            topic: room.topic.to_string(),
        }
    }
}

impl From<RoomWithHead> for Room {
    fn from(RoomWithHead { row, head_seq }: RoomWithHead) -> Self {
        let RoomRow { room_id, name, owner_id, password_hash, locked, created_at, closed_at, epoch, topic } =
            row;
        let shown =
            ShownRoom { room_id, name, owner_id, locked, created_at, closed_at, epoch, topic, head_seq };
        shown.with_password(PasswordHash::new(password_hash))
    }
}

impl From<ShownRoom> for Room<Withheld> {
    fn from(shown: ShownRoom) -> Self {
        shown.with_password(Withheld)
    }
}

impl ShownRoom {
    fn with_password<P>(self, password_hash: P) -> Room<P> {
        Room {
            id: RoomId(self.room_id.0),
            name: RoomName::stored(self.name),
            topic: Topic::stored(self.topic),
            owner_id: UserId::stored(self.owner_id),
            password_hash,
            locked: self.locked,
            created_at: Timestamp::from_millis(self.created_at),
            closed_at: self.closed_at.map(Timestamp::from_millis),
            epoch: Epoch(self.epoch.0),
            head_seq: Seq(self.head_seq.unwrap_or_default()),
        }
    }
}

/// The row of somebody who sits in a room, or once did.
#[derive(Debug, Clone, Queryable, Insertable, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = participants)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct ParticipantRow {
    pub room_id: StoredId,
    pub user_id: String,
    pub joined_as: String,
    pub first_joined_at: i64,
}

impl Fields for ParticipantRow {
    fn look(&self, found: &mut Found) {
        let room = self.room_id.0;
        found.text::<UserId>(&self.user_id, "participants.user_id", room);
        found.that(self.joined_as().is_ok(), "participants.joined_as", room);
    }
}

impl ParticipantRow {
    /// On which terms they came in, the last time that they did.
    pub fn joined_as(&self) -> Result<JoinedAs, Corrupt> {
        named(TERMS, JoinedAs::as_str, &self.joined_as, "participants.joined_as")
    }
}

/// A taken seat's row.
#[derive(Debug, Clone, Queryable, Insertable, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = seats)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct SeatRow {
    pub room_id: StoredId,
    pub number: i32,
    pub user_id: String,
    pub joined_at: i64,
    pub fee: i64,
    pub read_seq: i64,
}

impl Fields for SeatRow {
    fn look(&self, found: &mut Found) {
        let room = self.room_id.0;
        found.that(SeatNumber::new(self.number.into()).is_some(), "seats.number", room);
        found.text::<UserId>(&self.user_id, "seats.user_id", room);
        found.that(self.fee >= 0, "seats.fee", room);
        found.that(self.read_seq >= 1, "seats.read_seq", room);
    }
}

impl TryFrom<SeatRow> for Seat {
    type Error = Corrupt;

    fn try_from(row: SeatRow) -> Result<Self, Corrupt> {
        Ok(Self {
            number: seat_number(row.number)?,
            user_id: UserId::stored(row.user_id),
            joined_at: Timestamp::from_millis(row.joined_at),
            fee: coins(row.fee, "seats.fee")?,
            read_seq: Seq(row.read_seq),
        })
    }
}

/// A seat's holder from its two rows.
pub fn member((seat, account): (SeatRow, AccountRow)) -> Result<Member, Corrupt> {
    Ok(Member {
        user_id: UserId::stored(seat.user_id),
        prime: account.prime(),
        name: AccountName::stored(present(account.name, "accounts.name")?),
        joined_at: Timestamp::from_millis(seat.joined_at),
        read_seq: Seq(seat.read_seq),
    })
}

/// A ban's row.
#[derive(Debug, Clone, Queryable, Insertable, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = bans)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct BanRow {
    pub room_id: StoredId,
    pub user_id: String,
    pub banned_at: i64,
}

impl Fields for BanRow {
    fn look(&self, found: &mut Found) {
        found.text::<UserId>(&self.user_id, "bans.user_id", self.room_id.0);
    }
}

/// A ban from its two rows.
pub fn ban((ban, account): (BanRow, AccountRow)) -> Result<Ban, Corrupt> {
    Ok(Ban {
        user_id: UserId::stored(ban.user_id),
        name: AccountName::stored(present(account.name, "accounts.name")?),
        banned_at: Timestamp::from_millis(ban.banned_at),
    })
}

/// An account as one room sees it.
pub type PersonRow = (AccountRow, CoinAccountRow, Option<ParticipantRow>, Option<BanRow>);

/// The person that such a row shows.
pub fn person((account, coins, participant, ban): PersonRow) -> Result<Person, Corrupt> {
    Ok(Person {
        user_id: UserId::stored(account.user_id.clone()),
        prime: account.prime(),
        avail_coins: coins.coins()?,
        free_join_used: account.free_join_room_id.is_some(),
        history: participant.map(|row| row.joined_as()).transpose()?,
        banned: ban.is_some(),
        holdings: Holdings::default(),
    })
}

/// An invitation's row.
#[derive(Clone, Queryable, Insertable, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[diesel(table_name = invitations, treat_none_as_default_value = false)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct InvitationRow {
    pub invitation_id: StoredId,
    pub room_id: StoredId,
    pub invitee_id: String,
    #[serde(with = "As::<Hex>")]
    pub token_hash: Vec<u8>,
    pub created_at: i64,
    pub expires_at: i64,
    pub used_at: Option<i64>,
    pub revoked_at: Option<i64>,
}

impl Fields for InvitationRow {
    fn look(&self, found: &mut Found) {
        let id = self.invitation_id.0;
        found.text::<UserId>(&self.invitee_id, "invitations.invitee_id", id);
        found.that(self.token_hash.len() == HASH_BYTES, "invitations.token_hash", id);
        found.that(self.expires_at > self.created_at, "invitations.expires_at", id);
    }
}

impl From<&Invitation> for InvitationRow {
    fn from(invitation: &Invitation) -> Self {
        Self {
            invitation_id: invitation.id.into(),
            room_id: invitation.room_id.into(),
            invitee_id: invitation.invitee_id.to_string(),
            token_hash: invitation.token_hash.0.to_vec(),
            created_at: invitation.created_at.as_millis(),
            expires_at: invitation.expires_at.as_millis(),
            used_at: invitation.used_at.map(Timestamp::as_millis),
            revoked_at: invitation.revoked_at.map(Timestamp::as_millis),
        }
    }
}

impl TryFrom<InvitationRow> for Invitation {
    type Error = Corrupt;

    fn try_from(row: InvitationRow) -> Result<Self, Corrupt> {
        Ok(Self {
            id: InvitationId(row.invitation_id.0),
            room_id: RoomId(row.room_id.0),
            invitee_id: UserId::stored(row.invitee_id),
            token_hash: token_hash(row.token_hash, "invitations.token_hash")?,
            created_at: Timestamp::from_millis(row.created_at),
            expires_at: Timestamp::from_millis(row.expires_at),
            used_at: row.used_at.map(Timestamp::from_millis),
            revoked_at: row.revoked_at.map(Timestamp::from_millis),
        })
    }
}

/// How somebody stands to a room.
#[derive(Debug, Clone, Queryable)]
#[expect(missing_docs, reason = "the columns of the query")]
pub struct StandingRow {
    pub closed_at: Option<i64>,
    pub has_sat_there: bool,
    pub is_seated: bool,
}

impl StandingRow {
    /// How they stand to it.
    pub fn standing(&self) -> Standing {
        Standing::of(self.has_sat_there, self.closed_at.is_some(), self.is_seated)
    }
}

/// Somebody who has sat in a room, as a sender of messages.
#[derive(Debug, Clone, Queryable)]
#[expect(missing_docs, reason = "the columns of the query")]
pub struct SenderRow {
    pub room_id: StoredId,
    pub user_id: String,
    pub closed_at: Option<i64>,
    pub seat: Option<i32>,
}

impl SenderRow {
    /// How they stand to the room.
    pub fn standing(&self) -> Standing {
        Standing::of(true, self.closed_at.is_some(), self.seat.is_some())
    }

    /// Where they sit.
    pub fn seat(&self) -> Result<Option<SeatNumber>, Corrupt> {
        self.seat.map(seat_number).transpose()
    }
}

/// How far somebody has read in a room where they sit, and what their log counts there and at its end.
#[derive(Debug, Clone, Queryable)]
#[expect(missing_docs, reason = "the columns of the query")]
pub struct ReadingRow {
    pub room_id: StoredId,
    pub epoch: StoredId,
    pub head_seq: i64,
    pub head_tally: Tally,
    pub head_mentions: Option<MentionTally>,
    pub read_seq: i64,
    pub read_tally: Tally,
    pub read_mentions: Option<MentionTally>,
    pub seat: i32,
}

impl ReadingRow {
    /// Whether messages have been deleted since they last read, and so perhaps some of those that they have not read.
    pub fn has_deletions(&self) -> bool {
        self.head_tally.has_deletions_since(self.read_tally)
    }

    /// Whether messages have been changed since they last read so that they mention others than before.
    pub fn has_recounts(&self) -> bool {
        self.head_mentions.unwrap_or_default().has_recounts_since(self.read_mentions.unwrap_or_default())
    }

    /// How far they have read, if so many messages of others that they have not read were deleted, and so many mention them
    /// more than when they were posted.
    pub fn reading(&self, erased: i64, recounted: i64) -> Result<Reading, Corrupt> {
        let seat = seat_number(self.seat)?;
        let posted = self.head_tally.by_others_since(self.read_tally, seat);
        let marker = self.read_mentions.unwrap_or_default();
        let mentioned = self.head_mentions.unwrap_or_default().of_seat_since(marker, seat);
        Ok(Reading {
            room_id: RoomId(self.room_id.0),
            epoch: Epoch(self.epoch.0),
            head_seq: Seq(self.head_seq),
            read_seq: Seq(self.read_seq),
            unread: posted - erased,
            unread_mentions: mentioned + recounted,
        })
    }
}

pub(crate) fn seat_number(number: i32) -> Result<SeatNumber, Corrupt> {
    present(SeatNumber::new(number.into()), "seats.number")
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn room_about(topic: &str) -> RoomRow {
        let (id, owner) = (Uuid::from_u128(1), "ana".parse().expect("a user id"));
        let name = "Hexagon".parse().expect("a room name");
        let hash = PasswordHash::new("hash".to_owned());
        let room = Room::new(RoomId(id), Epoch(id), name, owner, hash, Timestamp::from_millis(0));
        RoomRow { topic: topic.to_owned(), ..RoomRow::from(&room) }
    }

    #[test]
    fn a_topic_is_exported_where_there_is_one() {
        for topic in ["", "Soup"] {
            let exported = serde_json::to_string(&room_about(topic)).expect("it is written");
            assert_eq!(exported.contains("topic"), !topic.is_empty(), "{exported}");
            let imported: RoomRow = serde_json::from_str(&exported).expect("it is read");
            assert_eq!(imported.topic, topic);
        }
    }

    #[test]
    fn a_topic_that_was_never_taken_is_found() {
        for (topic, findings) in [("", 0), ("Soup", 0), (" ", 1), ("a\nb", 1), (&"a".repeat(251), 1)] {
            let mut found = Found::default();
            room_about(topic).look(&mut found);
            assert_eq!(found.0.len(), findings, "{topic:?}: {:?}", found.0);
        }
    }
}
