use std::cell::RefCell;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use domain::rules::messages::{NewMessage, Posting};
use domain::{Denial, Refusal};
use infra_sql::posting::Known;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot};

use crate::connections::Connections;
use crate::deadline::{Deadline, have_own_runtime, runtime};
use crate::failed::{Busy, Failed};
use crate::open_error::OpenError;
use crate::posting::post_all;
use crate::retries::{AccessMode, with_retries};

/// How many messages are committed together at most.
const LARGEST_BATCH: usize = 256;

/// How many messages may wait for their turn before callers are turned away.
const QUEUED_MESSAGES: usize = 4_096;

/// The one thread that posts messages, and the queue before it.
///
/// It takes whatever is queued, without waiting for more, and inserts it with one statement, so that one trip and one
/// flush to the disk serve many writers. Nobody is answered before the commit. Other nodes may post into the same
/// rooms at the same time: the key of the rooms' logs keeps them apart.
pub(crate) struct Poster {
    /// Taken on closing, which ends the thread once the queue is empty.
    queue: Mutex<Option<mpsc::Sender<Post>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    patience: Duration,
}

/// A message on its way through the queue.
struct Post {
    message: NewMessage,
    /// Past it the message is not posted any more: its sender has been told so.
    deadline: Deadline,
    reply: oneshot::Sender<Result<Posting, Refusal>>,
}

impl Post {
    fn answer(self, answer: Result<Posting, Refusal>) {
        // A caller who no longer waits finds the message in the log.
        drop(self.reply.send(answer));
    }
}

impl Poster {
    /// Starts the thread.
    pub(crate) fn start(connections: Connections, patience: Duration) -> Result<Self, OpenError> {
        let (queue, posts) = mpsc::channel(QUEUED_MESSAGES);
        let worker = Worker { connections, known: RefCell::default() };
        let thread = thread::Builder::new()
            .name("mysql-poster".to_owned())
            .spawn(move || worker.post_batches(posts))
            .map_err(OpenError::Thread)?;
        Ok(Self { queue: Mutex::new(Some(queue)), thread: Mutex::new(Some(thread)), patience })
    }

    /// Queues a message and waits until it is durable, or was found impossible.
    pub(crate) async fn post(&self, message: NewMessage) -> Result<Posting, Refusal> {
        let (reply, answer) = oneshot::channel();
        let post = Post { message, deadline: Deadline::after(self.patience), reply };
        let queue = lock(&self.queue).clone().ok_or(Busy::Closing)?;
        queue.try_send(post).map_err(|refused| match refused {
            TrySendError::Full(_) => {
                metrics::counter!("hexroom_store_queue_full_total").increment(1);
                Busy::QueueFull
            }
            TrySendError::Closed(_) => Busy::Closing,
        })?;
        drop(queue);
        answer.await.map_err(|_| Busy::Closing)?
    }

    /// Takes no more messages and waits until those that were queued are posted.
    pub(crate) async fn close(&self) {
        drop(lock(&self.queue).take());
        let Some(thread) = lock(&self.thread).take() else { return };
        let joined = runtime().spawn_blocking(move || thread.join()).await;
        if !matches!(joined, Ok(Ok(()))) {
            tracing::error!("the thread that posts messages had panicked");
        }
    }
}

/// A poisoned lock is taken all the same: what it guards is never left half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What the thread works with.
struct Worker {
    connections: Connections,
    /// Nothing after a failure, which may have come with another server and another log.
    known: RefCell<Option<Known>>,
}

