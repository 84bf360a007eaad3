//! All members of all rooms, and the messages between them.

use std::rc::Rc;
use std::time::{Duration, Instant};

use futures_util::{StreamExt, TryStreamExt, stream};
use indicatif::ProgressBar;
use tokio::task::JoinSet;
use tokio::time::interval;

use crate::client_ids::ClientIds;
use crate::http::HttpConnection;
use crate::member::{Member, RunState};
use crate::population::Room;
use crate::schedule::Schedule;
use crate::target::Target;
use crate::ticker::Ticker;
use crate::usage::{Usages, Watches};
use crate::{Failure, page, progress};

/// Sockets that are opened at the same time.
const AT_ONCE: usize = 128;

/// How often the schedule is looked at, at most. Above 1,000 messages a second several are written together, and late by
/// up to this time: to wake up for each would take the server's time.
const TICK: Duration = Duration::from_millis(1);

/// How often it is looked whether all messages are settled.
const SETTLE_TICK: Duration = Duration::from_millis(10);

/// After this many messages written at once, other tasks get their turn.
const BURST: u32 = 128;

/// How long messages may take to settle after the last was due.
const SETTLED_WITHIN: Duration = Duration::from_secs(30);

/// How long a token must last beyond a run.
const MARGIN: Duration = Duration::from_mins(1);

/// All members with their sockets open.
#[derive(Debug)]
pub(crate) struct Crowd {
    target: Rc<Target>,
    pub(crate) state: Rc<RunState>,
    /// The members of each room.
    pub(crate) rooms: Vec<Vec<Rc<Member>>>,
    runs: u32,
    /// Kept, because the members' tasks end with it.
    _tasks: JoinSet<()>,
}

impl Crowd {
    /// Opens a socket for every member. In the first `slow` rooms the last member can be told to stop
    /// reading. Messages have a body of `body` bytes and client ids of this kind.
    pub(crate) async fn connect(
        target: Rc<Target>,
        rooms: &[Room],
        slow: usize,
        body: usize,
        client_ids: ClientIds,
    ) -> Result<Self, Failure> {
        let members: Vec<Vec<_>> = rooms
            .iter()
            .enumerate()
            .map(|(index, room)| {
                let last = room.members.len() - 1;
                let member = |(number, account): (usize, &client::Client)| {
                    let is_prompt = index >= slow || number != last;
                    Rc::new(Member::new(account.clone(), index, room.room_id.clone(), is_prompt))
                };
                room.members.iter().enumerate().map(member).collect()
            })
            .collect();
        let everybody: Vec<_> = members.iter().flatten().cloned().collect();
        let bar = progress::bar("sockets", everybody.len() as u64);
        let connections: Vec<_> = stream::iter(&everybody)
            .map(|member| {
                let (bar, target) = (&bar, &target);
                async move {
                    let connection = member.connect(target).await?;
                    bar.inc(1);
                    Ok::<_, Failure>(connection)
                }
            })
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        bar.finish_and_clear();
        let state = Rc::new(RunState::new(body, client_ids));
        let mut tasks = JoinSet::new();
        for (member, connection) in everybody.into_iter().zip(connections) {
            tasks.spawn_local(member.run(connection, Rc::clone(&state), Rc::clone(&target)));
        }
        Ok(Self { target, state, rooms: members, runs: 0, _tasks: tasks })
    }

    /// Sends messages on schedule, whatever comes back, and then waits until all are settled. Each of
    /// the instants begins a phase with its own latencies; what is due before the first is warm-up.
    /// Returns what the processes used from then until the last message was due.
    pub(crate) async fn run(&mut self, schedule: Schedule, phases: &[Duration]) -> Result<Usages, Failure> {
        self.runs += 1;
        let lasting = schedule.due_at(schedule.total());
        for member in self.rooms.iter().flatten() {
            member.keep_signed_in(lasting + SETTLED_WITHIN + MARGIN).await?;
            member.begin();
        }
        self.state.begin(self.runs, schedule.total(), phases);
        let bar = progress::seconds("messages", lasting);
        let usages = self.send_all(schedule, phases.first().copied().unwrap_or_default(), &bar).await?;
        self.settle(&bar).await?;
        bar.finish_and_clear();
        Ok(usages)
    }

    async fn send_all(
        &self,
        schedule: Schedule,
        measured_from: Duration,
        bar: &ProgressBar,
    ) -> Result<Usages, Failure> {
        let mut ticker = Ticker::every(schedule.pause().max(TICK))?;
        let (mut sent, mut watches) = (0, None);
        while sent < schedule.total() {
            ticker.tick().await?;
            let now = self.state.now();
            if now >= measured_from && watches.is_none() {
                watches = Some(Watches::begin(self.target.pid, self.target.database_pid)?);
            }
            let due = schedule.due_by(now).min(sent + BURST);
            for number in sent..due {
                self.send(number, schedule.due_at(number));
            }
            sent = due;
            if bar.position() != now.as_secs() {
                bar.set_position(now.as_secs());
                watches.as_mut().map_or(Ok(()), Watches::sample)?;
                self.check()?;
            }
        }
        watches.ok_or_else(|| Failure::new("the warm-up outlasts the run"))?.usages()
    }

    /// Rooms take turns, and so do their members.
    fn send(&self, number: u32, due: Duration) {
        let count = self.rooms.len();
        let room = &self.rooms[number as usize % count];
        let prompt = room.iter().filter(|member| member.is_prompt).count();
        let sender = &room[number as usize / count % prompt];
        let to = u8::try_from(prompt).expect("a room has six seats");
        self.state.tally.borrow_mut().send(due, self.state.now(), to);
        sender.send(&self.state, number);
    }

    async fn settle(&self, bar: &ProgressBar) -> Result<(), Failure> {
        let (began, mut ticks) = (Instant::now(), interval(SETTLE_TICK));
        bar.set_message("settling");
        while !self.state.tally.borrow().is_settled() && began.elapsed() < SETTLED_WITHIN {
            ticks.tick().await;
            self.check()?;
        }
        Ok(())
    }

    /// Looks whether the newest page of each room's history shows the messages of the last run where the sockets did.
    pub(crate) async fn compare_history(&self) -> Result<(), Failure> {
        // Some may be stored while history is read.
        if !self.state.tally.borrow().is_settled() {
            return Ok(());
        }
        let mut connection = HttpConnection::connect(self.target.address).await?;
        for member in self.rooms.iter().filter_map(|room| room.first()) {
            let page = page::items(member.newest_page().send(&mut connection).await?)?;
            let client_ids = page.iter().map(|item| item.client_message_id);
            self.state.tally.borrow_mut().compare(client_ids, member.places());
        }
        Ok(())
    }

    /// Fails if a member has failed.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        self.state.failure.take().map_or(Ok(()), Err)
    }
}
