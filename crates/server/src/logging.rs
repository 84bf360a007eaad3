use std::io::{self, IsTerminal};
use std::panic;

use tracing_subscriber::EnvFilter;

use crate::config::Config;

/// Logs to standard error: for people on a terminal, as JSON lines elsewhere. Panics too.
pub(crate) fn start(config: &Config) {
    // What is not even HTTP, or no WebSocket, is logged as an error there, so anybody could fill the log.
    // Operators who want to see it name these targets in `LOG`.
    let filter = EnvFilter::new(format!("actix_http::h1=off,actix_http::ws=off,{}", config.log));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    if io::stderr().is_terminal() {
        log.init();
    } else {
        log.json().flatten_event(true).with_span_list(false).init();
    }
    panic::set_hook(Box::new(|panic| tracing::error!(%panic, "a thread panicked")));
}
