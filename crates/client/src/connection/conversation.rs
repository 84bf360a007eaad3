//! The client's side of the protocol as a state machine, without a socket, a clock or a store.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use secrecy::SecretString;
use tokio::time::Instant;

use super::frames::{ClientFrame, ResumePoint, ServerFrame};
use super::room_log::{RoomLog, Synced};
use super::unanswered::{Outgoing, Unanswered};
use super::update::{RoomStanding, Update};
use crate::{Event, Message, Posted, Problem, RoomDetail, RoomId};

/// What the program asks of its connection.
#[derive(Debug)]
pub(super) enum Command {
    Send(Outgoing),
    MarkRead(RoomId, i64),
    Type { room_id: RoomId, on: bool },
}

/// A room to be loaded over HTTP as it stands at `seq`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Load {
    pub(super) room_id: RoomId,
    pub(super) seq: i64,
    generation: u64,
}

/// A room that was loaded, with its newest messages.
#[derive(Debug)]
pub(super) struct Loaded {
    pub(super) room: Box<RoomDetail>,
    pub(super) messages: Vec<Message>,
}

/// The server's `bye`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bye {
    pub(super) reason: String,
    pub(super) retry_after: Option<Duration>,
}

/// Everything that outlives a single connection.
#[derive(Debug, Default)]
pub(super) struct Conversation {
    rooms: HashMap<RoomId, RoomLog>,
    unanswered: Unanswered,
    read_up_to: HashMap<RoomId, i64>,
    /// The rooms that the last hello named.
    named: HashSet<RoomId>,
    welcome: Option<Welcomed>,
    numbers: u64,
    /// Frames to be written.
    pub(super) frames: Vec<String>,
    /// What the program is to be shown.
    pub(super) updates: VecDeque<Update>,
    /// Rooms to be loaded.
    pub(super) loads: Vec<Load>,
    /// The server has said that it ends the connection.
    pub(super) bye: Option<Bye>,
}

/// What the server's welcome has set.
#[derive(Debug, Clone, Copy)]
struct Welcomed {
    ping_every: Duration,
    max_frame_bytes: usize,
}

impl Conversation {
    /// A conversation that resumes at these points.
    pub(super) fn from(points: Vec<ResumePoint>) -> Self {
        let rooms =
            points.into_iter().map(|point| (point.room_id, RoomLog::at(point.seq, Some(point.epoch))));
        Self { rooms: rooms.collect(), ..Self::default() }
    }

    /// How often the server pings, once it has said so.
    pub(super) fn ping_every(&self) -> Option<Duration> {
        self.welcome.map(|welcome| welcome.ping_every)
    }

    /// A new connection is open.
    pub(super) fn hello(&mut self, token: &SecretString) {
        let resume: Vec<_> = self
            .rooms
            .iter()
            .filter_map(|(room_id, log)| {
                let (room_id, epoch) = (room_id.clone(), log.epoch.clone()?);
                Some(ResumePoint { room_id, epoch, seq: log.applied })
            })
            .collect();
        self.frames.push(ClientFrame::Hello { token, resume: &resume }.text());
        self.named = resume.into_iter().map(|point| point.room_id).collect();
    }

    /// The connection is lost.
    pub(super) fn lose_connection(&mut self) {
        self.welcome = None;
        self.bye = None;
        self.frames.clear();
        self.unanswered.lose_connection();
        self.rooms.values_mut().for_each(RoomLog::lose_connection);
    }

    /// The account's token has been renewed.
    pub(super) fn renew(&mut self, token: &SecretString) {
        self.frames.push(ClientFrame::Auth { token }.text());
    }

    /// The program wants something.
    pub(super) fn execute(&mut self, command: Command) {
        match command {
            Command::Send(outgoing) => {
                let room_id = outgoing.room_id.clone();
                if self.unanswered.push(outgoing) {
                    self.post_first(&room_id);
                }
            }
            Command::MarkRead(room_id, seq) => {
                let mark = self.read_up_to.entry(room_id.clone()).or_default();
                if seq > *mark {
                    *mark = seq;
                    if self.welcome.is_some() {
                        self.frames.push(ClientFrame::Read { room_id: &room_id, seq }.text());
                    }
                }
            }
            Command::Type { room_id, on } if self.welcome.is_some() => {
                self.frames.push(ClientFrame::Typing { room_id: &room_id, on }.text());
            }
            // Nobody wants to know who was typing a while ago.
            Command::Type { .. } => {}
        }
    }

