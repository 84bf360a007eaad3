//! What happens to every request and answer.

pub(crate) mod access_log;
pub(crate) mod cors;
pub(crate) mod headers;
pub(crate) mod identify;
