use std::time::Duration;

use crate::connection::Connection;
use crate::deadline::Deadline;
use crate::open_error::OpenError;
use crate::settings::Settings;
use crate::{migrations, version};

/// How long a server may take to let us in before it counts as one that does not answer.
pub(crate) const FIRST_PATIENCE: Duration = Duration::from_secs(10);

/// A connection to a database whose schema is up to date.
pub(crate) fn open_migrated(settings: &Settings) -> Result<Connection, OpenError> {
    let mut connection = open_within(FIRST_PATIENCE, settings)?;
    version::check(&mut connection)?;
    migrations::bring_up_to_date(&mut connection, settings)?;
    Ok(connection)
}

/// A connection, if the server lets us in within that time.
pub(crate) fn open_within(patience: Duration, settings: &Settings) -> Result<Connection, OpenError> {
    let opened = Deadline::after(patience).enforce(|| Connection::open(settings));
    opened.unwrap_or_else(|_| {
        Err(OpenError::Unreachable { address: settings.address(), source: "it does not answer".into() })
    })
}
