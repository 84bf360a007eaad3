use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::OnceCell;
use tokio::time::timeout;

use super::actor::Heard;
use super::{Actor, DEADLINE, Socket, Store};

/// The built binary, `hexroom serve`, on a store and a port of its own. It dies with this value.
pub(crate) struct Server {
    child: Child,
    store: Store,
    address: Arc<Mutex<String>>,
    home: TempDir,
    environment: Vec<(String, String)>,
    http: reqwest::Client,
    admin: OnceCell<Actor>,
    registered: AtomicUsize,
}

impl Server {
    /// A server without rate limits, with quick password hashing.
    pub(crate) async fn start() -> Self {
        Self::start_with(&[]).await
    }

    /// A server with these environment variables, in addition to the usual ones or instead of them.
    pub(crate) async fn start_with(changed: &[(&str, &str)]) -> Self {
        Self::start_on(Store::fresh().await, changed).await
    }

    /// A server on this store.
    pub(crate) async fn start_on(store: Store, changed: &[(&str, &str)]) -> Self {
        let home = tempfile::tempdir().expect("a temporary directory");
        let environment = environment(&store, changed);
        let (child, url) = launch(&home, &environment).await;
        Self {
            child,
            store,
            address: Arc::new(Mutex::new(url)),
            home,
            environment,
            http: reqwest::Client::builder().no_proxy().build().expect("a client"),
            admin: OnceCell::new(),
            registered: AtomicUsize::new(0),
        }
    }

    /// Where it listens now, as `http://127.0.0.1:PORT`.
    pub(crate) fn url(&self) -> String {
        self.address.lock().expect("nobody panicked here").clone()
    }

    /// The server's process, as long as it runs.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id().expect("the server runs")
    }

    /// All that it has stored, as a thief would find it; while it does not run.
    pub(crate) async fn stored(&self) -> Vec<String> {
        self.store.contents(self.home.path().join("data")).await
    }

    /// The directory that it works in.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    /// Everything it has logged so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(log_path(&self.home)).expect("the log is UTF-8")
    }

    /// Kills it at once, as a power cut would.
    pub(crate) async fn kill(&mut self) {
        self.child.kill().await.expect("the server runs");
    }

    /// Asks it to end, and waits until it has.
    pub(crate) async fn stop(&mut self) -> ExitStatus {
        self.ask_to_stop().await;
        self.exit().await
    }

    /// Asks it to end.
    pub(crate) async fn ask_to_stop(&self) {
        self.signal("TERM").await;
    }

    /// Sends its process a signal: `STOP` lets it do nothing more, `CONT` lets it go on.
    pub(crate) async fn signal(&self, name: &str) {
        let pid = self.pid().to_string();
        let sent = Command::new("sh").args(["-c", "kill -\"$0\" \"$1\"", name, &pid]).status().await;
        assert!(sent.expect("sh runs").success());
    }

    /// Waits until it has ended.
    pub(crate) async fn exit(&mut self) -> ExitStatus {
        timeout(DEADLINE, self.child.wait())
            .await
            .expect("the server ends in time")
            .expect("it can be awaited")
    }

    /// Starts it again on the same data, after it was killed or stopped. All actors use the new address.
    pub(crate) async fn restart(&mut self) {
        let (child, url) = launch(&self.home, &self.environment).await;
        self.child = child;
        *self.address.lock().expect("nobody panicked here") = url;
    }

    /// Changes a variable of the environment, for when it is started again and for commands.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.environment.retain(|(known, _)| known != name);
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    /// Runs `hexroom` with these arguments on the same data.
    pub(crate) async fn run(&self, arguments: &[&str]) -> Output {
        let running = command(&self.home, &self.environment).args(arguments).output();
        timeout(DEADLINE, running).await.expect("the command ends in time").expect("the command starts")
    }

    /// Runs `hexroom` with these arguments, which must succeed, and returns what it printed.
    pub(crate) async fn run_well(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments).await;
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        let complained = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "hexroom {arguments:?}: {printed}{complained}");
        printed
    }

    /// Asserts that every invariant of docs/architecture.md holds in the store.
    pub(crate) async fn assert_sound(&self) {
        self.run_well(&["audit"]).await;
    }

    /// Somebody without an account.
    pub(crate) fn anybody(&self) -> Actor {
        Actor::new(self.http.clone(), Arc::clone(&self.address), "anybody", 0)
    }

    /// A new account, signed in on its first device.
    pub(crate) async fn register(&self, user_id: &str) -> Actor {
        self.register_with(user_id, json!({})).await
    }

    /// A new account with coins.
    pub(crate) async fn register_rich(&self, user_id: &str, coins: i64) -> Actor {
        self.register_with(user_id, json!({"availCoins": coins})).await
    }

    async fn register_with(&self, user_id: &str, more: Value) -> Actor {
        let actor = self.newcomer(user_id);
        let mut body = actor.registration();
        for (name, value) in more.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        let answer = actor.post("/api/register", body).await.json(201);
        actor.take_tokens(&answer);
        actor
    }

    /// Somebody who could register but has not yet.
    pub(crate) fn newcomer(&self, user_id: &str) -> Actor {
        let number = self.registered.fetch_add(1, Ordering::Relaxed) + 1;
        Actor::new(self.http.clone(), Arc::clone(&self.address), user_id, number)
    }

    /// Several new accounts at once.
    pub(crate) async fn register_all<const N: usize>(&self, user_ids: [&str; N]) -> [Actor; N] {
        let actors = futures_util::future::join_all(user_ids.map(|user_id| self.register(user_id))).await;
        actors.try_into().unwrap_or_else(|_| panic!("as many actors as names"))
    }

    /// A room of Ana's, a prime member, in which Bo sits too.
    pub(crate) async fn ana_and_bo(&self) -> (Actor, Actor, String) {
        let ana = self.register_prime("ana").await;
        let bo = self.register("bo-b").await;
        let room = ana.create_room("Garden").await;
        bo.join(&room).await.expect_status(200);
        (ana, bo, room)
    }

    /// Six members, its owner first, and their room.
    pub(crate) async fn full_room(&self) -> (Vec<Actor>, String) {
        let ana = self.register_prime("ana").await;
        let room = ana.create_room("Garden").await;
        let mut members = vec![ana];
        for member in self.register_all(["m-2", "m-3", "m-4", "m-5", "m-6"]).await {
            member.join(&room).await.expect_status(200);
            members.push(member);
        }
        (members, room)
    }

    /// A new prime member.
    pub(crate) async fn register_prime(&self, user_id: &str) -> Actor {
        let actor = self.register(user_id).await;
        self.make_prime(&actor).await;
        actor
    }

    /// Grants prime without an end, as an admin does.
    pub(crate) async fn make_prime(&self, actor: &Actor) {
        let path = format!("/api/admin/users/{}/prime", actor.user_id);
        self.admin().await.put(&path, json!({})).await.expect_status(200);
    }

    /// Grants coins, as an admin does.
    pub(crate) async fn grant(&self, actor: &Actor, coins: i64) {
        let key = format!("grant-{}", self.registered.fetch_add(1, Ordering::Relaxed));
        let answer = self.admin().await.grant_coins(&actor.user_id, coins, &key).await;
        answer.expect_status(200);
    }

    /// The admin, whom the command line has made one.
    pub(crate) async fn admin(&self) -> &Actor {
        self.admin
            .get_or_init(|| async {
                let admin = self.register("the-admin").await;
                self.run_well(&["user", "admin", "the-admin"]).await;
                admin
            })
            .await
    }

    /// A socket to this server on which nothing has been sent.
    pub(crate) async fn socket(&self) -> Socket {
        Socket::open(&self.url(), Heard::default()).await
    }
}

