//! The rules of single fields are the domain's own, so every row is read and put to them.

use diesel::QueryResult;
use diesel::result::Error as DieselError;
use domain::ports::Violation;

use super::check::MOST_FINDINGS;
use crate::fields::{Fields, Found};
use crate::tables::{Table, Tables};

/// The promise, in one stable word.
pub(super) const INVARIANT: &str = "fields_keep_their_rules";

macro_rules! look_at_each {
    ([$found:ident $connection:ident] $($table:ident $row:ty),*; $($later:ident $later_row:ty),*) => {
        $(look_at_all::<$row>(&mut $found, $connection)?;)*
        $(look_at_all::<$later_row>(&mut $found, $connection)?;)*
    };
}

/// Everything in a field that no version ever took. Says where, and never what: it may be somebody's own.
pub(crate) fn violations(connection: &mut impl Tables) -> QueryResult<Vec<Violation>> {
    let mut found = Found::default();
    crate::every_table!([look_at_each] found connection);
    Ok(found.0.into_iter().map(|detail| Violation { invariant: INVARIANT, detail }).collect())
}

/// Looks at every row of a table, until enough was found.
fn look_at_all<R: Fields>(found: &mut Found, connection: &mut impl Table<R>) -> QueryResult<()> {
    let read = connection.each(&mut |row| {
        row.look(found);
        // Whatever it is, it ends the reading.
        if found.0.len() < MOST_FINDINGS { Ok(()) } else { Err(DieselError::RollbackTransaction) }
    });
    match read {
        Err(DieselError::RollbackTransaction) => Ok(()),
        read => read,
    }
}
