use std::io;

use diesel::result::Error as DieselError;
use domain::ports::Violation;

use crate::Failure;

/// Why a store was not written down.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// A line cannot be written.
    #[error("the export cannot be written")]
    Write(#[from] io::Error),
    /// The rows cannot be read.
    #[error("the store cannot be read")]
    Database(#[from] DieselError),
}

/// Why a store was not taken in. It names lines and never what they hold.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be read.
    #[error("the export cannot be read")]
    Read(#[from] io::Error),
    /// The file is something else.
    #[error("this is no export of a Hexroom store")]
    NotAnExport,
    /// The file is of a version that this binary does not know.
    #[error("this export has the format version {0}: import it with the Hexroom that wrote it")]
    Version(u32),
    /// The file ends too early.
    #[error("the export was cut short: it ends after line {0}")]
    Cut(u64),
    /// A line cannot be read, or is not where it belongs.
    #[error("line {0} of the export is not as Hexroom writes it")]
    Line(u64),
    /// The last line does not match the lines before it.
    #[error("the export was altered: its lines are not those that its last one counts and seals")]
    Altered,
    /// The store holds something already.
    #[error("the store is not empty: import into a new one")]
    NotEmpty,
    /// The database does not take a row.
    #[error("the database does not take the rows before line {line}")]
    Rows {
        /// The first line that was not tried.
        line: u64,
        /// What the database said.
        #[source]
        source: DieselError,
    },
    /// The rows would break invariants.
    #[error("the export breaks {} of the promises that `hexroom audit` checks, such as: {}", .0.len(), first(.0))]
    Violations(Vec<Violation>),
    /// The store cannot be looked at.
    #[error("the store failed")]
    Store(#[from] Failure),
}

impl From<DieselError> for ImportError {
    fn from(error: DieselError) -> Self {
        Self::Store(error.into())
    }
}

fn first(violations: &[Violation]) -> &str {
    violations.first().map_or("", |violation| &violation.detail)
}
