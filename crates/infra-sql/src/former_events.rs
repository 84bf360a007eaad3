//! Events as they were stored before a kind decided the shape of their data: with a column for each thing that an event
//! of any kind may have. A database's migration reads them, and so does the import of an older export.
#![expect(missing_docs, reason = "the columns of the table")]

use std::collections::HashMap;

use diesel::prelude::*;
use domain::{MessageBody, SeatNumber, Stored};
use serde::{Deserialize, Serialize};
use serde_with::As;
use serde_with::hex::Hex;

use crate::events::{
    ChangedData, ClosedData, EventData, EventRow, MemberData, PostedData, RemovedData, TargetData,
};
use crate::failure::Failure;
use crate::rooms::SeatRow;
use crate::statements::Statements;
use crate::stored::{Corrupt, StoredId, present};
use crate::tally::Tally;

/// So many events are converted at once. They are inserted with one statement, which must not grow beyond what a server
/// takes.
const AT_ONCE: i64 = 200;

diesel::table! {
    former_events (room_id, seq) {
        room_id -> Binary,
        seq -> BigInt,
        kind -> Text,
        actor_id -> Text,
        at -> BigInt,
        subject_id -> Nullable<Text>,
        banned -> Nullable<Bool>,
        new_name -> Nullable<Text>,
        new_locked -> Nullable<Bool>,
        password_changed -> Nullable<Bool>,
        client_message_id -> Nullable<Text>,
        body -> Nullable<Text>,
        body_digest -> Nullable<Binary>,
        message_id -> Nullable<Binary>,
        revision -> Nullable<Integer>,
        edited_at -> Nullable<BigInt>,
        target_seq -> Nullable<BigInt>,
        new_topic -> Nullable<Text>,
    }
}

/// Such an event's row.
#[derive(Debug, Clone, Queryable, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormerEventRow {
    pub room_id: StoredId,
    pub seq: i64,
    pub kind: String,
    pub actor_id: String,
    pub at: i64,
    pub subject_id: Option<String>,
    pub banned: Option<bool>,
    pub new_name: Option<String>,
    pub new_locked: Option<bool>,
    pub password_changed: Option<bool>,
    pub client_message_id: Option<String>,
    pub body: Option<String>,
    #[serde(with = "As::<Option<Hex>>")]
    pub body_digest: Option<Vec<u8>>,
    pub message_id: Option<StoredId>,
    pub revision: Option<i32>,
    pub edited_at: Option<i64>,
    pub target_seq: Option<i64>,
    #[serde(default)]
    pub new_topic: Option<String>,
}

impl FormerEventRow {
    fn data(&self) -> Result<EventData, Corrupt> {
        let subject = || present(self.subject_id.clone(), "events.subject_id");
        let member = || Ok(MemberData { user_id: subject()? });
        let target = || Ok(TargetData { seq: present(self.target_seq, "events.target_seq")? });
        Ok(match self.kind.as_str() {
            "message_posted" => EventData::Posted(PostedData {
                body: self.body.clone(),
                revision: present(self.revision, "events.revision")?,
                edited_at: self.edited_at,
                first_digest: self.first_digest()?,
                reply_to: None,
                mentions: Vec::new(),
                everyone: false,
                reactions: Vec::new(),
            }),
            "message_edited" => EventData::Edited(target()?),
            "message_deleted" => EventData::Deleted(target()?),
            "member_joined" => EventData::Joined(member()?),
            "member_left" => EventData::Left(member()?),
            "member_removed" => EventData::Removed(RemovedData {
                user_id: subject()?,
                banned: present(self.banned, "events.banned")?,
            }),
            "room_changed" => EventData::Changed(ChangedData {
                name: self.new_name.clone(),
                topic: self.new_topic.clone(),
                locked: self.new_locked,
                owner_id: self.subject_id.clone(),
                password: present(self.password_changed, "events.password_changed")?,
            }),
            "room_closed" => EventData::Closed(ClosedData {}),
            _ => return Err(Corrupt { column: "events.kind" }),
        })
    }

    /// The digest of what a message said first, unless it still says so.
    fn first_digest(&self) -> Result<Option<[u8; 16]>, Corrupt> {
        let Some(digest) = &self.body_digest else { return Ok(None) };
        let digest = present(digest.as_slice().try_into().ok(), "events.body_digest")?;
        let as_it_reads_now = self.body.clone().map(|body| MessageBody::stored(body).digest().0);
        Ok(Some(digest).filter(|digest| Some(*digest) != as_it_reads_now))
    }
}

/// Converts events in the order of their rooms and seqs, and counts them.
///
/// Nothing tells who once held which seat, so a message counts for the seat that its author holds now, and for none
/// if they have left. Only the unread messages of present members are ever told.
#[derive(Default)]
pub(crate) struct Conversion {
    seats: HashMap<(StoredId, String), SeatNumber>,
    /// The last event's room, and its tally.
    last: Option<(StoredId, Tally)>,
}

impl Conversion {
    /// Notes who sits where, before the events of that room come.
    pub(crate) fn note(&mut self, seat: &SeatRow) -> Result<(), Corrupt> {
        let number = present(SeatNumber::new(seat.number.into()), "seats.number")?;
        self.seats.insert((seat.room_id, seat.user_id.clone()), number);
        Ok(())
    }

