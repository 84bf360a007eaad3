use std::env;
use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::Stdio;

use mysql_async::prelude::Queryable;
use mysql_async::{Conn, OptsBuilder};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::DEADLINE;

/// A database server of a test's own, as a child process that may be killed and stopped. It dies with
/// this value.
pub(crate) struct DatabaseProcess {
    child: Child,
    /// A program that takes the options of `mysqld` and stays in the foreground.
    program: String,
    folder: TempDir,
    port: u16,
}

impl DatabaseProcess {
    /// A server run by the program that `variable` names, with an empty database.
    pub(crate) async fn start(variable: &str) -> Self {
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
        let filled = timeout(DEADLINE * 4, filling).await.expect("it ends").expect("the program starts");
        assert!(filled.status.success(), "{}", String::from_utf8_lossy(&filled.stderr));

        let child = run(&program, folder.path(), port).await;
        let server = Self { child, program, folder, port };
        let mut connection = server.connect().await;
        connection.query_drop("CREATE DATABASE hexroom").await.expect("a database");
        connection.disconnect().await.expect("the server lets root go");
        server
    }

    /// A connection past Hexroom.
    pub(crate) async fn connect(&self) -> Conn {
        let options =
            OptsBuilder::default().ip_or_hostname("127.0.0.1").tcp_port(self.port).user(Some("root"));
        Conn::new(options).await.expect("the server lets root in")
    }

    /// What leads Hexroom to it.
    pub(crate) fn environment(&self) -> Vec<(String, String)> {
        let port = self.port.to_string();
        let settings = [
            ("DB_HOST", "127.0.0.1"),
            ("DB_PORT", &port),
            ("DB_USER", "root"),
            ("DB_NAME", "hexroom"),
            ("JWT_SECRET", "a signing secret for tests alone, of more than 32 bytes"),
        ];
        settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
    }

    /// Kills it at once, as a power cut would.
    pub(crate) async fn kill(&mut self) {
        self.child.kill().await.expect("the server runs");
    }

    /// Starts it again on the same data, and waits until it takes connections.
    pub(crate) async fn restart(&mut self) {
        self.child = run(&self.program, self.folder.path(), self.port).await;
    }

    /// Lets it do nothing more, not even say so.
    pub(crate) async fn pause(&self) {
        self.signal("STOP").await;
    }

    /// Lets it go on.
    pub(crate) async fn resume(&self) {
        self.signal("CONT").await;
    }

    async fn signal(&self, name: &str) {
        let pid = self.child.id().expect("the server runs").to_string();
        let sent = Command::new("sh").args(["-c", "kill -\"$0\" \"$1\"", name, &pid]).status().await;
        assert!(sent.expect("sh runs").success());
    }
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
    timeout(DEADLINE * 4, ready).await.expect("the server is ready in time");
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
