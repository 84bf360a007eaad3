use std::io::{self, Write};

/// Prints lines to standard output at once. If it was closed, nobody wants to know.
pub(crate) fn print_lines(lines: &str) {
    let mut stdout = io::stdout().lock();
    let _ = writeln!(stdout, "{lines}").and_then(|()| stdout.flush());
}
