use std::sync::Arc;

use async_trait::async_trait;
use diesel::prelude::*;
use domain::Refusal;
use domain::ports::{Store, Violation};
use domain::rules::messages::{NewMessage, Posting};
use infra_sql::operations::audit;
use infra_sql::{Backend, Failure};

use crate::audit::file_violations;
use crate::dialect::SqliteDialect;
use crate::readers::Readers;
use crate::writer::Writer;

/// The file, opened once and shared by all ports.
pub(crate) struct Database {
    /// Shared with the thread that closes it.
    writer: Arc<Writer>,
    readers: Readers,
}

impl Database {
    pub(crate) fn new(writer: Writer, readers: Readers) -> Self {
        Self { writer: Arc::new(writer), readers }
    }
}

impl Backend for Database {
    type Connection<'c> = SqliteDialect<'c>;

    async fn read<T, W>(&self, work: W) -> Result<T, Refusal>
    where
        T: Send + 'static,
        W: Fn(&mut SqliteDialect<'_>) -> Result<T, Failure> + Send + 'static,
    {
        self.readers.read(work).await
    }

    async fn view<T, W>(&self, work: W) -> Result<T, Refusal>
    where
        T: Send + 'static,
        W: Fn(&mut SqliteDialect<'_>) -> Result<T, Failure> + Send + 'static,
    {
        self.readers.view(work).await
    }

    async fn write<T, W>(&self, work: W) -> Result<T, Refusal>
    where
        T: Send + 'static,
        W: Fn(&mut SqliteDialect<'_>) -> Result<T, Failure> + Send + 'static,
    {
        self.writer.write(work).await
    }

    async fn post(&self, message: NewMessage) -> Result<Posting, Refusal> {
        self.writer.post(message).await
    }
}

#[async_trait]
impl Store for Database {
    async fn ping(&self) -> Result<(), Refusal> {
        let answered = self.readers.read(|connection| {
            diesel::sql_query("SELECT 1 FROM coin_accounts LIMIT 1").execute(connection.0)?;
            Ok(())
        });
        answered.await?;
        self.writer.takes_writes().await
    }

    async fn audit(&self) -> Result<Vec<Violation>, Refusal> {
        let audited = self.readers.view(|connection| {
            let mut violations = audit::violations(connection)?;
            violations.extend(file_violations(connection.0)?);
            Ok(violations)
        });
        audited.await
    }

    async fn close(&self) {
        let writer = self.writer.clone();
        if let Err(panicked) = tokio::task::spawn_blocking(move || writer.close()).await {
            tracing::error!(error = &panicked as &dyn std::error::Error, "the store was not closed");
        }
    }
}
