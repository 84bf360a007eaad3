//! Progress bars.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// A bar of `steps` steps, labelled with what they are. Without a terminal it shows nothing.
pub(crate) fn bar(what: &'static str, steps: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("{prefix:>12} {bar:40} {pos}/{len} {elapsed} {msg}")
        .expect("the template is valid");
    ProgressBar::new(steps).with_style(style).with_prefix(what)
}

/// A bar of seconds.
pub(crate) fn seconds(what: &'static str, lasting: Duration) -> ProgressBar {
    bar(what, lasting.as_secs())
}
