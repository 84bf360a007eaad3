//! The command line.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand};

use crate::modes::connects::{self, ConnectsOptions};
use crate::modes::history::{self, HistoryOptions};
use crate::modes::idle::{self, IdleOptions};
use crate::modes::ramp::{self, RampOptions};
use crate::modes::rate::{self, RateOptions};
use crate::modes::slow_reader::{self, SlowReaderOptions};
use crate::modes::storm::{self, StormOptions};
use crate::record::{Outcome, Record};
use crate::{Failure, comparison, plot, report};

/// Puts a Hexroom server under load, and reports how it copes
///
/// Latencies count from when a message was due, so a server that stalls cannot hide it.
#[derive(Debug, Parser)]
#[command(name = "loadgen", version)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Hold one or several rates of messages
    Rate {
        #[command(flatten)]
        options: RateOptions,
        #[command(flatten)]
        output: Output,
    },
    /// Raise the rate until the server cannot keep up
    Ramp {
        #[command(flatten)]
        options: RampOptions,
        #[command(flatten)]
        output: Output,
    },
    /// Open sockets and leave them idle
    Idle {
        #[command(flatten)]
        options: IdleOptions,
        #[command(flatten)]
        output: Output,
    },
    /// Cut all sockets at once and let everybody come back
    Storm {
        #[command(flatten)]
        options: StormOptions,
        #[command(flatten)]
        output: Output,
    },
    /// Let some stop reading, and see whether the others notice
    SlowReader {
        #[command(flatten)]
        options: SlowReaderOptions,
        #[command(flatten)]
        output: Output,
    },
    /// Read history over HTTP in logs of growing length
    History {
        #[command(flatten)]
        options: HistoryOptions,
        #[command(flatten)]
        output: Output,
    },
    /// Connect, authenticate and close, again and again
    Connects {
        #[command(flatten)]
        options: ConnectsOptions,
        #[command(flatten)]
        output: Output,
    },
    /// Print tables with medians and spread from the files of earlier runs
    Report {
        /// Files that runs wrote with --json
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Draw latency against rate from the files of earlier ramps
    Plot {
        /// Files that runs wrote with --json
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// The SVG to write
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

#[derive(Debug, Args)]
struct Output {
    /// What is measured, for tables and plots
    #[arg(long, default_value = "SQLite")]
    label: String,
    /// Write the outcome to this file, as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

impl Cli {
    /// Runs the command. Must be called within a `LocalSet`.
    pub async fn run(self) -> Result<(), Failure> {
        let (outcome, output) = match self.command {
            Command::Rate { options, output } => (Outcome::Rate(rate::run(&options).await?), output),
            Command::Ramp { options, output } => (Outcome::Ramp(ramp::run(&options).await?), output),
            Command::Idle { options, output } => (Outcome::Idle(idle::run(&options).await?), output),
            Command::Storm { options, output } => (Outcome::Storm(storm::run(&options).await?), output),
            Command::SlowReader { options, output } => {
                (Outcome::SlowReader(Box::new(slow_reader::run(&options).await?)), output)
            }
            Command::History { options, output } => (Outcome::History(history::run(&options).await?), output),
            Command::Connects { options, output } => {
                (Outcome::Connects(connects::run(&options).await?), output)
            }
            Command::Report { files } => {
                let records = read_all(&files)?;
                println!("{}", comparison::table(&records));
                print!("{}", report::tables(&records));
                return Ok(());
            }
            Command::Plot { files, out } => return write(&out, &plot::svg(&read_all(&files)?)?),
        };
        let record = Record { label: output.label, outcome };
        print!("{}", report::tables(std::slice::from_ref(&record)));
        match output.json {
            Some(file) => write(&file, &record.json()),
            None => Ok(()),
        }
    }
}

fn read_all(files: &[PathBuf]) -> Result<Vec<Record>, Failure> {
    let read = |file: &PathBuf| {
        let invalid =
            |error| Failure::because(format!("{} is not the outcome of a run", file.display()), error);
        let text = fs::read_to_string(file)
            .map_err(|error| Failure::because(format!("{} cannot be read", file.display()), error))?;
        serde_json::from_str(&text).map_err(invalid)
    };
    files.iter().map(read).collect()
}

fn write(file: &Path, text: &str) -> Result<(), Failure> {
    fs::write(file, text)
        .map_err(|error| Failure::because(format!("{} cannot be written", file.display()), error))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_definition_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_server_elsewhere_needs_its_process() {
        for line in
            ["loadgen idle --url http://127.0.0.1:80", "loadgen idle --pid 1", "loadgen rate", "loadgen"]
        {
            assert!(Cli::try_parse_from(line.split(' ')).is_err(), "{line}");
        }
        for line in [
            "loadgen idle",
            "loadgen rate --rate 100,5000",
            "loadgen storm --url http://127.0.0.1:80 --pid 1",
        ] {
            assert!(Cli::try_parse_from(line.split(' ')).is_ok(), "{line}");
        }
    }
}
