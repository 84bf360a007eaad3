/// Generates one test of its own for each of the suite's functions.
///
/// `$open` is called for each of them: an async function or closure that answers a fresh, empty
/// store as anything that becomes a [`Harness`](crate::Harness), such as `Stores` or
/// `(Stores, TempDir)`.
///
/// ```text
/// async fn open() -> (Stores, TempDir) { .. }
/// port_contract::contract_tests!(open);
/// ```
///
/// Attributes that follow are those of each test, such as `#[ignore = "takes a server"]`.
#[macro_export]
macro_rules! contract_tests {
    ($open:expr $(, $(#[$attribute:meta])+)?) => {
        $crate::each_contract_test! { $open, ($($(#[$attribute])+)?);
            abandoned: [
                an_abandoned_join_is_whole_or_never_was,
                an_abandoned_use_of_an_invitation_is_whole_or_never_was,
                an_abandoned_message_is_posted_once_by_its_retry,
                an_abandoned_grant_is_made_once_by_its_retry,
                an_abandoned_registration_is_whole_or_never_was,
                a_store_serves_on_after_many_callers_have_vanished,
            ],
            accounts: [
                an_account_is_found_as_it_was_registered,
                the_longest_of_everything_is_kept_to_the_letter,
                what_no_rule_takes_any_more_is_shown_as_it_is,
                a_user_id_is_taken_in_any_case,
                ids_that_look_alike_are_different_accounts,
                nobody_is_found_under_an_id_never_given_out,
                an_account_stays_as_it_was_changed,
                a_denied_change_of_an_account_leaves_no_trace,
                the_facts_of_an_account_count_its_rooms_and_seats,
                an_erased_account_is_gone_but_its_id_stays_taken,
                an_erased_account_leaves_its_messages_but_no_friends,
                an_erased_account_acts_no_more,
                a_profile_says_what_is_between_the_two,
            ],
            coins: [
                coins_at_registration_come_from_the_mint,
                an_account_without_coins_has_an_empty_ledger,
                a_grant_is_made_once_for_each_key,
                a_key_belongs_to_one_account,
                a_ledger_runs_from_the_newest_line_with_its_balance,
                a_fee_may_take_the_last_coin,
                a_fee_never_takes_a_coin_too_many,
                great_fortunes_are_kept_to_the_coin,
                nobody_sees_the_ledger_of_another,
            ],
            crossings: [
                coins_that_go_both_ways_at_once_neither_appear_nor_vanish,
                an_invitation_used_and_revoked_at_once_comes_to_one_of_them,
                an_account_that_ends_while_it_joins_holds_no_seat,
            ],
            friends: [
                a_request_is_found_as_it_was_sent,
                participants_share_or_have_shared_a_room,
                an_accepted_request_is_a_friendship_both_ways,
                a_request_is_sent_once_until_it_is_answered,
                requests_that_cross_become_a_friendship,
                requests_that_cross_at_once_become_one_friendship,
                a_request_sent_many_times_at_once_is_pending_once,
                a_block_ends_what_was_and_looks_like_nothing,
                a_block_goes_one_way,
                strangers_may_be_blocked_before_they_meet,
                nobody_befriends_an_unknown_account,
                a_denied_change_between_two_leaves_no_trace,
            ],
            history: [
                a_history_shows_the_newest_messages_oldest_first,
                both_bounds_of_a_history_are_exclusive,
                a_history_is_walked_both_ways_without_loss_or_repeat,
                a_history_is_shown_about_any_place,
                a_page_about_a_place_leads_on_both_ways_without_loss_or_repeat,
                an_empty_history_is_a_page_too,
            ],
            invitations: [
                an_invitation_is_found_as_it_was_made,
                an_invitation_replaces_the_password_once,
                a_token_opens_nothing_for_another,
                a_revoked_invitation_opens_nothing,
                an_expired_invitation_opens_nothing,
                an_invitation_of_another_room_is_no_fact,
                only_prime_members_are_invited,
            ],
            joining: [
                the_first_room_is_free_and_the_next_costs_150_coins,
                a_prime_member_joins_free_and_keeps_the_free_join,
                members_get_the_same_receipt_again,
                coming_back_is_free,
                who_made_a_room_comes_back_as_any_other_would,
                the_seventh_is_refused_whatever_they_present,
                a_seat_given_up_is_the_next_to_be_taken,
                the_facts_remember_on_which_terms_somebody_came,
                the_facts_are_those_of_the_moment,
                joining_puts_the_history_before_the_newcomer,
            ],
            last_messages: [
                the_last_message_is_the_newest_that_is_not_deleted,
                a_last_message_is_cut_to_140_characters,
                the_last_message_is_found_below_many_that_are_deleted,
                the_last_message_follows_from_the_log_with_seed_1,
                the_last_message_follows_from_the_log_with_seed_2,
                the_last_message_follows_from_the_log_with_seed_3,
            ],
            lists: [
                rooms_page_without_loss_or_repeat,
                rooms_of_one_instant_page_without_loss_or_repeat,
                invitations_page_without_loss_or_repeat,
                transfers_page_without_loss_or_repeat,
                sessions_page_without_loss_or_repeat,
                friend_requests_page_without_loss_or_repeat,
                requests_sent_page_without_loss_or_repeat,
                friends_page_without_loss_or_repeat,
                bans_page_without_loss_or_repeat,
                blocks_page_without_loss_or_repeat,
                what_is_added_meanwhile_disturbs_no_list,
            ],
            log: [
                every_kind_of_event_is_read_as_it_was_committed,
                edits_and_deletions_are_read_as_they_were_committed,
                a_log_is_read_in_pieces_without_a_gap,
                a_log_is_for_members_and_the_server,
                an_epoch_lasts_as_long_as_its_store,
            ],
            mentions: [
                a_message_mentions_the_members_of_its_moment,
                whom_a_message_mentions_follows_its_text,
                mentions_are_counted_beside_unread_messages,
                a_mention_and_a_departure_at_once_have_one_order,
            ],
            message_races: [
                sixty_four_writers_leave_no_gap,
                many_rooms_grow_at_once_each_without_a_gap,
                a_message_sent_many_times_at_once_is_posted_once,
                one_bad_message_among_many_fails_alone,
                a_conflict_at_once_is_decided_for_the_first,
                a_client_id_used_in_many_rooms_at_once_names_one_message,
                each_of_hundreds_in_many_rooms_is_told_what_became_of_their_own,
                a_message_whose_id_is_taken_fails_alone,
                a_writer_who_is_removed_writes_nothing_after_it,
                a_log_is_whole_in_every_moment,
            ],
            messages: [
                a_message_is_read_as_it_was_written,
                every_character_of_a_body_is_kept,
                a_repeated_message_gets_the_first_result,
                a_message_edited_since_is_still_repeated,
                a_message_is_repeated_also_by_somebody_who_has_left,
                a_client_id_names_one_message_of_its_sender,
                an_edited_message_reads_so_everywhere,
                a_deleted_body_is_gone_from_every_row,
                a_retry_does_not_bring_a_deleted_message_back,
                an_owner_deletes_what_others_wrote,
                a_message_of_another_room_is_no_fact,
                rooms_number_their_events_each_for_itself,
            ],
            quotas: [
                rooms_owned_and_sat_in_are_those_of_the_moment,
                rooms_opened_at_once_stop_at_the_limit,
                seats_taken_at_once_stop_at_the_limit,
                a_room_that_is_handed_over_counts_for_its_heir_at_once,
                somebody_invited_many_times_at_once_is_invited_once,
                a_room_has_50_open_invitations_however_fast_they_are_made,
                whether_the_invitee_has_blocked_the_owner_is_a_fact,
                an_outdated_hash_of_a_rooms_password_is_renewed_by_a_join,
            ],
            races: [
                eight_registrations_of_one_id_make_one_account,
                two_hundred_race_for_five_seats,
                the_coins_for_one_room_buy_one_of_two,
                the_free_join_is_good_for_one_of_two,
                a_join_sent_twenty_times_at_once_is_charged_once,
                thirty_racers_use_one_invitation_once,
                a_ban_and_a_join_that_cross_leave_nobody_banned_in_a_seat,
                rooms_and_people_in_every_order_never_block_each_other,
                the_books_balance_at_every_moment,
                a_grant_sent_many_times_at_once_is_made_once,
                an_owner_who_closes_and_a_guest_who_joins_agree,
                readers_are_not_refused_while_others_write,
            ],
            operators: [
                what_is_done_is_recorded_and_read_newest_first,
                what_changes_nothing_or_is_refused_is_not_recorded,
                the_command_lines_deeds_are_read_from_where_one_left_off,
                accounts_are_listed_in_the_order_of_their_ids,
                accounts_are_found_by_any_part_of_id_or_name,
                a_suspension_is_read_back_and_lifted,
                a_sign_in_and_a_suspension_at_once_leave_nobody_signed_in_unseen,
                the_last_two_admins_who_suspend_each_other_leave_one,
                admins_who_suspend_each_other_in_a_ring_leave_one,
                a_password_link_is_used_once_also_at_once,
                only_the_newest_password_link_is_good,
                a_suspension_ends_the_password_links,
                the_link_of_another_account_is_no_fact,
                a_room_closed_by_an_operator_is_recorded_with_it,
            ],
            reactions: [
                reactions_are_read_as_they_were_put_and_taken_back,
                a_repeated_reaction_is_no_event,
                a_message_takes_twenty_different_emoji,
                thirty_at_once_put_no_more_than_a_twentieth_emoji_to_a_message,
                deleting_a_message_removes_its_reactions_everywhere,
                reactions_and_a_deletion_at_once_leave_none,
                reactions_of_members_who_left_stay,
                nobody_reacts_to_what_is_not_there,
                reactions_are_not_unread,
                one_message_is_read_by_members_alone,
            ],
            reading: [
                a_read_marker_moves_up_only,
                members_see_how_far_the_others_have_read,
                ones_own_and_deleted_messages_are_not_unread,
                many_rooms_are_read_at_once_and_those_of_others_are_left_out,
                what_is_unread_follows_from_the_log_with_seed_1,
                what_is_unread_follows_from_the_log_with_seed_2,
                what_is_unread_follows_from_the_log_with_seed_3,
            ],
            refusals: [
                a_denied_join_leaves_no_trace,
                a_denied_use_of_an_owners_powers_leaves_no_trace,
                a_denied_message_leaves_no_trace,
                a_denied_message_uses_up_no_seq,
            ],
            replies: [
                a_reply_points_at_its_message_whatever_becomes_of_either,
                nobody_replies_to_what_is_not_there,
                a_reply_is_repeated_also_when_its_message_is_deleted,
                no_reply_follows_the_deletion_of_its_message,
                one_reply_to_nothing_among_many_fails_alone,
            ],
            rooms: [
                a_room_is_found_as_it_was_opened,
                a_free_member_opens_no_room,
                an_unknown_room_is_not_found,
                an_actor_without_an_account_changes_nothing,
                everyone_has_a_standing,
                how_somebody_came_in_is_known_after_they_left,
                only_members_see_anything,
                an_owner_changes_everything_at_once,
                what_is_so_already_is_no_event,
                a_member_who_was_removed_may_come_back,
                a_banned_member_comes_back_when_the_ban_is_lifted,
                a_ban_holds_in_its_room_only,
                a_closed_room_is_empty_for_good,
                a_list_of_rooms_begins_where_something_happened_last,
            ],
            search: [
                messages_are_found_in_every_script,
                what_is_found_is_marked,
                only_those_who_sit_there_find_anything,
                an_edited_message_is_found_as_it_reads_now,
                a_deleted_message_is_found_no_more,
                messages_are_found_by_sender,
                messages_are_found_before_an_instant,
                what_is_found_is_paged_without_loss_or_repeat,
                two_who_index_at_once_index_everything_once,
                the_index_follows_whatever_happens_meanwhile,
                a_long_log_is_searched_to_its_beginning,
                what_is_indexed_anew_is_found_again,
            ],
            second_factor: [
                a_second_factor_is_kept_as_it_was_turned_on,
                new_recovery_codes_take_the_place_of_the_old,
                a_code_presented_many_times_at_once_is_good_once,
                a_second_factor_that_is_lifted_leaves_nothing,
                accounts_with_a_second_factor_are_listed_and_encrypted_anew,
            ],
            sessions: [
                a_session_is_found_as_it_was_opened,
                the_first_refresh_token_is_the_registrations,
                a_new_session_on_a_device_takes_the_place_of_the_old,
                devices_are_told_apart_by_every_character,
                a_device_may_be_used_by_two_accounts,
                an_ended_session_is_not_found,
                a_lost_answer_is_given_again,
                a_token_whose_successor_was_used_ends_the_session,
                a_token_presented_again_after_a_minute_ends_the_session,
                two_who_refresh_in_turn_from_one_token_are_found_out_in_one_round,
                retries_at_once_get_one_successor_and_end_nothing,
                a_session_from_before_renewals_were_noted_goes_on,
                sessions_that_outlived_themselves_are_found_and_removed,
                sign_ins_at_once_leave_fifty_sessions,
                a_dead_token_still_tells_whose_it_was,
                the_token_of_another_account_is_no_fact,
                a_session_is_noted_as_seen,
                another_password_ends_the_other_sessions,
                sign_ins_at_once_on_one_device_leave_one_session,
            ],
            wrong_rules: [
                two_cannot_hold_one_seat,
                nobody_holds_two_seats_of_a_room,
                nobody_pays_what_they_do_not_have,
                a_free_join_is_used_once,
                a_log_takes_no_event_out_of_its_order,
                a_seat_that_nobody_holds_is_not_vacated,
                an_invitation_is_used_once,
                an_account_changes_whole_or_not_at_all,
                an_audit_names_what_a_wrong_rule_has_broken,
                a_rule_that_panics_harms_nobody_else,
            ],
        }
    };
}

/// What [`contract_tests!`] makes of its list.
#[doc(hidden)]
#[macro_export]
macro_rules! each_contract_test {
    ($open:expr, $attributes:tt; $($module:ident: [$($test:ident),* $(,)?],)*) => {$(
        mod $module {
            #[allow(unused_imports, reason = "a closure needs nothing from outside")]
            use super::*;

            $($crate::one_contract_test! { $open, $attributes, $module, $test })*
        }
    )*};
}

/// What [`each_contract_test!`] makes of one name.
#[doc(hidden)]
#[macro_export]
macro_rules! one_contract_test {
    ($open:expr, ($($attribute:tt)*), $module:ident, $test:ident) => {
        #[::tokio::test(flavor = "multi_thread", worker_threads = 4)]
        $($attribute)*
        async fn $test() {
            let harness: $crate::Harness = ($open)().await.into();
            $crate::tests::$module::$test($crate::World::new(harness)).await;
        }
    };
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    #[test]
    fn every_test_of_the_suite_is_in_the_list() {
        let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests");
        let list = include_str!("list.rs");
        let mut listed = 0;
        for entry in fs::read_dir(sources).expect("the suite's sources are here") {
            let path = entry.expect("a file").path();
            let module = path.file_stem().and_then(|stem| stem.to_str()).expect("a Rust file").to_owned();
            let source = fs::read_to_string(&path).expect("readable");
            let section = list.split(&format!(" {module}: [")).nth(1).map(|rest| rest.split(']').next());
            for line in source.lines().filter(|line| line.ends_with("(world: World) {")) {
                let name = line.trim_start_matches("pub async fn ").trim_end_matches("(world: World) {");
                let section = section.flatten().unwrap_or_default();
                assert!(section.contains(&format!(" {name},")), "{module}::{name} is missing");
                listed += 1;
            }
        }
        assert!(listed > 100, "the suite was not found");
    }
}
