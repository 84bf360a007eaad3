//! What the database itself refuses, should a rule ever fail to.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use domain::RoomId;
use port_contract::World;
use tempfile::TempDir;

use crate::file;

/// A room of Ana's with Bo and Cy, and a connection past the store.
async fn room() -> (TempDir, World, RoomId, SqliteConnection) {
    let (folder, path) = file::new_path();
    let world = World::new(infra_sqlite::open(&path).expect("the store opens").into());
    let room = world.cast().await.room;
    world.free_member("eve", 400).await;
    (folder, world, room, file::raw(&path))
}

fn refusal(connection: &mut SqliteConnection, sql: &str) -> String {
    connection.batch_execute(sql).expect_err(sql).to_string()
}

#[tokio::test]
async fn a_seventh_seat_is_refused() {
    let (_folder, _world, _room, mut connection) = room().await;
    for number in [0, 7] {
        let taken = format!(
            "INSERT INTO participants SELECT room_id, 'di-', 'prime', 0 FROM rooms WHERE true ON CONFLICT DO NOTHING; \
             INSERT INTO seats SELECT room_id, {number}, 'di-', 0, 0, 0 FROM rooms"
        );
        assert!(refusal(&mut connection, &taken).contains("CHECK constraint failed"));
    }
}

#[tokio::test]
async fn a_second_holder_of_a_seat_is_refused() {
    let (_folder, _world, _room, mut connection) = room().await;
    let taken = "INSERT INTO participants SELECT room_id, 'di-', 'prime', 0 FROM rooms; \
                 INSERT INTO seats SELECT room_id, 1, 'di-', 0, 0, 0 FROM rooms";
    assert!(
        refusal(&mut connection, taken).contains("UNIQUE constraint failed: seats.room_id, seats.number")
    );
}

#[tokio::test]
async fn a_second_seat_of_one_member_is_refused() {
    let (_folder, _world, _room, mut connection) = room().await;
    let taken = "INSERT INTO seats SELECT room_id, 6, 'bo-', 0, 0, 0 FROM rooms";
    assert!(refusal(&mut connection, taken).contains("UNIQUE constraint failed"));
}

#[tokio::test]
async fn a_seat_without_a_history_is_refused() {
    let (_folder, _world, _room, mut connection) = room().await;
    let taken = "INSERT INTO seats SELECT room_id, 6, 'di-', 0, 0, 0 FROM rooms";
    assert!(refusal(&mut connection, taken).contains("FOREIGN KEY constraint failed"));
}

#[tokio::test]
async fn a_balance_below_zero_is_refused() {
    let (_folder, _world, _room, mut connection) = room().await;
    let overdrawn = "UPDATE coin_accounts SET balance = -1 WHERE coin_account_id = 'eve'";
    assert!(refusal(&mut connection, overdrawn).contains("CHECK constraint failed"));
}

#[tokio::test]
async fn transfers_are_neither_updated_nor_deleted() {
    let (_folder, _world, _room, mut connection) = room().await;
    for sql in ["UPDATE transfers SET at = 0", "DELETE FROM transfers"] {
        assert_eq!(refusal(&mut connection, sql), "transfers are append-only");
    }
    for sql in ["UPDATE transfer_entries SET amount = 1", "DELETE FROM transfer_entries"] {
        assert_eq!(refusal(&mut connection, sql), "transfer entries are append-only");
    }
}

#[tokio::test]
async fn what_an_admin_did_is_neither_updated_nor_deleted() {
    let (_folder, _world, _room, mut connection) = room().await;
    for sql in ["UPDATE admin_record SET reason = 'another'", "DELETE FROM admin_record"] {
        assert_eq!(refusal(&mut connection, sql), "the admin record is append-only");
    }
}

#[tokio::test]
async fn a_second_event_with_one_seq_is_refused() {
    let (_folder, _world, _room, mut connection) = room().await;
    let repeated = "INSERT INTO events (room_id, seq, kind, actor_id, at, tally, data) \
                    SELECT room_id, 1, 'room_closed', 'ana', 0, zeroblob(32), '{}' FROM rooms";
    assert!(
        refusal(&mut connection, repeated).contains("UNIQUE constraint failed: events.room_id, events.seq")
    );
}

#[tokio::test]
async fn a_second_message_under_one_client_id_is_refused() {
    let (_folder, _world, _room, mut connection) = room().await;
    let message = |seq: u8| {
        format!(
            "INSERT INTO events (room_id, seq, kind, actor_id, at, client_message_id, tally, data) \
             SELECT room_id, {seq}, 'message_posted', 'ana', 0, 'again', zeroblob(32), '{{}}' FROM rooms"
        )
    };
    connection.batch_execute(&message(98)).expect("the first one is taken");
    let unique = "UNIQUE constraint failed: events.client_message_id, events.actor_id";
    assert!(refusal(&mut connection, &message(99)).contains(unique));
}
