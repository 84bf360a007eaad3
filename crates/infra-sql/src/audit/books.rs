use super::check::Check;

/// Coins: moved, never made or lost.
pub(super) const CHECKS: &[Check] = &[
    Check::new(
        "coins_sum_to_zero",
        "all balances together are {0}",
        &["total"],
        "(SELECT SUM(balance) AS total FROM coin_accounts) sums WHERE total <> 0",
    ),
    Check::new(
        "no_balance_below_zero",
        "the balance of {0} is {1}",
        &["coin_account_id", "balance"],
        "coin_accounts WHERE balance < 0 AND coin_account_id <> '@mint'",
    ),
    Check::new(
        "balance_is_the_sum_of_transfers",
        "the balance of {0} is {1}, and its transfers sum to {2}",
        &["c.coin_account_id", "c.balance", "COALESCE(s.total, 0)"],
        "coin_accounts c LEFT JOIN (SELECT coin_account_id, SUM(amount) AS total FROM transfer_entries \
         GROUP BY coin_account_id) s ON s.coin_account_id = c.coin_account_id \
         WHERE c.balance <> COALESCE(s.total, 0)",
    ),
    Check::new(
        "balance_is_the_last_running_one",
        "the balance of {0} is {1}, and after its line {2} it was {3}",
        &["c.coin_account_id", "c.balance", "c.last_entry_no", "e.balance"],
        "coin_accounts c LEFT JOIN transfer_entries e ON e.coin_account_id = c.coin_account_id \
         AND e.entry_no = c.last_entry_no WHERE c.balance <> COALESCE(e.balance, 0)",
    ),
    Check::new(
        "running_balance",
        "the line {1} of {0} has the running balance {2}, and the lines up to it sum to {3}",
        &["coin_account_id", "entry_no", "balance", "total"],
        "(SELECT coin_account_id, entry_no, balance, \
         SUM(amount) OVER (PARTITION BY coin_account_id ORDER BY entry_no) AS total \
         FROM transfer_entries) lines_so_far WHERE balance <> total",
    ),
    Check::new(
        "ledger_without_a_gap",
        "{0} should have {1} lines and has {2}, the last numbered {3}",
        &["c.coin_account_id", "c.last_entry_no", "COALESCE(s.held, 0)", "s.last"],
        "coin_accounts c LEFT JOIN (SELECT coin_account_id, COUNT(*) AS held, MIN(entry_no) AS first, \
         MAX(entry_no) AS last FROM transfer_entries GROUP BY coin_account_id) s \
         ON s.coin_account_id = c.coin_account_id WHERE c.last_entry_no <> COALESCE(s.held, 0) \
         OR c.last_entry_no <> COALESCE(s.last, 0) OR COALESCE(s.first, 1) <> 1",
    ),
    Check::new(
        "transfer_has_two_sides",
        "the transfer {0} has {1} entries, which sum to {2}",
        &["#t.transfer_id", "COUNT(e.entry_no)", "COALESCE(SUM(e.amount), 0)"],
        "transfers t LEFT JOIN transfer_entries e ON e.transfer_id = t.transfer_id \
         GROUP BY t.transfer_id HAVING COUNT(e.entry_no) <> 2 OR SUM(e.amount) <> 0",
    ),
    Check::new(
        "coins_come_from_the_mint",
        "the {1} {0} moves {3} coins of {2}",
        &["#t.transfer_id", "t.reason", "e.coin_account_id", "e.amount"],
        "transfers t JOIN transfer_entries e ON e.transfer_id = t.transfer_id \
         WHERE t.reason IN ('registration', 'grant') AND (e.amount < 0) <> (e.coin_account_id = '@mint')",
    ),
    Check::new(
        "fees_go_to_the_house",
        "the join fee {0} moves {2} coins of {1}",
        &["#t.transfer_id", "e.coin_account_id", "e.amount"],
        "transfers t JOIN transfer_entries e ON e.transfer_id = t.transfer_id \
         WHERE t.reason = 'join_fee' AND (ABS(e.amount) <> :fee \
         OR (e.amount > 0) <> (e.coin_account_id = '@house') OR e.coin_account_id = '@mint')",
    ),
    Check::new(
        "one_registration_an_account",
        "{0} was given coins for registering {1} times",
        &["e.coin_account_id", "COUNT(*)"],
        "transfers t JOIN transfer_entries e ON e.transfer_id = t.transfer_id \
         WHERE t.reason = 'registration' AND e.amount > 0 GROUP BY e.coin_account_id HAVING COUNT(*) > 1",
    ),
    Check::new(
        "grants_are_keyed",
        "the grant {0} has {1} keys",
        &["#t.transfer_id", "COUNT(g.user_id)"],
        "transfers t LEFT JOIN grants g ON g.transfer_id = t.transfer_id WHERE t.reason = 'grant' \
         GROUP BY t.transfer_id HAVING COUNT(g.user_id) <> 1",
    ),
    Check::new(
        "grants_reach_whom_they_name",
        "a key of {0} stands for the transfer {1}, which gives them nothing",
        &["g.user_id", "#g.transfer_id"],
        "grants g LEFT JOIN transfer_entries e ON e.transfer_id = g.transfer_id \
         AND e.coin_account_id = g.user_id AND e.amount > 0 WHERE e.entry_no IS NULL",
    ),
    Check::new(
        "accounts_have_a_balance",
        "{0} has no coin account",
        &["a.user_id"],
        "accounts a LEFT JOIN coin_accounts c ON c.coin_account_id = a.user_id \
         WHERE c.coin_account_id IS NULL",
    ),
    Check::new(
        "balances_have_an_account",
        "the coin account {0} with {1} coins is nobody's",
        &["c.coin_account_id", "c.balance"],
        "coin_accounts c LEFT JOIN accounts a ON a.user_id = c.coin_account_id \
         WHERE a.user_id IS NULL AND c.coin_account_id NOT IN ('@mint', '@house')",
    ),
    Check::new(
        "mint_and_house_are_there",
        "of the mint and the house there are {0}",
        &["held"],
        "(SELECT COUNT(*) AS held FROM coin_accounts WHERE coin_account_id IN ('@mint', '@house')) own \
         WHERE held <> 2",
    ),
];
