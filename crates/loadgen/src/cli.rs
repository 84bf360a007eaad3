//! The command line.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand};

use crate::modes::compare::{self, CompareOptions};
use crate::modes::connects::{self, ConnectsOptions};
use crate::modes::history::{self, HistoryOptions};
use crate::modes::idle::{self, IdleOptions};
use crate::modes::joins::{self, JoinsOptions};
use crate::modes::ramp::{self, RampOptions};
use crate::modes::rate::{self, RateOptions};
use crate::modes::slow_reader::{self, SlowReaderOptions};
use crate::modes::storm::{self, StormOptions};
use crate::modes::welcome::{self, WelcomeOptions};
use crate::record::{Outcome, Record};
use crate::{Failure, comparison, plot, record, report};

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
    /// Measure everything in which servers are compared
    Compare(Run<CompareOptions>),
    /// Hold one or several rates of messages
    Rate(Run<RateOptions>),
    /// Raise the rate until the server cannot keep up
    Ramp(Run<RampOptions>),
    /// Open sockets and leave them idle
    Idle(Run<IdleOptions>),
    /// Cut all sockets at once and let everybody come back
    Storm(Run<StormOptions>),
    /// Let some stop reading, and see whether the others notice
    SlowReader(Run<SlowReaderOptions>),
    /// Read history over HTTP in logs of growing length
    History(Run<HistoryOptions>),
    /// Connect, authenticate and close, again and again
    Connects(Run<ConnectsOptions>),
    /// Connect as an account that sits in many rooms
    Welcome(Run<WelcomeOptions>),
    /// Leave and join a room in which much is said
    Joins(Run<JoinsOptions>),
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

/// What one of the modes takes.
#[derive(Debug, Args)]
struct Run<Options: Args> {
    #[command(flatten)]
    options: Options,
    #[command(flatten)]
    output: Output,
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
        let (outcomes, output) = match self.command {
            Command::Compare(Run { options, output }) => (compare::run(&options).await?, output),
            Command::Rate(Run { options, output }) => {
                (vec![Outcome::Rate(rate::run(&options).await?)], output)
            }
            Command::Ramp(Run { options, output }) => {
                (vec![Outcome::Ramp(ramp::run(&options).await?)], output)
            }
            Command::Idle(Run { options, output }) => {
                (vec![Outcome::Idle(idle::run(&options).await?)], output)
            }
            Command::Storm(Run { options, output }) => {
                (vec![Outcome::Storm(storm::run(&options).await?)], output)
            }
            Command::SlowReader(Run { options, output }) => {
                (vec![Outcome::SlowReader(Box::new(slow_reader::run(&options).await?))], output)
            }
            Command::History(Run { options, output }) => {
                (vec![Outcome::History(history::run(&options).await?)], output)
            }
            Command::Connects(Run { options, output }) => {
                (vec![Outcome::Connects(connects::run(&options).await?)], output)
            }
            Command::Welcome(Run { options, output }) => {
                (vec![Outcome::Connects(welcome::run(&options).await?)], output)
            }
            Command::Joins(Run { options, output }) => {
                (vec![Outcome::Joins(joins::run(&options).await?)], output)
            }
            Command::Report { files } => {
                let records = read_all(&files)?;
                println!("{}", comparison::table(&records));
                print!("{}", report::tables(&records));
                return Ok(());
            }
            Command::Plot { files, out } => return write(&out, &plot::svg(&read_all(&files)?)?),
        };
        let record = |outcome| Record { label: output.label.clone(), outcome };
        let records: Vec<_> = outcomes.into_iter().map(record).collect();
        print!("{}", report::tables(&records));
        match output.json {
            Some(file) => write(&file, &record::json(&records)),
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
        serde_json::from_str::<Vec<Record>>(&text).map_err(invalid)
    };
    Ok(files.iter().map(read).collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
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
