use std::io::{self, Write};

/// Prints lines to standard output at once. Whoever has closed it does not want to know.
pub(crate) fn say(lines: &str) {
    let mut stdout = io::stdout().lock();
    let _ = writeln!(stdout, "{lines}").and_then(|()| stdout.flush());
}
