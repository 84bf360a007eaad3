use std::env;
use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::{DatabaseServer, Endpoint};

/// How long it may take to start; generous, for the machine may be busy.
const DEADLINE: Duration = Duration::from_mins(2);

/// What nobody should set for all sessions, and somebody will: a statement a line.
const HOSTILE_GLOBALS: &str = include_str!("../../../scripts/database-servers/hostile-globals.sql");

/// A database server of a test's own, as a child process that may be killed and stopped. It dies with
/// this value.
#[derive(Debug)]
pub struct DatabaseProcess {
    child: Child,
    /// A program that takes the options of `mysqld` and stays in the foreground.
    program: String,
    folder: TempDir,
    port: u16,
}

impl DatabaseProcess {
    /// A server run by the program that `variable` names.
    pub async fn start(variable: &str) -> Self {
        let program = env::var(variable).unwrap_or_else(|_| panic!("{variable} names no program"));
        let folder = tempfile::tempdir().expect("a temporary directory");
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = free.local_addr().expect("it is bound").port();
        drop(free);
        fs::create_dir(folder.path().join("temporary")).expect("a folder in the folder");
        let filling = Command::new(&program)
            .arg("--initialize-insecure")
            .args(places(folder.path()))
            .stdin(Stdio::null())
            .kill_on_drop(true)
            .output();
        let filled = timeout(DEADLINE, filling).await.expect("it ends").expect("the program starts");
        assert!(filled.status.success(), "{}", String::from_utf8_lossy(&filled.stderr));

        let child = run(&program, folder.path(), port).await;
        Self { child, program, folder, port }
    }

    /// The server, as long as it runs. Its root needs no password.
    pub fn server(&self) -> DatabaseServer {
        DatabaseServer(Endpoint::Port(self.port))
    }

    /// Gives every new session what nobody should.
    pub async fn set_hostile_globals(&self) {
        let statements = HOSTILE_GLOBALS.lines().filter(|line| !line.starts_with("--"));
        self.server().execute(&statements.collect::<Vec<_>>()).await;
    }

    /// The variables that those are, of one kind of server or of both.
    pub fn hostile_globals() -> impl Iterator<Item = &'static str> {
        HOSTILE_GLOBALS
            .lines()
            .filter_map(|line| line.split_once("SET GLOBAL ")?.1.split_once(" = "))
            .map(|set| set.0)
    }

    /// Kills it at once, as a power cut would.
    pub async fn kill(&mut self) {
        self.child.kill().await.expect("the server runs");
    }

    /// Starts it again on the same data, and waits until it takes connections.
    pub async fn restart(&mut self) {
        self.child = run(&self.program, self.folder.path(), self.port).await;
    }

    /// Lets it do nothing more, not even say so.
    pub async fn pause(&self) {
        self.signal("STOP").await;
    }

    /// Lets it go on.
    pub async fn resume(&self) {
        self.signal("CONT").await;
    }

    async fn signal(&self, name: &str) {
        let pid = self.child.id().expect("the server runs").to_string();
        let sent = Command::new("sh").args(["-c", "kill -\"$0\" \"$1\"", name, &pid]).status().await;
        assert!(sent.expect("sh runs").success());
    }
}

/// Makes two tests of each function that takes the variable naming a server's program: one of MySQL, one of
/// MariaDB.
#[macro_export]
macro_rules! with_both_programs {
    ($($test:ident),* $(,)?) => {
        mod mysql {
            $(
                #[::tokio::test(flavor = "multi_thread")]
                #[ignore = "takes a program at TEST_MYSQLD"]
                async fn $test() {
                    super::$test("TEST_MYSQLD").await;
                }
            )*
        }

        mod mariadb {
            $(
                #[::tokio::test(flavor = "multi_thread")]
                #[ignore = "takes a program at TEST_MARIADBD"]
                async fn $test() {
                    super::$test("TEST_MARIADBD").await;
                }
            )*
        }
    };
}

/// Where a server keeps what it keeps. One that starts clears its temporary folder, also of what belongs
/// to others.
fn places(folder: &Path) -> [String; 2] {
    let place = |option, name| format!("--{option}={}", folder.join(name).display());
    [place("datadir", "data"), place("tmpdir", "temporary")]
}

/// Runs the server and waits until it takes connections.
async fn run(program: &str, folder: &Path, port: u16) -> Child {
    let mut child = Command::new(program)
        .args(places(folder))
        .arg(format!("--port={port}"))
        .arg("--bind-address=127.0.0.1")
        .arg(format!("--socket={}", folder.join("socket").display()))
        .arg(format!("--pid-file={}", folder.join("pid").display()))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the program starts");
    let log = child.stderr.take().expect("stderr is piped");
    let ready = wait_until_ready(log, format!("port: {port} "));
    timeout(DEADLINE, ready).await.expect("the server is ready in time");
    child
}

/// Both kinds say their port when they take connections. What they say after that is nobody's, but must
/// be taken from them.
async fn wait_until_ready(log: impl AsyncRead + Unpin + Send + 'static, mark: String) {
    let mut lines = BufReader::new(log).lines();
    let mut told = String::new();
    loop {
        let line = lines.next_line().await.expect("the log can be read");
        let line = line.unwrap_or_else(|| panic!("the server ended before it was ready: {told}"));
        if line.contains(&mark) {
            break;
        }
        told.push_str(&line);
        told.push('\n');
    }
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
}
