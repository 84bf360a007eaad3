use std::sync::Arc;

use async_trait::async_trait;
use domain::Refusal;
use domain::ports::{Store, Violation};
use infra_sql::verbs::audit;

use crate::database::Database;

/// A MySQL database as a whole.
pub(crate) struct MysqlStore {
    database: Arc<Database>,
}

impl MysqlStore {
    pub(crate) fn new(database: Arc<Database>) -> Self {
        Self { database }
    }
}

#[async_trait]
impl Store for MysqlStore {
    async fn ping(&self) -> Result<(), Refusal> {
        self.database.ping().await
    }

    async fn audit(&self) -> Result<Vec<Violation>, Refusal> {
        self.database.long_view(audit::violations).await
    }

    async fn close(&self) {
        self.database.close().await;
    }
}
