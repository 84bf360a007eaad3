use domain::Refusal;
use domain::rules::messages::{NewMessage, Posting};

use crate::{Dialect, Failure};

/// A database, opened once, as the [ports](crate::ports) use it. Work runs off the caller's thread, and a
/// caller who stops waiting cancels nothing that is written.
pub trait Backend: Send + Sync + 'static {
    /// A connection, borrowed for one piece of work.
    type Connection<'c>: Dialect;

    /// Runs one query, which sees what is committed; or several that need not see the same moment.
    fn read<T, W>(&self, work: W) -> impl Future<Output = Result<T, Refusal>> + Send
    where
        T: Send + 'static,
        W: Fn(&mut Self::Connection<'_>) -> Result<T, Failure> + Send + 'static;

    /// Runs several queries that all see the same moment.
    fn view<T, W>(&self, work: W) -> impl Future<Output = Result<T, Refusal>> + Send
    where
        T: Send + 'static,
        W: Fn(&mut Self::Connection<'_>) -> Result<T, Failure> + Send + 'static;

    /// Does the work in a transaction and commits it, or leaves no trace of it. The work may be done again
    /// if the transaction has to be repeated.
    fn write<T, W>(&self, work: W) -> impl Future<Output = Result<T, Refusal>> + Send
    where
        T: Send + 'static,
        W: Fn(&mut Self::Connection<'_>) -> Result<T, Failure> + Send + 'static;

    /// Posts a message, possibly in one transaction with others.
    fn post(&self, message: NewMessage) -> impl Future<Output = Result<Posting, Refusal>> + Send;
}
