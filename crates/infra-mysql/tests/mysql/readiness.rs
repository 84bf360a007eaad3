//! The store says whether it takes writes, and not any longer than it is true.

use std::time::Duration;

use domain::ports::Stores;
use infra_mysql::Settings;
use mysql_async::Conn;
use mysql_async::prelude::Queryable;
use test_databases::{Database, DatabaseProcess, DatabaseServer, User};
use tokio::task::yield_now;
use tokio::time::timeout;

use crate::store;

struct Scene {
    database: Database,
    user: User,
    stores: Stores,
    admin: Conn,
}

impl Scene {
    /// A store that an ordinary user opened.
    async fn on(server: DatabaseServer) -> Self {
        let database = server.database().await;
        infra_mysql::migrate(store::settings(&database)).await.expect("the schema is made");
        let user = database.user("CREATE").await;
        let mut admin = database.connect().await;
        let tables: Vec<String> = admin.query("SHOW TABLES").await.expect("the tables");
        for table in tables {
            let grant = format!("GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {}", user.name());
            admin.query_drop(&grant).await.expect(&grant);
        }
        let settings = Settings {
            user: user.name().to_owned(),
            password: Some(User::PASSWORD.into()),
            patience: Duration::from_secs(3),
            ..store::settings(&database)
        };
        let stores = infra_mysql::open(settings, None).await.expect("the store opens");
        Self { database, user, stores, admin }
    }

    async fn until_it_takes_writes(&self, expected: bool) {
        let asking = async {
            while self.stores.store.ping().await.is_ok() != expected {
                yield_now().await;
            }
        };
        timeout(store::PATIENCE, asking).await.unwrap_or_else(|_| panic!("it never comes to {expected}"));
    }

    /// Asserts that the store takes writes but between the two statements.
    async fn is_red_between(&mut self, spoil: &str, mend: &str) {
        self.until_it_takes_writes(true).await;
        self.admin.query_drop(spoil).await.expect(spoil);
        self.until_it_takes_writes(false).await;
        self.admin.query_drop(mend).await.expect(mend);
        self.until_it_takes_writes(true).await;
    }
}

async fn a_locked_table_shows(server: DatabaseServer) {
    Scene::on(server).await.is_red_between("LOCK TABLES events READ", "UNLOCK TABLES").await;
}

async fn a_right_that_was_taken_away_shows(server: DatabaseServer) {
    let mut scene = Scene::on(server).await;
    let (user, database) = (scene.user.name(), scene.database.name());
    let (revoke, grant) = (
        format!("REVOKE DELETE ON {database}.events FROM {user}"),
        format!("GRANT DELETE ON {database}.events TO {user}"),
    );
    scene.is_red_between(&revoke, &grant).await;
}

test_databases::on_both_servers! { a_locked_table_shows, a_right_that_was_taken_away_shows }

mod alone {
    use super::*;

    async fn a_server_that_takes_no_writes_shows(program: &str) {
        let process = DatabaseProcess::start(program).await;
        let mut scene = Scene::on(process.server()).await;
        scene.is_red_between("SET GLOBAL read_only = 1", "SET GLOBAL read_only = 0").await;
        scene.is_red_between("FLUSH TABLES WITH READ LOCK", "UNLOCK TABLES").await;
        if program == "TEST_MYSQLD" {
            scene
                .is_red_between(
                    "SET GLOBAL super_read_only = 1",
                    "SET GLOBAL super_read_only = 0, read_only = 0",
                )
                .await;
        }
    }

    test_databases::with_both_programs! { a_server_that_takes_no_writes_shows }
}
