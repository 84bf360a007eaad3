//! What the connection does over HTTP in the background.

use secrecy::SecretString;
use tokio::time::sleep;

use super::backoff::Backoff;
use super::conversation::{Load, Loaded};
use crate::{Client, Error, Problem, Window};

/// Background work that has finished.
#[derive(Debug)]
pub(super) enum Finished {
    Loaded(Load, Result<Loaded, Box<Problem>>),
    /// The new token, if there is one, reaches the connection through [`Client::tokens`]. If there is
    /// none, the old one is used until the server refuses it.
    Renewed,
}

/// Loads a room, as often as it takes.
pub(super) async fn load(client: Client, load: Load, mut backoff: Backoff) -> Finished {
    loop {
        match load_once(&client, &load).await {
            Ok(loaded) => return Finished::Loaded(load, Ok(loaded)),
            Err(Error::Refused(problem)) if problem.retry_after.is_none() && problem.status != Some(500) => {
                return Finished::Loaded(load, Err(problem));
            }
            Err(_) => sleep(backoff.next()).await,
        }
    }
}

async fn load_once(client: &Client, load: &Load) -> Result<Loaded, Error> {
    let room = Box::new(client.room(&load.room_id).await?);
    let messages = client.history(&load.room_id, Window::Before(load.seq + 1)).await?.items;
    Ok(Loaded { room, messages })
}

/// Renews the account's tokens.
pub(super) async fn renew(client: Client, stale: SecretString) -> Finished {
    client.renew(&stale).await.ok();
    Finished::Renewed
}
