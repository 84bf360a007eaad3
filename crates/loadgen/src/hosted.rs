//! A server that the generator starts itself.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use uuid::Uuid;

use crate::Failure;

/// A running server with a fresh data directory. It dies with this value.
#[derive(Debug)]
pub(crate) struct Hosted {
    binary: PathBuf,
    home: TempDir,
    environment: Vec<(&'static str, String)>,
    child: Child,
    pub(crate) url: String,
}

impl Hosted {
    /// Starts this binary on a free port. A database that the environment names is used.
    pub(crate) async fn start(binary: &Path) -> Result<Self, Failure> {
        let found = |error| {
            Failure::because(format!("{} does not exist; build the server first", binary.display()), error)
        };
        let binary = binary.canonicalize().map_err(found)?;
        let home =
            tempfile::tempdir().map_err(|error| Failure::because("there is no place for data", error))?;
        let mut environment = vec![
            ("LISTEN", "127.0.0.1:0".to_owned()),
            ("DATA_DIR", home.path().join("data").display().to_string()),
            ("RATE_LIMITS", "off".to_owned()),
            // The faster one for setting up accounts; neither is used during a measurement.
            ("PASSWORD_SCHEME", "argon2id".to_owned()),
            ("LOG", "warn".to_owned()),
        ];
        if std::env::var_os("JWT_SECRET").is_none() {
            environment
                .push(("JWT_SECRET", format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())));
        }
        let log = home.path().join("log");
        let stderr =
            File::create(&log).map_err(|error| Failure::because("the log cannot be written", error))?;
        let mut child = command(&binary, home.path(), &environment)
            .arg("serve")
            .stdout(Stdio::piped())
            .stderr(stderr)
            .spawn()
            .map_err(|error| Failure::because("the server cannot be started", error))?;
        let stdout = child.stdout.as_mut().expect("it is piped");
        let line = BufReader::new(stdout).lines().next_line().await.ok().flatten().unwrap_or_default();
        let Some((_, url)) = line.split_once(" is ready at ") else {
            let log = std::fs::read_to_string(log).unwrap_or_default();
            return Err(Failure::new(format!("the server did not become ready: {line}{log}")));
        };
        Ok(Self { binary, home, environment, child, url: url.to_owned() })
    }

    /// The server's process.
    pub(crate) fn pid(&self) -> Result<u32, Failure> {
        self.child.id().ok_or_else(|| Failure::new("the server has ended"))
    }

    /// Makes an account an admin.
    pub(crate) async fn make_admin(&self, user_id: &str) -> Result<(), Failure> {
        let made = command(&self.binary, self.home.path(), &self.environment)
            .args(["user", "admin", user_id])
            .output()
            .await
            .map_err(|error| Failure::because("the server's command line cannot be started", error))?;
        if made.status.success() {
            return Ok(());
        }
        Err(Failure::new(format!("nobody could be made an admin: {}", String::from_utf8_lossy(&made.stderr))))
    }
}

/// The binary in a directory of its own, so that it reads nobody's `.env`.
fn command(binary: &Path, home: &Path, environment: &[(&'static str, String)]) -> Command {
    let mut command = Command::new(binary);
    command
        .current_dir(home)
        .envs(environment.iter().map(|(name, value)| (name, value)))
        .stdin(Stdio::null())
        .kill_on_drop(true);
    command
}
