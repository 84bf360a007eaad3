use std::error::Error;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// For this long after a commit that passed, others are expected to pass, too.
const TRUSTED_FOR: Duration = Duration::from_secs(5);

/// For this long after a refused commit, none is tried just to find out.
const DISTRUSTED_FOR: Duration = Duration::from_secs(1);

/// Whether commits pass, as the last of them showed. With it a store can say whether it takes writes without
/// writing, unless the last commit is too long ago.
#[derive(Debug, Default)]
pub struct CommitHealth(Mutex<Option<Last>>);

#[derive(Debug)]
struct Last {
    at: Instant,
    outcome: Result<(), CommitsRefused>,
}

/// The store takes no writes at present.
#[derive(Debug, Clone, thiserror::Error)]
#[error("commits are refused")]
pub struct CommitsRefused(#[source] Arc<dyn Error + Send + Sync>);

impl CommitHealth {
    /// A commit has passed that changed something.
    pub fn passed(&self) {
        self.note(Ok(()));
    }

    /// A commit was refused for a reason that would keep others from passing as well.
    pub fn refused(&self, reason: impl Error + Send + Sync + 'static) {
        self.note(Err(CommitsRefused(Arc::new(reason))));
    }

    /// Whether commits pass, if that is known.
    pub fn known(&self) -> Option<Result<(), CommitsRefused>> {
        self.known_at(Instant::now())
    }

    fn known_at(&self, now: Instant) -> Option<Result<(), CommitsRefused>> {
        let last = self.last();
        let Last { at, outcome } = last.as_ref()?;
        let known_for = if outcome.is_ok() { TRUSTED_FOR } else { DISTRUSTED_FOR };
        (now.saturating_duration_since(*at) < known_for).then(|| outcome.clone())
    }

    fn note(&self, outcome: Result<(), CommitsRefused>) {
        *self.last() = Some(Last { at: Instant::now(), outcome });
    }

    /// A poisoned lock is taken all the same: the value is never left half changed.
    fn last(&self) -> MutexGuard<'_, Option<Last>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether commits are known to pass so long after the last one told.
    fn known_after(commits: &CommitHealth, span: Duration) -> Option<bool> {
        commits.known_at(Instant::now() + span).map(|known| known.is_ok())
    }

    #[test]
    fn nothing_is_known_before_the_first_commit() {
        assert!(CommitHealth::default().known().is_none());
    }

    #[test]
    fn a_commit_that_passed_tells_for_a_while_that_others_would() {
        let commits = CommitHealth::default();
        commits.passed();
        assert_eq!(known_after(&commits, Duration::ZERO), Some(true));
        assert_eq!(known_after(&commits, TRUSTED_FOR), None);
    }

    #[test]
    fn a_refused_commit_tells_why_until_another_passes() {
        let commits = CommitHealth::default();
        commits.passed();
        commits.refused(std::io::Error::other("the disk is full"));
        let refused = commits.known().expect("it is known").expect_err("it was refused");
        assert_eq!(refused.source().map(ToString::to_string).as_deref(), Some("the disk is full"));
        assert_eq!(known_after(&commits, DISTRUSTED_FOR), None);
        commits.passed();
        assert_eq!(known_after(&commits, Duration::ZERO), Some(true));
    }
}
