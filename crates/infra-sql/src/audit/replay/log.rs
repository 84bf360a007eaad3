use std::collections::{BTreeMap, HashMap, HashSet};

use diesel::QueryResult;
use domain::{Emoji, Reaction, Reactions, SeatNumber, Stored, UserId};

use super::names::Names;
use crate::audit::findings::Findings;
use crate::events::{
    ErasedMessageRow, EventData, EventRow, MemberData, PostedData, RecountedMentionRow, RemovedData,
};
use crate::rooms::{RoomRow, SeatRow};
use crate::statements::Statements;
use crate::tally::{MentionTally, Tally};

/// One room's log, as far as it was replayed.
pub(super) struct Log {
    room: RoomRow,
    /// Those who have ever sat there, by the room's history.
    pub(super) participants: HashSet<String>,
    pub(super) seats: Vec<ReadingSeat>,
    /// The deleted messages that are noted, by place.
    pub(super) erased: HashMap<i64, ErasedMessageRow>,
    /// The changes of whom messages mention that are noted, and the events by which they came.
    pub(super) recounted: Vec<RecountedMentionRow>,
    pub(super) recounts: HashSet<i64>,
    last: Option<Last>,
    /// The newest message so far that is not deleted, or 0.
    last_message_seq: i64,
    /// The events that are no messages.
    others: HashSet<i64>,
    /// The messages that others reply or react to.
    names: Names,
    /// The messages that were changed, or look so.
    changed: BTreeMap<i64, Changed>,
    /// The kind of the last event about each member's coming and going.
    membership: BTreeMap<String, String>,
}

/// The newest event so far.
struct Last {
    seq: i64,
    kind: String,
    tally: Tally,
    /// The newest message by then that is not deleted, as the event says, or 0.
    message_seq: Option<i64>,
    mentions: MentionTally,
}

/// What the log says of a changed message, and what the message itself says.
#[derive(Default)]
struct Changed {
    sender_id: String,
    has_body: bool,
    revision: i32,
    is_dated: bool,
    /// The reactions that it has.
    reactions: Reactions,
    edits: i32,
    deletion_seq: Option<i64>,
    /// The reactions that members have put to it by the log, whatever became of it.
    reacted: Reactions,
}

/// A taken seat, and what its holder has not read.
pub(super) struct ReadingSeat {
    row: SeatRow,
    /// The log's tally up to where they have read.
    marker: Tally,
    mention_marker: MentionTally,
    unread: i64,
    unread_mentions: i64,
}

impl From<SeatRow> for ReadingSeat {
    fn from(row: SeatRow) -> Self {
        Self {
            row,
            marker: Tally::default(),
            mention_marker: MentionTally::default(),
            unread: 0,
            unread_mentions: 0,
        }
    }
}

impl Log {
    /// The log of this room before its first event.
    pub(super) fn of(room: RoomRow) -> Self {
        Self {
            names: Names::of(room.room_id),
            room,
            participants: HashSet::new(),
            seats: Vec::new(),
            erased: HashMap::new(),
            recounted: Vec::new(),
            recounts: HashSet::new(),
            last: None,
            last_message_seq: 0,
            others: HashSet::new(),
            changed: BTreeMap::new(),
            membership: BTreeMap::new(),
        }
    }

