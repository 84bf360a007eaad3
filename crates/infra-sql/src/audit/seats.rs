use super::check::Check;

/// Who sits where, and on which terms they came.
pub(super) const CHECKS: &[Check] = &[
    Check::new(
        "seats_at_most_six",
        "the room {0} has {1} seats taken",
        &["#room_id", "COUNT(*)"],
        "seats GROUP BY room_id HAVING COUNT(*) > :seats",
    ),
    Check::new(
        "seat_number",
        "the room {0} has a seat numbered {1}, held by {2}",
        &["#room_id", "number", "user_id"],
        "seats WHERE number < 1 OR number > :seats",
    ),
    Check::new(
        "one_holder_a_seat",
        "the seat {1} of the room {0} has {2} holders",
        &["#room_id", "number", "COUNT(*)"],
        "seats GROUP BY room_id, number HAVING COUNT(*) > 1",
    ),
    Check::new(
        "one_seat_a_member",
        "{1} holds {2} seats of the room {0}",
        &["#room_id", "user_id", "COUNT(*)"],
        "seats GROUP BY room_id, user_id HAVING COUNT(*) > 1",
    ),
    Check::new(
        "members_are_participants",
        "{1} holds a seat of the room {0} but is not in its history",
        &["#s.room_id", "s.user_id"],
        "seats s LEFT JOIN participants p ON p.room_id = s.room_id AND p.user_id = s.user_id \
         WHERE p.user_id IS NULL",
    ),
    Check::new(
        "closed_rooms_are_empty",
        "{1} holds a seat of the closed room {0}",
        &["#s.room_id", "s.user_id"],
        "seats s JOIN rooms r ON r.room_id = s.room_id WHERE r.closed_at IS NOT NULL",
    ),
    Check::new(
        "owners_are_seated",
        "{1} owns the open room {0} and holds no seat of it",
        &["#r.room_id", "r.owner_id"],
        "rooms r LEFT JOIN seats s ON s.room_id = r.room_id AND s.user_id = r.owner_id \
         WHERE r.closed_at IS NULL AND s.user_id IS NULL",
    ),
    Check::new(
        "the_banned_hold_no_seat",
        "{1} is banned from the room {0} and holds a seat of it",
        &["#s.room_id", "s.user_id"],
        "seats s JOIN bans b ON b.room_id = s.room_id AND b.user_id = s.user_id",
    ),
    Check::new(
        "the_erased_hold_no_seat",
        "{1} is erased and holds a seat of the room {0}",
        &["#s.room_id", "s.user_id"],
        "seats s JOIN accounts a ON a.user_id = s.user_id WHERE a.erased_at IS NOT NULL",
    ),
    Check::new(
        "read_markers_within_the_log",
        "{1} has read up to {2} in the room {0}, whose head is {3}",
        &["#s.room_id", "s.user_id", "s.read_seq", "h.head_seq"],
        "seats s JOIN (SELECT room_id, MAX(seq) AS head_seq FROM events GROUP BY room_id) h \
         ON h.room_id = s.room_id WHERE s.read_seq > h.head_seq OR s.read_seq < 1",
    ),
    Check::new(
        "seat_fee",
        "the seat of {1} in the room {0} cost {2} coins, and they joined as {3}",
        &["#s.room_id", "s.user_id", "s.fee", "p.joined_as"],
        "seats s JOIN participants p ON p.room_id = s.room_id AND p.user_id = s.user_id \
         WHERE NOT (s.fee = 0 OR (s.fee = :fee AND p.joined_as = 'paid'))",
    ),
    Check::new(
        "free_join_mark_has_its_join",
        "the free join of {0} is marked as used by the room {1}, which they did not join free",
        &["a.user_id", "#a.free_join_room_id"],
        "accounts a LEFT JOIN participants p ON p.user_id = a.user_id \
         AND p.room_id = a.free_join_room_id AND p.joined_as = 'free' \
         WHERE a.free_join_room_id IS NOT NULL AND p.user_id IS NULL",
    ),
    Check::new(
        "free_join_has_its_mark",
        "{0} joined the room {1} free, and their free join is marked as used by {2}",
        &["p.user_id", "#p.room_id", "#a.free_join_room_id"],
        "participants p JOIN accounts a ON a.user_id = p.user_id WHERE p.joined_as = 'free' \
         AND (a.free_join_room_id IS NULL OR a.free_join_room_id <> p.room_id)",
    ),
    Check::new(
        "one_free_join_an_account",
        "{0} joined {1} rooms with their one free join",
        &["user_id", "COUNT(*)"],
        "participants WHERE joined_as = 'free' GROUP BY user_id HAVING COUNT(*) > 1",
    ),
    Check::new(
        "paid_joins_are_paid_once",
        "{1} joined the room {0} for coins and paid {2} times",
        &["#p.room_id", "p.user_id", "COUNT(e.entry_no)"],
        "participants p LEFT JOIN (transfer_entries e JOIN transfers t ON t.transfer_id = e.transfer_id \
         AND t.reason = 'join_fee' AND e.amount = -:fee) \
         ON e.coin_account_id = p.user_id AND t.room_id = p.room_id \
         WHERE p.joined_as = 'paid' GROUP BY p.room_id, p.user_id HAVING COUNT(e.entry_no) <> 1",
    ),
    Check::new(
        "fees_have_their_join",
        "{1} paid the transfer {2} for the room {0}, which they did not join for coins",
        &["#t.room_id", "e.coin_account_id", "#t.transfer_id"],
        "transfers t JOIN transfer_entries e ON e.transfer_id = t.transfer_id AND e.amount < 0 \
         LEFT JOIN participants p ON p.room_id = t.room_id AND p.user_id = e.coin_account_id \
         AND p.joined_as = 'paid' WHERE t.reason = 'join_fee' AND p.user_id IS NULL",
    ),
];
