//! What admins see.

use domain::{Account, AccountQuery, AdminRecord, Page, PageSize, PasswordLink, RecordId, TokenHash, UserId};

use crate::admin::AdminRecordRow;
use crate::failure::Failure;
use crate::{Statements, StoredId};

/// How many accounts are read at once while some are looked for.
const READ_AT_ONCE: i64 = 1_000;

/// A page of the accounts that a query finds, or of all. Looking compares in the domain's way, which no
/// database has, and so reads every account until the page is full.
pub fn list(
    connection: &mut impl Statements,
    query: Option<&AccountQuery>,
    after: Option<&UserId>,
    size: PageSize,
) -> Result<Page<Account>, Failure> {
    let at_once = if query.is_some() { READ_AT_ONCE } else { size.and_one_more() };
    let mut found = Vec::new();
    let mut after = after.map_or_else(String::new, ToString::to_string);
    loop {
        let rows = connection.accounts_after(&after, at_once)?;
        let is_last = i64::try_from(rows.len()).unwrap_or_default() < at_once;
        if let Some((last, _)) = rows.last() {
            after.clone_from(&last.user_id);
        }
        for (account, coins) in rows {
            let name = account.name.as_deref().unwrap_or_default();
            if query.is_none_or(|query| query.finds(&account.user_id, name)) {
                found.push(account.account(&coins)?);
            }
        }
        if is_last || found.len() > size.get() {
            return Ok(Page::cut(found, size));
        }
    }
}

/// The password link with this token, expired or not.
pub fn find_password_link(
    connection: &mut impl Statements,
    hash: TokenHash,
) -> Result<Option<PasswordLink>, Failure> {
    Ok(connection.password_link(&hash.0)?.map(PasswordLink::try_from).transpose()?)
}

/// A page of what admins did, newest first.
pub fn record(
    connection: &mut impl Statements,
    after: Option<RecordId>,
    size: PageSize,
) -> Result<Page<AdminRecord>, Failure> {
    let before = after.map_or(StoredId::HIGHEST, StoredId::from);
    page(connection.record_before(before, size.and_one_more())?, size)
}

/// A page of what the command line did, oldest first.
pub fn command_line_record(
    connection: &mut impl Statements,
    since: RecordId,
    size: PageSize,
) -> Result<Page<AdminRecord>, Failure> {
    page(connection.command_line_after(since.into(), size.and_one_more())?, size)
}

fn page(rows: Vec<AdminRecordRow>, size: PageSize) -> Result<Page<AdminRecord>, Failure> {
    let records = rows.into_iter().map(AdminRecord::try_from).collect::<Result<_, _>>()?;
    Ok(Page::cut(records, size))
}
