//! Opening a database: what is made of it, who may do so, and what is said when it cannot be.

use std::fs;
use std::io::Write;
use std::net::TcpListener;
use std::thread;

use infra_mysql::{OpenError, Settings, Tls};
use mysql_async::prelude::Queryable;
use test_databases::{Database, DatabaseServer, User, new_name};
use tokio::task::JoinSet;

use crate::store;

async fn refusal(settings: Settings) -> OpenError {
    infra_mysql::open(settings, None).await.err().expect("no store")
}

/// Asserts that an error names these settings in one line that gives no secret away.
fn assert_names(error: &OpenError, names: &[&str]) {
    let told = error.to_string();
    for name in names {
        assert!(told.contains(name), "{name} is not in: {told}");
    }
    assert!(error.is_about_settings() && !told.contains('\n') && !format!("{error:?}").contains("hunter2"));
}

async fn versions(database: &Database) -> Vec<String> {
    let mut connection = database.connect().await;
    let query = "SELECT version FROM __diesel_schema_migrations ORDER BY version";
    connection.query(query).await.expect("the versions")
}

async fn many_servers_may_start_at_once(server: DatabaseServer) {
    let database = server.database().await;
    let mut openings = JoinSet::new();
    for _ in 0..4 {
        openings.spawn(infra_mysql::open(store::settings(&database), None));
    }
    for opened in openings.join_all().await {
        opened.expect("every opening succeeds");
    }
    let made_alone = server.database().await;
    infra_mysql::migrate(store::settings(&made_alone)).await.expect("the schema is made");
    assert_eq!(versions(&database).await, versions(&made_alone).await);
}

async fn a_user_who_may_only_read_and_write_rows_opens_a_database_that_is_up_to_date(server: DatabaseServer) {
    let database = server.database().await;
    infra_mysql::migrate(store::settings(&database)).await.expect("the schema is made");
    let user = database.user("SELECT, INSERT, UPDATE, DELETE").await;
    let stores = infra_mysql::open(as_user(&user, &database), None).await.expect("the store opens");
    stores.store.ping().await.expect("it answers");
    assert_eq!(stores.store.audit().await.expect("it is audited"), []);
}

async fn a_missing_grant_is_named(server: DatabaseServer) {
    let database = server.database().await;
    let reader = database.user("SELECT").await;
    let error = refusal(as_user(&reader, &database)).await;
    assert!(matches!(&error, OpenError::MissingGrant { .. }), "{error}");
    assert_names(&error, &["DB_USER", "DB_NAME", reader.name()]);

    let others = server.database().await;
    let error = refusal(Settings { database: others.name().to_owned(), ..as_user(&reader, &database) }).await;
    assert!(matches!(&error, OpenError::MissingGrant { .. }), "{error}");
}

async fn a_wrong_password_is_named(server: DatabaseServer) {
    let database = server.database().await;
    let user = database.user("ALL").await;
    let wrong = Settings { password: Some("hunter2".into()), ..as_user(&user, &database) };
    let error = refusal(wrong).await;
    assert!(matches!(&error, OpenError::SignIn { .. }), "{error}");
    assert_names(&error, &["DB_PASSWORD", "DB_USER", user.name()]);
}

async fn a_missing_database_is_named(server: DatabaseServer) {
    let database = server.database().await;
    let error =
        refusal(Settings { database: "no_such_thing".to_owned(), ..store::settings(&database) }).await;
    assert!(matches!(&error, OpenError::NoDatabase { .. }), "{error}");
    assert_names(&error, &["DB_NAME", "no_such_thing"]);
}

async fn a_newer_schema_is_named(server: DatabaseServer) {
    let database = server.database().await;
    infra_mysql::migrate(store::settings(&database)).await.expect("the schema is made");
    let mut connection = database.connect().await;
    let future = "INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')";
    connection.query_drop(future).await.expect("a migration of the future");
    let error = refusal(store::settings(&database)).await;
    assert!(matches!(&error, OpenError::Newer { version, .. } if version == "9999"), "{error}");
}

async fn a_change_of_the_schema_that_was_cut_short_is_named(server: DatabaseServer) {
    let database = server.database().await;
    infra_mysql::migrate(store::settings(&database)).await.expect("the schema is made");
    let mut connection = database.connect().await;
    // As a crash between the change and the note of its end leaves it.
    for statement in [
        "INSERT INTO begun_migrations VALUES ('0018')",
        "DELETE FROM __diesel_schema_migrations WHERE version = '0018'",
    ] {
        connection.query_drop(statement).await.expect(statement);
    }
    let error = refusal(store::settings(&database)).await;
    assert!(matches!(&error, OpenError::HalfApplied { version, .. } if version == "0018"), "{error}");
    assert!(error.to_string().contains("migrations/mysql/0018_"), "{error}");
}

