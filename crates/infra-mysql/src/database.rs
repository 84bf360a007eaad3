use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use domain::Refusal;
use domain::ports::{Store, Violation};
use domain::rules::messages::{NewMessage, Posting};
use infra_sql::operations::audit;
use infra_sql::{Backend, Failure};
use tokio::sync::{Mutex, Semaphore};
use tokio::time::timeout;

use crate::connection::Connection;
use crate::connections::Connections;
use crate::deadline::{Deadline, runtime};
use crate::failed::Busy;
use crate::lease::Holder;
use crate::open_error::OpenError;
use crate::poster::Poster;
use crate::retries::{AccessMode, with_retries};
use crate::settings::Settings;
use crate::write_probe;

/// The part of a caller's patience in which a connection must become free; the rest is for the answer.
const WAITING: f64 = 0.8;

/// An audit may take as long as it likes.
const AUDIT_PATIENCE: Duration = Duration::from_hours(24);

/// The database, opened once and shared by all ports.
///
/// Work is done on blocking threads of the driver's runtime, so that a caller who stops waiting cancels
/// nothing, and under a deadline, so that a database that hangs holds nobody up.
pub(crate) struct Database {
    connections: Arc<Connections>,
    /// One for each connection: callers wait here and not on a thread.
    permits: Arc<Semaphore>,
    most_connections: usize,
    patience: Duration,
    /// Held by the caller who writes only to find out whether that can be done.
    probing: Mutex<()>,
    poster: Poster,
}

impl Database {
    /// Opens no connection yet but those that are needed.
    pub(crate) fn new(settings: Settings, holder: Option<Holder>) -> Result<Self, OpenError> {
        let most_connections = settings.connections.clamp(1, Semaphore::MAX_PERMITS);
        let patience = settings.patience;
        let connections = Arc::new(Connections::new(settings, holder));
        Ok(Self {
            poster: Poster::start(connections.apart(), patience)?,
            connections,
            permits: Arc::new(Semaphore::new(most_connections)),
            most_connections,
            patience,
            probing: Mutex::default(),
        })
    }

    async fn run<T: Send + 'static>(
        &self,
        mode: AccessMode,
        patience: Duration,
        work: impl Fn(&mut Connection) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Refusal> {
        let deadline = Deadline::after(patience);
        let waiting = timeout(self.patience.mul_f64(WAITING), self.permits.clone().acquire_owned());
        let permit = waiting.await.map_err(|_| Busy::NoConnectionFree)?.map_err(|_| Busy::Closing)?;
        let connections = self.connections.clone();
        let running = runtime().spawn_blocking(move || {
            // Given back after the connection is.
            let _permit = permit;
            with_retries(&connections, mode, deadline, work)
        });
        let done = running.await.map_err(|panicked| Refusal::Internal(Box::new(panicked)))?;
        Ok(done?)
    }
}

impl Backend for Database {
    type Connection<'c> = Connection;

    async fn read<T, W>(&self, work: W) -> Result<T, Refusal>
    where
        T: Send + 'static,
        W: Fn(&mut Connection) -> Result<T, Failure> + Send + 'static,
    {
        self.run(AccessMode::Read, self.patience, work).await
    }

    async fn view<T, W>(&self, work: W) -> Result<T, Refusal>
    where
        T: Send + 'static,
        W: Fn(&mut Connection) -> Result<T, Failure> + Send + 'static,
    {
        self.run(AccessMode::View, self.patience, work).await
    }

    async fn write<T, W>(&self, work: W) -> Result<T, Refusal>
    where
        T: Send + 'static,
        W: Fn(&mut Connection) -> Result<T, Failure> + Send + 'static,
    {
        self.run(AccessMode::Write, self.patience, work).await
    }

    async fn post(&self, message: NewMessage) -> Result<Posting, Refusal> {
        self.poster.post(message).await
    }
}

#[async_trait]
impl Store for Database {
    /// Whether it takes reads and writes. If no other write has shown it, one is done for all who ask.
    async fn ping(&self) -> Result<(), Refusal> {
        self.read(|connection| connection.ping().map_err(Failure::from)).await?;
        let _probing = self.probing.lock().await;
        if let Some(known) = self.connections.commits.known() {
            return known.map_err(|refused| Refusal::Unavailable(Box::new(refused)));
        }
        self.write(|connection| write_probe::write(connection).map_err(Failure::from)).await?;
        self.connections.commits.passed();
        Ok(())
    }

    async fn audit(&self) -> Result<Vec<Violation>, Refusal> {
        self.run(AccessMode::View, AUDIT_PATIENCE, audit::violations).await
    }

    /// Finishes what is under way, takes nothing more, and signs out.
    async fn close(&self) {
        let everyone = u32::try_from(self.most_connections).unwrap_or(u32::MAX);
        // A second call finds it closed.
        let all_free = self.permits.acquire_many(everyone).await;
        self.permits.close();
        drop(all_free);
        self.poster.close().await;
        self.connections.forget();
    }
}
