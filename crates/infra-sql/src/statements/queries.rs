//! What more than one statement builds on, or is locked by an adapter as well.
#![allow(missing_docs, reason = "a query's type alias, where it has one, takes no comment")]

use diesel::dsl;
use diesel::prelude::*;

use crate::schema::{accounts, bans, coin_accounts, events, invitations, participants, rooms, seats};
use crate::stored::StoredId;

/// An account that is not erased, with its balance: `(AccountRow, CoinAccountRow)`.
#[dsl::auto_type(no_type_alias)]
pub fn living_account<'a>(user_id: &'a str) -> _ {
    accounts::table
        .inner_join(coin_accounts::table.on(coin_accounts::coin_account_id.eq(accounts::user_id)))
        .filter(accounts::user_id.eq(user_id))
        .filter(accounts::erased_at.is_null())
}

/// An account that is not erased, as a room sees it: [`PersonRow`](crate::rooms::PersonRow).
#[dsl::auto_type(no_type_alias)]
pub fn person<'a>(user_id: &'a str, room_id: StoredId) -> _ {
    accounts::table
        .inner_join(coin_accounts::table.on(coin_accounts::coin_account_id.eq(accounts::user_id)))
        .left_join(
            participants::table
                .on(participants::user_id.eq(accounts::user_id).and(participants::room_id.eq(room_id))),
        )
        .left_join(bans::table.on(bans::user_id.eq(accounts::user_id).and(bans::room_id.eq(room_id))))
        .filter(accounts::user_id.eq(user_id))
        .filter(accounts::erased_at.is_null())
}

/// The invitations that are open at that instant.
#[dsl::auto_type(no_type_alias)]
pub fn open_invitations(at: i64) -> _ {
    invitations::table
        .filter(invitations::used_at.is_null())
        .filter(invitations::revoked_at.is_null())
        .filter(invitations::expires_at.gt(at))
}

/// The seq of the newest event of a room, beside the room's columns: `Option<i64>`.
///
/// One look at the end of the log's key. MySQL would go through the whole log for the highest seq, and beside many
/// rooms also for the last one in the order of the seqs alone.
#[dsl::auto_type(no_type_alias)]
pub fn head() -> _ {
    events::table
        .filter(events::room_id.eq(rooms::room_id))
        .select(events::seq)
        .order((events::room_id.desc(), events::seq.desc()))
        .limit(1_i64)
        .single_value()
}

/// When that event happened: `Option<i64>`.
#[dsl::auto_type(no_type_alias)]
pub fn head_at() -> _ {
    events::table
        .filter(events::room_id.eq(rooms::room_id))
        .select(events::at)
        .order((events::room_id.desc(), events::seq.desc()))
        .limit(1_i64)
        .single_value()
}

/// Those who have ever sat in rooms, and the seats that they still hold: [`SenderRow`](crate::rooms::SenderRow).
#[dsl::auto_type]
pub fn senders() -> _ {
    let is_theirs = seats::user_id.eq(participants::user_id).and(seats::room_id.eq(participants::room_id));
    participants::table
        .inner_join(rooms::table.on(rooms::room_id.eq(participants::room_id)))
        .left_join(seats::table.on(is_theirs))
        .select((participants::room_id, participants::user_id, rooms::closed_at, seats::number.nullable()))
}
