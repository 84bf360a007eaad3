use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::connection::Connection;
use crate::open_error::OpenError;

/// The first MySQL that keeps to CHECK constraints.
const OLDEST_MYSQL: [u32; 3] = [8, 0, 16];

/// The oldest MariaDB that is tried.
const OLDEST_MARIADB: [u32; 3] = [10, 11, 0];

/// Refuses a server that does not keep all promises of the schema.
pub(crate) fn check(connection: &mut Connection) -> Result<(), OpenError> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        version: String,
    }
    let row: Row = diesel::sql_query("SELECT VERSION() AS version").get_result(&mut **connection)?;
    if is_new_enough(&row.version) { Ok(()) } else { Err(OpenError::TooOld { version: row.version }) }
}

/// By what a server says of itself, such as `8.4.7` or `10.11.19-MariaDB-0+deb12u1`.
fn is_new_enough(version: &str) -> bool {
    let oldest = if version.contains("MariaDB") { OLDEST_MARIADB } else { OLDEST_MYSQL };
    let numbers = version.split(['-', '+']).next().unwrap_or_default().split('.');
    let mut numbers = numbers.map(|number| number.parse().unwrap_or(0));
    [(); 3].map(|()| numbers.next().unwrap_or(0)) >= oldest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_judged_by_its_version() {
        for good in
            ["8.0.16", "8.4.7", "9.7.4-2", "10.11.19-MariaDB-0+deb12u1", "11.8.2-MariaDB", "8.0.39-30.1"]
        {
            assert!(is_new_enough(good), "{good}");
        }
        for bad in ["5.7.44-log", "8.0.15", "10.6.22-MariaDB", "10.10.7-MariaDB-1", "", "eight"] {
            assert!(!is_new_enough(bad), "{bad}");
        }
    }
}
