use super::prelude::*;
use super::statements;

statements! {
    ($)
    /// What admins did, and the password links they made.
    trait AdminStatements, implemented by implement_admin_statements;

    /// The ids of all admins' accounts.
    fn admin_ids(connection) -> Vec<String> {
        accounts::table.filter(accounts::admin.eq(true)).select(accounts::user_id).load(connection)
    }

    /// Accounts that are not erased, with their balances, in the order of their ids.
    fn accounts_after(connection, after: &str, limit: i64) -> Vec<(AccountRow, CoinAccountRow)> {
        accounts::table
            .inner_join(coin_accounts::table.on(coin_accounts::coin_account_id.eq(accounts::user_id)))
            .filter(accounts::user_id.gt(after))
            .filter(accounts::erased_at.is_null())
            .order(accounts::user_id.asc())
            .limit(limit)
            .load(connection)
    }

    /// The password link with this token's hash.
    fn password_link(connection, hash: &[u8]) -> Option<PasswordLinkRow> {
        password_links::table.find(hash).first(connection).optional()
    }

    fn insert_password_link(connection, link: &PasswordLinkRow) -> usize {
        insert_into(password_links::table).values(link).execute(connection)
    }

    /// Removes all password links of an account.
    fn delete_password_links_of(connection, user_id: &str) -> usize {
        delete(password_links::table.filter(password_links::user_id.eq(user_id))).execute(connection)
    }

    /// Adds to the record of what admins did.
    fn insert_record(connection, record: &AdminRecordRow) -> usize {
        insert_into(admin_record::table).values(record).execute(connection)
    }

    /// What was done before the record with the id `before`, newest first.
    fn record_before(connection, before: StoredId, limit: i64) -> Vec<AdminRecordRow> {
        admin_record::table
            .filter(admin_record::record_id.lt(before))
            .order(admin_record::record_id.desc())
            .limit(limit)
            .load(connection)
    }

    /// What the command line did after the record with the id `after`, oldest first.
    fn command_line_after(connection, after: StoredId, limit: i64) -> Vec<AdminRecordRow> {
        admin_record::table
            .filter(admin_record::record_id.gt(after))
            .filter(admin_record::admin_id.is_null())
            .order(admin_record::record_id.asc())
            .limit(limit)
            .load(connection)
    }
}
