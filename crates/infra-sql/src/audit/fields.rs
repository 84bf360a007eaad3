//! The rules of single fields. They are the domain's own, so every row is read and put to them. A value that
//! some version took is none that was broken, though today's rule would not take it.

use std::fmt::Display;

use diesel::QueryResult;
use diesel::result::Error as DieselError;
use domain::ports::Violation;
use domain::{
    AccountName, ClientMessageId, DeviceId, IdempotencyKey, MessageBody, Phone, Reason, RoomName, SeatNumber,
    Stored, UserId,
};

use super::check::MOST_FINDINGS;
use crate::accounts::{AccountRow, RecoveryCodeRow, RefreshTokenRow, SessionRow};
use crate::admin::{AdminRecordRow, PasswordLinkRow};
use crate::coins::{CoinAccountRow, EntryRow, GrantRow, HOUSE, MINT, TransferRow};
use crate::events::EventRow;
use crate::friends::{BlockRow, FriendRequestRow, FriendshipRow};
use crate::rooms::{BanRow, InvitationRow, ParticipantRow, RoomRow, SeatRow};
use crate::tables::{Table, Tables};

/// The promise, in one stable word.
pub(super) const INVARIANT: &str = "fields_keep_their_rules";

const HASH_BYTES: usize = 32;

macro_rules! look_at_each {
    ([$found:ident $connection:ident] $($table:ident $row:ty),*; $($later:ident $later_row:ty),*) => {
        $($found.each::<$row>($connection, $table)?;)*
        $($found.each::<$later_row>($connection, $later)?;)*
    };
}

/// Everything in a field that no version ever took. Says where, and never what: it may be somebody's own.
pub(crate) fn violations(connection: &mut impl Tables) -> QueryResult<Vec<Violation>> {
    let mut found = Found::default();
    crate::every_table!([look_at_each] found connection);
    Ok(found.0)
}

fn accounts(found: &mut Found, row: &AccountRow) {
    let id = &row.user_id;
    found.text::<UserId>(id, "accounts.user_id", id);
    found.texts::<AccountName>(row.name.as_deref(), "accounts.name", id);
    found.texts::<Phone>(row.phone.as_deref(), "accounts.phone", id);
    found.that(row.password_hash.as_deref() != Some(""), "accounts.password_hash", id);
}

fn rooms(found: &mut Found, row: &RoomRow) {
    let id = row.room_id.0;
    found.text::<RoomName>(&row.name, "rooms.name", id);
    found.text::<UserId>(&row.owner_id, "rooms.owner_id", id);
    found.that(!row.password_hash.is_empty(), "rooms.password_hash", id);
}

fn sessions(found: &mut Found, row: &SessionRow) {
    let owner = &row.user_id;
    found.text::<UserId>(owner, "sessions.user_id", owner);
    found.text::<DeviceId>(&row.device_id, "sessions.device_id", owner);
    found.that(row.generation >= 0, "sessions.generation", owner);
}

fn refresh_tokens(found: &mut Found, row: &RefreshTokenRow) {
    let session = row.session_id.0;
    found.that(row.token_hash.len() == HASH_BYTES, "refresh_tokens.token_hash", session);
    found.that(row.generation >= 0, "refresh_tokens.generation", session);
}

fn recovery_codes(found: &mut Found, row: &RecoveryCodeRow) {
    found.that(row.code_hash.len() == HASH_BYTES, "recovery_codes.code_hash", &row.user_id);
}

fn participants(found: &mut Found, row: &ParticipantRow) {
    let room = row.room_id.0;
    found.text::<UserId>(&row.user_id, "participants.user_id", room);
    found.that(row.joined_as().is_ok(), "participants.joined_as", room);
}

fn seats(found: &mut Found, row: &SeatRow) {
    let room = row.room_id.0;
    found.that(SeatNumber::new(row.number.into()).is_some(), "seats.number", room);
    found.text::<UserId>(&row.user_id, "seats.user_id", room);
    found.that(row.fee >= 0, "seats.fee", room);
    found.that(row.read_seq >= 0, "seats.read_seq", room);
}

fn bans(found: &mut Found, row: &BanRow) {
    found.text::<UserId>(&row.user_id, "bans.user_id", row.room_id.0);
}

fn invitations(found: &mut Found, row: &InvitationRow) {
    let id = row.invitation_id.0;
    found.text::<UserId>(&row.invitee_id, "invitations.invitee_id", id);
    found.that(row.token_hash.len() == HASH_BYTES, "invitations.token_hash", id);
    found.that(row.expires_at > row.created_at, "invitations.expires_at", id);
}

