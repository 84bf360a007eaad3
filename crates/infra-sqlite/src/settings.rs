use std::path::{Path, PathBuf};
use std::time::Duration;

use infra_sql::USUAL_PATIENCE;

/// Which file to open, and how long callers wait for it.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The file.
    pub path: PathBuf,
    /// How long a call may take in all, waiting for its turn and for another process's lock included,
    /// before the answer is `unavailable`.
    pub patience: Duration,
}

impl<P: AsRef<Path> + ?Sized> From<&P> for Settings {
    fn from(path: &P) -> Self {
        Self { path: path.as_ref().to_owned(), patience: USUAL_PATIENCE }
    }
}
