use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::{Mutex, watch};
use tokio::time::Instant;

use crate::secrets::exposed;
use crate::server::{Call, Timed};
use crate::{Error, Server, Tokens};

/// An account that is signed in. Clones are the same session.
///
/// Tokens are renewed when needed. To resume the session later, store the newest of
/// [`Client::tokens`] and pass it to [`Server::resume`].
#[derive(Debug, Clone)]
pub struct Client {
    session: Arc<Session>,
}

#[derive(Debug)]
struct Session {
    server: Server,
    held: watch::Sender<Tokens>,
    renew_at: std::sync::Mutex<Instant>,
    /// Held by the call that renews, so that all others wait for the outcome instead.
    renewing: Mutex<()>,
}

/// How often a renewal is tried when no answer comes, and how long each try may take. The server gives a
/// lost answer again within a minute; after that the same request ends the session.
const TRIES: usize = 3;
const RENEWED_WITHIN: Duration = Duration::from_secs(15);

impl Session {
    async fn refreshed(&self, body: &Refresh<'_>) -> Result<Timed<Tokens>, Error> {
        let call = Call::post(&["api", "token", "refresh"]).json(body).within(RENEWED_WITHIN);
        for _ in 1..TRIES {
            match self.server.ask(&call, None).await {
                Err(Error::Unreachable(_)) => {}
                answer => return answer,
            }
        }
        self.server.ask(&call, None).await
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Refresh<'a> {
    #[serde(serialize_with = "exposed")]
    refresh_token: &'a SecretString,
}

impl Client {
    pub(crate) fn new(server: Server, answer: Timed<Tokens>) -> Self {
        let renew_at = std::sync::Mutex::new(renew_at(&answer));
        let held = watch::Sender::new(answer.body);
        Self { session: Arc::new(Session { server, held, renew_at, renewing: Mutex::default() }) }
    }

    /// The server.
    pub fn server(&self) -> &Server {
        &self.session.server
    }

    /// The tokens in force, and each renewal.
    pub fn tokens(&self) -> watch::Receiver<Tokens> {
        self.session.held.subscribe()
    }

    /// Renews the tokens now. Calls and connections do so by themselves.
    pub async fn refresh(&self) -> Result<(), Error> {
        self.renew(&self.access_token()).await.map(|_| ())
    }

    pub(crate) fn access_token(&self) -> SecretString {
        self.session.held.borrow().access_token.clone()
    }

    /// When the access token in force has lived most of its life.
    pub(crate) fn renew_at(&self) -> Instant {
        *self.session.renew_at.lock().expect("nobody panics holding it")
    }

    /// Returns an access token that is newer than this one.
    pub(crate) async fn renew(&self, stale: &SecretString) -> Result<SecretString, Error> {
        let session = &self.session;
        let _renewing = session.renewing.lock().await;
        let held = session.held.borrow().clone();
        if held.access_token.expose_secret() != stale.expose_secret() {
            return Ok(held.access_token);
        }
        let body = Refresh { refresh_token: &held.refresh_token };
        let answer = session.refreshed(&body).await?;
        *session.renew_at.lock().expect("nobody panics holding it") = renew_at(&answer);
        let renewed = answer.body.access_token.clone();
        session.held.send_replace(answer.body);
        Ok(renewed)
    }

    /// Makes a call in the account's name and reads the answer.
    pub(crate) async fn ask<T: DeserializeOwned>(&self, call: Call<'_>) -> Result<T, Error> {
        let token = self.access_token();
        let answer = match self.server().ask(&call, Some(&token)).await {
            Err(error) if error.code() == Some("token_expired") => {
                self.server().ask(&call, Some(&self.renew(&token).await?)).await
            }
            answer => answer,
        };
        answer.map(|answer| answer.body)
    }

    /// Makes a call in the account's name whose answer has no content.
    pub(crate) async fn execute(&self, call: Call<'_>) -> Result<(), Error> {
        let token = self.access_token();
        match self.server().execute(&call, Some(&token)).await {
            Err(error) if error.code() == Some("token_expired") => {
                self.server().execute(&call, Some(&self.renew(&token).await?)).await
            }
            answer => answer,
        }
    }
}

/// When four fifths of the access token's life are over. It is counted from the server's own
/// time, so that a device whose clock is wrong does not renew too late or all the time.
fn renew_at(answer: &Timed<Tokens>) -> Instant {
    let now = answer.at.unwrap_or_else(Timestamp::now);
    let life =
        Duration::try_from(answer.body.access_token_expires_at.duration_since(now)).unwrap_or_default();
    Instant::now() + life * 4 / 5
}
