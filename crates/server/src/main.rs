//! Hexroom, the chat-room server: `hexroom --help` says what it does and `hexroom config` how it
//! is set up.

mod archive;
mod cli;
mod clock;
mod commands;
mod compose;
mod config;
mod data_dir;
mod failure;
mod indexer;
mod log_only;
mod logging;
mod operator;
mod print;
mod serve;
mod signals;
mod storage;

use std::path::Path;
use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command};
use crate::config::Config;
use crate::failure::Failure;

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.tell(),
    }
}

fn run(cli: Cli) -> Result<(), Failure> {
    let config = Config::load(Path::new("."))?;
    match cli.command.unwrap_or(Command::Serve) {
        Command::Config => {
            commands::config(&config);
            Ok(())
        }
        Command::Serve => serve::run(&config),
        Command::Migrate => commands::migrate(&config),
        Command::Audit => commands::audit(&config),
        Command::Export { file } => archive::export(&config, &file),
        Command::Import { file } => archive::import(&config, &file),
        Command::RestoreMark => archive::restore_mark(&config),
        Command::User { command } => operator::user(&config, command),
        Command::Room { command } => operator::room(&config, command),
        Command::Search { command } => commands::search(&config, &command),
    }
}