impl Worker {
    fn post_batches(self, mut posts: mpsc::Receiver<Post>) {
        if let Err(error) = have_own_runtime() {
            tracing::warn!(error = &error as &dyn std::error::Error, "messages are posted a little slower");
        }
        let mut batch = Vec::with_capacity(LARGEST_BATCH);
        while posts.blocking_recv_many(&mut batch, LARGEST_BATCH) > 0 {
            let (too_late, in_time): (Vec<_>, Vec<_>) =
                batch.drain(..).partition(|post| post.deadline.has_passed());
            for post in too_late {
                post.answer(Err(Failed::TimedOut.into()));
            }
            let began = Instant::now();
            metrics::histogram!("hexroom_store_batch_writes")
                .record(f64::from(u32::try_from(in_time.len()).unwrap_or(u32::MAX)));
            self.post_together(in_time);
            metrics::histogram!("hexroom_store_batch_seconds").record(began.elapsed().as_secs_f64());
        }
        self.connections.forget();
    }

    /// Posts messages together, or one by one if they cannot be committed together.
    fn post_together(&self, batch: Vec<Post>) {
        match self.commit(&batch) {
            Ok(outcomes) => {
                for (post, outcome) in batch.into_iter().zip(outcomes) {
                    post.answer(outcome.map_err(Refusal::from));
                }
            }
            Err(failed) if failed.lies_in_the_work() => match <[Post; 1]>::try_from(batch) {
                Ok([post]) => post.answer(Err(failed.into())),
                // The reason may lie in one message alone, and must not harm its neighbours.
                Err(batch) => batch.into_iter().for_each(|post| self.post_together(vec![post])),
            },
            Err(failed) => {
                let failed = Arc::new(failed);
                for post in batch {
                    post.answer(Err(Refusal::Unavailable(Box::new(failed.clone()))));
                }
            }
        }
    }

    /// What becomes of each message, once all that are new are durable.
    fn commit(&self, batch: &[Post]) -> Result<Vec<Result<Posting, Denial>>, Failed> {
        let deadline = batch.iter().map(|post| post.deadline).min().ok_or(Failed::TimedOut)?;
        let new: Vec<_> = batch.iter().map(|post| &post.message).collect();
        let holder = self.connections.holder;
        let outcomes = with_retries(&self.connections, AccessMode::AutoCommit, deadline, |connection| {
            let mut known = self.known.take().unwrap_or_default();
            let outcomes = post_all(connection, holder, &mut known, &new)?;
            self.known.replace(Some(known));
            Ok(outcomes)
        })?;
        if outcomes.iter().any(|outcome| matches!(outcome, Ok(Posting::New(_)))) {
            self.connections.commits.passed();
        }
        let outcomes = new.into_iter().zip(outcomes);
        Ok(outcomes.map(|(new, outcome)| outcome.map(|posting| as_it_was(new, posting))).collect())
    }
}

/// A message that was posted before under this very id was posted by us, by a statement whose outcome we
/// did not learn.
fn as_it_was(new: &NewMessage, posting: Posting) -> Posting {
    match posting {
        Posting::Repeated(earlier) if earlier.message.id == new.id => Posting::New(earlier.message),
        posting => posting,
    }
}

#[cfg(test)]
mod tests {
    use domain::facts::EarlierPost;
    use domain::{Mentions, MessageId, RoomId, Seq, Timestamp};
    use uuid::Uuid;

    use super::*;

    fn message(id: u128) -> NewMessage {
        NewMessage {
            id: MessageId(Uuid::from_u128(id)),
            room_id: RoomId(Uuid::from_u128(2)),
            sender_id: "ana".parse().expect("valid"),
            client_message_id: "m-1".parse().expect("valid"),
            body: "hello".parse().expect("valid"),
            reply_to: None,
            at: Timestamp::from_millis(0),
        }
    }

    #[test]
    fn a_message_that_we_posted_without_hearing_of_it_is_new_and_anothers_is_not() {
        let (ours, anothers) = (message(1), message(3));
        let message = ours.at_seq(Seq(7), None, Mentions::default());
        let found = EarlierPost { message: message.clone(), digest: Some(ours.body.digest()) };
        let repeated = Posting::Repeated(found);
        assert_eq!(as_it_was(&ours, repeated.clone()), Posting::New(message));
        assert_eq!(as_it_was(&anothers, repeated.clone()), repeated);
    }
}
