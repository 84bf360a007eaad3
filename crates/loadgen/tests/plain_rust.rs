//! The server that Hexroom is compared with, driven as it is when it is measured.

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use test_databases::MYSQL;

/// The outcome of a run of the generator against `plain-rust`, on a database of its own.
async fn measured(mode: &str, options: &str) -> Value {
    let (database, server) = (MYSQL.database().await, MYSQL.options());
    let home = tempfile::tempdir().expect("a folder");
    let outcome = home.path().join("outcome.json");
    let run = Command::new(env!("CARGO_BIN_EXE_loadgen"))
        .arg(mode)
        .args(options.split(' '))
        .args([Path::new("--server"), Path::new(env!("CARGO_BIN_EXE_plain-rust"))])
        .args([Path::new("--json"), &outcome])
        .env("DB_HOST", server.ip_or_hostname())
        .env("DB_PORT", server.tcp_port().to_string())
        .env("DB_USER", server.user().unwrap_or_default())
        .env("DB_PASSWORD", server.pass().unwrap_or_default())
        .env("DB_NAME", database.name())
        .output()
        .expect("it runs");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    let text = std::fs::read_to_string(outcome).expect("an outcome");
    serde_json::from_str::<Value>(&text).expect("JSON")["outcome"].take()
}

#[tokio::test]
#[ignore = "takes a server at TEST_MYSQL_URL"]
async fn messages_reach_everybody_once_and_in_order() {
    let rates = measured("rate", "--rooms 2 --rate 100 --warm-up 0.5 --seconds 1").await;
    assert_eq!(rates[0]["acknowledged"], 150);
    let wrong = rates[0]["wrong"].as_object().expect("what went wrong");
    assert!(wrong.values().all(|count| count == 0), "{wrong:?}");
}

#[tokio::test]
#[ignore = "takes a server at TEST_MYSQL_URL"]
async fn history_is_read() {
    let readings = measured("history", "--lengths 120 --fill-rate 200 --connections 2 --seconds 0.2").await;
    let readings = readings.as_array().expect("readings");
    assert_eq!(readings.len(), 3);
    assert!(readings.iter().all(|reading| reading["pagesPerSecond"].as_f64() > Some(0.0)), "{readings:?}");
}

#[tokio::test]
#[ignore = "takes a server at TEST_MYSQL_URL"]
async fn sockets_are_opened() {
    let connects = measured("connects", "--rooms 2 --length 10 --fill-rate 200 --seconds 0.5").await;
    assert!(connects["perSecond"].as_f64() > Some(0.0), "{connects}");
}

#[tokio::test]
#[ignore = "takes a server at TEST_MYSQL_URL"]
async fn idle_sockets_stay_open() {
    let idle = measured("idle", "--rooms 2 --sockets 31 --seconds 0.1").await;
    assert_eq!((&idle["sockets"], &idle["closed"]), (&31.into(), &0.into()));
}
