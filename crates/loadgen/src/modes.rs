//! What can be measured.

pub mod compare;
pub mod connects;
pub mod fill;
pub mod history;
pub mod idle;
pub mod joins;
pub mod ramp;
pub mod rate;
pub mod slow_reader;
pub mod storm;
pub mod welcome;

use std::time::Duration;

use crate::population::Room;

/// Seconds on the command line.
pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    let seconds = text.parse().map_err(|_| "expected seconds, such as 30 or 0.5".to_owned())?;
    Duration::try_from_secs_f64(seconds).map_err(|error| error.to_string())
}

/// Spreads sockets over the rooms and, in each room, over its members.
pub(crate) fn spread(rooms: &[Room], sockets: usize) -> Vec<Room> {
    let share = |index: usize| sockets / rooms.len() + usize::from(index < sockets % rooms.len());
    let spread = |(index, room): (usize, &Room)| Room {
        room_id: room.room_id.clone(),
        members: room.members.iter().cycle().take(share(index)).cloned().collect(),
    };
    rooms.iter().enumerate().map(spread).filter(|room| !room.members.is_empty()).collect()
}
