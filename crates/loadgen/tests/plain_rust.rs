//! The server that Hexroom is compared with, driven as it is when it is measured.

use std::path::Path;
use std::process::Command;

use mysql_async::prelude::Queryable;
use serde_json::Value;
use test_databases::{Database, MYSQL};

/// The outcomes of a run of the generator against `plain-rust`, on a database of its own.
fn measured(database: &Database, mode: &str, options: &str) -> Vec<Value> {
    let server = MYSQL.options();
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
    let records: Vec<Value> = serde_json::from_str(&text).expect("JSON");
    records.into_iter().map(|mut record| record["outcome"].take()).collect()
}

#[tokio::test]
#[ignore = "takes a server at TEST_MYSQL_URL"]
async fn messages_are_committed_and_reach_everybody_once() {
    let database = MYSQL.database().await;
    let outcomes = measured(&database, "rate", "--rooms 2 --rate 100 --warm-up 0.5 --seconds 1");
    let rate = &outcomes[0][0];
    assert_eq!(rate["acknowledged"], 150);
    let wrong = rate["wrong"].as_object().expect("what went wrong");
    // On a busy machine it mixes up some, which is what it is compared in.
    assert!(wrong.iter().all(|(what, count)| what == "misplaced" || count == 0), "{wrong:?}");
    let mut elsewhere = database.connect().await;
    let rows: Option<u64> = elsewhere.query_first("SELECT COUNT(*) FROM messages").await.expect("a table");
    assert_eq!(rows, Some(150));
}

#[tokio::test]
#[ignore = "takes a server at TEST_MYSQL_URL"]
async fn everything_is_measured_that_servers_are_compared_in() {
    let options = "--rooms 2 --sockets 31 --rates 20,40 --from 50 --to-within 1000 --length 60 --warm-up 0.1 --seconds 0.2";
    let database = MYSQL.database().await;
    let outcomes = measured(&database, "compare", options);
    let [idle, rates, ramp, random_ids, connects, readings] = &outcomes[..] else { panic!("{outcomes:?}") };
    assert_eq!((&idle["sockets"], &idle["closed"]), (&31.into(), &0.into()));
    assert_eq!((&rates[0]["offered"], &rates[1]["offered"]), (&20.0.into(), &40.0.into()));
    assert_eq!((&ramp["clientIds"], &random_ids["clientIds"]), (&"time".into(), &"random".into()));
    assert!(connects["perSecond"].as_f64() > Some(0.0), "{connects}");
    let readings = readings.as_array().expect("readings");
    assert_eq!(readings.len(), 3);
    assert!(readings.iter().all(|reading| reading["pagesPerSecond"].as_f64() > Some(0.0)), "{readings:?}");
}
