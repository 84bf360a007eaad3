use std::collections::HashMap;

use serde_json::{Error, Value};

use super::line::Line;
use crate::events::{ErasedMessageRow, EventRow};
use crate::former_events::{Conversion, FormerEventRow};
use crate::rooms::SeatRow;
use crate::stored::{Corrupt, StoredId};

/// The last version in which a room's row repeated the seq of its newest event.
const LAST_WITH_HEADS: u32 = 2;

/// The last version in which an event had a column for each thing that an event of any kind may have.
const LAST_WITH_FORMER_EVENTS: u32 = 3;

/// Converts the lines of an older version into those that this version would have written.
pub(super) struct Former {
    version: u32,
    conversion: Conversion,
    /// The authors of the messages without a body, by place.
    bodiless: HashMap<(StoredId, i64), String>,
    /// To be added after the events.
    erased: Vec<ErasedMessageRow>,
}

impl Former {
    /// `None` if that version needs no conversion.
    pub(super) fn of_version(version: u32) -> Option<Self> {
        (version <= LAST_WITH_FORMER_EVENTS).then(|| Self {
            version,
            conversion: Conversion::default(),
            bodiless: HashMap::new(),
            erased: Vec::new(),
        })
    }

    /// The lines that this line becomes, in their order.
    pub(super) fn turn(&mut self, line: &[u8]) -> Result<Vec<Line>, Error> {
        let mut line: Value = serde_json::from_slice(line)?;
        if let Some(event) = line.get_mut("events") {
            let event =
                self.event(serde_json::from_value(event.take())?).map_err(serde::de::Error::custom)?;
            return Ok(vec![Line::events(event)]);
        }
        if let Some(seat) = line.get("seats") {
            let seat: SeatRow = serde_json::from_value(seat.clone())?;
            self.conversion.note(&seat).map_err(serde::de::Error::custom)?;
        }
        if self.version <= LAST_WITH_HEADS
            && let Some(Value::Object(room)) = line.get_mut("rooms")
        {
            room.remove("head_seq");
        }
        let mut lines: Vec<Line> = self.erased.drain(..).map(Line::erased_messages).collect();
        lines.push(serde_json::from_value(line)?);
        Ok(lines)
    }

    fn event(&mut self, former: FormerEventRow) -> Result<EventRow, Corrupt> {
        let place = |seq| (former.room_id, seq);
        match (former.kind.as_str(), former.target_seq) {
            ("message_posted", _) if former.body.is_none() => {
                self.bodiless.insert(place(former.seq), former.actor_id.clone());
            }
            ("message_deleted", Some(seq)) => {
                if let Some(sender_id) = self.bodiless.remove(&place(seq)) {
                    let (room_id, deletion_seq) = place(former.seq);
                    self.erased.push(ErasedMessageRow { room_id, seq, sender_id, deletion_seq });
                }
            }
            _ => {}
        }
        self.conversion.convert(former)
    }
}