/// Far more than any answer takes, so that a busy machine fails no test.
const PATIENCE: (&str, &str) = ("DB_TIMEOUT", "60s");

fn environment(store: &Store, changed: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut environment: Vec<(String, String)> =
        [("LISTEN", "127.0.0.1:0"), ("RATE_LIMITS", "off"), ("PASSWORD_SCHEME", "argon2id"), PATIENCE]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into();
    environment.extend(store.environment());
    for (name, value) in changed {
        environment.retain(|(known, _)| known != name);
        environment.push(((*name).to_owned(), (*value).to_owned()));
    }
    environment
}

fn log_path(home: &TempDir) -> PathBuf {
    home.path().join("stderr.log")
}

/// `hexroom` with only these environment variables, in a directory of its own.
fn command(home: &TempDir, environment: &[(String, String)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hexroom"));
    command
        .current_dir(home.path())
        .env_clear()
        .env("DATA_DIR", home.path().join("data"))
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}

async fn launch(home: &TempDir, environment: &[(String, String)]) -> (Child, String) {
    let log: File =
        OpenOptions::new().create(true).append(true).open(log_path(home)).expect("a log file can be made");
    let mut child = command(home, environment)
        .arg("serve")
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .expect("the server starts");
    let mut lines = BufReader::new(child.stdout.as_mut().expect("stdout is piped")).lines();
    let line = timeout(DEADLINE, lines.next_line()).await.expect("the server is ready in time");
    let line = line.expect("stdout can be read").unwrap_or_else(|| {
        let log = fs::read_to_string(log_path(home)).unwrap_or_default();
        panic!("the server ended before it was ready: {log}")
    });
    let url = line.strip_prefix("Hexroom is ready at ").unwrap_or_else(|| panic!("unexpected: {line}"));
    (child, url.to_owned())
}