    /// When [`Conversation::retry`] is due.
    pub(super) fn next_retry(&self) -> Option<Instant> {
        self.unanswered.next_retry()
    }

    /// Tries again what the server could not take a while ago.
    pub(super) fn retry(&mut self, now: Instant) {
        for room_id in self.unanswered.due(now) {
            self.post_first(&room_id);
        }
    }

    /// The server has sent something.
    pub(super) fn receive(&mut self, frame: ServerFrame, now: Instant) {
        match frame {
            ServerFrame::Welcome { ping_ms, max_frame_bytes, rooms } => {
                let ping_every = Duration::from_millis(ping_ms);
                self.welcome = Some(Welcomed { ping_every, max_frame_bytes });
                self.on_welcome(rooms);
            }
            ServerFrame::Event(event) => self.take(event),
            ServerFrame::Ack { id, seq, message_id: Some(message_id), duplicate } => {
                let answered = self.unanswered.answer(&id, Ok(Posted { message_id, seq, duplicate }));
                self.post_next(answered);
            }
            ServerFrame::Ack { id, seq, .. } => self.finish_sync(&id, seq),
            ServerFrame::Error { id: Some(id), code, detail, retry_after_ms } => {
                self.rooms.values_mut().filter(|log| log.is_asked(&id)).for_each(RoomLog::cancel_sync);
                let retry_after = retry_after_ms.map(Duration::from_millis);
                let refused =
                    self.unanswered.refuse(&id, Problem::over_socket(code, detail, retry_after), now);
                self.post_next(refused);
            }
            ServerFrame::Typing { room_id, user_id, on } => {
                self.show(Update::Typing { room_id, user_id, on });
            }
            ServerFrame::Member { room_id, user_id, name } => {
                self.show(Update::Renamed { room_id, user_id, name });
            }
            ServerFrame::Presence { room_id, user_id, online } => {
                self.show(Update::Presence { room_id, user_id, online });
            }
            ServerFrame::Read { room_id, user_id, seq } => self.show(Update::Read { room_id, user_id, seq }),
            ServerFrame::Reset { room_id, epoch, head_seq } => {
                self.rooms.insert(room_id.clone(), RoomLog::at(head_seq, Some(epoch)));
                self.load(room_id, head_seq);
            }
            ServerFrame::Removed { room_id, code } => self.forget(room_id, code),
            ServerFrame::Notice(notice) => self.show(Update::Notice(notice)),
            ServerFrame::Bye { reason, retry_after_ms } => {
                self.bye = Some(Bye { reason, retry_after: retry_after_ms.map(Duration::from_millis) });
            }
            ServerFrame::Ping { heads } => {
                self.frames.push(ClientFrame::Pong.text());
                for (room_id, head) in heads {
                    self.compare_head(room_id, head);
                }
            }
            ServerFrame::Error { id: None, .. } | ServerFrame::Other => {}
        }
    }

    /// A room was loaded, or the server has refused to show it.
    pub(super) fn finish_load(&mut self, load: Load, outcome: Result<Loaded, Box<Problem>>) {
        let Loaded { room, mut messages } = match outcome {
            Ok(loaded) => loaded,
            Err(problem) if self.rooms.contains_key(&load.room_id) => {
                return self.forget(load.room_id, problem.code);
            }
            Err(_) => return,
        };
        let Some(log) = self.rooms.get_mut(&load.room_id) else { return };
        if let Some(meanwhile) = log.finish_load(load.generation, &room.epoch) {
            // Later ones come as events.
            messages.retain(|message| message.seq <= load.seq);
            self.show(Update::Loaded { room, messages, seq: load.seq });
            self.updates.extend(meanwhile.into_iter().map(Update::Event));
        }
    }

