use domain::ports::Violation;

use super::check::MOST_FINDINGS;

/// The violations found, so many of each promise at most.
#[derive(Default)]
pub(super) struct Findings(pub(super) Vec<Violation>);

impl Findings {
    /// Records a violation unless the promise holds.
    pub(super) fn that(&mut self, holds: bool, invariant: &'static str, detail: impl FnOnce() -> String) {
        let found = |violation: &&Violation| violation.invariant == invariant;
        if !holds && self.0.iter().filter(found).count() < MOST_FINDINGS {
            self.0.push(Violation { invariant, detail: detail() });
        }
    }
}