    /// Holds the next event against those before it.
    pub(super) fn add(&mut self, event: EventRow, findings: &mut Findings) {
        let (room, seq) = (self.room.room_id.0, event.seq);
        let last = self.last.as_ref().map_or(0, |last| last.seq);
        findings
            .that(seq != last, "one_event_a_seq", || format!("the room {room} has 2 events numbered {seq}"));
        findings.that(seq == last || seq == last + 1, "log_without_a_gap", || {
            format!("in the log of the room {room} the event {last} is followed by the event {seq}")
        });
        let is_message = event.kind == "message_posted";
        let data = event.read().ok().filter(|_| {
            event.message_id.is_some() == is_message && event.client_message_id.is_some() == is_message
        });
        findings.that(data.is_some(), "events_are_whole", || {
            format!(
                "the {} event {seq} of the room {room} lacks what belongs to it, or holds what does not",
                event.kind
            )
        });
        if !is_message {
            self.others.insert(seq);
        }
        let before = self.last.as_ref().map(|last| last.tally).unwrap_or_default();
        let seats = SeatNumber::ALL.into_iter().map(Some).chain([None]);
        let follows = seats.map(|seat| before.after(&event.kind, seat)).any(|tally| tally == event.tally);
        findings.that(follows, "tallies_follow_the_log", || {
            format!("the tally of the event {seq} of the room {room} does not follow from the one before")
        });
        let mentions = event.mention_tally.unwrap_or_default();
        let mentioned_before = self.last.as_ref().map(|last| last.mentions).unwrap_or_default();
        let is_recounted = self.recounts.contains(&seq);
        let follows = if is_message {
            !mentions.has_recounts_since(mentioned_before)
        } else {
            let recounted = mentioned_before.recounting();
            mentions == if is_recounted { recounted } else { mentioned_before }
        };
        findings.that(follows, "unread_mentions_are_counted", || {
            format!(
                "the mentions counted by the event {seq} of the room {room} do not follow from those before"
            )
        });
        if let Some(user_id) = data.as_ref().and_then(EventData::subject) {
            findings.that(self.participants.contains(user_id), "events_name_participants", || {
                format!("the event {seq} of the room {room} names {user_id}, who never sat there")
            });
        }
        match data {
            Some(EventData::Posted(posted)) => self.post(&event, &posted, findings),
            Some(EventData::Edited(target)) => {
                self.change(target.seq, seq, findings, |message| message.edits += 1);
            }
            Some(EventData::Deleted(target)) => {
                self.change(target.seq, seq, findings, |message| message.deletion_seq = Some(seq));
            }
            Some(EventData::ReactionAdded(reacting)) => {
                self.names.note(seq, reacting.seq, reacting.message_id, findings);
                let (emoji, actor) = (Emoji::stored(reacting.emoji), UserId::stored(event.actor_id));
                self.change(reacting.seq, seq, findings, |message| {
                    message.reacted = std::mem::take(&mut message.reacted).with(&emoji, &actor);
                });
            }
            Some(EventData::ReactionRemoved(reacting)) => {
                self.names.note(seq, reacting.seq, reacting.message_id, findings);
                let (emoji, actor) = (Emoji::stored(reacting.emoji), UserId::stored(event.actor_id));
                self.change(reacting.seq, seq, findings, |message| {
                    message.reacted = std::mem::take(&mut message.reacted).without(&emoji, &actor);
                });
            }
            Some(
                EventData::Joined(MemberData { user_id })
                | EventData::Left(MemberData { user_id })
                | EventData::Removed(RemovedData { user_id, .. }),
            ) => {
                self.membership.insert(user_id, event.kind.clone());
            }
            Some(EventData::Changed(_) | EventData::Closed(_)) | None => {}
        }
        for seat in self.seats.iter_mut().filter(|seat| seat.row.read_seq == seq) {
            seat.marker = event.tally;
            seat.mention_marker = mentions;
        }
        let message_seq = event.last_message_seq.or(is_message.then_some(seq));
        self.last = Some(Last { seq, kind: event.kind, tally: event.tally, mentions, message_seq });
    }

