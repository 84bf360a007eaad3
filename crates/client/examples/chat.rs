//! Chats from the terminal: `cargo run --package client --example chat -- URL USER_ID [ROOM_ID]`.
//!
//! The account's password is read from `HEXROOM_PASSWORD`. Without a room it lists the account's rooms;
//! with one it shows what is written there, and posts each line that is typed.

use std::env;
use std::error::Error;

use client::{Client, EventKind, Options, RoomId, Server, Update, Updates, Window};
use tokio::io::{AsyncBufReadExt, BufReader, stdin};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let usage = "usage: HEXROOM_PASSWORD=… chat URL USER_ID [ROOM_ID]";
    let (Some(url), Some(user_id)) = (arguments.next(), arguments.next()) else { return Err(usage.into()) };
    let password = env::var("HEXROOM_PASSWORD").map_err(|_| usage)?;
    let account = Server::at(&url)?.login(&user_id, password.into(), "terminal").await?.client;

    let talked = match arguments.next() {
        Some(room_id) => talk(&account, &room_id.into()).await,
        None => list_rooms(&account).await,
    };
    account.logout().await?;
    talked
}

async fn list_rooms(account: &Client) -> Result<(), Box<dyn Error>> {
    let mut cursor = None;
    loop {
        let page = account.rooms(cursor.as_deref()).await?;
        for room in page.items {
            println!("{}  {} ({} unread)", room.room_id, room.name, room.unread);
        }
        if page.next_cursor.is_none() {
            return Ok(());
        }
        cursor = page.next_cursor;
    }
}

async fn talk(account: &Client, room_id: &RoomId) -> Result<(), Box<dyn Error>> {
    let (connection, mut updates) = account.connect(Options::default());
    let mut lines = BufReader::new(stdin()).lines();
    wait_until_connected(&mut updates).await?;
    for message in account.history(room_id, Window::Newest).await?.items {
        show(message.sender_id.as_str(), message.body.as_deref());
    }
    loop {
        tokio::select! {
            line = lines.next_line() => {
                let Some(line) = line? else { return Ok(()) };
                // It is on its way; its event shows it once it stands in the room's log.
                let sending = connection.send(room_id, line);
                tokio::spawn(async move {
                    if let Err(error) = sending.await {
                        eprintln!("Not posted: {error}");
                    }
                });
            }
            update = updates.next() => match update {
                Some(Update::Event(event)) if event.room_id == *room_id => {
                    if let EventKind::MessagePosted(message) = event.kind {
                        show(message.sender_id.as_str(), message.body.as_deref());
                    }
                    connection.mark_read(room_id, event.seq);
                }
                Some(Update::Disconnected { reason, .. }) => eprintln!("{reason}"),
                Some(Update::Removed { room_id: gone, code }) if gone == *room_id => return Err(code.into()),
                Some(Update::Ended { reason, .. }) => return Err(reason.into()),
                Some(_) => {}
                None => return Ok(()),
            }
        }
    }
}

/// The history is read once events are being shown, so that nothing falls between the two.
async fn wait_until_connected(updates: &mut Updates) -> Result<(), Box<dyn Error>> {
    loop {
        match updates.next().await {
            Some(Update::Connected { .. }) => return Ok(()),
            Some(Update::Ended { reason, .. }) => return Err(reason.into()),
            Some(Update::Disconnected { reason, .. }) => eprintln!("{reason}"),
            _ => {}
        }
    }
}

fn show(who: &str, said: Option<&str>) {
    println!("{who}: {}", said.unwrap_or("(deleted)"));
}
