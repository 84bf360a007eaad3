use domain::ports::Violation;

use super::check::MOST_FINDINGS;

/// What was found, of each promise so much at most.
#[derive(Default)]
pub(super) struct Findings(pub(super) Vec<Violation>);

impl Findings {
    /// Notes that a promise is broken, unless it holds.
    pub(super) fn that(&mut self, holds: bool, invariant: &'static str, detail: impl FnOnce() -> String) {
        let found = |violation: &&Violation| violation.invariant == invariant;
        if !holds && self.0.iter().filter(found).count() < MOST_FINDINGS {
            self.0.push(Violation { invariant, detail: detail() });
        }
    }
}
