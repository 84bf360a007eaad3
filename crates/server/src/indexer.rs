//! Follows the rooms' logs with the search index, beside everything else.
//!
//! What is announced says which logs have grown, and nobody who announces anything waits for it. What a crash or another
//! node has left is found by looking through the rooms, at the start and again and again.

use std::collections::BTreeSet;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use domain::ports::{Events, Search, Unindexed};
use domain::{Announcement, Refusal, RoomId};
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, sleep_until, timeout};

/// Rooms are indexed no more often than this, so that many are together.
const AT_MOST_EVERY: Duration = Duration::from_millis(250);

/// How many rooms are indexed together.
const ROOMS_AT_ONCE: usize = 64;

/// How long the rooms are left alone after they were looked through.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// While others post, indexing takes a tenth of the time, and otherwise half of it.
const PAUSE_WHILE_BUSY: u32 = 9;
const PAUSE_OTHERWISE: u32 = 1;

/// How long the end of the server may wait for what has just happened.
const FINISHED_WITHIN: Duration = Duration::from_secs(2);

/// The longest pause after a step, however long that has taken.
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// The first pause after a failure, which doubles up to the longest.
const FIRST_RETRY: Duration = Duration::from_secs(1);
const LAST_RETRY: Duration = Duration::from_secs(30);

/// Indexes what is posted, edited and deleted.
pub(crate) struct Indexer {
    search: Arc<dyn Search>,
    waiting: Mutex<Waiting>,
    woken: Notify,
    stopping: Notify,
}

/// The rooms that are to be indexed.
#[derive(Default)]
struct Waiting {
    /// Something has just happened there.
    announced: BTreeSet<RoomId>,
    /// They are behind for longer.
    behind: BTreeSet<RoomId>,
}

impl Waiting {
    /// The rooms to be indexed together, those first in which something has just happened.
    fn take(&mut self) -> Vec<RoomId> {
        let mut rooms = take(&mut self.announced, ROOMS_AT_ONCE);
        rooms.extend(take(&mut self.behind, ROOMS_AT_ONCE - rooms.len()));
        rooms
    }

    fn is_empty(&self) -> bool {
        self.announced.is_empty() && self.behind.is_empty()
    }
}

fn take(rooms: &mut BTreeSet<RoomId>, most: usize) -> Vec<RoomId> {
    match rooms.iter().nth(most).copied() {
        Some(first_left) => {
            let left = rooms.split_off(&first_left);
            mem::replace(rooms, left).into_iter().collect()
        }
        None => mem::take(rooms).into_iter().collect(),
    }
}

/// Looking through all rooms.
struct Look {
    after: Option<RoomId>,
    due: Instant,
}

impl Indexer {
    pub(crate) fn new(search: Arc<dyn Search>) -> Self {
        Self { search, waiting: Mutex::default(), woken: Notify::new(), stopping: Notify::new() }
    }

    /// Indexes until it is told to stop.
    pub(crate) async fn run(&self) {
        let mut look = Look { after: None, due: Instant::now() };
        let mut retry = None;
        loop {
            tokio::select! {
                () = self.stopping.notified() => return,
                () = self.wait(look.due) => {}
            }
            let pause = match self.step(&mut look).await {
                Ok(pause) => {
                    if retry.take().is_some() {
                        tracing::info!("messages are indexed again");
                    }
                    pause
                }
                Err(refusal) => {
                    if retry.is_none() {
                        tracing::warn!(
                            error = &refusal as &dyn std::error::Error,
                            "messages cannot be indexed now: new ones will be found later"
                        );
                    }
                    *retry.insert(retry.map_or(FIRST_RETRY, |last: Duration| (last * 2).min(LAST_RETRY)))
                }
            };
            tokio::select! {
                () = self.stopping.notified() => return,
                () = sleep(pause) => {}
            }
        }
    }

    /// Has [`run`](Self::run) return after its step.
    pub(crate) fn stop(&self) {
        self.stopping.notify_one();
    }

    /// Indexes what has just happened, so that the words of a deleted message do not outlive the server. Nothing else may
    /// index here meanwhile.
    pub(crate) async fn finish(&self) {
        let finished = timeout(FINISHED_WITHIN, async {
            let mut left: Vec<RoomId> = mem::take(&mut self.waiting().announced).into_iter().collect();
            while !left.is_empty() {
                left = self.search.index(left).await?;
            }
            Ok::<_, Refusal>(())
        });
        if !matches!(finished.await, Ok(Ok(()))) {
            tracing::info!("the last messages will be indexed when the server starts again");
        }
    }

    /// Waits until there is something to do.
    async fn wait(&self, look_due: Instant) {
        if self.waiting().is_empty() {
            tokio::select! {
                () = self.woken.notified() => {}
                () = sleep_until(look_due) => {}
            }
        }
    }

    /// Does the next step, and answers how long to leave the store to others then.
    async fn step(&self, look: &mut Look) -> Result<Duration, Refusal> {
        let began = Instant::now();
        if look.due <= began {
            let Unindexed { room_ids, next } = self.search.unindexed(look.after).await?;
            self.waiting().behind.extend(room_ids);
            look.after = next;
            look.due = if next.is_some() { began } else { Instant::now() + LOOK_EVERY };
        }
        let rooms = self.waiting().take();
        if !rooms.is_empty() {
            match self.search.index(rooms.clone()).await {
                Ok(left) => self.waiting().behind.extend(left),
                Err(refusal) => {
                    self.waiting().behind.extend(rooms);
                    return Err(refusal);
                }
            }
        }
        let waiting = self.waiting();
        let is_busy = !waiting.announced.is_empty();
        let pause = began.elapsed() * if is_busy { PAUSE_WHILE_BUSY } else { PAUSE_OTHERWISE };
        let has_more =
            waiting.announced.len() > ROOMS_AT_ONCE || !waiting.behind.is_empty() || look.after.is_some();
        Ok(if has_more { pause } else { pause.max(AT_MOST_EVERY) }.min(LONGEST_PAUSE))
    }

    /// Notes that something has happened in a room.
    fn note(&self, room_id: RoomId) {
        self.waiting().announced.insert(room_id);
        self.woken.notify_one();
    }

    /// A poisoned lock is taken all the same: the sets are never left half changed.
    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Passes announcements on, and has the rooms indexed in which something has happened.
pub(crate) struct IndexedEvents {
    pub(crate) indexer: Arc<Indexer>,
    pub(crate) events: Arc<dyn Events>,
}

#[async_trait]
impl Events for IndexedEvents {
    async fn publish(&self, announcement: Announcement) {
        if let Announcement::Event(event) = &announcement {
            self.indexer.note(event.room_id);
        }
        self.events.publish(announcement).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(number: u128) -> RoomId {
        format!("{number:08x}-0000-7000-8000-000000000000").parse().expect("an id")
    }

    #[test]
    fn what_has_just_happened_comes_first() {
        let mut waiting = Waiting::default();
        waiting.behind.extend((0..100).map(room));
        waiting.announced.extend([room(200), room(300)]);
        let rooms = waiting.take();
        assert_eq!(rooms.len(), ROOMS_AT_ONCE);
        assert_eq!(rooms[..3], [room(200), room(300), room(0)]);
        assert_eq!(waiting.take().len(), 38);
        assert!(waiting.is_empty());
        assert_eq!(waiting.take(), []);
    }
}