    fn post(&mut self, event: &EventRow, posted: &PostedData, findings: &mut Findings) {
        let (room, seq, sender_id) = (self.room.room_id.0, event.seq, &event.actor_id);
        findings.that(self.participants.contains(sender_id), "writers_are_participants", || {
            format!("{sender_id} wrote the message {seq} of the room {room}, where they never sat")
        });
        for user_id in posted.mentions.iter().filter(|user_id| !self.participants.contains(*user_id)) {
            findings.that(false, "events_name_participants", || {
                format!("the message {seq} of the room {room} mentions {user_id}, who never sat there")
            });
        }
        let mentions_nobody = posted.mentions.is_empty() && !posted.everyone;
        let has_nothing = posted.first_digest.is_none() && mentions_nobody && posted.reactions.is_empty();
        findings.that(posted.body.is_some() || has_nothing, "a_deleted_message_keeps_nothing", || {
            format!("the message {seq} of the room {room} is deleted but keeps its digest, its mentions or its reactions")
        });
        if posted.body.is_some() {
            self.last_message_seq = seq;
        }
        if let Some(original) = posted.reply_to {
            findings.that(self.has_message(original.seq, seq), "replies_point_at_messages", || {
                let original = original.seq;
                format!("the message {seq} of the room {room} replies to the message {original}, where there is none")
            });
            self.names.note(seq, original.seq, original.message_id, findings);
        }
        for seat in &mut self.seats {
            let is_unread =
                seq > seat.row.read_seq && *sender_id != seat.row.user_id && posted.body.is_some();
            seat.unread += i64::from(is_unread);
            let concerns = posted.everyone || posted.mentions.contains(&seat.row.user_id);
            seat.unread_mentions += i64::from(is_unread && concerns);
        }
        let is_edited = posted.revision != 0 || posted.edited_at.is_some();
        if posted.body.is_none() || is_edited || !posted.reactions.is_empty() {
            let changed = Changed {
                sender_id: sender_id.clone(),
                has_body: posted.body.is_some(),
                revision: posted.revision,
                is_dated: posted.edited_at.is_some(),
                reactions: Reactions(posted.reactions.iter().cloned().map(Reaction::from).collect()),
                ..Changed::default()
            };
            self.changed.insert(seq, changed);
        }
    }

    /// Whether a message stands there, before another event.
    fn has_message(&self, seq: i64, before: i64) -> bool {
        (1..before).contains(&seq) && !self.others.contains(&seq)
    }

    /// Notes what an event changed of a message.
    fn change(&mut self, target: i64, seq: i64, findings: &mut Findings, note: impl FnOnce(&mut Changed)) {
        let room = self.room.room_id.0;
        let is_message = self.has_message(target, seq);
        findings.that(is_message, "changes_point_at_messages", || {
            format!("the event {seq} of the room {room} changed the message {target}, where there is none")
        });
        if is_message {
            note(
                self.changed
                    .entry(target)
                    .or_insert_with(|| Changed { has_body: true, ..Changed::default() }),
            );
        }
    }

