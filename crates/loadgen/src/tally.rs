//! The fate of each message, and how long it took.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hdrhistogram::Histogram;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::client_ids::{ClientIds, run_and_number};
use crate::page::PAGE;

/// Microseconds that a histogram tells apart at most: five minutes.
const LONGEST_US: u64 = 300_000_000;

/// How an event of a room follows the last one that a connection has seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// The next one.
    Next,
    /// One that was seen before, or that comes after a later one.
    Repeat,
    /// One before which this many are missing.
    Gap(u64),
}

impl Step {
    pub(crate) fn from(last: i64, seq: i64) -> Self {
        match seq.checked_sub(last) {
            Some(1) => Self::Next,
            Some(further @ 2..) => Self::Gap(further.unsigned_abs() - 1),
            _ => Self::Repeat,
        }
    }
}

/// A message on its way.
#[derive(Debug, Clone, Copy)]
struct Record {
    due_us: u64,
    /// Its place in its room, once a member has received it.
    seq: Option<i64>,
    /// How many members have not received it yet.
    left: u8,
    is_answered: bool,
    is_refused: bool,
}

/// A part of the run with histograms of its own.
#[derive(Debug)]
struct Phase {
    from_us: u64,
    ack: Histogram<u64>,
    delivery: Histogram<u64>,
}

/// The tally of one run. Times count from its start.
#[derive(Debug)]
pub(crate) struct Tally {
    /// The number that tells this run's messages from those of others.
    run: u32,
    /// When the run began, in milliseconds since 1970.
    began_ms: u64,
    client_ids: ClientIds,
    records: Vec<Record>,
    phases: Vec<Phase>,
    lateness: Histogram<u64>,
    open: u64,
    wrong: Wrong,
    refused: BTreeMap<String, u64>,
}

/// Broken promises, and other things that should not happen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Wrong {
    /// Messages that were acknowledged but not delivered to everybody.
    pub lost: u64,
    /// Messages that were neither acknowledged nor refused.
    pub unanswered: u64,
    /// Events that came again, or after a later one.
    pub repeated: u64,
    /// Events that were missing before a later one.
    pub missing: u64,
    /// Events of another room than the connection's.
    pub stray: u64,
    /// Messages that came to a member, or stand in history, in another place than they came to others.
    pub misplaced: u64,
    /// Connections that the server closed.
    pub closed: u64,
    /// Connections that came back to a log too long to be replayed.
    pub reset: u64,
}

impl Wrong {
    /// Whether the server kept its promises. It may close a connection, and reset one; it may not lose,
    /// repeat or reorder, or send anything into another room.
    pub fn kept_promises(&self) -> bool {
        self.broken() == 0
    }

    /// How often the server broke a promise.
    pub(crate) fn broken(&self) -> u64 {
        self.lost + self.unanswered + self.repeated + self.missing + self.stray + self.misplaced
    }
}

/// Times in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Latency {
    /// Half took no longer.
    pub p50: f64,
    /// Nine in ten took no longer.
    pub p90: f64,
    /// 99 in a hundred took no longer.
    pub p99: f64,
    /// 999 in a thousand took no longer.
    pub p999: f64,
    pub max: f64,
    pub count: u64,
}

impl Latency {
    /// The summary of a histogram of microseconds.
    #[expect(clippy::cast_precision_loss, reason = "times of minutes in microseconds fit a double")]
    pub(crate) fn of(histogram: &Histogram<u64>) -> Self {
        let ms = |microseconds: u64| microseconds as f64 / 1_000.0;
        let at = |quantile| ms(histogram.value_at_quantile(quantile));
        Self {
            p50: at(0.5),
            p90: at(0.9),
            p99: at(0.99),
            p999: at(0.999),
            max: ms(histogram.max()),
            count: histogram.len(),
        }
    }
}

/// A histogram of microseconds with three significant digits.
pub(crate) fn histogram() -> Histogram<u64> {
    Histogram::new_with_bounds(1, LONGEST_US, 3).expect("these bounds are valid")
}

pub(crate) fn microseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

/// The latencies of a phase.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Latencies {
    /// From when a message was due until its sender was told that it is durable.
    pub ack: Latency,
    /// From when it was due until every member had received it.
    pub delivery: Latency,
}

impl Tally {
    /// A tally for this many messages. Messages due before the first phase are not timed.
    pub(crate) fn new(run: u32, total: u32, phases: &[Duration], client_ids: ClientIds) -> Self {
        let phases = phases.iter().map(|from| Phase {
            from_us: microseconds(*from),
            ack: histogram(),
            delivery: histogram(),
        });
        let began = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self {
            run,
            began_ms: u64::try_from(began.as_millis()).unwrap_or(u64::MAX),
            client_ids,
            records: Vec::with_capacity(total as usize),
            phases: phases.collect(),
            lateness: histogram(),
            open: 0,
            wrong: Wrong::default(),
            refused: BTreeMap::new(),
        }
    }

    /// The client id of a message that was written, the same each time it is sent.
    pub(crate) fn client_id(&self, number: u32) -> Uuid {
        let due_us = self.records.get(number as usize).map_or(0, |record| record.due_us);
        self.client_ids.id(self.began_ms + due_us / 1_000, self.run, number)
    }

