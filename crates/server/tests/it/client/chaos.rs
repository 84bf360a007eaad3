//! Power cuts while everybody writes, with the client that users have.

use std::collections::{BTreeMap, HashMap};
use std::env;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use client::{Client, Connection, EventKind, Message, RoomId, Update, Updates, Window};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::relay::Relay;
use super::{create_room, join, options, register, register_prime};
use crate::support::{DEADLINE, Server};

/// The server is killed once this many more messages are acknowledged.
const MESSAGES_BEFORE_A_KILL: u32 = 150;

/// What somebody has seen of a room: each event's seq, and the client message id of its message.
type Seen = BTreeMap<i64, String>;

/// What was acknowledged: the client message id, and the seq.
type Promises = HashMap<String, i64>;

/// `CRASH_ROUNDS` of the environment, or few enough for every run of the tests.
fn rounds() -> u32 {
    env::var("CRASH_ROUNDS").map_or(20, |rounds| rounds.parse().expect("CRASH_ROUNDS is a number"))
}

/// Writes until told to stop, one message after the other.
async fn write(
    connection: Connection,
    room: RoomId,
    acknowledged: Arc<Semaphore>,
    is_over: Arc<AtomicBool>,
) -> Promises {
    let mut promises = Promises::new();
    while !is_over.load(Ordering::Relaxed) {
        let sending = connection.send(&room, format!("message {}", promises.len()));
        let id = sending.client_message_id().to_owned();
        let posted = sending.await.expect("it is posted in the end");
        assert_eq!(promises.insert(id, posted.seq), None);
        acknowledged.add_permits(1);
    }
    promises
}

/// Records the updates until everything up to `head` has come, and checks their order.
async fn read(
    member: Client,
    room: RoomId,
    mut updates: Updates,
    first: i64,
    mut head: watch::Receiver<Option<i64>>,
) -> Seen {
    let (mut seen, mut last) = (Seen::new(), first);
    while head.borrow_and_update().is_none_or(|head| last < head) {
        let update = tokio::select! {
            update = updates.next() => update.expect("the connection lasts"),
            _ = head.changed() => continue,
        };
        match update {
            Update::Event(event) => {
                assert_eq!(event.seq, last + 1, "without a gap and without a repeat");
                last = event.seq;
                let EventKind::MessagePosted(message) = event.kind else { panic!("{:?}", event.kind) };
                seen.insert(message.seq, message.client_message_id.expect("it has one"));
            }
            Update::Loaded { seq, .. } => {
                // Too much was missed, so the client has loaded the room; the rest is in its history.
                let missed = messages_after(&member, &room, last).await;
                let missed = missed.into_iter().filter(|message| message.seq <= seq);
                seen.extend(
                    missed.map(|message| (message.seq, message.client_message_id.expect("it has one"))),
                );
                last = seq;
            }
            Update::Ended { reason, .. } => panic!("{reason}"),
            _ => {}
        }
    }
    seen
}

async fn messages_after(reader: &Client, room: &RoomId, seq: i64) -> Vec<Message> {
    let mut messages: Vec<Message> = Vec::new();
    loop {
        let after = messages.last().map_or(seq, |message| message.seq);
        let page = reader.history(room, Window::After(after)).await.expect("history is read");
        messages.extend(page.items);
        if !page.has_more {
            return messages;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn through_kills_each_message_reaches_the_log_and_everybody_once_in_one_order() {
    let mut server = Server::start().await;
    let relay = Relay::to(&server.url()).await;
    let owner = register_prime(&server, relay.url(), "member-1").await;
    let room = create_room(&owner).await;
    let mut members = vec![owner.clone()];
    for number in 2..=6 {
        let member = register(&server, relay.url(), &format!("member-{number}")).await;
        join(&member, &room).await;
        members.push(member);
    }
    let first = owner.room(&room).await.expect("shown").head_seq;

    let (acknowledged, is_over) = (Arc::new(Semaphore::new(0)), Arc::new(AtomicBool::new(false)));
    let head = watch::Sender::new(None);
    let (mut writers, mut readers, mut connections) = (JoinSet::new(), JoinSet::new(), Vec::new());
    for member in members {
        let (connection, mut updates) = member.connect(options());
        super::connected(&mut updates).await;
        readers.spawn(read(member, room.clone(), updates, first, head.subscribe()));
        connections.push(connection);
    }
    // Only once all are connected, so that all begin at the same point.
    for connection in &connections {
        let (connection, room) = (connection.clone(), room.clone());
        writers.spawn(write(connection, room, Arc::clone(&acknowledged), Arc::clone(&is_over)));
    }
    for _ in 0..rounds() {
        let enough = timeout(DEADLINE * 2, acknowledged.acquire_many(MESSAGES_BEFORE_A_KILL)).await;
        enough.expect("messages are acknowledged in time").expect("nobody closes it").forget();
        server.kill().await;
        server.restart().await;
        relay.turn_to(&server.url());
        server.assert_sound().await;
    }
    is_over.store(true, Ordering::Relaxed);
    let promises = timeout(DEADLINE, writers.join_all()).await.expect("every message is answered");
    head.send_replace(Some(owner.room(&room).await.expect("shown").head_seq));
    let seen_by_each = timeout(DEADLINE, readers.join_all()).await.expect("everybody sees everything");

    let log = messages_after(&owner, &room, first).await;
    let in_log: Seen = log
        .iter()
        .map(|message| (message.seq, message.client_message_id.clone().expect("it has one")))
        .collect();
    let head = first + i64::try_from(log.len()).expect("few");
    assert!(in_log.keys().copied().eq(first + 1..=head), "the log has no gap");
    for seen in &seen_by_each {
        assert!(*seen == in_log, "somebody has seen something else than the log says");
    }
    let written: usize = promises.iter().map(HashMap::len).sum();
    assert_eq!(written, log.len(), "no message stands there twice, and none that nobody wrote");
    for (id, seq) in promises.iter().flatten() {
        assert_eq!(in_log.get(seq), Some(id), "it stands where its acknowledgement says");
    }
    server.assert_sound().await;
}
