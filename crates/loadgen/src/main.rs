//! The command line of the load generator.

use std::process::ExitCode;

use clap::Parser;
use loadgen::cli::Cli;

// One thread: what the generator takes is taken from the server.
#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    match tokio::task::LocalSet::new().run_until(Cli::parse().run()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("loadgen: {failure}");
            ExitCode::FAILURE
        }
    }
}
