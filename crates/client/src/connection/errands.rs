//! What the connection does over HTTP on the side.

use secrecy::SecretString;
use tokio::time::sleep;

use super::conversation::{Load, Loaded};
use super::pause::Pause;
use crate::{Client, Error, Problem, Window};

/// An errand that is done.
#[derive(Debug)]
pub(super) enum Done {
    Loaded(Load, Result<Loaded, Box<Problem>>),
    /// The new token, if there is one, reaches the connection as it reaches everybody. If there is none
    /// the old one is used until the server does not want it any longer.
    Renewed,
}

/// Loads a room, as often as it takes.
pub(super) async fn load(client: Client, load: Load, mut pause: Pause) -> Done {
    loop {
        match load_once(&client, &load).await {
            Ok(loaded) => return Done::Loaded(load, Ok(loaded)),
            Err(Error::Refused(problem)) if problem.retry_after.is_none() && problem.status != Some(500) => {
                return Done::Loaded(load, Err(problem));
            }
            Err(_) => sleep(pause.next()).await,
        }
    }
}

async fn load_once(client: &Client, load: &Load) -> Result<Loaded, Error> {
    let room = Box::new(client.room(&load.room_id).await?);
    let messages = client.history(&load.room_id, Window::Before(load.seq + 1)).await?.items;
    Ok(Loaded { room, messages })
}

/// Renews the account's tokens.
pub(super) async fn renew(client: Client, stale: SecretString) -> Done {
    client.renew(&stale).await.ok();
    Done::Renewed
}
