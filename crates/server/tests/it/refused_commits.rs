//! Commits that are refused while the server runs, by another process's lock or a full disk, and then a power
//! cut: everything acknowledged is there, although other processes opened and closed the database meanwhile.

use std::collections::HashMap;
use std::env;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use tempfile::TempDir;
use tokio::time::timeout;

use crate::crash::whole_history;
use crate::support::{Actor, DEADLINE, Server, Store, Value, number, text};

/// `CRASH_ROUNDS` of the environment, or few enough for every run of the tests.
pub(crate) fn rounds() -> usize {
    env::var("CRASH_ROUNDS").map_or(20, |rounds| rounds.parse().expect("CRASH_ROUNDS is a number"))
}

/// A room with an owner, and what they were promised in it.
pub(crate) struct Promises {
    owner: Actor,
    room: String,
    asked: usize,
    acknowledged: HashMap<String, Value>,
}

impl Promises {
    pub(crate) async fn of(server: &Server) -> Self {
        let owner = server.register_prime("ana").await;
        let room = owner.create_room("Garden").await;
        Self { owner, room, asked: 0, acknowledged: HashMap::new() }
    }

    /// Posts a message. Any other answer than an acknowledgement must say that the store is unavailable.
    async fn is_posted(&mut self, id: &str) -> bool {
        let posting = self.owner.post_message(&self.room, id, "are you there?");
        let answer = timeout(DEADLINE, posting).await.expect("there is an answer");
        if matches!(answer.status, 200 | 201) {
            self.acknowledged.insert(id.to_owned(), answer.body);
            return true;
        }
        answer.refusal(503, "unavailable");
        false
    }

    /// An access token does not last as long as many rounds.
    async fn sign_in_again(&self) {
        let signing_in = async {
            loop {
                let answer = self.owner.login().await;
                if answer.status == 200 {
                    return answer.body;
                }
                answer.refusal(503, "unavailable");
            }
        };
        let tokens = timeout(DEADLINE, signing_in).await.expect("they are let in in the end");
        self.owner.take_tokens(&tokens);
    }

    fn next_id(&mut self) -> String {
        self.asked += 1;
        format!("message-{}", self.asked)
    }

    /// Posts messages until one is refused.
    pub(crate) async fn until_refused(&mut self) {
        let posting = async {
            loop {
                let id = self.next_id();
                if !self.is_posted(&id).await {
                    return;
                }
            }
        };
        timeout(DEADLINE * 4, posting).await.expect("a message is refused in the end");
    }

    /// Posts `count` messages, each until it is acknowledged.
    pub(crate) async fn posted(&mut self, messages: usize) {
        let posting = async {
            for _ in 0..messages {
                let id = self.next_id();
                while !self.is_posted(&id).await {}
            }
        };
        timeout(DEADLINE * 4, posting).await.expect("they are acknowledged in the end");
    }

    /// Asserts that everything that was acknowledged is there, in a store without a fault.
    pub(crate) async fn are_kept(&self, server: &Server) {
        self.sign_in_again().await;
        let history = whole_history(&self.owner, &self.room).await;
        let found: HashMap<_, _> =
            history.iter().map(|message| (text(&message["clientMessageId"]), message)).collect();
        assert_eq!(found.len(), history.len(), "no message is there twice");
        let seqs = history.iter().map(|message| number(&message["seq"]));
        assert!(seqs.eq(2..2 + i64::try_from(history.len()).expect("few")), "the log has no gap");
        for (id, promised) in &self.acknowledged {
            let kept =
                found.get(id).unwrap_or_else(|| panic!("{id} was acknowledged and is lost: {promised}"));
            assert_eq!(kept["seq"], promised["seq"]);
        }
        server.assert_sound().await;
    }
}

/// Asserts that the server says it is not ready.
pub(crate) async fn is_not_ready(server: &Server) {
    server.anybody().get("/readyz").await.refusal(503, "unavailable");
    server.anybody().get("/healthz").await.expect_status(200);
}

/// Waits until the server says that it is ready.
pub(crate) async fn becomes_ready(server: &Server) {
    let asking = async { while server.anybody().get("/readyz").await.status != 200 {} };
    timeout(DEADLINE, asking).await.expect("it is ready again without a restart");
}

