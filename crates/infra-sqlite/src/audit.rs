use std::sync::Arc;

use async_trait::async_trait;
use diesel::prelude::*;
use diesel::sql_types::Text;
use domain::Refusal;
use domain::ports::{Store, Violation};
use infra_sql::audit::{Finding, checks};

use crate::Database;
use crate::errors::{Busy, Failure};

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
        if !self.database.writer.is_running() {
            return Err(Busy::Closing.into());
        }
        let answered = self.database.readers.read(|connection| {
            diesel::sql_query("SELECT 1").execute(connection)?;
            Ok(())
        });
        answered.await
    }

    async fn audit(&self) -> Result<Vec<Violation>, Refusal> {
        self.database.readers.view(audit).await
    }

    async fn close(&self) {
        let database = self.database.clone();
        if let Err(panicked) = tokio::task::spawn_blocking(move || database.writer.close()).await {
            tracing::error!(error = &panicked as &dyn std::error::Error, "the store was not closed");
        }
    }
}

fn audit(connection: &mut SqliteConnection) -> Result<Vec<Violation>, Failure> {
    let mut violations = Vec::new();
    for check in checks() {
        let findings: Vec<Finding> = diesel::sql_query(check.sql()).load(connection)?;
        violations.extend(findings.into_iter().map(|finding| check.violation(finding)));
    }
    let broken: Vec<Complaint> = diesel::sql_query(
        "SELECT integrity_check AS complaint FROM pragma_integrity_check WHERE integrity_check <> 'ok'",
    )
    .load(connection)?;
    violations.extend(broken.into_iter().map(|row| row.violation("the_file_is_sound")));
    let dangling: Vec<Complaint> = diesel::sql_query(
        "SELECT 'a row of ' || \"table\" || ' refers to none of ' || parent AS complaint \
         FROM pragma_foreign_key_check LIMIT 100",
    )
    .load(connection)?;
    violations.extend(dangling.into_iter().map(|row| row.violation("foreign_keys_hold")));
    Ok(violations)
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
