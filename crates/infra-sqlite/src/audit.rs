use std::sync::Arc;

use async_trait::async_trait;
use diesel::prelude::*;
use diesel::sql_types::Text;
use domain::Refusal;
use domain::ports::{Store, Violation};
use infra_sql::verbs::audit;

use crate::Database;

/// A SQLite file as a whole.
pub(crate) struct SqliteStore {
    database: Arc<Database>,
}

impl SqliteStore {
    pub(crate) fn new(database: Arc<Database>) -> Self {
        Self { database }
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn ping(&self) -> Result<(), Refusal> {
        let answered = self.database.readers.read(|connection| {
            diesel::sql_query("SELECT 1 FROM coin_accounts LIMIT 1").execute(connection.0)?;
            Ok(())
        });
        answered.await?;
        self.database.writer.takes_writes().await
    }

    async fn audit(&self) -> Result<Vec<Violation>, Refusal> {
        let audited = self.database.readers.view(|connection| {
            let mut violations = audit::violations(connection)?;
            violations.extend(file_violations(connection.0)?);
            Ok(violations)
        });
        audited.await
    }

    async fn close(&self) {
        let database = self.database.clone();
        if let Err(panicked) = tokio::task::spawn_blocking(move || database.writer.close()).await {
            tracing::error!(error = &panicked as &dyn std::error::Error, "the store was not closed");
        }
    }
}

/// What breaks the promises that SQLite itself makes.
fn file_violations(connection: &mut SqliteConnection) -> QueryResult<Vec<Violation>> {
    let broken: Vec<Complaint> = diesel::sql_query(
        "SELECT integrity_check AS complaint FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
    )
    .load(connection)?;
    let dangling: Vec<Complaint> = diesel::sql_query(
        "SELECT 'a row of ' || \"table\" || ' refers to none of ' || parent AS complaint \
         FROM pragma_foreign_key_check LIMIT 100",
    )
    .load(connection)?;
    let broken = broken.into_iter().map(|row| row.violation("the_file_is_sound"));
    let dangling = dangling.into_iter().map(|row| row.violation("foreign_keys_hold"));
    Ok(broken.chain(dangling).collect())
}

/// What SQLite itself finds wrong.
#[derive(QueryableByName)]
struct Complaint {
    #[diesel(sql_type = Text)]
    complaint: String,
}

impl Complaint {
    fn violation(self, invariant: &'static str) -> Violation {
        Violation { invariant, detail: self.complaint }
    }
}
