use diesel::QueryResult;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use domain::{Denial, Refusal};

use crate::Corrupt;

/// Why a piece of work in a transaction failed, and so must be rolled back.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A rule said no.
    #[error(transparent)]
    Denied(#[from] Denial),
    /// The database failed.
    #[error("the database failed")]
    Database(#[from] DieselError),
    /// A row makes no sense.
    #[error(transparent)]
    Corrupt(#[from] Corrupt),
    /// A change conflicts with the rows that it is to change.
    #[error("{0}")]
    ConflictingChange(&'static str),
    /// Another event was appended to the room's log after the rule was told where it ends.
    #[error("the room's log has grown meanwhile")]
    HeadMoved,
    /// A rule or a mapping panicked.
    #[error("the work panicked")]
    Panicked,
}

impl Failure {
    /// What the caller of a port is told. Only the adapter knows after which of its database's
    /// errors a later attempt may succeed.
    pub fn into_refusal(self, is_transient: impl FnOnce(&DieselError) -> bool) -> Refusal {
        match self {
            Self::Denied(denial) => Refusal::Denied(denial),
            Self::Database(error) if is_transient(&error) => Refusal::Unavailable(Box::new(error)),
            Self::Database(error) => Refusal::Internal(Box::new(error)),
            Self::HeadMoved => Refusal::Unavailable(Box::new(self)),
            Self::Corrupt(_) | Self::ConflictingChange(_) | Self::Panicked => {
                Refusal::Internal(Box::new(self))
            }
        }
    }
}

/// Whether a row was refused because another has its key.
pub(crate) fn is_taken(error: &DieselError) -> bool {
    matches!(error, DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _))
}

/// A change that meets no row, or several, was decided on other facts than these. An adapter's
/// database must count the rows that were met, also those that already were as they should be.
pub(crate) fn exactly_one(rows: usize, promise: &'static str) -> Result<(), Failure> {
    if rows == 1 { Ok(()) } else { Err(Failure::ConflictingChange(promise)) }
}

/// For a statement that may meet any number of rows.
pub(crate) fn done(rows: QueryResult<usize>) -> Result<(), Failure> {
    rows?;
    Ok(())
}
