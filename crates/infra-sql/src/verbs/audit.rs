//! Checking what must always hold.

use domain::ports::Violation;

use crate::Statements;
use crate::audit::checks;
use crate::failure::Failure;

/// Everything that breaks an invariant. Reads one moment.
pub fn violations(connection: &mut impl Statements) -> Result<Vec<Violation>, Failure> {
    let mut violations = Vec::new();
    for check in checks() {
        let findings = connection.findings(&check.sql())?;
        violations.extend(findings.into_iter().map(|finding| check.violation(finding)));
    }
    Ok(violations)
}
