//! How SQLite goes about the statements for which more matters than that they use an index, which the contract's
//! tests see to for all.

#[path = "sqlite/file.rs"]
mod file;
mod plans;

use std::path::PathBuf;

use domain::PageSize;
use port_contract::World;
use tempfile::TempDir;

/// A store in which somebody posted and read, and the one statement made there that has these words.
async fn statement(words: &str) -> (TempDir, PathBuf, String) {
    plans::watch();
    let (folder, path) = file::new_path();
    let world = World::new(infra_sqlite::open(&path).expect("the store opens").into());
    let cast = world.cast().await;
    cast.bo.says(cast.room, "hello").await;
    cast.ana.views(cast.room).await.expect("Ana owns the room");
    world.stores().rooms.of_member(cast.ana.id.clone(), None, PageSize::default()).await.expect("a list");
    let statements = plans::statements();
    let found: Vec<_> = statements.iter().filter(|sql| sql.contains(words)).collect();
    let [sql] = found.as_slice() else { panic!("{words} is in {found:#?}") };
    (folder, path, (*sql).clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_is_found_by_the_whole_key() {
    let (_folder, path, sql) = statement("WHERE ((`events`.`client_message_id` = ?)").await;
    let plan = plans::plan(&path, &sql);
    let key = "(client_message_id=? AND actor_id=?)";
    assert!(plan.iter().any(|step| step.starts_with("SEARCH") && step.ends_with(key)), "{plan:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_unread_is_found_by_whole_keys() {
    let (_folder, path, sql) = statement("marker.seq = seats.read_seq").await;
    let plan = plans::plan(&path, &sql);
    for log in ["marker", "head"] {
        let found = format!("SEARCH {log} USING PRIMARY KEY (room_id=? AND seq=?)");
        assert!(plan.contains(&found), "{plan:#?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_of_rooms_reads_no_hashes() {
    let (_folder, _, sql) = statement("(`seats` INNER JOIN `rooms` ON ").await;
    assert!(sql.contains("`rooms`.`name`") && !sql.contains("hash"), "{sql}");
}

#[test]
fn a_table_scan_would_be_noticed() {
    let (_folder, path) = file::new_path();
    infra_sqlite::migrate(&path).expect("the store is made");
    let plan = plans::plan(&path, "SELECT * FROM events WHERE data = 'x'");
    assert!(plans::wasteful_step(&plan).is_some(), "{plan:#?}");
}

#[test]
fn no_plan_depends_on_a_bound_value() {
    let (_folder, path) = file::new_path();
    infra_sqlite::migrate(&path).expect("the store is made");
    let qpsg = "FROM pragma_compile_options WHERE compile_options = 'ENABLE_QPSG'";
    let found: i64 = diesel::RunQueryDsl::get_result(
        diesel::select(diesel::dsl::sql::<diesel::sql_types::BigInt>(&format!("(SELECT COUNT(*) {qpsg})"))),
        &mut file::raw(&path),
    )
    .expect("an answer");
    assert_eq!(found, 1, "a statement with LIMIT would be prepared anew each time");
}
