//! The tables, as an adapter's migrations create them.
#![expect(missing_docs, reason = "the migrations say what each column means")]

use diesel::{allow_tables_to_appear_in_same_query, table};

table! {
    accounts (user_id) {
        user_id -> Text,
        name -> Nullable<Text>,
        phone -> Nullable<Text>,
        password_hash -> Nullable<Text>,
        prime -> Bool,
        prime_until -> Nullable<BigInt>,
        admin -> Bool,
        free_join_room_id -> Nullable<Binary>,
        member_since -> BigInt,
        erased_at -> Nullable<BigInt>,
        suspended_at -> Nullable<BigInt>,
        totp_secret -> Nullable<Binary>,
        totp_last_step -> Nullable<BigInt>,
        totp_offered -> Nullable<Binary>,
    }
}

table! {
    recovery_codes (user_id, code_hash) {
        user_id -> Text,
        code_hash -> Binary,
    }
}

table! {
    sessions (session_id) {
        session_id -> Binary,
        user_id -> Text,
        device_id -> Text,
        created_at -> BigInt,
        last_seen_at -> BigInt,
        generation -> BigInt,
        renewed_at -> Nullable<BigInt>,
        renewal_salt -> Nullable<Binary>,
        successor_hash -> Nullable<Binary>,
    }
}

table! {
    refresh_tokens (token_hash) {
        token_hash -> Binary,
        session_id -> Binary,
        generation -> BigInt,
        expires_at -> BigInt,
    }
}

table! {
    rooms (room_id) {
        room_id -> Binary,
        name -> Text,
        owner_id -> Text,
        password_hash -> Text,
        locked -> Bool,
        created_at -> BigInt,
        closed_at -> Nullable<BigInt>,
        epoch -> Binary,
        topic -> Text,
    }
}

table! {
    participants (room_id, user_id) {
        room_id -> Binary,
        user_id -> Text,
        joined_as -> Text,
        first_joined_at -> BigInt,
    }
}

table! {
    seats (room_id, number) {
        room_id -> Binary,
        number -> Integer,
        user_id -> Text,
        joined_at -> BigInt,
        fee -> BigInt,
        read_seq -> BigInt,
    }
}

table! {
    bans (room_id, user_id) {
        room_id -> Binary,
        user_id -> Text,
        banned_at -> BigInt,
    }
}

table! {
    invitations (invitation_id) {
        invitation_id -> Binary,
        room_id -> Binary,
        invitee_id -> Text,
        token_hash -> Binary,
        created_at -> BigInt,
        expires_at -> BigInt,
        used_at -> Nullable<BigInt>,
        revoked_at -> Nullable<BigInt>,
    }
}

table! {
    events (room_id, seq) {
        room_id -> Binary,
        seq -> BigInt,
        kind -> Text,
        actor_id -> Text,
        at -> BigInt,
        message_id -> Nullable<Binary>,
        client_message_id -> Nullable<Text>,
        tally -> Binary,
        last_message_seq -> Nullable<BigInt>,
        data -> Text,
        mention_tally -> Nullable<Binary>,
    }
}

table! {
    erased_messages (room_id, seq) {
        room_id -> Binary,
        seq -> BigInt,
        sender_id -> Text,
        deletion_seq -> BigInt,
    }
}

table! {
    recounted_mentions (room_id, user_id, seq, event_seq) {
        room_id -> Binary,
        user_id -> Text,
        seq -> BigInt,
        event_seq -> BigInt,
        mentioned -> Bool,
    }
}

table! {
    coin_accounts (coin_account_id) {
        coin_account_id -> Text,
        balance -> BigInt,
        last_entry_no -> BigInt,
    }
}

table! {
    transfers (transfer_id) {
        transfer_id -> Binary,
        reason -> Text,
        room_id -> Nullable<Binary>,
        at -> BigInt,
    }
}

table! {
    transfer_entries (coin_account_id, entry_no) {
        coin_account_id -> Text,
        entry_no -> BigInt,
        transfer_id -> Binary,
        amount -> BigInt,
        balance -> BigInt,
    }
}

table! {
    grants (user_id, idempotency_key) {
        user_id -> Text,
        idempotency_key -> Text,
        transfer_id -> Binary,
    }
}

table! {
    friend_requests (friend_request_id) {
        friend_request_id -> Binary,
        from_id -> Text,
        to_id -> Text,
        status -> Text,
        created_at -> BigInt,
        resolved_at -> Nullable<BigInt>,
    }
}

table! {
    friendships (low_id, high_id) {
        low_id -> Text,
        high_id -> Text,
        friends_since -> BigInt,
    }
}

table! {
    blocks (blocker_id, blocked_id) {
        blocker_id -> Text,
        blocked_id -> Text,
        blocked_at -> BigInt,
    }
}

table! {
    password_links (token_hash) {
        token_hash -> Binary,
        user_id -> Text,
        expires_at -> BigInt,
    }
}

table! {
    admin_record (record_id) {
        record_id -> Binary,
        at -> BigInt,
        admin_id -> Nullable<Text>,
        action -> Text,
        user_id -> Nullable<Text>,
        room_id -> Nullable<Binary>,
        reason -> Nullable<Text>,
    }
}

table! {
    search_terms (room_id, shelf, term, block) {
        room_id -> Binary,
        shelf -> BigInt,
        term -> Binary,
        block -> BigInt,
        seqs -> BigInt,
    }
}

table! {
    search_progress (room_id) {
        room_id -> Binary,
        indexed_seq -> BigInt,
    }
}

/// The names of the tables that follow from the others, and so are in no export.
pub const DERIVED_TABLES: &[&str] = &["search_terms", "search_progress"];

macro_rules! all_tables {
    ([] $($table:ident $row:ty),*; $($later:ident $later_row:ty),*) => {
        allow_tables_to_appear_in_same_query!($($table,)* $($later,)* search_terms, search_progress);

        /// Every table's name.
        pub const TABLES: &[&str] = &[$(stringify!($table),)* $(stringify!($later),)*];
    };
}
crate::every_table!([all_tables]);