fn events(found: &mut Found, row: &EventRow) {
    let place = format!("{} of the room {}", row.seq, row.room_id.0);
    found.that(row.seq >= 1, "events.seq", &place);
    found.that(row.has_known_kind(), "events.kind", &place);
    found.text::<UserId>(&row.actor_id, "events.actor_id", &place);
    found.texts::<UserId>(row.subject_id.as_deref(), "events.subject_id", &place);
    found.texts::<RoomName>(row.new_name.as_deref(), "events.new_name", &place);
    found.texts::<ClientMessageId>(row.client_message_id.as_deref(), "events.client_message_id", &place);
    found.texts::<MessageBody>(row.body.as_deref(), "events.body", &place);
    found.that(
        row.body_digest.as_ref().is_none_or(|digest| digest.len() == 16),
        "events.body_digest",
        &place,
    );
    found.that(row.revision.is_none_or(|revision| revision >= 0), "events.revision", &place);
}

fn coin_accounts(found: &mut Found, row: &CoinAccountRow) {
    let id = &row.coin_account_id;
    let is_known = [MINT, HOUSE].contains(&id.as_str()) || UserId::was_ever_taken(id);
    found.that(is_known, "coin_accounts.coin_account_id", id);
    found.that(row.last_entry_no >= 0, "coin_accounts.last_entry_no", id);
}

fn transfers(found: &mut Found, row: &TransferRow) {
    found.that(row.reason().is_ok(), "transfers.reason", row.transfer_id.0);
}

fn transfer_entries(found: &mut Found, row: &EntryRow) {
    found.that(row.entry_no >= 1, "transfer_entries.entry_no", row.transfer_id.0);
    found.that(row.amount != 0, "transfer_entries.amount", row.transfer_id.0);
}

fn grants(found: &mut Found, row: &GrantRow) {
    found.text::<IdempotencyKey>(&row.idempotency_key, "grants.idempotency_key", row.transfer_id.0);
}

fn friend_requests(found: &mut Found, row: &FriendRequestRow) {
    let id = row.friend_request_id.0;
    found.text::<UserId>(&row.from_id, "friend_requests.from_id", id);
    found.text::<UserId>(&row.to_id, "friend_requests.to_id", id);
    found.that(row.status().is_ok(), "friend_requests.status", id);
}

fn friendships(found: &mut Found, row: &FriendshipRow) {
    found.text::<UserId>(&row.low_id, "friendships.low_id", &row.high_id);
    found.text::<UserId>(&row.high_id, "friendships.high_id", &row.low_id);
}

fn blocks(found: &mut Found, row: &BlockRow) {
    found.text::<UserId>(&row.blocker_id, "blocks.blocker_id", &row.blocked_id);
    found.text::<UserId>(&row.blocked_id, "blocks.blocked_id", &row.blocker_id);
}

fn password_links(found: &mut Found, row: &PasswordLinkRow) {
    let holder = &row.user_id;
    found.text::<UserId>(holder, "password_links.user_id", holder);
    found.that(row.token_hash.len() == HASH_BYTES, "password_links.token_hash", holder);
}

fn admin_record(found: &mut Found, row: &AdminRecordRow) {
    let id = row.record_id.0;
    found.texts::<UserId>(row.admin_id.as_deref(), "admin_record.admin_id", id);
    found.texts::<UserId>(row.user_id.as_deref(), "admin_record.user_id", id);
    found.texts::<Reason>(row.reason.as_deref(), "admin_record.reason", id);
    found.that(row.action().is_ok(), "admin_record.action", id);
}

/// The violations that were found, a bounded number of them.
#[derive(Default)]
struct Found(Vec<Violation>);

impl Found {
    /// Looks at every row of a table, until enough was found.
    fn each<R>(
        &mut self,
        connection: &mut impl Table<R>,
        mut look: impl FnMut(&mut Self, &R),
    ) -> QueryResult<()> {
        let read = connection.each(&mut |row| {
            look(self, &row);
            // Whatever it is, it ends the reading.
            if self.0.len() < MOST_FINDINGS { Ok(()) } else { Err(DieselError::RollbackTransaction) }
        });
        match read {
            Err(DieselError::RollbackTransaction) => Ok(()),
            read => read,
        }
    }

    fn text<T: Stored>(&mut self, text: &str, column: &str, place: impl Display) {
        self.that(T::was_ever_taken(text), column, place);
    }

    fn texts<T: Stored>(&mut self, text: Option<&str>, column: &str, place: impl Display) {
        self.that(text.is_none_or(T::was_ever_taken), column, place);
    }

    fn that(&mut self, keeps: bool, column: &str, place: impl Display) {
        if !keeps {
            let detail = format!("the column {column} of {place} holds what was never taken there");
            self.0.push(Violation { invariant: INVARIANT, detail });
        }
    }
}
