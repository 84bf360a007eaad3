//! Rooms, seats, participants, bans and invitations.

use diesel::backend::Backend;
use diesel::dsl;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Binary, HasSqlType};
use domain::{
    AccountName, Epoch, Invitation, InvitationId, JoinedAs, Member, PasswordHash, Room, RoomId, RoomName,
    Seat, SeatNumber, Seq, Standing, Stored, Timestamp, UserId,
};
use serde::{Deserialize, Serialize};
use serde_with::As;
use serde_with::hex::Hex;

use crate::accounts::{AccountRow, coins, token_hash};
use crate::schema::{accounts, bans, events, invitations, participants, rooms, seats};
use crate::stored::{Corrupt, StoredId, named, present};

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
    pub head_seq: i64,
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
            head_seq: room.head_seq.0,
        }
    }
}

impl From<RoomRow> for Room {
    fn from(row: RoomRow) -> Self {
        Self {
            id: RoomId(row.room_id.0),
            name: RoomName::stored(row.name),
            owner_id: UserId::stored(row.owner_id),
            password_hash: PasswordHash::new(row.password_hash),
            locked: row.locked,
            created_at: Timestamp::from_millis(row.created_at),
            closed_at: row.closed_at.map(Timestamp::from_millis),
            epoch: Epoch(row.epoch.0),
            head_seq: Seq(row.head_seq),
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

impl TryFrom<SeatRow> for Seat {
    type Error = Corrupt;

    fn try_from(row: SeatRow) -> Result<Self, Corrupt> {
        Ok(Self {
            number: present(SeatNumber::new(row.number.into()), "seats.number")?,
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

/// A room's head and how somebody stands to the room.
#[derive(Debug, Clone, Queryable)]
#[expect(missing_docs, reason = "the columns of the query")]
pub struct StandingRow {
    pub head_seq: i64,
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

/// Moves a room's head to `seq`, if it stands at the one before.
///
/// Written out because diesel keeps no prepared update, and this one goes with every event.
#[derive(Debug, Clone, Copy, QueryId)]
pub struct MoveHead {
    /// The room.
    pub room_id: StoredId,
    /// Where its head is to stand.
    pub seq: i64,
}

impl<C> RunQueryDsl<C> for MoveHead {}

impl<DB> QueryFragment<DB> for MoveHead
where
    DB: Backend + HasSqlType<Binary> + HasSqlType<BigInt>,
    StoredId: ToSql<Binary, DB>,
    i64: ToSql<BigInt, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("UPDATE rooms SET head_seq = ");
        out.push_bind_param::<BigInt, _>(&self.seq)?;
        out.push_sql(" WHERE room_id = ");
        out.push_bind_param::<Binary, _>(&self.room_id)?;
        out.push_sql(" AND head_seq + 1 = ");
        out.push_bind_param::<BigInt, _>(&self.seq)
    }
}

/// A room: [`RoomRow`].
#[dsl::auto_type(no_type_alias)]
pub fn room(room_id: StoredId) -> _ {
    rooms::table.filter(rooms::room_id.eq(room_id))
}

/// How somebody stands to a room: [`StandingRow`], none if there is no such room.
#[dsl::auto_type(no_type_alias)]
pub fn standing<'a>(room_id: StoredId, user_id: &'a str) -> _ {
    let history = participants::table
        .filter(participants::room_id.eq(room_id))
        .filter(participants::user_id.eq(user_id));
    let seat = seats::table.filter(seats::user_id.eq(user_id)).filter(seats::room_id.eq(room_id));
    rooms::table.filter(rooms::room_id.eq(room_id)).select((
        rooms::head_seq,
        rooms::closed_at,
        dsl::exists(history),
        dsl::exists(seat),
    ))
}

/// A room's taken seats in the order of their numbers: [`SeatRow`].
#[dsl::auto_type(no_type_alias)]
pub fn seats_of(room_id: StoredId) -> _ {
    seats::table.filter(seats::room_id.eq(room_id)).order(seats::number.asc())
}

/// The seat that somebody holds in a room.
#[dsl::auto_type(no_type_alias)]
pub fn seat_of<'a>(room_id: StoredId, user_id: &'a str) -> _ {
    seats::table.filter(seats::user_id.eq(user_id)).filter(seats::room_id.eq(room_id))
}

/// A room's members in the order of their seats: `(SeatRow, AccountRow)`.
#[dsl::auto_type(no_type_alias)]
pub fn members_of(room_id: StoredId) -> _ {
    seats::table
        .inner_join(accounts::table.on(accounts::user_id.eq(seats::user_id)))
        .filter(seats::room_id.eq(room_id))
        .order(seats::number.asc())
}

/// The seats that somebody holds in rooms below `before`, the newest room first, with the rooms:
/// `(SeatRow, RoomRow)`.
#[dsl::auto_type(no_type_alias)]
pub fn seats_before<'a>(user_id: &'a str, before: StoredId, limit: i64) -> _ {
    seats::table
        .inner_join(rooms::table.on(rooms::room_id.eq(seats::room_id)))
        .filter(seats::user_id.eq(user_id))
        .filter(seats::room_id.lt(before))
        .order(seats::room_id.desc())
        .limit(limit)
}

/// How many seats are taken in each of some rooms: `(StoredId, i64)`.
#[dsl::auto_type(no_type_alias)]
pub fn seats_taken<'a>(room_ids: &'a [StoredId]) -> _ {
    seats::table
        .filter(seats::room_id.eq_any(room_ids))
        .group_by(seats::room_id)
        .select((seats::room_id, dsl::count_star()))
}

/// How many living messages by others lie above somebody's marker, for each room they sit in from
/// `lowest` to `highest` that has any: `(StoredId, i64)`.
#[dsl::auto_type(no_type_alias)]
pub fn unread<'a>(user_id: &'a str, lowest: StoredId, highest: StoredId) -> _ {
    seats::table
        .inner_join(
            events::table.on(events::room_id
                .eq(seats::room_id)
                .and(events::seq.gt(seats::read_seq))
                .and(events::actor_id.ne(seats::user_id))
                .and(events::body.is_not_null())),
        )
        .filter(seats::user_id.eq(user_id))
        .filter(seats::room_id.ge(lowest))
        .filter(seats::room_id.le(highest))
        .group_by(seats::room_id)
        .select((seats::room_id, dsl::count_star()))
}

/// Somebody's ban from a room: [`BanRow`].
#[dsl::auto_type(no_type_alias)]
pub fn ban<'a>(room_id: StoredId, user_id: &'a str) -> _ {
    bans::table.filter(bans::room_id.eq(room_id)).filter(bans::user_id.eq(user_id))
}

