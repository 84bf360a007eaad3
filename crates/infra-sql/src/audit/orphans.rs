use super::check::Check;

const ROOMS: &str = "rooms p ON p.room_id";
const ACCOUNTS: &str = "accounts p ON p.user_id";

/// Rows that refer to rows which are not there, by table.
pub(super) fn checks() -> Vec<Check> {
    let by_id = [
        ("a seat refers to the room {0}, which is not there", "seats", "room_id", ROOMS),
        ("a participant refers to the room {0}, which is not there", "participants", "room_id", ROOMS),
        ("a ban refers to the room {0}, which is not there", "bans", "room_id", ROOMS),
        ("an invitation refers to the room {0}, which is not there", "invitations", "room_id", ROOMS),
        ("an event refers to the room {0}, which is not there", "events", "room_id", ROOMS),
        ("a deleted message refers to the room {0}, which is not there", "erased_messages", "room_id", ROOMS),
        (
            "a recounted mention refers to the room {0}, which is not there",
            "recounted_mentions",
            "room_id",
            ROOMS,
        ),
        ("an indexed log refers to the room {0}, which is not there", "search_progress", "room_id", ROOMS),
        ("a transfer refers to the room {0}, which is not there", "transfers", "room_id", ROOMS),
        ("a free join refers to the room {0}, which is not there", "accounts", "free_join_room_id", ROOMS),
        ("a record refers to the room {0}, which is not there", "admin_record", "room_id", ROOMS),
        (
            "a refresh token refers to the session {0}, which is not there",
            "refresh_tokens",
            "session_id",
            "sessions p ON p.session_id",
        ),
        (
            "an entry refers to the transfer {0}, which is not there",
            "transfer_entries",
            "transfer_id",
            "transfers p ON p.transfer_id",
        ),
        (
            "a grant refers to the transfer {0}, which is not there",
            "grants",
            "transfer_id",
            "transfers p ON p.transfer_id",
        ),
    ];
    let by_name = [
        ("a seat refers to the account {0}, which is not there", "seats", "user_id", ACCOUNTS),
        ("a participant refers to the account {0}, which is not there", "participants", "user_id", ACCOUNTS),
        ("a ban refers to the account {0}, which is not there", "bans", "user_id", ACCOUNTS),
        (
            "an invitation refers to the account {0}, which is not there",
            "invitations",
            "invitee_id",
            ACCOUNTS,
        ),
        ("a room refers to the owner {0}, who is not there", "rooms", "owner_id", ACCOUNTS),
        ("an event refers to the actor {0}, who is not there", "events", "actor_id", ACCOUNTS),
        ("a session refers to the account {0}, which is not there", "sessions", "user_id", ACCOUNTS),
        ("a record refers to the admin {0}, who is not there", "admin_record", "admin_id", ACCOUNTS),
        ("a record refers to the account {0}, which is not there", "admin_record", "user_id", ACCOUNTS),
        (
            "a password link refers to the account {0}, which is not there",
            "password_links",
            "user_id",
            ACCOUNTS,
        ),
        (
            "a recovery code refers to the account {0}, which is not there",
            "recovery_codes",
            "user_id",
            ACCOUNTS,
        ),
        ("a grant refers to the account {0}, which is not there", "grants", "user_id", ACCOUNTS),
        (
            "a friend request refers to the account {0}, which is not there",
            "friend_requests",
            "from_id",
            ACCOUNTS,
        ),
        (
            "a friend request refers to the account {0}, which is not there",
            "friend_requests",
            "to_id",
            ACCOUNTS,
        ),
        ("a friendship refers to the account {0}, which is not there", "friendships", "low_id", ACCOUNTS),
        ("a friendship refers to the account {0}, which is not there", "friendships", "high_id", ACCOUNTS),
        ("a block refers to the account {0}, which is not there", "blocks", "blocker_id", ACCOUNTS),
        ("a block refers to the account {0}, which is not there", "blocks", "blocked_id", ACCOUNTS),
        (
            "an entry refers to the coin account {0}, which is not there",
            "transfer_entries",
            "coin_account_id",
            "coin_accounts p ON p.coin_account_id",
        ),
    ];
    let ids = by_id.into_iter().map(|orphan| check(&["#refers_to"], orphan));
    let names = by_name.into_iter().map(|orphan| check(&["refers_to"], orphan));
    ids.chain(names).collect()
}

fn check(
    shows: &'static [&'static str],
    (says, table, column, parent): (&'static str, &'static str, &'static str, &'static str),
) -> Check {
    let parent_column = parent.rsplit(' ').next().unwrap_or(parent);
    let of = format!(
        "(SELECT DISTINCT c.{column} AS refers_to FROM {table} c LEFT JOIN {parent} = c.{column} \
         WHERE c.{column} IS NOT NULL AND {parent_column} IS NULL) orphans"
    );
    Check { invariant: "no_orphan_rows", says, shows, of: of.into() }
}
