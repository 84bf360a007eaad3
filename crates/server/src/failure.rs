use std::error::Error;
use std::process::ExitCode;

use domain::{Denial, Refusal};

use crate::config::Misconfigured;

/// Why a command was not carried out.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The settings are wrong; nothing was opened.
    #[error(transparent)]
    Misconfigured(#[from] Misconfigured),
    /// The settings can be read, but the database that they lead to cannot be used.
    #[error(transparent)]
    Unsuitable(infra_mysql::OpenError),
    /// A rule said no.
    #[error("{}: {_0}", .0.kind().code())]
    Denied(Denial),
    /// The world is not as it should be.
    #[error("{what}")]
    Broken {
        /// What failed, and what may help.
        what: String,
        /// Why.
        source: Option<Box<dyn Error + Send + Sync>>,
    },
}

impl Failure {
    /// Something failed for a reason that it tells itself.
    pub(crate) fn new(what: impl Into<String>) -> Self {
        Self::Broken { what: what.into(), source: None }
    }

    /// Something failed because of something else.
    pub(crate) fn because(what: impl Into<String>, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Broken { what: what.into(), source: Some(source.into()) }
    }

    /// Prints it with all its causes for the person who started the program.
    pub(crate) fn tell(&self) -> ExitCode {
        eprintln!("hexroom: {}", story(self));
        match self {
            Self::Misconfigured(_) | Self::Unsuitable(_) => ExitCode::from(2),
            Self::Denied(_) | Self::Broken { .. } => ExitCode::FAILURE,
        }
    }
}

/// An error and all its causes on one line.
fn story(error: &dyn Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {}", story(cause)),
        None => error.to_string(),
    }
}

impl From<Denial> for Failure {
    fn from(denial: Denial) -> Self {
        Self::Denied(denial)
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Denied(denial) => denial.into(),
            Refusal::Unavailable(source) => {
                Self::because("the store cannot take it now, and nothing was done; try again", source)
            }
            Refusal::Internal(source) => Self::because("the store failed", source),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_denial_is_told_with_its_code_and_its_sentence() {
        let failure = Failure::from(Refusal::Denied(Denial::UserNotFound));
        assert_eq!(story(&failure), "user_not_found: There is no such account. Check the user id.");
    }

    #[test]
    fn a_failure_is_told_with_all_its_causes() {
        let cause = Failure::because("the file is full", "no space left");
        assert_eq!(
            story(&Failure::because("it failed", cause)),
            "it failed: the file is full: no space left"
        );
    }
}