async fn a_table_without_transactions_is_named(server: DatabaseServer) {
    let database = server.database().await;
    infra_mysql::migrate(store::settings(&database)).await.expect("the schema is made");
    let mut connection = database.connect().await;
    let made = "CREATE TABLE restored (number INT) ENGINE = MyISAM";
    connection.query_drop(made).await.expect(made);
    let error = refusal(store::settings(&database)).await;
    assert!(matches!(&error, OpenError::NoTransactions { table, .. } if table == "restored"), "{error}");
    assert!(error.to_string().contains("ALTER TABLE restored ENGINE = InnoDB"), "{error}");
}

async fn a_connection_is_encrypted_where_the_server_can(server: DatabaseServer) {
    let database = server.database().await;
    let user = database.user("ALL").await;
    let preferred = Settings { tls: Tls::Preferred, ..as_user(&user, &database) };
    infra_mysql::open(preferred.clone(), None).await.expect("either way will do");

    let has_tls = is_offered(&database).await;
    let unverified = refusal(Settings { tls: Tls::Required, ..as_user(&user, &database) }).await;
    if has_tls {
        // The server made its certificate itself, and no authority vouches for it.
        assert!(matches!(&unverified, OpenError::Tls { .. }), "{unverified}");
        assert_names(&unverified, &["DB_TLS", "DB_TLS_CA"]);
        server.execute(&[&format!("ALTER USER {} REQUIRE SSL", user.name())]).await;
        infra_mysql::open(preferred, None).await.expect("it is encrypted");
        let error = refusal(Settings { tls: Tls::Off, ..as_user(&user, &database) }).await;
        assert!(matches!(&error, OpenError::SignIn { .. }), "{error}");
    } else {
        assert!(matches!(&unverified, OpenError::NoTls), "{unverified}");
        assert_names(&unverified, &["DB_TLS"]);
    }
}

async fn is_offered(database: &Database) -> bool {
    let mut connection = database.connect().await;
    let version: Option<(String, String)> =
        connection.query_first("SHOW STATUS LIKE 'Ssl_server_not_after'").await.expect("a status");
    version.is_some_and(|(_, until)| !until.is_empty())
}

fn as_user(user: &User, database: &Database) -> Settings {
    Settings {
        user: user.name().to_owned(),
        password: Some(User::PASSWORD.into()),
        ..store::settings(database)
    }
}

test_databases::on_both_servers! {
    many_servers_may_start_at_once,
    a_user_who_may_only_read_and_write_rows_opens_a_database_that_is_up_to_date,
    a_missing_grant_is_named,
    a_wrong_password_is_named,
    a_missing_database_is_named,
    a_newer_schema_is_named,
    a_change_of_the_schema_that_was_cut_short_is_named,
    a_table_without_transactions_is_named,
    a_connection_is_encrypted_where_the_server_can,
}

#[tokio::test]
async fn a_host_that_is_no_name_is_named() {
    let error = refusal(Settings::new("no-such-host.invalid", "hexroom", "hexroom")).await;
    assert!(matches!(&error, OpenError::UnknownHost { .. }), "{error}");
    assert_names(&error, &["DB_HOST", "no-such-host.invalid"]);
}

#[tokio::test]
async fn a_port_at_which_nobody_listens_is_named() {
    let free = TcpListener::bind("127.0.0.1:0").expect("a free port").local_addr().expect("it is bound");
    let error =
        refusal(Settings { port: free.port(), ..Settings::new("127.0.0.1", "hexroom", "hexroom") }).await;
    assert!(matches!(&error, OpenError::Unreachable { .. }), "{error}");
    assert_names(&error, &["DB_HOST", "DB_PORT", &free.to_string()]);
}

#[tokio::test]
async fn a_port_at_which_another_program_listens_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("it is bound").port();
    let other = thread::spawn(move || {
        let (mut peer, _) = listener.accept().expect("somebody comes");
        peer.write_all(b"SSH-2.0-OpenSSH_9.9 and whatever else it says to everybody\r\n")
            .expect("they listen");
    });
    let error = refusal(Settings { port, ..Settings::new("127.0.0.1", "hexroom", "hexroom") }).await;
    other.join().expect("no panic");
    assert!(matches!(&error, OpenError::NotMysql { .. }), "{error}");
    assert_names(&error, &["DB_PORT"]);
}

#[tokio::test]
async fn a_file_of_authorities_that_holds_none_is_named() {
    let empty = std::env::temp_dir().join(format!("{}.pem", new_name()));
    fs::write(&empty, "nothing to see").expect("there is room");
    let settings = Settings {
        tls: Tls::Required,
        tls_ca: Some(empty.clone()),
        ..Settings::new("127.0.0.1", "hexroom", "hexroom")
    };
    let error = refusal(settings).await;
    fs::remove_file(&empty).expect("it is there");
    assert!(matches!(&error, OpenError::TlsCa { path, .. } if *path == empty), "{error}");
    assert_names(&error, &["DB_TLS_CA"]);
}
