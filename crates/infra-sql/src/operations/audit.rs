//! Checking what must always hold.

use domain::ports::Violation;

use crate::audit::{checks, fields, replay, search};
use crate::failure::Failure;
use crate::tables::Tables;

/// Everything that breaks an invariant. Reads one moment.
pub fn violations(connection: &mut impl Tables) -> Result<Vec<Violation>, Failure> {
    let mut violations = Vec::new();
    for check in checks() {
        let findings = connection.findings(&check.sql())?;
        violations.extend(findings.into_iter().map(|finding| check.violation(finding)));
    }
    violations.extend(replay::violations(connection)?);
    violations.extend(search::violations(connection)?);
    violations.extend(fields::violations(connection)?);
    Ok(violations)
}
