//! A database server that goes away while clients are at work, and comes back: nothing that was
//! acknowledged is lost, nothing is done twice, and nobody has to start Hexroom again.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use mysql_async::Conn;
use mysql_async::prelude::Queryable;
use test_databases::DatabaseProcess;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::crash::whole_history;
use crate::refused_commits::{Promises, a_command_runs, becomes_ready, is_not_ready, rounds};
use crate::support::{Actor, Answer, DEADLINE, Server, Store, Value, number, text};

/// How many answers of a kind are awaited before the test goes on.
const ENOUGH: u32 = 100;

/// The clients that are at work while the database comes and goes.
struct Scene {
    acknowledgements: Semaphore,
    refusals: Semaphore,
    is_over: AtomicBool,
}

impl Scene {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            acknowledgements: Semaphore::new(0),
            refusals: Semaphore::new(0),
            is_over: AtomicBool::new(false),
        })
    }

    /// Asks until it is acknowledged. Any other answer must say that the store is unavailable.
    async fn acknowledged<F: Future<Output = Answer>>(&self, ask: impl Fn() -> F) -> Answer {
        loop {
            let answer = ask().await;
            if matches!(answer.status, 200 | 201) {
                self.acknowledgements.add_permits(1);
                return answer;
            }
            answer.refusal(503, "unavailable");
            self.refusals.add_permits(1);
        }
    }

    fn goes_on(&self) -> bool {
        !self.is_over.load(Ordering::Relaxed)
    }
}

async fn wait_for_more(answers: &Semaphore) {
    let enough = timeout(DEADLINE * 4, answers.acquire_many(ENOUGH)).await.expect("they come in time");
    enough.expect("nobody closes it").forget();
}

/// Sends one message after the other, each until it is acknowledged; returns the acknowledgements by
/// client id.
async fn send(scene: Arc<Scene>, sender: Actor, room: String) -> (Actor, HashMap<String, Value>) {
    let mut acknowledged = HashMap::new();
    while scene.goes_on() {
        let id = format!("message-{}", acknowledged.len());
        let post = || sender.post_message(&room, &id, "are you there?");
        let acknowledgement = scene.acknowledged(post).await;
        acknowledged.insert(id.clone(), acknowledgement.body);
    }
    (sender, acknowledged)
}

/// Grants a coin under one key after the other, each until it is acknowledged; returns how many.
async fn grant(scene: Arc<Scene>, admin: Actor, member: Actor) -> i64 {
    let mut granted = 0;
    while scene.goes_on() {
        let key = format!("coin-{granted}");
        scene.acknowledged(|| admin.grant_coins(&member.user_id, 1, &key)).await;
        granted += 1;
    }
    granted
}

/// Hexroom on a database server of its own.
pub(crate) async fn server_on(database: &DatabaseProcess, more: &[(&str, &str)]) -> Server {
    database.server().execute(&["CREATE DATABASE IF NOT EXISTS hexroom"]).await;
    let port = database.server().options().tcp_port().to_string();
    let mut settings = vec![
        ("DB_HOST", "127.0.0.1"),
        ("DB_PORT", port.as_str()),
        ("DB_USER", "root"),
        ("DB_NAME", "hexroom"),
        ("JWT_SECRET", "a signing secret for tests alone, of more than 32 bytes"),
    ];
    settings.extend(more);
    Server::start_on(Store::Embedded, &settings).await
}

