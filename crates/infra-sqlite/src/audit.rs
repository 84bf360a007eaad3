use diesel::prelude::*;
use diesel::sql_types::Text;
use domain::ports::Violation;

/// What breaks the promises that SQLite itself makes.
pub(crate) fn file_violations(connection: &mut SqliteConnection) -> QueryResult<Vec<Violation>> {
    let broken: Vec<Complaint> = diesel::sql_query(
        "SELECT integrity_check AS complaint FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
    )
    .load(connection)?;
    let violation = |invariant| move |detail| Violation { invariant, detail };
    let broken = broken.into_iter().map(|row| row.complaint).map(violation("the_file_is_sound"));
    let dangling = dangling_references(connection)?.into_iter().map(violation("foreign_keys_hold"));
    Ok(broken.chain(dangling).collect())
}

/// Rows that refer to rows which are not there, the first hundred.
pub(crate) fn dangling_references(connection: &mut SqliteConnection) -> QueryResult<Vec<String>> {
    let dangling: Vec<Complaint> = diesel::sql_query(
        "SELECT 'a row of ' || \"table\" || ' refers to none of ' || parent AS complaint \
         FROM pragma_foreign_key_check LIMIT 100",
    )
    .load(connection)?;
    Ok(dangling.into_iter().map(|row| row.complaint).collect())
}

/// What SQLite itself finds wrong.
#[derive(QueryableByName)]
struct Complaint {
    #[diesel(sql_type = Text)]
    complaint: String,
}
