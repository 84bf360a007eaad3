//! How each promise is broken, for the tests of the audit.
//!
//! The statements are for a store with some of everything in it, and go past its constraints.

/// What breaks each promise, and what of it the audit must show.
///
/// The store has the rooms Hexagon, Second and Closed; their ids are `:hexagon`, `:second` and `:closed`.
/// `:zeros` stands for 16 zero bytes and `:more_zeros` for 32. Statements are separated by `;`, and
/// `LOOSEN table` takes every constraint and index from a table.
pub const CASES: &[(&str, &str, &str)] = &[
    (
        "seats_at_most_six",
        "INSERT INTO seats VALUES (:hexagon, 6, 'x6', 0, 0, 0), (:hexagon, 7, 'x7', 0, 0, 0)",
        "has 7 seats",
    ),
    ("seat_number", "UPDATE seats SET number = 9 WHERE user_id = 'bo-'", "numbered 9, held by bo-"),
    (
        "one_holder_a_seat",
        "LOOSEN seats; UPDATE seats SET number = 1 WHERE user_id = 'bo-' AND room_id = :hexagon",
        "has 2 holders",
    ),
    (
        "one_seat_a_member",
        "LOOSEN seats; INSERT INTO seats VALUES (:hexagon, 6, 'bo-', 0, 0, 0)",
        "bo- holds 2 seats",
    ),
    ("members_are_participants", "DELETE FROM participants WHERE user_id = 'bo-'", "bo- holds a seat"),
    ("closed_rooms_are_empty", "INSERT INTO seats VALUES (:closed, 1, 'ana', 0, 0, 0)", "ana holds a seat"),
    ("owners_are_seated", "DELETE FROM seats WHERE user_id = 'ana' AND room_id = :hexagon", "ana owns"),
    ("the_banned_hold_no_seat", "INSERT INTO bans VALUES (:hexagon, 'bo-', 0)", "bo- is banned"),
    ("the_erased_hold_no_seat", "UPDATE accounts SET erased_at = 1 WHERE user_id = 'bo-'", "bo- is erased"),
    (
        "read_markers_within_the_log",
        "UPDATE seats SET read_seq = 9999 WHERE user_id = 'bo-'",
        "bo- has read up to 9999",
    ),
    ("seat_fee", "UPDATE seats SET fee = 7 WHERE user_id = 'bo-'", "cost 7 coins, and they joined as free"),
    (
        "free_join_mark_has_its_join",
        "UPDATE accounts SET free_join_room_id = :second WHERE user_id = 'bo-'",
        "free join of bo-",
    ),
    (
        "free_join_has_its_mark",
        "UPDATE accounts SET free_join_room_id = NULL WHERE user_id = 'bo-'",
        "marked as used by nothing",
    ),
    (
        "one_free_join_an_account",
        "UPDATE participants SET joined_as = 'free' WHERE user_id = 'eve'",
        "eve joined 2 rooms",
    ),
    (
        "paid_joins_are_paid_once",
        "UPDATE participants SET joined_as = 'paid' WHERE user_id = 'bo-'",
        "paid 0 times",
    ),
    (
        "fees_have_their_join",
        "UPDATE participants SET joined_as = 'prime' WHERE user_id = 'eve'",
        "eve paid the transfer",
    ),
    (
        "coins_sum_to_zero",
        "UPDATE coin_accounts SET balance = balance + 3 WHERE coin_account_id = 'eve'",
        "together are 3",
    ),
    (
        "no_balance_below_zero",
        "UPDATE coin_accounts SET balance = -5 WHERE coin_account_id = 'bo-'",
        "balance of bo- is -5",
    ),
    (
        "balance_is_the_sum_of_transfers",
        "UPDATE coin_accounts SET balance = 261 WHERE coin_account_id = 'eve'",
        "balance of eve is 261, and its transfers sum to 260",
    ),
    (
        "balance_is_the_last_running_one",
        "UPDATE coin_accounts SET balance = 261 WHERE coin_account_id = 'eve'",
        "after its line 3 it was 260",
    ),
    (
        "running_balance",
        "UPDATE transfer_entries SET balance = 401 WHERE coin_account_id = 'eve' AND entry_no = 1",
        "line 1 of eve has the running balance 401",
    ),
    (
        "ledger_without_a_gap",
        "UPDATE coin_accounts SET last_entry_no = 4 WHERE coin_account_id = 'eve'",
        "eve should have 4 lines and has 3",
    ),
    (
        "transfer_has_two_sides",
        "DELETE FROM transfer_entries WHERE coin_account_id = '@house'",
        "has 1 entries, which sum to -150",
    ),
    ("coins_come_from_the_mint", "UPDATE transfer_entries SET amount = -amount", "moves -400 coins of eve"),
    (
        "fees_go_to_the_house",
        "UPDATE transfer_entries SET amount = 151 WHERE coin_account_id = '@house'",
        "moves 151 coins of @house",
    ),
    (
        "one_registration_an_account",
        "UPDATE transfers SET reason = 'registration' WHERE reason = 'grant'",
        "eve was given coins for registering 2 times",
    ),
    ("grants_are_keyed", "DELETE FROM grants", "has 0 keys"),
    ("grants_reach_whom_they_name", "UPDATE grants SET user_id = 'bo-'", "a key of bo-"),
    (
        "accounts_have_a_balance",
        "DELETE FROM coin_accounts WHERE coin_account_id = 'di-'",
        "di- has no coin account",
    ),
    ("balances_have_an_account", "INSERT INTO coin_accounts VALUES ('nobody', 0, 0)", "nobody with 0 coins"),
    ("mint_and_house_are_there", "DELETE FROM coin_accounts WHERE coin_account_id = '@house'", "there are 1"),
    (
        "log_without_a_gap",
        "DELETE FROM events WHERE room_id = :hexagon AND seq = 2",
        "the event 1 is followed by the event 3",
    ),
    (
        "one_event_a_seq",
        "LOOSEN events; UPDATE events SET seq = 2 WHERE room_id = :hexagon AND seq = 3",
        "2 events numbered 2",
    ),
    (
        "events_are_whole",
        "UPDATE events SET message_id = NULL WHERE kind = 'message_posted'",
        "the message_posted event",
    ),
    (
        "events_are_whole",
        "UPDATE events SET data = '{}' WHERE kind = 'member_joined'",
        "the member_joined event",
    ),
    (
        "a_deleted_message_keeps_nothing",
        r#"UPDATE events SET data = '{"first_digest":"00000000000000000000000000000000"}' WHERE data = '{}'"#,
        "keeps its digest",
    ),
    (
        "deletions_delete",
        r#"UPDATE events SET data = '{"body":"back"}' WHERE kind = 'message_posted' AND data = '{}'"#,
        "which has a body",
    ),
    (
        "only_deletions_delete",
        "UPDATE events SET data = '{}' WHERE kind = 'message_posted' AND actor_id = 'bo-'",
        "no event deleted it",
    ),
    (
        "changes_point_at_messages",
        r#"UPDATE events SET data = '{"seq":1}' WHERE kind = 'message_edited'"#,
        "changed the message 1, where there is none",
    ),
    (
        "reactions_follow_the_log",
        r#"UPDATE events SET data = REPLACE(data, '"user_ids":["ana"]', '"user_ids":["ana","bo-"]')"#,
        "are not those of the log",
    ),
    (
        "reactions_follow_the_log",
        "UPDATE events SET kind = 'reaction_added' WHERE kind = 'reaction_removed'",
        "are not those of the log",
    ),
    (
        "fields_keep_their_rules",
        "UPDATE events SET data = REPLACE(data, '👍', 'ok') WHERE kind = 'reaction_added'",
        "events.data.emoji",
    ),
    (
        "replies_point_at_messages",
        r#"UPDATE events SET data = '{"body":"x","reply_to":{"message_id":"00000000-0000-0000-0000-000000000000","seq":1}}' WHERE kind = 'message_posted' AND actor_id = 'bo-'"#,
        "replies to the message 1, where there is none",
    ),
    (
        "messages_are_named_by_their_ids",
        r#"UPDATE events SET data = REPLACE(data, '"message_id":"0', '"message_id":"f')"#,
        "which is not its own id",
    ),
    (
        "messages_are_named_by_their_ids",
        r#"UPDATE events SET data = REPLACE(data, '"message_id":"0', '"message_id":"f') WHERE kind = 'message_posted'"#,
        "by different ids",
    ),
    (
        "messages_are_named_by_their_ids",
        r#"UPDATE events SET data = REPLACE(data, '"message_id":"0', '"message_id":"f') WHERE kind = 'reaction_removed'"#,
        "by different ids",
    ),
    (
        "changes_point_at_messages",
        r#"UPDATE events SET data = REPLACE(data, '"seq":', '"seq":9') WHERE kind = 'reaction_added'"#,
        "where there is none",
    ),
    (
        "revisions_are_counted",
        r#"UPDATE events SET data = REPLACE(data, '"revision":1', '"revision":9')"#,
        "revision 9, and 1 events edited it",
    ),
    (
        "unread_messages_are_counted",
        "UPDATE events SET tally = :more_zeros WHERE kind = 'message_posted'",
        "count as unread for",
    ),
    (
        "tallies_follow_the_log",
        "UPDATE events SET tally = :more_zeros WHERE kind = 'message_edited'",
        "does not follow from the one before",
    ),
    ("unread_messages_are_counted", "DELETE FROM erased_messages", "is not noted as it happened"),
    (
        "unread_messages_are_counted",
        "INSERT INTO erased_messages VALUES (:hexagon, 1, 'ana', 2)",
        "is noted as deleted, and no event deleted it",
    ),
    (
        "unread_mentions_are_counted",
        "UPDATE events SET mention_tally = NULL WHERE kind = 'message_posted'",
        "unread messages of the room",
    ),
    (
        "unread_mentions_are_counted",
        "UPDATE events SET mention_tally = NULL WHERE kind = 'message_edited'",
        "do not follow from those before",
    ),
    ("unread_mentions_are_counted", "DELETE FROM recounted_mentions", "as mentioning"),
    (
        "fields_keep_their_rules",
        "INSERT INTO recounted_mentions VALUES (:hexagon, 'b', 1, 2, TRUE)",
        "recounted_mentions.user_id of ",
    ),
    (
        "no_orphan_rows",
        "INSERT INTO recounted_mentions VALUES (:zeros, 'ana', 1, 2, TRUE)",
        "a recounted mention refers to the room",
    ),
    (
        "one_message_an_id",
        "LOOSEN events; UPDATE events SET message_id = :zeros WHERE message_id IS NOT NULL",
        "00000000-0000-0000-0000-000000000000",
    ),
    (
        "one_message_a_client_id",
        "LOOSEN events; UPDATE events SET client_message_id = 'same', actor_id = 'ana' WHERE client_message_id IS NOT NULL",
        "messages under one client id",
    ),
    (
        "writers_are_participants",
        "UPDATE events SET actor_id = 'di-' WHERE kind = 'message_posted'",
        "di- wrote the message",
    ),
    (
        "participants_have_joined",
        "INSERT INTO participants VALUES (:hexagon, 'di-', 'prime', 0)",
        "di- is in the history",
    ),
    (
        "events_name_participants",
        r#"UPDATE events SET data = '{"user_id":"di-"}' WHERE kind = 'member_joined' AND actor_id = 'bo-'"#,
        "names di-, who never sat there",
    ),
    (
        "events_name_participants",
        r#"UPDATE events SET kind = 'room_changed', data = '{"owner_id":"di-"}' WHERE seq = 2"#,
        "names di-, who never sat there",
    ),
    ("seats_follow_the_log", "DELETE FROM seats WHERE user_id = 'bo-'", "about bo-"),
    (
        "closed_rooms_end_with_their_closing",
        "UPDATE rooms SET closed_at = NULL WHERE room_id = :closed",
        "last event is room_closed",
    ),
    ("the_erased_keep_nothing_personal", "UPDATE accounts SET erased_at = 1 WHERE user_id = 'di-'", "di- is"),
    ("accounts_are_whole", "UPDATE accounts SET phone = NULL WHERE user_id = 'di-'", "di- lacks"),
    (
        "one_password_link_an_account",
        "INSERT INTO password_links SELECT :more_zeros, user_id, expires_at FROM password_links",
        "eve has 2 password links",
    ),
    (
        "records_name_an_account_or_a_room",
        "UPDATE admin_record SET room_id = :hexagon WHERE action = 'suspend'",
        ", suspend, names neither",
    ),
    (
        "open_rooms_have_a_living_owner",
        "UPDATE accounts SET erased_at = 1 WHERE user_id = 'ana'",
        "belongs to ana",
    ),
    (
        "one_session_a_device",
        "LOOSEN sessions; CREATE UNIQUE INDEX sessions_by_id ON sessions (session_id); INSERT INTO sessions SELECT :zeros, user_id, device_id, 0, 0, 0, NULL, NULL, NULL \
         FROM sessions WHERE user_id = 'di-'",
        "di- has 2 sessions",
    ),
    (
        "invitations_are_used_by_their_invitee",
        "UPDATE invitations SET used_at = used_at + 1 WHERE used_at IS NOT NULL",
        "when fay did not join",
    ),
    (
        "one_invitation_a_join",
        "UPDATE invitations SET invitee_id = 'fay', used_at = (SELECT latest FROM (SELECT MAX(used_at) AS latest FROM invitations) one)",
        "fay used 2 invitations",
    ),
    (
        "used_invitations_were_open",
        "UPDATE invitations SET revoked_at = 1 WHERE used_at IS NOT NULL",
        "revoked at 1",
    ),
    (
        "one_invitation_a_token",
        "LOOSEN invitations; UPDATE invitations SET token_hash = :more_zeros",
        "2 invitations have one token",
    ),
    (
        "closed_rooms_invite_nobody",
        "UPDATE invitations SET room_id = :closed WHERE used_at IS NULL",
        "is still open",
    ),
    (
        "one_pending_request_a_pair",
        "LOOSEN friend_requests; INSERT INTO friend_requests \
         SELECT :zeros, to_id, from_id, status, 0, NULL FROM friend_requests WHERE status = 'pending'",
        "there are two pending",
    ),
    (
        "friends_have_no_pending_request",
        "UPDATE friend_requests SET status = 'pending', resolved_at = NULL",
        "bo- and cy- are friends",
    ),
    (
        "friends_do_not_block_each_other",
        "INSERT INTO blocks VALUES ('cy-', 'bo-', 0)",
        "one blocks the other",
    ),
    (
        "one_row_a_friendship",
        "UPDATE friendships SET low_id = 'cy-', high_id = 'bo-'",
        "cy- and bo- does not have the lower id first",
    ),
    (
        "nobody_befriends_themselves",
        "UPDATE friend_requests SET to_id = from_id WHERE status = 'pending'",
        "from bo- to bo-",
    ),
    ("no_orphan_rows", "DELETE FROM sessions WHERE user_id = 'di-'", "a refresh token refers to the session"),
    (
        "no_orphan_rows",
        "DELETE FROM accounts WHERE user_id = 'fay'",
        "a participant refers to the account fay",
    ),
    (
        "fields_keep_their_rules",
        "UPDATE accounts SET user_id = 'a' WHERE user_id = 'di-'",
        "accounts.user_id of a ",
    ),
    (
        "fields_keep_their_rules",
        "UPDATE accounts SET name = ' ' WHERE user_id = 'di-'",
        "accounts.name of di-",
    ),
    (
        "fields_keep_their_rules",
        "UPDATE accounts SET phone = '0151' WHERE user_id = 'di-'",
        "accounts.phone of di-",
    ),
    (
        "fields_keep_their_rules",
        "UPDATE accounts SET password_hash = '' WHERE user_id = 'di-'",
        "accounts.password_hash of di-",
    ),
    (
        "fields_keep_their_rules",
        "UPDATE sessions SET device_id = '' WHERE user_id = 'di-'",
        "sessions.device_id of di-",
    ),
    (
        "fields_keep_their_rules",
        "UPDATE sessions SET generation = -1 WHERE user_id = 'di-'",
        "sessions.generation of di-",
    ),
    ("fields_keep_their_rules", "UPDATE refresh_tokens SET generation = -1", "refresh_tokens.generation of "),
    ("fields_keep_their_rules", "UPDATE friend_requests SET status = 'maybe'", "friend_requests.status of "),
    ("fields_keep_their_rules", "UPDATE friend_requests SET from_id = 'b'", "friend_requests.from_id of "),
    ("fields_keep_their_rules", "UPDATE friendships SET low_id = 'b'", "friendships.low_id of cy-"),
    ("fields_keep_their_rules", "INSERT INTO blocks VALUES ('b', 'bo-', 0)", "blocks.blocker_id of bo-"),
    ("fields_keep_their_rules", "UPDATE rooms SET name = '' WHERE room_id = :hexagon", "rooms.name of "),
    ("fields_keep_their_rules", "UPDATE rooms SET password_hash = ''", "rooms.password_hash of "),
    ("fields_keep_their_rules", "UPDATE participants SET joined_as = 'guest'", "participants.joined_as of "),
    (
        "fields_keep_their_rules",
        "UPDATE seats SET number = 0 WHERE user_id = 'bo-' AND room_id = :hexagon",
        "seats.number of ",
    ),
    ("fields_keep_their_rules", "UPDATE seats SET read_seq = 0", "seats.read_seq of "),
    (
        "fields_keep_their_rules",
        r#"UPDATE events SET data = '{"body":"x","first_digest":"00000000000000000000000000000000"}' WHERE kind = 'message_posted'"#,
        "events.data.first_digest of ",
    ),
    (
        "no_orphan_rows",
        "INSERT INTO erased_messages VALUES (:zeros, 1, 'ana', 2)",
        "a deleted message refers to the room",
    ),
    (
        "the_last_message_is_known",
        "UPDATE events SET last_message_seq = 1 WHERE message_id IS NULL AND seq > 1",
        "and its last event says 1",
    ),
    ("fields_keep_their_rules", "INSERT INTO bans VALUES (:hexagon, 'b', 0)", "bans.user_id of "),
    (
        "fields_keep_their_rules",
        "UPDATE invitations SET expires_at = created_at",
        "invitations.expires_at of ",
    ),
    (
        "fields_keep_their_rules",
        "UPDATE events SET kind = 'member_danced' WHERE seq = 2",
        "events.kind of 2 of the room ",
    ),
    (
        "fields_keep_their_rules",
        "UPDATE events SET client_message_id = '' WHERE data LIKE '%good evening%'",
        "events.client_message_id of ",
    ),
    (
        "fields_keep_their_rules",
        r#"UPDATE events SET data = '{"body":" "}' WHERE data LIKE '%good evening%'"#,
        "events.data.body of ",
    ),
    (
        "fields_keep_their_rules",
        r#"UPDATE events SET kind = 'room_changed', data = '{"name":" "}' WHERE seq = 1"#,
        "events.data.name of 1 of the room ",
    ),
    (
        "fields_keep_their_rules",
        r#"UPDATE events SET data = '{"revision":-1}' WHERE kind = 'message_posted'"#,
        "events.data.revision of ",
    ),
    (
        "fields_keep_their_rules",
        r#"UPDATE events SET data = '{"user_id":"b"}' WHERE kind = 'member_joined'"#,
        "events.data.user_id of ",
    ),
    (
        "fields_keep_their_rules",
        "UPDATE erased_messages SET sender_id = 'b'",
        "erased_messages.sender_id of ",
    ),
    (
        "fields_keep_their_rules",
        "INSERT INTO coin_accounts VALUES ('@bank', 0, 0)",
        "coin_accounts.coin_account_id of @bank",
    ),
    ("fields_keep_their_rules", "UPDATE transfers SET reason = 'gift'", "transfers.reason of "),
    ("fields_keep_their_rules", "UPDATE transfer_entries SET amount = 0", "transfer_entries.amount of "),
    ("fields_keep_their_rules", "UPDATE grants SET idempotency_key = ''", "grants.idempotency_key of "),
    ("fields_keep_their_rules", "UPDATE admin_record SET reason = ''", "admin_record.reason of "),
    ("fields_keep_their_rules", "UPDATE admin_record SET action = 'shrug'", "admin_record.action of "),
    (
        "search_progress_within_the_log",
        "UPDATE search_progress SET indexed_seq = 9999 WHERE room_id = :hexagon",
        "is indexed up to 9999",
    ),
    ("messages_are_indexed", "DELETE FROM search_terms WHERE room_id = :hexagon", "is not found by"),
    (
        "only_messages_are_indexed",
        "UPDATE search_terms SET seqs = 4294967295 WHERE room_id = :hexagon",
        "is found by words",
    ),
    (
        "only_messages_are_indexed",
        "INSERT INTO search_terms VALUES (:hexagon, 7, :zeros, 900, 1)",
        "is found by words",
    ),
];
