//! Messages that wait for the same commit.

use std::sync::Arc;

use diesel::connection::SimpleConnection;
use domain::rules::messages::Posting;
use domain::{Denial, Refusal};
use port_contract::World;

use crate::file;

#[tokio::test]
async fn each_of_those_who_wait_together_gets_their_own_answer() {
    let (_folder, path) = file::new_path();
    let world = World::new(infra_sqlite::open(&path).expect("the store opens").into());
    let cast = world.cast().await;
    let mut unstorable = cast.cy.writes(cast.room, "taken", "under an id that is taken");
    unstorable.id = cast.cy.says(cast.room, "first").await.id;
    let messages = [
        cast.bo.writes(cast.room, "held up", "by another process"),
        cast.bo.writes(cast.room, "a", "one"),
        cast.bo.writes(cast.room, "a", "one"),
        cast.bo.writes(cast.room, "a", "two"),
        cast.di.writes(cast.room, "d", "from outside"),
        unstorable,
        cast.cy.writes(cast.room, "a", "one"),
    ];

    let mut other = file::raw(&path);
    other.batch_execute("BEGIN IMMEDIATE").expect("the other process has the lock");
    let posts = messages.map(|message| {
        let rooms = Arc::clone(&world.stores().rooms);
        tokio::spawn(async move { rooms.post(message).await })
    });
    // On this one thread the others have their turn first: all are queued when this goes on.
    tokio::task::yield_now().await;
    other.batch_execute("COMMIT").expect("the other process is done");

    let mut answers = Vec::new();
    for post in posts {
        answers.push(match post.await.expect("no posting panics") {
            Ok(Posting::New(message)) => format!("new {}", message.seq),
            Ok(Posting::Repeated(earlier)) => format!("repeated {}", earlier.message.seq),
            Err(Refusal::Denied(denial)) => denial.to_string(),
            Err(failure) => failure.to_string(),
        });
    }
    let conflict = Denial::ClientMessageIdConflict.to_string();
    let unknown = Denial::RoomNotFound.to_string();
    let expected = ["new 5", "new 6", "repeated 6", &conflict, &unknown, "the server failed", "new 7"];
    assert_eq!(answers, expected);
    world.audits_clean().await;
}
