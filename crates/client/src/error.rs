use std::fmt;
use std::time::Duration;

use serde::Deserialize;

/// Why a call or a message failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The server answered, and said no.
    #[error(transparent)]
    Refused(Box<Problem>),
    /// No answer came. It is not known whether the server did what was asked.
    #[error("the server does not answer")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The answer is not one of Hexroom's.
    #[error("the answer is not understood (status {status})")]
    Unexpected {
        /// The HTTP status.
        status: u16,
        /// What is wrong with the body.
        #[source]
        source: serde_json::Error,
    },
    /// The server's address is not one that can be used.
    #[error("{0}")]
    Address(String),
    /// The message is longer than a frame may be, so it was not sent.
    #[error("the message is too long to be sent")]
    TooLong,
    /// The connection has ended for good before the message was acknowledged. It is not known whether
    /// it was posted.
    #[error("the connection has ended")]
    Ended,
}

impl Error {
    /// The code of the server's refusal, if it is one.
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Refused(problem) => Some(&problem.code),
            _ => None,
        }
    }

    pub(crate) fn unreachable(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Unreachable(source.into())
    }
}

impl From<reqwest::Error> for Error {
    /// Without the URL, which has ids of users and rooms.
    fn from(error: reqwest::Error) -> Self {
        Self::unreachable(error.without_url())
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Refused(Box::new(problem))
    }
}

/// A refusal. Programs branch on its `code`, people read its `detail`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// What kind of refusal it is; codes never change.
    pub code: String,
    /// A sentence that says what to do.
    pub detail: String,
    /// The HTTP status; none if the refusal came over the socket.
    #[serde(default)]
    pub status: Option<u16>,
    /// The id under which the server's log has it; none if it came over the socket.
    #[serde(default)]
    pub request_id: Option<String>,
    /// When the next try can succeed, where waiting helps.
    #[serde(skip)]
    pub retry_after: Option<Duration>,
    /// With `insufficient_coins`: the price in coins.
    #[serde(default)]
    pub required: Option<i64>,
    /// With `insufficient_coins`: the balance in coins.
    #[serde(default)]
    pub available: Option<i64>,
    /// With `insufficient_coins`: the coins that are missing.
    #[serde(default)]
    pub shortfall: Option<i64>,
    /// With `room_full`: how many seats there are.
    #[serde(default)]
    pub seats: Option<u32>,
    /// With `quota_exceeded`: which quota it is.
    #[serde(default)]
    pub quota: Option<String>,
    /// With `quota_exceeded`: the most that it allows.
    #[serde(default)]
    pub limit: Option<u32>,
    /// With `validation_failed`: every field that cannot be accepted.
    #[serde(default)]
    pub errors: Vec<FieldError>,
}

/// A field that cannot be accepted.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[expect(missing_docs, reason = "the names of the members say it")]
pub struct FieldError {
    pub field: String,
    /// What is wrong with it, for programs.
    pub code: String,
    /// What is wrong with it, for people.
    pub message: String,
}

impl Problem {
    /// A refusal over the socket.
    pub(crate) fn over_socket(code: String, detail: String, retry_after: Option<Duration>) -> Self {
        Self {
            code,
            detail,
            status: None,
            request_id: None,
            retry_after,
            required: None,
            available: None,
            shortfall: None,
            seats: None,
            quota: None,
            limit: None,
            errors: Vec::new(),
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.detail, self.code)
    }
}

impl std::error::Error for Problem {}