    /// Holds the whole log against what the other tables say of the room.
    pub(super) fn end(self, connection: &mut impl Statements, findings: &mut Findings) -> QueryResult<()> {
        self.names.end(connection, findings)?;
        let room = self.room.room_id.0;
        findings.that(self.last.is_some(), "log_without_a_gap", || {
            format!("the log of the room {room} has no events")
        });
        self.end_messages(findings);
        self.end_members(findings);
        let Some(last) = self.last else { return Ok(()) };
        let is_closed = self.room.closed_at.is_some();
        findings.that(
            is_closed == (last.kind == "room_closed"),
            "closed_rooms_end_with_their_closing",
            || {
                let closed = self.room.closed_at.map_or_else(|| "nothing".to_owned(), |at| at.to_string());
                format!("the room {room} was closed at {closed}, and its last event is {}", last.kind)
            },
        );
        findings.that(last.message_seq == Some(self.last_message_seq), "the_last_message_is_known", || {
            let (known, newest) = (last.message_seq.unwrap_or_default(), self.last_message_seq);
            format!("the last message of the room {room} is {newest}, and its last event says {known}")
        });
        for ReadingSeat { row, marker, mention_marker, unread, unread_mentions } in &self.seats {
            let erased = self.erased.values();
            let erased =
                erased.filter(|gone| gone.seq > row.read_seq && gone.sender_id != row.user_id).count();
            let counted = SeatNumber::new(row.number.into()).map(|seat| {
                last.tally.by_others_since(*marker, seat) - i64::try_from(erased).unwrap_or(i64::MAX)
            });
            findings.that(counted == Some(*unread), "unread_messages_are_counted", || {
                let (user_id, counted) = (&row.user_id, counted.unwrap_or_default());
                format!("{counted} messages of the room {room} count as unread for {user_id}, who has not read {unread}")
            });
            let recounted = self.recounted.iter();
            let recounted = recounted.filter(|it| it.user_id == row.user_id && it.seq > row.read_seq);
            let recounted: i64 = recounted.map(|it| if it.mentioned { 1 } else { -1 }).sum();
            let counted = SeatNumber::new(row.number.into())
                .map(|seat| last.mentions.of_seat_since(*mention_marker, seat) + recounted);
            findings.that(counted == Some(*unread_mentions), "unread_mentions_are_counted", || {
                let (user_id, counted) = (&row.user_id, counted.unwrap_or_default());
                format!("{counted} unread messages of the room {room} count as mentioning {user_id}, and {unread_mentions} do")
            });
        }
        Ok(())
    }

    fn end_messages(&self, findings: &mut Findings) {
        let room = self.room.room_id.0;
        for (seq, message) in &self.changed {
            findings.that(!(message.has_body && message.deletion_seq.is_some()), "deletions_delete", || {
                let deletion = message.deletion_seq.unwrap_or_default();
                format!("the event {deletion} of the room {room} deleted the message {seq}, which has a body")
            });
            findings.that(
                message.has_body || message.deletion_seq.is_some(),
                "only_deletions_delete",
                || format!("the message {seq} of the room {room} has no body, and no event deleted it"),
            );
            let is_counted = message.revision == message.edits && (message.revision > 0) == message.is_dated;
            findings.that(is_counted, "revisions_are_counted", || {
                let Changed { revision, edits, .. } = message;
                format!("the message {seq} of the room {room} has the revision {revision}, and {edits} events edited it")
            });
            let are_those_of_the_log = !message.has_body || message.reactions == message.reacted;
            findings.that(are_those_of_the_log, "reactions_follow_the_log", || {
                format!("the reactions to the message {seq} of the room {room} are not those of the log")
            });
            let noted = self.erased.get(seq);
            let noted = noted.map(|erased| (Some(erased.deletion_seq), erased.sender_id.as_str()));
            let happened = message.deletion_seq.map(|at| (Some(at), message.sender_id.as_str()));
            findings.that(noted == happened, "unread_messages_are_counted", || {
                format!("the deletion of the message {seq} of the room {room} is not noted as it happened")
            });
        }
        for seq in self.erased.keys().filter(|seq| !self.changed.contains_key(seq)) {
            findings.that(false, "unread_messages_are_counted", || {
                format!("the message {seq} of the room {room} is noted as deleted, and no event deleted it")
            });
        }
    }

    fn end_members(&self, findings: &mut Findings) {
        let room = self.room.room_id.0;
        let mut participants: Vec<_> = self.participants.iter().collect();
        participants.sort();
        for user_id in participants {
            let last = self.membership.get(user_id);
            findings.that(last.is_some(), "participants_have_joined", || {
                format!("{user_id} is in the history of the room {room}, and no event says that they joined")
            });
            let Some(kind) = last.filter(|_| self.room.closed_at.is_none()) else { continue };
            let is_seated = self.seats.iter().any(|seat| seat.row.user_id == *user_id);
            findings.that((kind == "member_joined") == is_seated, "seats_follow_the_log", || {
                format!(
                    "the last event about {user_id} in the open room {room} is their {kind}, and the seats say otherwise"
                )
            });
        }
    }
}
