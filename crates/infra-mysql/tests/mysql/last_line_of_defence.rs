//! What the database itself refuses, should a rule ever fail to.

use mysql_async::Conn;
use mysql_async::prelude::Queryable;
use port_contract::World;
use test_databases::{Database, DatabaseServer};

use crate::store;

/// What the servers say of a row that they refuse; of a check, each in its own way.
const CHECK: &[&str] = &["Check constraint", "CONSTRAINT"];
const KEY: &[&str] = &["Duplicate entry"];
const REFERENCE: &[&str] = &["a foreign key constraint fails"];

/// A room of Ana's with Bo and Cy; Di is outside of it, Eve has 400 coins, and Bo has asked Cy to be
/// friends.
struct Scene {
    past_the_store: Conn,
    _world: World,
    _database: Database,
}

impl Scene {
    async fn on(server: DatabaseServer) -> Self {
        let database = server.database().await;
        let stores = infra_mysql::open(store::settings(&database), None).await.expect("the store opens");
        let world = World::new(stores.into());
        let cast = world.cast().await;
        world.free_member("eve", 400).await;
        cast.bo.asks(&cast.cy).await.expect("Bo asks Cy");
        Self { past_the_store: database.connect().await, _world: world, _database: database }
    }

    async fn allows(&mut self, statement: &str) {
        self.past_the_store.query_drop(statement).await.expect(statement);
    }

    async fn refuses(&mut self, statement: &str, words: &[&str]) {
        let error = self.past_the_store.query_drop(statement).await.expect_err(statement).to_string();
        assert!(words.iter().any(|word| error.contains(word)), "{statement}: {error}");
    }
}

async fn a_seventh_seat_is_refused(server: DatabaseServer) {
    let mut scene = Scene::on(server).await;
    scene.allows("INSERT INTO participants SELECT room_id, 'di-', 'prime', 0 FROM rooms").await;
    for number in [0, 7] {
        let taken = format!("INSERT INTO seats SELECT room_id, {number}, 'di-', 0, 0, 0 FROM rooms");
        scene.refuses(&taken, CHECK).await;
    }
}

async fn a_second_holder_of_a_seat_is_refused(server: DatabaseServer) {
    let mut scene = Scene::on(server).await;
    scene.allows("INSERT INTO participants SELECT room_id, 'di-', 'prime', 0 FROM rooms").await;
    scene.refuses("INSERT INTO seats SELECT room_id, 1, 'di-', 0, 0, 0 FROM rooms", KEY).await;
}

async fn a_second_seat_of_one_member_is_refused(server: DatabaseServer) {
    let mut scene = Scene::on(server).await;
    scene.refuses("INSERT INTO seats SELECT room_id, 6, 'bo-', 0, 0, 0 FROM rooms", KEY).await;
}

async fn a_seat_without_a_history_is_refused(server: DatabaseServer) {
    let mut scene = Scene::on(server).await;
    scene.refuses("INSERT INTO seats SELECT room_id, 6, 'di-', 0, 0, 0 FROM rooms", REFERENCE).await;
}

async fn a_balance_below_zero_is_refused(server: DatabaseServer) {
    let mut scene = Scene::on(server).await;
    let overdrawn = "UPDATE coin_accounts SET balance = -1 WHERE coin_account_id = ";
    scene.refuses(&format!("{overdrawn} 'eve'"), CHECK).await;
    scene.allows(&format!("{overdrawn} '@mint'")).await;
}

async fn transfers_are_neither_updated_nor_deleted(server: DatabaseServer) {
    let mut scene = Scene::on(server).await;
    for statement in ["UPDATE transfers SET at = 0", "DELETE FROM transfers"] {
        scene.refuses(statement, &["transfers are append-only"]).await;
    }
    for statement in ["UPDATE transfer_entries SET amount = 1", "DELETE FROM transfer_entries"] {
        scene.refuses(statement, &["transfer_entries are append-only"]).await;
    }
}

async fn what_an_admin_did_is_neither_updated_nor_deleted(server: DatabaseServer) {
    let mut scene = Scene::on(server).await;
    for statement in ["UPDATE admin_record SET reason = 'another'", "DELETE FROM admin_record"] {
        scene.refuses(statement, &["admin_record are append-only"]).await;
    }
}

async fn a_second_event_with_one_seq_is_refused(server: DatabaseServer) {
    let mut scene = Scene::on(server).await;
    let repeated = "INSERT INTO events (room_id, seq, kind, actor_id, at, tally, data) \
                    SELECT room_id, 1, 'room_closed', 'ana', 0, REPEAT('0', 32), '{}' FROM rooms";
    scene.refuses(repeated, KEY).await;
}

async fn a_second_message_under_one_client_id_is_refused(server: DatabaseServer) {
    let mut scene = Scene::on(server).await;
    let message = |seq: u8| {
        format!(
            "INSERT INTO events (room_id, seq, kind, actor_id, at, client_message_id, tally, data) \
             SELECT room_id, {seq}, 'message_posted', 'ana', 0, 'again', REPEAT('0', 32), '{{}}' FROM rooms"
        )
    };
    scene.allows(&message(98)).await;
    scene.refuses(&message(99), KEY).await;
}

async fn a_second_pending_request_between_two_is_refused(server: DatabaseServer) {
    let mut scene = Scene::on(server).await;
    let request = |status, resolved_at| {
        format!(
            "INSERT INTO friend_requests (friend_request_id, from_id, to_id, status, created_at, resolved_at) \
             SELECT room_id, 'cy-', 'bo-', '{status}', 0, {resolved_at} FROM rooms"
        )
    };
    scene.refuses(&request("pending", "NULL"), KEY).await;
    scene.allows(&request("declined", "1")).await;
}

async fn a_user_id_that_differs_in_blanks_or_case_alone_is_refused(server: DatabaseServer) {
    let mut scene = Scene::on(server).await;
    for user_id in ["eve ", " eve", "Eve", "é-ve"] {
        let alike = format!(
            "INSERT INTO accounts (user_id, name, phone, password_hash, member_since) \
             VALUES ('{user_id}', 'Eve', '+491510000000', 'hash', 0)"
        );
        scene
            .refuses(&alike, &["Check constraint", "CONSTRAINT", "Duplicate entry", "Incorrect string value"])
            .await;
    }
}

test_databases::on_both_servers! {
    a_seventh_seat_is_refused,
    a_second_holder_of_a_seat_is_refused,
    a_second_seat_of_one_member_is_refused,
    a_seat_without_a_history_is_refused,
    a_balance_below_zero_is_refused,
    transfers_are_neither_updated_nor_deleted,
    what_an_admin_did_is_neither_updated_nor_deleted,
    a_second_event_with_one_seq_is_refused,
    a_second_message_under_one_client_id_is_refused,
    a_second_pending_request_between_two_is_refused,
    a_user_id_that_differs_in_blanks_or_case_alone_is_refused,
}
