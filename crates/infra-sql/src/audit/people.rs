use super::check::Check;

/// Accounts, invitations and what is between people.
pub(super) const CHECKS: &[Check] = &[
    Check::new(
        "the_erased_keep_nothing_personal",
        "{0} is erased but keeps something personal",
        &["a.user_id"],
        "accounts a WHERE a.erased_at IS NOT NULL AND (a.name IS NOT NULL OR a.phone IS NOT NULL \
         OR a.password_hash IS NOT NULL OR a.admin OR a.prime \
         OR EXISTS (SELECT 1 FROM password_links l WHERE l.user_id = a.user_id) \
         OR a.totp_secret IS NOT NULL OR a.totp_offered IS NOT NULL \
         OR EXISTS (SELECT 1 FROM recovery_codes c WHERE c.user_id = a.user_id) \
         OR EXISTS (SELECT 1 FROM sessions s WHERE s.user_id = a.user_id))",
    ),
    Check::new(
        "accounts_are_whole",
        "{0} lacks a name, a phone number or a password, or has an end of prime without prime",
        &["user_id"],
        "accounts WHERE (erased_at IS NULL AND (name IS NULL OR phone IS NULL OR password_hash IS NULL)) \
         OR (prime_until IS NOT NULL AND NOT prime)",
    ),
    Check::new(
        "one_password_link_an_account",
        "{0} has {1} password links",
        &["user_id", "COUNT(*)"],
        "password_links GROUP BY user_id HAVING COUNT(*) > 1",
    ),
    Check::new(
        "records_name_an_account_or_a_room",
        "the record {0}, {1}, names neither one account nor one room",
        &["#record_id", "action"],
        "admin_record WHERE (user_id IS NULL) = (room_id IS NULL)",
    ),
    Check::new(
        "open_rooms_have_a_living_owner",
        "the open room {0} belongs to {1}, who is erased",
        &["#r.room_id", "r.owner_id"],
        "rooms r JOIN accounts a ON a.user_id = r.owner_id \
         WHERE r.closed_at IS NULL AND a.erased_at IS NOT NULL",
    ),
    Check::new(
        "one_session_a_device",
        "{0} has {1} sessions on one device",
        &["user_id", "COUNT(*)"],
        "sessions GROUP BY user_id, device_id HAVING COUNT(*) > 1",
    ),
    Check::new(
        "invitations_are_used_by_their_invitee",
        "the invitation {0} was used at {2}, when {1} did not join the room {3}",
        &["#i.invitation_id", "i.invitee_id", "i.used_at", "#i.room_id"],
        "invitations i WHERE i.used_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM events e \
         WHERE e.room_id = i.room_id AND e.kind = 'member_joined' AND e.actor_id = i.invitee_id \
         AND e.at = i.used_at)",
    ),
    Check::new(
        "one_invitation_a_join",
        "{1} used {2} invitations to the room {0} for one joining",
        &["#i.room_id", "i.invitee_id", "COUNT(*)"],
        "invitations i WHERE i.used_at IS NOT NULL GROUP BY i.room_id, i.invitee_id, i.used_at \
         HAVING COUNT(*) > (SELECT COUNT(*) FROM events e WHERE e.room_id = i.room_id \
         AND e.kind = 'member_joined' AND e.actor_id = i.invitee_id AND e.at = i.used_at) \
         AND COUNT(*) > 1",
    ),
    Check::new(
        "used_invitations_were_open",
        "the invitation {0} was used at {1}, revoked at {2} and good until {3}",
        &["#invitation_id", "used_at", "revoked_at", "expires_at"],
        "invitations WHERE used_at IS NOT NULL AND (revoked_at IS NOT NULL OR used_at >= expires_at)",
    ),
    Check::new(
        "one_invitation_a_token",
        "{0} invitations have one token",
        &["COUNT(*)"],
        "invitations GROUP BY token_hash HAVING COUNT(*) > 1",
    ),
    Check::new(
        "closed_rooms_invite_nobody",
        "the invitation {0} to the closed room {1} is still open",
        &["#i.invitation_id", "#i.room_id"],
        "invitations i JOIN rooms r ON r.room_id = i.room_id WHERE i.used_at IS NULL \
         AND i.revoked_at IS NULL AND r.closed_at IS NOT NULL AND i.expires_at > r.closed_at",
    ),
    Check::new(
        "one_pending_request_a_pair",
        "between {0} and {1} there are two pending friend requests",
        &["a.from_id", "a.to_id"],
        "friend_requests a JOIN friend_requests b ON a.friend_request_id < b.friend_request_id \
         AND ((a.from_id = b.from_id AND a.to_id = b.to_id) OR (a.from_id = b.to_id AND a.to_id = b.from_id)) \
         WHERE a.status = 'pending' AND b.status = 'pending'",
    ),
    Check::new(
        "friends_have_no_pending_request",
        "{0} and {1} are friends, and the friend request {2} between them is pending",
        &["f.low_id", "f.high_id", "#q.friend_request_id"],
        "friendships f JOIN friend_requests q ON q.status = 'pending' \
         AND ((q.from_id = f.low_id AND q.to_id = f.high_id) \
         OR (q.from_id = f.high_id AND q.to_id = f.low_id))",
    ),
    Check::new(
        "friends_do_not_block_each_other",
        "{0} and {1} are friends, and one blocks the other",
        &["f.low_id", "f.high_id"],
        "friendships f JOIN blocks b ON (b.blocker_id = f.low_id AND b.blocked_id = f.high_id) \
         OR (b.blocker_id = f.high_id AND b.blocked_id = f.low_id)",
    ),
    Check::new(
        "one_row_a_friendship",
        "the friendship of {0} and {1} does not have the lower id first",
        &["low_id", "high_id"],
        "friendships WHERE low_id >= high_id",
    ),
    Check::new(
        "nobody_befriends_themselves",
        "the friend request {0} is from {1} to {2}",
        &["#friend_request_id", "from_id", "to_id"],
        "friend_requests WHERE from_id = to_id",
    ),
];