async fn a_database_that_is_killed_under_load_loses_nothing_and_repeats_nothing(program: &str) {
    let mut database = DatabaseProcess::start(program).await;
    // A machine that is busy should not look like a database that hangs.
    let server = server_on(&database, &[("DB_TIMEOUT", "20s")]).await;
    let ana = server.register_prime("ana").await;
    let room = ana.create_room("Garden").await;
    let members = server.register_all(["m-2", "m-3", "m-4", "m-5", "m-6"]).await;
    for member in &members {
        member.join(&room).await.expect_status(200);
    }

    let scene = Scene::new();
    let mut senders = JoinSet::new();
    for member in members.clone() {
        senders.spawn(send(scene.clone(), member, room.clone()));
    }
    let granting = tokio::spawn(grant(scene.clone(), server.admin().await.clone(), members[0].clone()));
    wait_for_more(&scene.acknowledgements).await;
    database.kill().await;
    wait_for_more(&scene.refusals).await;
    database.restart().await;
    wait_for_more(&scene.acknowledgements).await;
    wait_for_more(&scene.acknowledgements).await;
    scene.is_over.store(true, Ordering::Relaxed);
    let promised = timeout(DEADLINE, senders.join_all()).await.expect("every sender ends");
    let granted = timeout(DEADLINE, granting).await.expect("it ends").expect("no panic");

    server.assert_sound().await;
    let history = whole_history(&ana, &room).await;
    let seqs: Vec<_> = history.iter().map(|message| number(&message["seq"])).collect();
    assert_eq!(seqs, (7..7 + i64::try_from(seqs.len()).expect("few")).collect::<Vec<_>>(), "no gap");
    let mut written: HashMap<_, _> = history
        .iter()
        .map(|message| ((text(&message["senderId"]), text(&message["clientMessageId"])), message))
        .collect();
    assert_eq!(written.len(), history.len(), "no message is there twice");
    for (sender, acknowledged) in promised {
        for (id, ack) in acknowledged {
            let message = written.remove(&(sender.user_id.clone(), id.clone()));
            let message = message.unwrap_or_else(|| panic!("{id} of {} is lost", sender.user_id));
            assert_eq!((&message["seq"], &message["messageId"]), (&ack["seq"], &ack["messageId"]));
        }
    }
    assert!(written.is_empty(), "{written:?} were never acknowledged");
    assert_eq!(number(&members[0].me().await["availCoins"]), granted, "each coin was given once");
}

async fn a_database_that_hangs_is_reported_and_used_again_when_it_goes_on(program: &str) {
    let database = DatabaseProcess::start(program).await;
    let server = server_on(&database, &[("DB_TIMEOUT", "2500ms")]).await;
    let ana = server.register_prime("ana").await;
    let room = ana.create_room("Garden").await;
    let say = || async {
        let posting = ana.post_message(&room, "the only one", "are you there?");
        timeout(DEADLINE, posting).await.expect("there is an answer")
    };

    database.pause().await;
    let refused = say().await;
    assert!(!refused.header("retry-after").is_empty(), "{refused:?}");
    refused.refusal(503, "unavailable");
    server.anybody().get("/healthz").await.expect_status(200);
    server.anybody().get("/readyz").await.expect_status(503);
    database.resume().await;

    let recovering = async {
        loop {
            let answer = say().await;
            if answer.status != 503 {
                return answer;
            }
        }
    };
    let answer = timeout(DEADLINE, recovering).await.expect("it recovers");
    assert!(matches!(answer.status, 200 | 201), "{}", answer.text);
    server.anybody().get("/readyz").await.expect_status(200);
    assert_eq!(ana.messages(&room).await.len(), 1, "it was posted once");
    server.assert_sound().await;
}

async fn nothing_is_lost_after_commits_were_refused(program: &str) {
    let mut database = DatabaseProcess::start(program).await;
    let mut server = server_on(&database, &[]).await;
    let mut promises = Promises::of(&server).await;
    server.stop().await;
    server.set("DB_TIMEOUT", "1s");
    server.restart().await;
    for round in 0..rounds() {
        match round % 3 {
            0 => {
                database.kill().await;
                promises.until_refused().await;
                is_not_ready(&server).await;
                database.restart().await;
            }
            1 => {
                database.pause().await;
                promises.until_refused().await;
                is_not_ready(&server).await;
                database.resume().await;
            }
            _ => {
                let mut locking =
                    Conn::new(database.server().options()).await.expect("the server lets root in");
                locking.query_drop("FLUSH TABLES WITH READ LOCK").await.expect("root may");
                promises.until_refused().await;
                is_not_ready(&server).await;
                locking.query_drop("UNLOCK TABLES").await.expect("root may");
                locking.disconnect().await.expect("the server lets root go");
            }
        }
        becomes_ready(&server).await;
        a_command_runs(&server, round).await;
        promises.posted(10).await;
        server.kill().await;
        server.restart().await;
        promises.are_kept(&server).await;
    }
}

test_databases::with_both_programs! {
    a_database_that_is_killed_under_load_loses_nothing_and_repeats_nothing,
    a_database_that_hangs_is_reported_and_used_again_when_it_goes_on,
    nothing_is_lost_after_commits_were_refused,
}