/// Another process's connection: this test is one.
pub(crate) fn another_connection(database: &Path) -> SqliteConnection {
    let name = database.to_str().expect("a path in UTF-8");
    let mut connection = SqliteConnection::establish(name).expect("the file opens");
    connection.batch_execute("PRAGMA busy_timeout = 10000").expect("it waits");
    connection
}

/// Runs one of the commands that may be run beside a server, which one depends on the round.
pub(crate) async fn a_command_runs(server: &Server, round: usize) {
    let copy = server.home().join(format!("export-{round}"));
    let copy = copy.to_str().expect("a path in UTF-8");
    let commands: [&[&str]; 5] =
        [&["audit"], &["export", copy], &["user", "prime", "ana"], &["migrate"], &["config"]];
    server.run_well(commands[round % commands.len()]).await;
}

/// What others do beside a running server: each opens the database, uses it and closes it.
async fn others_use_it(server: &Server, database: &Path, round: usize) {
    a_command_runs(server, round).await;
    let backup = server.home().join(format!("backup-{round}"));
    another_connection(database)
        .batch_execute(&format!("VACUUM INTO '{}'", backup.display()))
        .expect("a backup can be made");
}

/// A server that soon gives up, on a database in `folder`.
async fn server_in(folder: &Path) -> (Server, PathBuf, Promises) {
    let data_dir = folder.join("data");
    let folder = data_dir.to_str().expect("a path in UTF-8");
    let mut server = Server::start_on(Store::Embedded, &[("DATA_DIR", folder)]).await;
    let promises = Promises::of(&server).await;
    server.stop().await;
    server.set("DB_TIMEOUT", "500ms");
    server.restart().await;
    (server, data_dir.join("hexroom.db"), promises)
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_after_another_process_held_the_lock() {
    let folder = tempfile::tempdir().expect("a temporary directory");
    let (mut server, database, mut promises) = server_in(folder.path()).await;
    for round in 0..rounds() {
        let mut locking = another_connection(&database);
        locking.batch_execute("BEGIN IMMEDIATE").expect("the other process has the lock");
        promises.until_refused().await;
        is_not_ready(&server).await;
        locking.batch_execute("ROLLBACK").expect("the other process is done");
        drop(locking);

        others_use_it(&server, &database, round).await;
        becomes_ready(&server).await;
        promises.posted(10).await;
        server.kill().await;
        server.restart().await;
        promises.are_kept(&server).await;
    }
}

/// A disk of 64 MiB.
struct SmallDisk(TempDir);

impl SmallDisk {
    fn mount() -> Self {
        let folder = tempfile::tempdir().expect("a temporary directory");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=64m", "tmpfs"])
            .arg(folder.path())
            .status()
            .expect("there is a program `mount`");
        assert!(mounted.success(), "a small disk cannot be mounted: this test takes root");
        Self(folder)
    }

    fn fill(&self) -> File {
        let mut file = File::create(self.filling()).expect("there is room for a name");
        let some = vec![0; 64 * 1024];
        while file.write_all(&some).is_ok() {}
        // And what is left, to the last page.
        while file.write_all(&some[..4096]).is_ok() {}
        file
    }

    fn empty(&self) {
        fs::remove_file(self.filling()).expect("it was filled");
    }

    fn filling(&self) -> PathBuf {
        self.0.path().join("filling")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // At once or, if something is still open there, when that is closed.
        drop(Command::new("umount").arg("--lazy").arg(self.0.path()).status());
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes root, who may mount a small disk"]
async fn nothing_is_lost_after_the_disk_was_full() {
    let disk = SmallDisk::mount();
    let (mut server, database, mut promises) = server_in(disk.0.path()).await;
    for round in 0..rounds() {
        let filling = disk.fill();
        promises.until_refused().await;
        is_not_ready(&server).await;
        drop(filling);
        disk.empty();

        others_use_it(&server, &database, round).await;
        becomes_ready(&server).await;
        promises.posted(10).await;
        server.kill().await;
        server.restart().await;
        promises.are_kept(&server).await;
    }
    server.stop().await;
}
