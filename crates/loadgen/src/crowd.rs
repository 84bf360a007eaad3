//! Everybody in every room, and what happens among them.

use std::rc::Rc;
use std::time::{Duration, Instant};

use futures_util::{StreamExt, TryStreamExt, stream};
use indicatif::ProgressBar;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use crate::member::{Book, Member};
use crate::population::Room;
use crate::schedule::Schedule;
use crate::tally::Tally;
use crate::target::Target;
use crate::usage::{Usages, Watches};
use crate::{Failure, progress};

/// Sockets that are opened at the same time.
const AT_ONCE: usize = 128;

/// What is due is looked up so often.
const TICK: Duration = Duration::from_millis(1);

/// After so many messages written at once others get their turn.
const BURST: u32 = 128;

/// How long messages may take to settle after the last was due.
const SETTLED_WITHIN: Duration = Duration::from_secs(30);

/// How long a token must last beyond a run.
const MARGIN: Duration = Duration::from_mins(1);

/// All members with their sockets open.
#[derive(Debug)]
pub(crate) struct Crowd {
    target: Rc<Target>,
    pub(crate) book: Rc<Book>,
    /// The members of each room.
    pub(crate) rooms: Vec<Vec<Rc<Member>>>,
    runs: u32,
    /// Kept, because the members' tasks end with it.
    _lives: JoinSet<()>,
}

impl Crowd {
    /// Opens a socket for every member. Of the first `slow` rooms the last member is one who may be
    /// told to stop reading. Messages have a body of so many bytes.
    pub(crate) async fn gather(
        target: Rc<Target>,
        rooms: &[Room],
        slow: usize,
        body: usize,
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
        let talks: Vec<_> = stream::iter(&everybody)
            .map(|member| {
                let (bar, target) = (&bar, &target);
                async move {
                    let talk = member.connect(target).await?;
                    bar.inc(1);
                    Ok::<_, Failure>(talk)
                }
            })
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        bar.finish_and_clear();
        let book = Rc::new(Book::new(body));
        let mut lives = JoinSet::new();
        for (member, talk) in everybody.into_iter().zip(talks) {
            lives.spawn_local(member.live(talk, Rc::clone(&book), Rc::clone(&target)));
        }
        Ok(Self { target, book, rooms: members, runs: 0, _lives: lives })
    }

    /// Sends messages as the schedule says, whatever comes back, and then waits until all are settled.
    /// Each of the instants begins a phase with latencies of its own; what is due before the first of
    /// them only warms up. Answers what the processes took from then until the last message was due.
    pub(crate) async fn run(&mut self, schedule: Schedule, phases: &[Duration]) -> Result<Usages, Failure> {
        self.runs += 1;
        let lasting = schedule.due_at(schedule.total());
        for member in self.rooms.iter().flatten() {
            member.keep_signed_in(lasting + SETTLED_WITHIN + MARGIN).await?;
            member.forget_unanswered();
        }
        self.book.tally.replace(Tally::new(self.runs, schedule.total(), phases));
        self.book.began.set(Instant::now());
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
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let (mut sent, mut watches) = (0, None);
        while sent < schedule.total() {
            ticks.tick().await;
            let now = self.book.now();
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
        self.book.tally.borrow_mut().send(due, self.book.now(), to);
        sender.send(&self.book, number);
    }

    async fn settle(&self, bar: &ProgressBar) -> Result<(), Failure> {
        let (began, mut ticks) = (Instant::now(), interval(TICK * 10));
        bar.set_message("settling");
        while !self.book.tally.borrow().is_settled() && began.elapsed() < SETTLED_WITHIN {
            ticks.tick().await;
            self.check()?;
        }
        Ok(())
    }

    /// Fails if a member has.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        self.book.failure.take().map_or(Ok(()), Err)
    }
}
