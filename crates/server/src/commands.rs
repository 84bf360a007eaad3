use actix_web::rt::System;

use crate::config::Config;
use crate::data_dir::DataDir;
use crate::failure::Failure;
use crate::say::say;
use crate::{compose, logging};

/// Prints the settings in force.
pub(crate) fn config(config: &Config) {
    say(config.table().trim_end());
}

/// Brings the database up to date.
pub(crate) fn migrate(config: &Config) -> Result<(), Failure> {
    logging::start(config);
    let database = DataDir::create(&config.data_dir)?.database();
    infra_sqlite::migrate(&database)
        .map_err(|error| Failure::because(format!("{} cannot be migrated", database.display()), error))?;
    say(&format!("{} is up to date.", database.display()));
    Ok(())
}

/// Checks every invariant and names each violation.
pub(crate) fn audit(config: &Config) -> Result<(), Failure> {
    logging::start(config);
    let data_dir = DataDir::existing(&config.data_dir)?;
    let stores = compose::stores(&data_dir)?;
    let violations = System::new().block_on(stores.store.audit())?;
    for violation in &violations {
        say(&format!("{}: {}", violation.invariant, violation.detail));
    }
    let database = data_dir.database();
    if violations.is_empty() {
        say(&format!(
            "{} keeps every promise: seats, owners, coins and their transfers, free joins, gapless logs, \
             invitations, friendships and references were checked.",
            database.display()
        ));
        return Ok(());
    }
    Err(Failure::new(format!("{} violations in {}", violations.len(), database.display())))
}
