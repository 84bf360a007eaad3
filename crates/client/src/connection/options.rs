use std::time::Duration;

use crate::ResumePoint;

/// How a connection is kept.
#[derive(Debug, Clone)]
pub struct Options {
    /// The points up to which the program has the logs of rooms, from an earlier run. It is shown what
    /// came after that, or the room is loaded again where that is too much. Other rooms begin at their newest
    /// event.
    pub resume: Vec<ResumePoint>,
    /// The limit of the first pause before a lost connection is made again, where the server does not
    /// name one. It doubles with every try; the pause itself is a random part of it.
    pub first_pause: Duration,
    /// The limit that it does not grow beyond.
    pub longest_pause: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            resume: Vec::new(),
            first_pause: Duration::from_millis(500),
            longest_pause: Duration::from_secs(30),
        }
    }
}
