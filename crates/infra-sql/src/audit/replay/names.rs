use std::collections::BTreeMap;

use diesel::QueryResult;

use crate::audit::findings::Findings;
use crate::statements::Statements;
use crate::stored::StoredId;

/// So many messages are read at once.
const AT_ONCE: usize = 1_000;

/// The messages of one room that its events name by both place and id: by place, the id, and the first event that
/// names it so.
pub(super) struct Names {
    room: StoredId,
    named: BTreeMap<i64, (StoredId, i64)>,
}

impl Names {
    /// Those of this room, before its first event.
    pub(super) const fn of(room: StoredId) -> Self {
        Self { room, named: BTreeMap::new() }
    }

    /// Notes that an event names the message at `target` by this id.
    pub(super) fn note(&mut self, seq: i64, target: i64, id: StoredId, findings: &mut Findings) {
        let (known, by) = *self.named.entry(target).or_insert((id, seq));
        findings.that(known == id, "messages_are_named_by_their_ids", || {
            let room = self.room.0;
            format!("the events {by} and {seq} of the room {room} name the message {target} by different ids")
        });
    }

    /// Holds the names against the messages themselves. Where there is no message, that was found before.
    pub(super) fn end(&self, connection: &mut impl Statements, findings: &mut Findings) -> QueryResult<()> {
        let targets: Vec<_> = self.named.keys().copied().collect();
        for targets in targets.chunks(AT_ONCE) {
            for message in connection.messages_at(self.room, targets)? {
                let target = message.seq;
                let (Some(own), Some((id, seq))) = (message.message_id, self.named.get(&target)) else {
                    continue;
                };
                findings.that(own == *id, "messages_are_named_by_their_ids", || {
                    let (room, id) = (self.room.0, id.0);
                    format!("the event {seq} of the room {room} names the message {target} {id}, which is not its own id")
                });
            }
        }
        Ok(())
    }
}