    /// The event as it is stored now.
    pub(crate) fn convert(&mut self, former: FormerEventRow) -> Result<EventRow, Corrupt> {
        let data = former.data()?.write();
        let before = self.last.filter(|(room_id, _)| *room_id == former.room_id);
        let seat = self.seats.get(&(former.room_id, former.actor_id.clone())).copied();
        let tally = before.map(|(_, tally)| tally).unwrap_or_default().after(&former.kind, seat);
        self.last = Some((former.room_id, tally));
        Ok(EventRow {
            room_id: former.room_id,
            seq: former.seq,
            kind: former.kind,
            actor_id: former.actor_id,
            at: former.at,
            message_id: former.message_id,
            client_message_id: former.client_message_id,
            tally,
            last_message_seq: None,
            data,
            mention_tally: None,
        })
    }
}

/// Converts the next events of a database's former table, and answers whether there were any. What is converted
/// already is found by itself, so that an interrupted conversion goes on where it was.
pub fn convert_some(connection: &mut impl Statements) -> Result<bool, Failure> {
    let last = connection.last_event()?;
    let rows = next(connection, last)?;
    let (Some(first), Some(end)) = (rows.first(), rows.last()) else {
        connection.note_former_deletions()?;
        return Ok(false);
    };
    let last = last.map(|(room_id, _, tally)| (room_id, tally));
    let mut conversion = Conversion { last, ..Conversion::default() };
    for seat in connection.seats_between(first.room_id, end.room_id)? {
        conversion.note(&seat)?;
    }
    let converted = rows.into_iter().map(|row| conversion.convert(row));
    connection.insert_converted(&converted.collect::<Result<Vec<_>, _>>()?)?;
    Ok(true)
}

/// The former events that follow the last one that is converted.
fn next(
    connection: &mut impl Statements,
    last: Option<(StoredId, i64, Tally)>,
) -> QueryResult<Vec<FormerEventRow>> {
    let Some((room_id, seq, _)) = last else {
        return connection.former_events_of_rooms_after(StoredId::LOWEST, AT_ONCE);
    };
    let rows = connection.former_events_of(room_id, seq, AT_ONCE)?;
    if rows.is_empty() { connection.former_events_of_rooms_after(room_id, AT_ONCE) } else { Ok(rows) }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use uuid::Uuid;

    use super::*;

    fn former(seq: i64, kind: &str, actor_id: &str, others: &Value) -> FormerEventRow {
        let mut row = json!({
            "room_id": Uuid::from_u128(1), "seq": seq, "kind": kind, "actor_id": actor_id, "at": 7, "body_digest": null,
        });
        let members = row.as_object_mut().expect("an object");
        members.extend(others.as_object().expect("an object").clone());
        serde_json::from_value(row).expect("such a row")
    }

    fn digest(body: &str) -> String {
        hex::encode(MessageBody::stored(body.to_owned()).digest().0)
    }

    #[test]
    fn each_kind_keeps_what_it_said() {
        let (first, now) = (digest("hello"), digest("hello, all"));
        assert_ne!(first, now);
        for (kind, columns, data) in [
            (
                "message_posted",
                json!({"body": "hello", "body_digest": first, "revision": 0}),
                json!({"body": "hello"}),
            ),
            (
                "message_posted",
                json!({"body": "hello, all", "body_digest": first, "revision": 1, "edited_at": 9}),
                json!({"body": "hello, all", "revision": 1, "edited_at": 9, "first_digest": first}),
            ),
            ("message_posted", json!({"revision": 0}), json!({})),
            ("message_edited", json!({"target_seq": 2}), json!({"seq": 2})),
            ("message_deleted", json!({"target_seq": 2}), json!({"seq": 2})),
            ("member_joined", json!({"subject_id": "bo-"}), json!({"user_id": "bo-"})),
            ("member_left", json!({"subject_id": "bo-"}), json!({"user_id": "bo-"})),
            (
                "member_removed",
                json!({"subject_id": "bo-", "banned": true}),
                json!({"user_id": "bo-", "banned": true}),
            ),
            ("room_changed", json!({"new_name": "Den", "password_changed": false}), json!({"name": "Den"})),
            (
                "room_changed",
                json!({"new_topic": "", "new_locked": true, "subject_id": "bo-", "password_changed": true}),
                json!({"topic": "", "locked": true, "owner_id": "bo-", "password": true}),
            ),
            ("room_closed", json!({}), json!({})),
        ] {
            let row = Conversion::default().convert(former(3, kind, "ana", &columns)).expect(kind);
            let converted: Value = serde_json::from_str(&row.data).expect("JSON");
            assert_eq!((row.kind.as_str(), row.seq, row.at, converted), (kind, 3, 7, data));
            assert!(row.read().is_ok(), "{kind}");
        }
    }

    #[test]
    fn a_message_counts_for_the_seat_that_its_author_holds_now() {
        let seat = SeatRow {
            room_id: StoredId(Uuid::from_u128(1)),
            number: 2,
            user_id: "bo-".to_owned(),
            joined_at: 0,
            fee: 0,
            read_seq: 1,
        };
        let mut conversion = Conversion::default();
        conversion.note(&seat).expect("a seat");
        let posted = json!({"body": "hello", "revision": 0});
        let events = [("message_posted", "bo-"), ("message_posted", "gone"), ("message_deleted", "bo-")];
        let tallies: Vec<_> = (1..)
            .zip(events)
            .map(|(seq, (kind, actor))| {
                let columns =
                    if kind == "message_posted" { posted.clone() } else { json!({"target_seq": 2}) };
                conversion.convert(former(seq, kind, actor, &columns)).expect(kind).tally
            })
            .collect();
        let by_bo = Tally::default().after("message_posted", SeatNumber::new(2));
        let by_gone = by_bo.after("message_posted", None);
        assert_eq!(tallies, [by_bo, by_gone, by_gone.after("message_deleted", None)]);
    }
}