    fn on_welcome(&mut self, rooms: Vec<RoomStanding>) {
        let present: HashSet<_> = rooms.iter().map(|room| room.room_id.clone()).collect();
        let named = std::mem::take(&mut self.named);
        self.show(Update::Connected { rooms: rooms.clone() });
        for room in rooms {
            let RoomStanding { room_id, epoch, head_seq, .. } = room;
            match self.rooms.get_mut(&room_id) {
                None => _ = self.rooms.insert(room_id, RoomLog::at(head_seq, Some(epoch))),
                // Its events follow, or a reset.
                Some(_) if named.contains(&room_id) => {}
                // It was joined shortly before the connection was lost, so hello could not name it.
                Some(log) => {
                    log.epoch.get_or_insert(epoch);
                    self.compare_head(room_id, head_seq);
                }
            }
        }
        let gone: Vec<_> = self
            .rooms
            .keys()
            .filter(|room_id| !present.contains(*room_id) && !named.contains(*room_id))
            .cloned()
            .collect();
        for room_id in gone {
            self.forget(room_id, "not_a_member".to_owned());
        }
        for (room_id, seq) in &self.read_up_to {
            self.frames.push(ClientFrame::Read { room_id, seq: *seq }.text());
        }
        for room_id in self.unanswered.rooms() {
            self.post_first(&room_id);
        }
    }

    fn take(&mut self, event: Event) {
        let (room_id, seq) = (event.room_id.clone(), event.seq);
        if !self.rooms.contains_key(&room_id) {
            // A room that was just joined: this event is the first one in it.
            self.load(room_id.clone(), seq - 1);
        }
        let Some(log) = self.rooms.get_mut(&room_id) else { return };
        let next = log.take(event);
        self.updates.extend(next.into_iter().map(Update::Event));
        self.sync_if_missing(&room_id, seq);
    }

    fn compare_head(&mut self, room_id: RoomId, head: i64) {
        if self.rooms.contains_key(&room_id) {
            self.sync_if_missing(&room_id, head);
        } else {
            // The event by which it was joined was lost.
            self.load(room_id, head);
        }
    }

    fn sync_if_missing(&mut self, room_id: &RoomId, head: i64) {
        let Some(log) = self.rooms.get_mut(room_id) else { return };
        if let Some((epoch, since)) = log.missing_since(head) {
            self.numbers += 1;
            let id = format!("s{}", self.numbers);
            self.frames.push(ClientFrame::Sync { id: &id, room_id, epoch, since }.text());
            log.ask(id);
        }
    }

    fn finish_sync(&mut self, id: &str, head: i64) {
        let Some((room_id, log)) = self.rooms.iter_mut().find(|(_, log)| log.is_asked(id)) else { return };
        let room_id = room_id.clone();
        match log.finish_sync(head) {
            Synced::Whole => {}
            Synced::Missing => self.sync_if_missing(&room_id, head),
            Synced::GaveUp => self.load(room_id, head),
        }
    }

    fn load(&mut self, room_id: RoomId, seq: i64) {
        self.numbers += 1;
        let generation = self.numbers;
        self.rooms.entry(room_id.clone()).or_insert_with(|| RoomLog::at(seq, None)).load(seq, generation);
        self.loads.push(Load { room_id, seq, generation });
    }

    fn forget(&mut self, room_id: RoomId, code: String) {
        self.rooms.remove(&room_id);
        self.read_up_to.remove(&room_id);
        self.show(Update::Removed { room_id, code });
    }

    fn post_next(&mut self, answered: Option<RoomId>) {
        if let Some(room_id) = answered {
            self.post_first(&room_id);
        }
    }

    fn post_first(&mut self, room_id: &RoomId) {
        if let Some(Welcomed { max_frame_bytes, .. }) = self.welcome {
            self.frames.extend(self.unanswered.first_frame(room_id, max_frame_bytes));
        }
    }

    fn show(&mut self, update: Update) {
        self.updates.push_back(update);
    }
}

#[cfg(test)]
#[path = "conversation_tests.rs"]
mod tests;
