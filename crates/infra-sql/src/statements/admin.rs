use super::prelude::*;
use super::statements;

statements! {
    ($)
    /// What admins did, and the password links they made.
    trait AdminStatements, implemented by implement_admin_statements;

    /// The ids of all admins' accounts.
    fn admin_ids(connection) -> Vec<String> {
        admin::admin_ids().load(connection)
    }

    /// Accounts that are not erased, with their balances, in the order of their ids.
    fn accounts_after(connection, after: &str, limit: i64) -> Vec<(AccountRow, CoinAccountRow)> {
        admin::accounts_after(after, limit).load(connection)
    }

    /// Sets since when an account is suspended, or that it is not.
    fn set_suspended(connection, user_id: &str, at: Option<i64>) -> usize {
        update(schema::accounts::table.find(user_id))
            .set(schema::accounts::suspended_at.eq(at))
            .execute(connection)
    }

    /// The password link with this token's hash.
    fn password_link(connection, hash: &[u8]) -> Option<PasswordLinkRow> {
        admin::password_link(hash).first(connection).optional()
    }

    /// Adds a password link.
    fn insert_password_link(connection, link: &PasswordLinkRow) -> usize {
        insert_into(schema::password_links::table).values(link).execute(connection)
    }

    /// Removes all password links of an account.
    fn delete_password_links_of(connection, user_id: &str) -> usize {
        delete(admin::password_links_of(user_id)).execute(connection)
    }

    /// Adds what an admin did.
    fn insert_record(connection, record: &AdminRecordRow) -> usize {
        insert_into(schema::admin_record::table).values(record).execute(connection)
    }

    /// What was done before the record named `before`, newest first.
    fn record_before(connection, before: StoredId, limit: i64) -> Vec<AdminRecordRow> {
        admin::record_before(before, limit).load(connection)
    }

    /// What the command line did after the record named `after`, oldest first.
    fn command_line_after(connection, after: StoredId, limit: i64) -> Vec<AdminRecordRow> {
        admin::command_line_after(after, limit).load(connection)
    }
}
