//! The server that is measured.

use std::env;
use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use client::{Client, Registration, SecretString, Server};
use uuid::Uuid;

use crate::Failure;
use crate::hosted::Hosted;

const ADMIN: &str = "LOADGEN_ADMIN";
const ADMIN_PASSWORD: &str = "LOADGEN_ADMIN_PASSWORD";

/// Which server to measure.
#[derive(Debug, Clone, Args)]
pub struct TargetOptions {
    /// The server's binary, started on a fresh data directory; the environment may choose `MySQL`
    #[arg(long, value_name = "PATH", default_value = "target/release/hexroom", conflicts_with = "url")]
    pub server: PathBuf,
    /// A server on this machine instead, run with `RATE_LIMITS=off`; it takes the user id and the
    /// password of an admin in `LOADGEN_ADMIN` and `LOADGEN_ADMIN_PASSWORD`
    #[arg(long, requires = "pid")]
    pub url: Option<String>,
    /// The process of the server at --url, for its CPU and memory
    #[arg(long, requires = "url")]
    pub pid: Option<u32>,
    /// A process whose CPU and memory are also of interest, such as the database's
    #[arg(long, value_name = "PID")]
    pub database_pid: Option<u32>,
}

/// A server that is ready to be measured.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) server: Server,
    pub(crate) address: SocketAddr,
    pub(crate) pid: u32,
    pub(crate) database_pid: Option<u32>,
    /// Tells this measurement's accounts from those of others in the same store.
    pub(crate) tag: String,
    admin: Client,
    /// Kept, because the server dies with it.
    _hosted: Option<Hosted>,
}

impl Target {
    /// Finds the server, or starts it.
    pub(crate) async fn prepare(options: &TargetOptions) -> Result<Self, Failure> {
        let hosted = match &options.url {
            Some(_) => None,
            None => Some(Hosted::start(&options.server).await?),
        };
        let url = hosted.as_ref().map(|hosted| &hosted.url).or(options.url.as_ref());
        let url = url.ok_or_else(|| Failure::new("there is no server"))?;
        let address = loopback(url)?;
        let server = Server::at(url)?;
        let tag = Uuid::new_v4().simple().to_string()[..8].to_owned();
        let (admin, pid) = if let Some(hosted) = &hosted {
            let admin = server.register(&registration(&tag, "admin", 0)).await?;
            hosted.make_admin(admin.account.user_id.as_str()).await?;
            (admin.client, hosted.pid()?)
        } else {
            let variable = |name| env::var(name).map_err(|_| Failure::new(format!("{name} is missing")));
            let password = SecretString::from(variable(ADMIN_PASSWORD)?);
            let admin = server.login(&variable(ADMIN)?, password, &format!("loadgen {tag}")).await?;
            (admin.client, options.pid.ok_or_else(|| Failure::new("--pid is missing"))?)
        };
        Ok(Self { server, address, pid, database_pid: options.database_pid, tag, admin, _hosted: hosted })
    }

    /// Registers somebody new.
    pub(crate) async fn register(&self, number: usize) -> Result<Client, Failure> {
        let registration = registration(&self.tag, &number.to_string(), number);
        Ok(self.server.register(&registration).await?.client)
    }

    /// Makes somebody a prime member.
    pub(crate) async fn make_prime(&self, number: usize) -> Result<(), Failure> {
        self.admin.grant_prime(&user_id(&self.tag, &number.to_string()).into(), None).await?;
        Ok(())
    }
}

fn user_id(tag: &str, name: &str) -> String {
    format!("load-{tag}-{name}")
}

fn registration(tag: &str, name: &str, number: usize) -> Registration {
    Registration {
        user_id: user_id(tag, name),
        device_id: "loadgen".to_owned(),
        name: format!("Load {name}"),
        phone: format!("+49151{:07}", number % 10_000_000),
        password: Uuid::new_v4().to_string().into(),
        avail_coins: None,
    }
}

/// The address of a server on this machine; any other is refused.
fn loopback(url: &str) -> Result<SocketAddr, Failure> {
    let authority = url.strip_prefix("http://").map(|rest| rest.trim_end_matches('/'));
    let address: Option<SocketAddr> = authority.and_then(|authority| authority.parse().ok());
    address.filter(|address| address.ip().is_loopback()).ok_or_else(|| {
        Failure::new(format!(
            "{url} is not on this machine; expected an address such as http://127.0.0.1:8080"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_put_under_load() {
        for here in ["http://127.0.0.1:8080", "http://127.0.0.2:80/", "http://[::1]:8080"] {
            assert!(loopback(here).is_ok(), "{here}");
        }
        let elsewhere = [
            "http://192.0.2.1:8080",
            "http://example.org:80",
            "https://127.0.0.1:443",
            "http://0.0.0.0:8080",
            "",
            "x",
        ];
        for elsewhere in elsewhere {
            assert!(loopback(elsewhere).is_err(), "{elsewhere}");
        }
    }
}