    /// The next message, due at `due`, is written at `now`, for `to` members.
    pub(crate) fn send(&mut self, due: Duration, now: Duration, to: u8) {
        let due_us = microseconds(due);
        self.records.push(Record { due_us, seq: None, left: to, is_answered: false, is_refused: false });
        self.open += 1;
        if self.phase(due_us).is_some() {
            self.lateness.saturating_record(microseconds(now) - due_us.min(microseconds(now)));
        }
    }

    /// The message was acknowledged.
    pub(crate) fn acknowledge(&mut self, number: u32, now: Duration) {
        let Some(record) = self.records.get_mut(number as usize) else { return };
        // A message that was sent again after a loss is acknowledged again.
        if std::mem::replace(&mut record.is_answered, true) {
            return;
        }
        let (due_us, is_done) = (record.due_us, record.left == 0);
        self.open -= u64::from(is_done);
        if let Some(phase) = self.phase(due_us) {
            phase.ack.saturating_record(microseconds(now).saturating_sub(due_us));
        }
    }

    /// The message was refused, so nobody will receive it.
    pub(crate) fn refuse(&mut self, number: u32, code: &str) {
        let Some(record) = self.records.get_mut(number as usize) else { return };
        if !record.is_answered {
            (record.is_answered, record.is_refused) = (true, true);
            self.open -= 1;
            *self.refused.entry(code.to_owned()).or_default() += 1;
        }
    }

    /// A member received the message with this client message id, in this place of the room.
    pub(crate) fn show(&mut self, client_message_id: &[u8], seq: i64, now: Duration) {
        let Some((run, number)) = run_and_number(client_message_id) else { return };
        let Some(record) =
            self.records.get_mut(number as usize).filter(|record| run == self.run && record.left > 0)
        else {
            return;
        };
        self.wrong.misplaced += u64::from(*record.seq.get_or_insert(seq) != seq);
        record.left -= 1;
        if record.left > 0 {
            return;
        }
        let (due_us, is_answered) = (record.due_us, record.is_answered);
        self.open -= u64::from(is_answered);
        if let Some(phase) = self.phase(due_us) {
            phase.delivery.saturating_record(microseconds(now).saturating_sub(due_us));
        }
    }

    /// An event of a room came to a connection.
    pub(crate) fn note(&mut self, step: Step) {
        match step {
            Step::Next => {}
            Step::Repeat => self.wrong.repeated += 1,
            Step::Gap(missing) => self.wrong.missing += missing,
        }
    }

    /// An event of another room came to a connection.
    pub(crate) fn note_stray(&mut self) {
        self.wrong.stray += 1;
    }

    /// The server has closed a connection.
    pub(crate) fn note_close(&mut self) {
        self.wrong.closed += 1;
    }

    /// A connection has come back to a log too long to be replayed.
    pub(crate) fn note_reset(&mut self) {
        self.wrong.reset += 1;
    }

    /// A room's newest page of history has these client ids, oldest first. The sockets were shown what came since
    /// the run began behind the first of these places, up to the second.
    pub(crate) fn compare<'a>(
        &mut self,
        page: impl IntoIterator<Item = &'a str>,
        (before, newest): (i64, i64),
    ) {
        let place_of = |client_id: &str| {
            let (run, number) = run_and_number(client_id.as_bytes())?;
            self.records.get(number as usize).filter(|_| run == self.run)?.seq
        };
        let mut places: Vec<_> = page.into_iter().filter_map(place_of).collect();
        if places.len() < PAGE {
            places.insert(0, before);
        }
        places.push(newest + 1);
        self.wrong.misplaced += places.windows(2).filter(|pair| pair[1] != pair[0] + 1).count() as u64;
    }

    /// Whether each message was answered and, unless refused, delivered to everybody.
    pub(crate) fn is_settled(&self) -> bool {
        self.open == 0
    }

    /// How many messages were acknowledged.
    pub(crate) fn acknowledged(&self) -> u64 {
        self.records.iter().map(|record| u64::from(record.is_answered && !record.is_refused)).sum()
    }

    /// How many of the messages due in a part of the run were acknowledged.
    pub(crate) fn acknowledged_between(&self, from: Duration, to: Duration) -> u64 {
        let range = microseconds(from)..microseconds(to);
        let counts =
            |record: &&Record| range.contains(&record.due_us) && record.is_answered && !record.is_refused;
        self.records.iter().filter(counts).count() as u64
    }

    /// What went wrong so far.
    pub(crate) fn wrong(&self) -> Wrong {
        let lost = |record: &&Record| record.is_answered && !record.is_refused && record.left > 0;
        Wrong {
            lost: self.records.iter().filter(lost).count() as u64,
            unanswered: self.records.iter().filter(|record| !record.is_answered).count() as u64,
            ..self.wrong
        }
    }

    /// How many messages were refused, by code.
    pub(crate) fn refused(&self) -> &BTreeMap<String, u64> {
        &self.refused
    }

    /// How long after it was due each message was written.
    pub(crate) fn lateness(&self) -> Latency {
        Latency::of(&self.lateness)
    }

    /// The latencies of each phase.
    pub(crate) fn latencies(&self) -> Vec<Latencies> {
        let summary = |phase: &Phase| Latencies {
            ack: Latency::of(&phase.ack),
            delivery: Latency::of(&phase.delivery),
        };
        self.phases.iter().map(summary).collect()
    }

    fn phase(&mut self, due_us: u64) -> Option<&mut Phase> {
        self.phases.iter_mut().rev().find(|phase| phase.from_us <= due_us)
    }
}

#[cfg(test)]
#[path = "tally_tests.rs"]
mod tests;
