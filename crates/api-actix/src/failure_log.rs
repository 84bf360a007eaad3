//! What stands behind a refusal, for the operator.

use std::error::Error;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use domain::Refusal;

use crate::lock::lock;
use crate::refusal_code::Code;
use crate::request_id;

/// Logs what stands behind a refusal, with its whole chain of sources. A denial is no failure.
pub(crate) fn log_failure(refusal: &Refusal) {
    match refusal {
        Refusal::Denied(_) => {}
        Refusal::Unavailable(source) => log(Code::Unavailable, source.as_ref()),
        Refusal::Internal(source) => log(Code::Internal, source.as_ref()),
    }
}

/// Lines about what passes by itself, which strangers can cause in any number: one a second.
static REFUSED_FOR_NOW: Seldom = Seldom(Mutex::new(None));

/// When something was last logged, and how often it was not since.
struct Seldom(Mutex<Option<(Instant, u64)>>);

impl Seldom {
    const EVERY: Duration = Duration::from_secs(1);

    /// How often it was not its turn since it last was; nothing if it is not now.
    fn turn(&self, now: Instant) -> Option<u64> {
        let mut last = lock(&self.0);
        match &mut *last {
            Some((logged, unlogged)) if now.saturating_duration_since(*logged) < Self::EVERY => {
                *unlogged += 1;
                None
            }
            _ => last.replace((now, 0)).map_or(Some(0), |(_, unlogged)| Some(unlogged)),
        }
    }
}

/// Logs what stands behind a code.
pub(crate) fn log(code: Code, failure: &(dyn Error + 'static)) {
    let mut chain = failure.to_string();
    let mut source = failure.source();
    while let Some(cause) = source {
        chain = format!("{chain}: {cause}");
        source = cause.source();
    }
    let request_id = request_id::current();
    if code == Code::Unavailable {
        if let Some(unlogged) = REFUSED_FOR_NOW.turn(Instant::now()) {
            tracing::warn!(request_id, code = code.as_str(), error = chain, unlogged, "refused for now");
        }
    } else {
        tracing::error!(request_id, code = code.as_str(), error = chain, "failed");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_passes_is_logged_once_a_second_with_how_often_it_was_not() {
        let (seldom, began) = (Seldom(Mutex::new(None)), Instant::now());
        let turns = [0, 1, 999, 1_000, 1_500, 3_000].map(|ms| seldom.turn(began + Duration::from_millis(ms)));
        assert_eq!(turns, [Some(0), None, None, Some(2), None, Some(1)]);
    }
}
