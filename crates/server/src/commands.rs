use actix_web::rt::System;

use crate::cli::SearchCommand;
use crate::config::Config;
use crate::failure::Failure;
use crate::logging;
use crate::print::print_lines;
use crate::storage::Storage;

/// Prints the settings in force.
pub(crate) fn config(config: &Config) {
    print_lines(config.table().trim_end());
}

/// Brings the database up to date.
pub(crate) fn migrate(config: &Config) -> Result<(), Failure> {
    logging::start(config);
    let storage = Storage::create(config)?;
    System::new().block_on(storage.migrate())?;
    print_lines(&format!("{storage} is up to date."));
    Ok(())
}

/// Checks every invariant and names each violation.
pub(crate) fn audit(config: &Config) -> Result<(), Failure> {
    logging::start(config);
    let storage = Storage::existing(config)?;
    let violations =
        System::new().block_on(async { Ok::<_, Failure>(storage.open(None).await?.store.audit().await?) })?;
    for violation in &violations {
        print_lines(&format!("{}: {}", violation.invariant, violation.detail));
    }
    if violations.is_empty() {
        print_lines(&format!(
            "{storage} keeps every promise: seats, owners, coins and their transfers, free joins, gapless logs, \
             invitations, friendships and references were checked."
        ));
        return Ok(());
    }
    Err(Failure::new(format!("{} violations in {storage}", violations.len())))
}

/// Maintains the search index.
pub(crate) fn search(config: &Config, command: &SearchCommand) -> Result<(), Failure> {
    let SearchCommand::Rebuild = command;
    logging::start(config);
    let storage = Storage::existing(config)?;
    System::new().block_on(async { Ok::<_, Failure>(storage.open(None).await?.search.rebuild().await?) })?;
    print_lines(&format!(
        "The search index of {storage} will be rebuilt: now if a server is running, otherwise when one starts."
    ));
    Ok(())
}