/// An invitation by its name: [`InvitationRow`].
#[dsl::auto_type(no_type_alias)]
pub fn invitation(id: StoredId) -> _ {
    invitations::table.filter(invitations::invitation_id.eq(id))
}

/// An invitation by its token's hash: [`InvitationRow`].
#[dsl::auto_type(no_type_alias)]
pub fn invitation_by_token<'a>(hash: &'a [u8]) -> _ {
    invitations::table.filter(invitations::token_hash.eq(hash))
}

/// A room's invitations below `before`, newest first: [`InvitationRow`].
#[dsl::auto_type(no_type_alias)]
pub fn invitations_before(room_id: StoredId, before: StoredId, limit: i64) -> _ {
    invitations::table
        .filter(invitations::room_id.eq(room_id))
        .filter(invitations::invitation_id.lt(before))
        .order(invitations::invitation_id.desc())
        .limit(limit)
}

/// A room's invitations that are open at `now`.
#[dsl::auto_type(no_type_alias)]
pub fn open_of_room(room_id: StoredId, now: i64) -> _ {
    invitations::table
        .filter(invitations::room_id.eq(room_id))
        .filter(invitations::used_at.is_null())
        .filter(invitations::revoked_at.is_null())
        .filter(invitations::expires_at.gt(now))
}

/// Somebody's invitations that are open at `now`.
#[dsl::auto_type(no_type_alias)]
pub fn open_of_invitee<'a>(user_id: &'a str, now: i64) -> _ {
    invitations::table
        .filter(invitations::invitee_id.eq(user_id))
        .filter(invitations::used_at.is_null())
        .filter(invitations::revoked_at.is_null())
        .filter(invitations::expires_at.gt(now))
}
