//! Filling rooms with messages before something else is measured.

use std::rc::Rc;
use std::time::Duration;

use clap::Args;

use crate::Failure;
use crate::client_ids::ClientIds;
use crate::crowd::Crowd;
use crate::population::Room;
use crate::schedule::Schedule;
use crate::target::Target;

#[derive(Debug, Clone, Args)]
pub struct FillOptions {
    /// Messages a second with which the rooms are filled
    #[arg(long, default_value_t = 4_000.0)]
    pub fill_rate: f64,
    /// The length of a message, in bytes
    #[arg(long, default_value_t = 120)]
    pub body: usize,
}

/// Posts `count` messages in each room. The sockets close again, so that they do not take part in what is measured.
pub(crate) async fn fill(
    target: &Rc<Target>,
    rooms: &[Room],
    options: &FillOptions,
    count: u32,
) -> Result<(), Failure> {
    let count = u32::try_from(u64::from(count) * rooms.len() as u64)
        .map_err(|error| Failure::because("that is too many messages", error))?;
    if count == 0 {
        return Ok(());
    }
    let mut crowd = Crowd::connect(Rc::clone(target), rooms, 0, options.body, ClientIds::default()).await?;
    let lasting = Duration::from_secs_f64(f64::from(count) / options.fill_rate);
    crowd.run(Schedule::new(options.fill_rate, lasting), &[Duration::ZERO]).await?;
    let acknowledged = crowd.state.tally.borrow().acknowledged();
    if acknowledged < u64::from(count) {
        return Err(Failure::new(format!(
            "only {acknowledged} of {count} messages were posted; lower --fill-rate"
        )));
    }
    Ok(())
}
