//! What tests need that look past the store: a cast in a room, and a connection as the store itself makes them.

#[path = "../tests/mysql/store.rs"]
mod store;

use diesel::prelude::*;
use diesel::sql_types::Text;
use port_contract::{Cast, World};
use test_databases::DatabaseServer;

use crate::connection::Connection;
use crate::deadline::runtime;
use crate::settings::Settings;

pub(crate) struct Fixture {
    settings: Settings,
    pub(crate) world: World,
    pub(crate) cast: Cast,
}

impl Fixture {
    pub(crate) async fn on(server: DatabaseServer) -> Self {
        let database = server.reused_database().await;
        let settings = store::settings(&database);
        let stores = crate::open(settings.clone(), None).await.expect("the store opens");
        let world = World::new((stores, database).into());
        let cast = world.cast().await;
        Self { settings, world, cast }
    }

    /// Works on a new connection, on a thread that may wait for it.
    pub(crate) async fn connected<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection, &Cast) -> T + Send + 'static,
    ) -> T {
        let (settings, cast) = (self.settings.clone(), self.cast.clone());
        let working = runtime().spawn_blocking(move || {
            let mut connection = Connection::open(&settings).expect("the server lets us in");
            work(&mut connection, &cast)
        });
        working.await.expect("it does not panic")
    }
}

/// The sum of the connection's counters whose names match a pattern.
pub(crate) fn counted(connection: &mut Connection, pattern: &str) -> i64 {
    #[derive(QueryableByName)]
    struct Counter {
        #[diesel(sql_type = Text, column_name = "Value")]
        value: String,
    }
    let counters: Vec<Counter> = diesel::sql_query(format!("SHOW SESSION STATUS LIKE '{pattern}'"))
        .load(&mut **connection)
        .expect("the server counts");
    counters.iter().map(|counter| counter.value.parse::<i64>().expect("a number")).sum()
}
