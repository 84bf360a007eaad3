//! The client against the real server.

mod calls;
mod chaos;
mod connection;
mod relay;

use std::time::Duration;

use client::{Client, EventKind, Options, Registration, RoomId, Update, Updates};
use tokio::time::timeout;

use crate::support::{DEADLINE, ROOM_PASSWORD, Server};

/// A new account on this server, reached at this address.
async fn register(server: &Server, url: &str, user_id: &str) -> Client {
    let registration = Registration {
        user_id: user_id.to_owned(),
        device_id: "the client's device".to_owned(),
        name: format!("Name of {user_id}"),
        phone: server.newcomer(user_id).phone,
        password: format!("the secret of {user_id}").into(),
        avail_coins: Some(500),
    };
    let entry = client::Server::at(url).expect("an address");
    entry.register(&registration).await.expect("registered").client
}

/// A new prime member.
async fn register_prime(server: &Server, url: &str, user_id: &str) -> Client {
    let member = register(server, url, user_id).await;
    server.run_well(&["user", "prime", user_id]).await;
    member
}

async fn create_room(owner: &Client) -> RoomId {
    owner.create_room("Garden", &ROOM_PASSWORD.into()).await.expect("created").room.room_id
}

async fn join(member: &Client, room_id: &RoomId) {
    let entrance = client::JoinBy::Password { room_id: room_id.clone(), password: ROOM_PASSWORD.into() };
    member.join(&entrance).await.expect("joined");
}

/// Options with short pauses before reconnecting.
fn options() -> Options {
    Options {
        first_pause: Duration::from_millis(10),
        longest_pause: Duration::from_millis(100),
        ..Options::default()
    }
}

/// The next update of a kind; others are skipped.
async fn next(updates: &mut Updates, is_wanted: impl Fn(&Update) -> bool) -> Update {
    loop {
        let update = timeout(DEADLINE, updates.next()).await.expect("an update comes in time");
        let update = update.expect("the connection lasts");
        if is_wanted(&update) {
            return update;
        }
    }
}

async fn connected(updates: &mut Updates) {
    next(updates, |update| matches!(update, Update::Connected { .. })).await;
}

/// The seq and the body of the next message.
async fn next_message(updates: &mut Updates) -> (i64, String) {
    let is_message = |update: &Update| matches!(update, Update::Event(event) if matches!(event.kind, EventKind::MessagePosted(_)));
    let Update::Event(event) = next(updates, is_message).await else { unreachable!("it was asked for") };
    let EventKind::MessagePosted(message) = event.kind else { unreachable!("it was asked for") };
    (event.seq, message.body.expect("it is not deleted"))
}
