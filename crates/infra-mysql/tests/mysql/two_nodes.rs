//! Two nodes on one database, each with what it remembers of the rooms.

use domain::rules::messages::Posting;
use domain::{Denial, EventKind, RoomId, Seq};
use port_contract::{Actor, Cast, World};
use test_databases::{DatabaseServer, ReusedDatabase};
use tokio::task::{JoinHandle, JoinSet};
use uuid::Uuid;

use crate::store;

/// How often each race is run.
const ROUNDS: usize = 10;

struct Nodes {
    one: World,
    other: World,
    _database: ReusedDatabase,
}

impl Nodes {
    async fn on(server: DatabaseServer) -> Self {
        let database = server.reused_database().await;
        let open = || async {
            let stores = infra_mysql::open(store::settings(&database), None).await;
            World::new(stores.expect("the store opens").into())
        };
        let (one, other) = (open().await, open().await);
        Self { one, other, _database: database }
    }
}

/// Writes until it is denied, and answers why.
fn writes_on(writer: Actor, room: RoomId) -> JoinHandle<Denial> {
    tokio::spawn(async move {
        loop {
            if let Err(denial) = writer.posts(room, &Uuid::now_v7().to_string(), "still here").await {
                return denial;
            }
        }
    })
}

/// Waits until there is another message after `seq`.
async fn grows_beyond(reader: &Actor, room: RoomId, seq: Seq) {
    while reader.reads_facts(room).await.room.head_seq <= seq {
        tokio::task::yield_now().await;
    }
}

async fn writers_leave_no_gap_and_lose_nothing(server: DatabaseServer) {
    let nodes = Nodes::on(server).await;
    let cast = nodes.one.cast().await;
    let mut writers = JoinSet::new();
    for number in 0..32 {
        let node = if number % 2 == 0 { &nodes.one } else { &nodes.other };
        let writer = [&cast.ana, &cast.bo, &cast.cy][number % 3].within(node);
        let room = cast.room;
        writers.spawn(async move {
            let mut posted = Vec::new();
            for message in 0..10 {
                posted.push(writer.says(room, &format!("{message} of {number}")).await);
            }
            posted
        });
    }
    let mut posted = writers.join_all().await.concat();
    posted.sort_by_key(|message| message.seq);
    let first = posted.first().expect("320 messages").seq.0;
    assert!(posted.iter().map(|message| message.seq.0).eq(first..first + 320));
    let log = nodes.other.stores().rooms.log(cast.room, None, Seq(first - 1), 1_000).await.expect("readable");
    let stored: Vec<_> = log.events.iter().map(|event| &event.kind).collect();
    let as_answered: Vec<_> = posted.into_iter().map(EventKind::MessagePosted).collect();
    assert_eq!(stored, as_answered.iter().collect::<Vec<_>>());
    nodes.one.audits_clean().await;
}

async fn nobody_writes_after_being_removed_elsewhere(server: DatabaseServer) {
    let nodes = Nodes::on(server).await;
    let Cast { ana, bo, room, .. } = nodes.one.cast().await;
    for _ in 0..ROUNDS {
        let head = ana.reads_facts(room).await.room.head_seq;
        let writing = [writes_on(bo.clone(), room), writes_on(bo.within(&nodes.other), room)];
        grows_beyond(&ana, room, head).await;
        let removal = ana.removes(&bo, room).await.expect("Ana owns the room");
        for writing in writing {
            assert_eq!(writing.await.expect("no panic"), Denial::NotAMember);
        }
        let head = ana.reads_facts(room).await.room.head_seq;
        assert_eq!(head, removal.facts.room.head_seq.next(), "the removal is the last event");
        bo.joins(room).await.expect("Bo comes back");
    }
    nodes.one.audits_clean().await;
}

async fn somebody_who_joined_elsewhere_writes_at_once(server: DatabaseServer) {
    let nodes = Nodes::on(server).await;
    let Cast { ana, di, room, .. } = nodes.one.cast().await;
    let (ana_there, di_there) = (ana.within(&nodes.other), di.within(&nodes.other));
    for round in 0..ROUNDS {
        ana_there.says(room, "the other node remembers the room").await;
        let denied = di_there.posts(room, &format!("early {round}"), "hello").await;
        assert!(matches!(denied, Err(Denial::RoomNotFound | Denial::NotAMember)), "{denied:?}");
        di.joins(room).await.expect("there is a seat");
        di_there.says(room, "here I am").await;
        di.leaves(room).await.expect("Di sat there");
    }
    nodes.one.audits_clean().await;
}

async fn a_message_repeated_elsewhere_is_posted_once(server: DatabaseServer) {
    let nodes = Nodes::on(server).await;
    let Cast { bo, room, .. } = nodes.one.cast().await;
    for round in 0..ROUNDS {
        let mut posts = JoinSet::new();
        for number in 0..8 {
            let writer = bo.within(if number % 2 == 0 { &nodes.one } else { &nodes.other });
            let id = format!("round {round}");
            posts.spawn(async move { writer.posts(room, &id, "hello").await.expect("Bo sits there") });
        }
        let outcomes = posts.join_all().await;
        let seqs: Vec<_> = outcomes
            .iter()
            .map(|posting| match posting {
                Posting::New(message) => message.seq,
                Posting::Repeated(earlier) => earlier.message.seq,
            })
            .collect();
        assert!(seqs.windows(2).all(|pair| pair[0] == pair[1]), "{seqs:?}");
        assert_eq!(outcomes.iter().filter(|posting| matches!(posting, Posting::New(_))).count(), 1);
    }
    nodes.one.audits_clean().await;
}

/// However much is written, on however many nodes.
async fn the_owner_and_newcomers_get_their_turn(server: DatabaseServer) {
    let nodes = Nodes::on(server).await;
    let Cast { ana, bo, cy, di, room, .. } = nodes.one.cast().await;
    let head = ana.reads_facts(room).await.room.head_seq;
    let mut writing = Vec::new();
    for node in [&nodes.one, &nodes.other] {
        for writer in [&ana, &bo, &cy] {
            writing.push(writes_on(writer.within(node), room));
        }
    }
    grows_beyond(&ana, room, head).await;
    for _ in 0..ROUNDS {
        di.joins(room).await.expect("there is a seat");
        ana.removes(&di, room).await.expect("Ana owns the room");
    }
    ana.closes(room).await.expect("Ana owns the room");
    for writing in writing {
        assert_eq!(writing.await.expect("no panic"), Denial::RoomClosed);
    }
    nodes.one.audits_clean().await;
}

test_databases::on_both_servers! {
    writers_leave_no_gap_and_lose_nothing,
    nobody_writes_after_being_removed_elsewhere,
    somebody_who_joined_elsewhere_writes_at_once,
    a_message_repeated_elsewhere_is_posted_once,
    the_owner_and_newcomers_get_their_turn,
}
