//! Transient failures, after which the work is done again, so that nobody notices.

use domain::{RoomId, Seq};
use infra_mysql::Settings;
use mysql_async::Conn;
use mysql_async::prelude::Queryable;
use port_contract::{Actor, World};
use test_databases::{Database, DatabaseServer};
use tokio::task::yield_now;
use tokio::time::timeout;

use crate::proxy::Proxy;
use crate::store;

/// A room of Ana's, with Bo in it.
struct Scene {
    database: Database,
    world: World,
    ana: Actor,
    bo: Actor,
    room: RoomId,
}

impl Scene {
    async fn on(server: DatabaseServer) -> Self {
        let database = server.database().await;
        let stores = infra_mysql::open(store::settings(&database), None).await.expect("the store opens");
        let world = World::new(stores.into());
        let cast = world.cast().await;
        Self { database, ana: cast.ana, bo: cast.bo, room: cast.room, world }
    }

    /// The query that waits for a lock in this database just now, once there is one other than `before`. The
    /// engine's own report is as of this moment; what `information_schema` says of transactions stays as it was for
    /// as long as somebody keeps asking.
    async fn waiting(&self, before: Option<u64>) -> u64 {
        let mut connection = self.database.connect().await;
        let table = format!("of table `{}`.", self.database.name());
        let looking = async {
            loop {
                let (_, _, report): (String, String, String) = connection
                    .query_first("SHOW ENGINE INNODB STATUS")
                    .await
                    .expect("the report")
                    .expect("one row");
                if let Some(query) = waiting_query(&report, &table).filter(|one| Some(*one) != before) {
                    return query;
                }
                yield_now().await;
            }
        };
        timeout(store::PATIENCE, looking).await.expect("somebody waits for a lock")
    }
}

/// The number of the query that waits for a lock of `table`: a transaction's query stands before its locks.
fn waiting_query(report: &str, table: &str) -> Option<u64> {
    let lock = report.lines().position(|line| line.contains(table) && line.ends_with("waiting"))?;
    let query = report.lines().take(lock).filter_map(|line| line.split_once(", query id ")).last();
    query?.1.split(' ').next()?.parse().ok()
}

async fn run(connection: &mut Conn, statement: &str) {
    connection.query_drop(statement).await.expect(statement);
}

async fn a_lock_that_is_held_for_long_is_waited_for_again(server: DatabaseServer) {
    let scene = Scene::on(server).await;
    let mut other = scene.database.connect().await;
    run(&mut other, "BEGIN").await;
    run(&mut other, "SELECT * FROM rooms FOR UPDATE").await;
    let (ana, room) = (scene.ana.clone(), scene.room);
    let renaming = tokio::spawn(async move { ana.renames(room, "after you").await });
    let first = scene.waiting(None).await;
    // Another query waits now, so the first was given up.
    scene.waiting(Some(first)).await;
    run(&mut other, "COMMIT").await;
    renaming.await.expect("no panic").expect("Ana owns the room");
    assert_eq!(scene.ana.reads_facts(scene.room).await.room.head_seq, Seq(4), "it was renamed once");
    scene.world.audits_clean().await;
}

async fn the_loser_of_a_deadlock_tries_again(server: DatabaseServer) {
    let scene = Scene::on(server).await;
    let mut other = scene.database.connect().await;
    // The other one has changed more, so it is not the one to give way.
    run(&mut other, "BEGIN").await;
    run(&mut other, "UPDATE accounts SET name = 'another name'").await;
    let (ana, bo, room) = (scene.ana.clone(), scene.bo.clone(), scene.room);
    let ban = tokio::spawn(async move { ana.bans(&bo, room).await });
    scene.waiting(None).await;
    run(&mut other, "SELECT * FROM rooms FOR UPDATE").await;
    run(&mut other, "COMMIT").await;
    ban.await.expect("no panic").expect("Ana owns the room");
    assert_eq!(scene.ana.reads_facts(scene.room).await.room.head_seq, Seq(4), "Bo was removed once");
    scene.world.audits_clean().await;
}

async fn connections_that_are_cut_are_replaced(server: DatabaseServer) {
    let database = server.database().await;
    let proxy = Proxy::to(&server.options()).await;
    let settings = Settings { port: proxy.port(), ..store::settings(&database) };
    let world = World::new(infra_mysql::open(settings, None).await.expect("the store opens").into());
    let cast = world.cast().await;
    for _ in 0..3 {
        assert!(proxy.cut() > 0, "the store keeps its connections");
        cast.bo.says(cast.room, "still here").await;
        assert!(proxy.cut() > 0, "the store has connected again");
        cast.bo.views(cast.room).await.expect("Bo sits there");
        proxy.cut();
        cast.bo.is_granted(1, "once").await.expect("a key");
    }
    assert_eq!(cast.bo.coins().await, 1);
    world.audits_clean().await;
}

test_databases::on_both_servers! {
    a_lock_that_is_held_for_long_is_waited_for_again,
    the_loser_of_a_deadlock_tries_again,
    connections_that_are_cut_are_replaced,
}
