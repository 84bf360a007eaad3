//! What the command line did, told to those who are connected.
//!
//! The command line is another process, perhaps on another machine, and works on the store by itself.
//! Whatever it does stands in the admin record, so the end of that is looked at again and again: one read
//! of a few rows by their key, however much the store holds and however many are connected.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use domain::use_cases::Hexroom;
use domain::{AdminRecord, PageSize, RecordId, Refusal, Timestamp};
use tokio::time::sleep;

use crate::{Hub, security_log};

/// How often the record is looked at, and so how long anybody waits to hear of it.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// How much later than it was begun a deed may be committed, or how far behind the clock of its machine may
/// be, and it is found all the same.
const OVERLAP_MILLIS: i64 = 60_000;

/// Tells those who are connected what the command line does. It never ends by itself.
pub(crate) async fn follow(hexroom: Hexroom, hub: Arc<Hub>) {
    let mut told = HashSet::new();
    loop {
        if let Err(refusal) = tell_what_is_new(&hexroom, &hub, &mut told).await {
            tracing::debug!(
                error = &refusal as &dyn std::error::Error,
                "the admin record cannot be read now"
            );
        }
        sleep(LOOK_EVERY).await;
    }
}

async fn tell_what_is_new(hexroom: &Hexroom, hub: &Hub, told: &mut HashSet<RecordId>) -> Result<(), Refusal> {
    let since = RecordId::lowest_at(Timestamp::from_millis(hexroom.clock.now().as_millis() - OVERLAP_MILLIS));
    told.retain(|id| *id > since);
    for record in record_since(hexroom, since).await? {
        if told.contains(&record.id) {
            continue;
        }
        let sessions = record.user_id.as_ref().map(|user_id| hub.sessions_of(user_id)).unwrap_or_default();
        hexroom.announce_record(&record, sessions).await?;
        security_log::command_line(&record);
        told.insert(record.id);
    }
    Ok(())
}

async fn record_since(hexroom: &Hexroom, mut since: RecordId) -> Result<Vec<AdminRecord>, Refusal> {
    let mut records: Vec<AdminRecord> = Vec::new();
    loop {
        let page = hexroom.accounts.command_line_record(since, PageSize::default()).await?;
        records.extend(page.items);
        match records.last() {
            Some(last) if page.has_more => since = last.id,
            _ => return Ok(records),
        }
    }
}
