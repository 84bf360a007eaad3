//! The store's contract, kept on MySQL and on MariaDB.

use domain::ports::Stores;
use test_databases::{DatabaseServer, MARIADB, MYSQL, ReusedDatabase};

use crate::store;

async fn open(server: DatabaseServer) -> (Stores, ReusedDatabase) {
    let database = server.reused_database().await;
    let stores = infra_mysql::open(store::settings(&database), None).await.expect("the store opens");
    (stores, database)
}

mod mysql {
    use super::{MYSQL, open};
    port_contract::contract_tests!(|| open(MYSQL), #[ignore = "takes a server at TEST_MYSQL_URL"]);
}

mod mariadb {
    use super::{MARIADB, open};
    port_contract::contract_tests!(|| open(MARIADB), #[ignore = "takes a server at TEST_MARIADB_URL"]);
}
