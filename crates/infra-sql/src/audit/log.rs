use super::check::Check;

/// What is one of a kind in the rooms' logs.
pub(super) const CHECKS: &[Check] = &[
    Check::new(
        "one_message_an_id",
        "{1} messages have the id {0}",
        &["#message_id", "COUNT(*)"],
        "events WHERE message_id IS NOT NULL GROUP BY message_id HAVING COUNT(*) > 1",
    ),
    Check::new(
        "one_message_a_client_id",
        "{0} has {1} messages under one client id",
        &["actor_id", "COUNT(*)"],
        "events WHERE client_message_id IS NOT NULL GROUP BY actor_id, client_message_id \
         HAVING COUNT(*) > 1",
    ),
];
