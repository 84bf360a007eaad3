use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use infra_sql::USUAL_PATIENCE;
use secrecy::SecretString;

/// Whether what goes to the server and back is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// Always, and the server's certificate must be good for the name by which it is reached.
    Required,
    /// If the server offers it. Unless there is an authority to ask, any certificate will do, so
    /// that this keeps listeners out but not somebody who plays the server.
    Preferred,
    /// Never.
    Off,
}

impl Tls {
    /// What is wise for a server at `host`: nobody listens on the way within one machine.
    pub fn usual_for(host: &str) -> Self {
        let is_this_machine =
            host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        if is_this_machine { Self::Off } else { Self::Preferred }
    }
}

/// Where the database is and how it is spoken to.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The server's name or IP address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// As whom to sign in.
    pub user: String,
    /// That user's password, if it has one.
    pub password: Option<SecretString>,
    /// The database, which must exist.
    pub database: String,
    /// Whether to encrypt.
    pub tls: Tls,
    /// A file in PEM with the authorities whose word on the server's certificate is taken, instead of
    /// the public ones.
    pub tls_ca: Option<PathBuf>,
    /// How many connections callers share at most. Posting messages takes one more.
    pub connections: usize,
    /// How long a call may take in all, waiting for a connection included, before the answer is
    /// `unavailable`.
    pub patience: Duration,
}

impl Settings {
    /// The usual settings for a database.
    pub fn new(host: &str, user: &str, database: &str) -> Self {
        Self {
            host: host.to_owned(),
            port: 3306,
            user: user.to_owned(),
            password: None,
            database: database.to_owned(),
            tls: Tls::usual_for(host),
            tls_ca: None,
            connections: 16,
            patience: USUAL_PATIENCE,
        }
    }

    /// Host and port, as people write them.
    pub fn address(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leaves_the_machine_is_encrypted_if_it_can_be() {
        for host in ["localhost", "127.0.0.1", "127.1.2.3", "::1"] {
            assert_eq!(Tls::usual_for(host), Tls::Off, "{host}");
        }
        for host in ["db.example", "10.0.0.7", "localhost.example", "2001:db8::1"] {
            assert_eq!(Tls::usual_for(host), Tls::Preferred, "{host}");
        }
    }

    #[test]
    fn a_password_is_not_shown() {
        let mut settings = Settings::new("localhost", "hexroom", "hexroom");
        settings.password = Some("hunter2".into());
        assert!(!format!("{settings:?}").contains("hunter2"));
    }
}
