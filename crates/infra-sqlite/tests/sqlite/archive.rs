//! A store as lines: what moves, what is refused, and what a restore's mark does.

use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::prelude::*;
use domain::change::AccountChange;
use domain::ports::Randomness;
use domain::{OpaqueToken, Salt, SealedSecret, Seq, TimeStep, recovery_hash};
use infra_sql::archive::{Archive, ImportError};
use infra_sql::schema::TABLES;
use infra_sqlite::{OpenError, SqliteArchive};
use port_contract::first_version::{self, EXPORT};
use port_contract::{Cast, World};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::file;

/// Ids are all that is drawn here.
struct Ids;

impl Randomness for Ids {
    fn id(&self) -> Uuid {
        Uuid::now_v7()
    }

    fn token(&self) -> OpaqueToken {
        unreachable!("nobody asks for a secret")
    }

    fn salt(&self) -> Salt {
        unreachable!("nobody asks for a salt")
    }
}

fn archive(path: &Path) -> SqliteArchive {
    SqliteArchive::open(path).expect("the store opens")
}

fn export(path: &Path) -> String {
    let mut lines = Vec::new();
    archive(path).export(&mut lines).expect("it is exported");
    String::from_utf8(lines).expect("JSON is UTF-8")
}

fn import(path: &Path, lines: &str) -> Result<u64, ImportError> {
    archive(path).import(&mut lines.as_bytes())
}

fn world(path: &Path) -> World {
    World::new(infra_sqlite::open(path).expect("the store opens").into())
}

/// A store in which everything has happened once, so that no table is empty.
async fn eventful(world: &World) -> Cast {
    let cast = world.cast().await;
    let Cast { room, ana, bo, cy, di } = &cast;
    let first = bo.says(*room, "see you \u{1f98a} tomorrow\n\"at nine\"").await;
    bo.edits(&first, "see you at ten").await.expect("it is allowed");
    let second = cy.says(*room, "no").await;
    cy.deletes(&second).await.expect("it is allowed");
    cy.replies(&first, "reply").await.expect("it is allowed");
    cy.reacts(&first, "\u{1f98a}", true).await.expect("it is allowed");
    bo.edits(&first, "see you at ten, @cy-").await.expect("it is allowed");
    bo.reads_up_to(*room, Seq(4)).await.expect("it is allowed");
    di.is_granted(500, "gift").await.expect("it is allowed");
    let paid = ana.opens("Pentagon").await;
    bo.is_granted(150, "fee").await.expect("it is allowed");
    bo.joins(paid).await.expect("Bo can pay");
    ana.renames(paid, "Heptagon").await.expect("it is allowed");
    let eve = world.prime_member("eve").await;
    let invited = ana.invites(&eve, paid).await.expect("Eve is prime");
    eve.joins_with(&invited.token).await.expect("the token is good");
    let revoked = ana.invites(&eve, *room).await.expect("Eve is prime");
    ana.revokes(revoked.id, *room).await.expect("it is allowed");
    ana.bans(cy, *room).await.expect("it is allowed");
    let closed = ana.opens("Closed").await;
    ana.closes(closed).await.expect("it is allowed");
    let request = bo.asks(cy).await.expect("they have shared a room");
    cy.accepts(bo, request).await.expect("it is allowed");
    bo.asks(&eve).await.expect("they share a room");
    cy.blocks(ana).await.expect("it is allowed");
    eve.is_suspended(None).await.expect("it is allowed");
    di.is_given_a_link().await;
    let second_factor = AccountChange::TurnOnSecondFactor {
        secret: SealedSecret(vec![7; 48]),
        last_step: TimeStep(5),
        recovery_codes: vec![recovery_hash("one")],
    };
    di.changes_to(vec![second_factor, AccountChange::OfferSecondFactor(SealedSecret(vec![8; 48]))])
        .await
        .expect("there is Di");
    let gone = world.free_member("gone", 7).await;
    gone.is_erased().await.expect("it is allowed");
    cast
}

/// The same lines under a trailer that fits them.
fn sealed(lines: &[&str]) -> String {
    let rows = format!("{}\n", lines.join("\n"));
    let sha256 = hex::encode(Sha256::digest(rows.as_bytes()));
    format!("{rows}{{\"end\":{{\"rows\":{},\"sha256\":\"{sha256}\"}}}}\n", lines.len() - 1)
}

/// The lines of an export without its trailer.
fn rows(export: &str) -> Vec<&str> {
    let mut lines: Vec<_> = export.lines().collect();
    lines.pop().expect("a trailer");
    lines
}

#[tokio::test]
async fn a_store_moves_whole() {
    let (_folder, from) = file::new_path();
    eventful(&world(&from)).await;
    let exported = export(&from);
    let lines = rows(&exported);
    for table in TABLES {
        assert!(lines.iter().any(|line| line.starts_with(&format!("{{\"{table}\":"))), "{table}");
    }

    let (_other_folder, to) = file::new_path();
    assert_eq!(import(&to, &exported).expect("it is imported"), lines.len() as u64 - 1);
    assert_eq!(export(&to), exported);
    world(&to).audits_clean().await;
}

#[tokio::test]
async fn an_export_of_one_moment_is_made_while_others_write() {
    let (_folder, from) = file::new_path();
    let world = world(&from);
    let cast = world.cast().await;
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let writing = tokio::spawn(async move {
        cast.bo.says(cast.room, "the first of many").await;
        begun.send(()).expect("somebody waits");
        for number in 0..200 {
            cast.bo.says(cast.room, &format!("message {number}")).await;
        }
    });
    has_begun.await.expect("it begins");
    let path = from.clone();
    let exported = tokio::task::spawn_blocking(move || export(&path)).await.expect("no panic");
    writing.await.expect("no panic");

    let (_other_folder, to) = file::new_path();
    import(&to, &exported).expect("it is whole");
    self::world(&to).audits_clean().await;
}

#[tokio::test]
async fn an_export_that_is_cut_anywhere_leaves_the_store_empty() {
    let (_folder, from) = file::new_path();
    eventful(&world(&from)).await;
    let exported = export(&from);
    let (_other_folder, to) = file::new_path();
    let empty = export(&to);

    let ends = exported.match_indices('\n').map(|(end, _)| end + 1).filter(|end| *end < exported.len());
    for end in ends.flat_map(|end| [end, end + 9]) {
        let refused = import(&to, &exported[..end]).expect_err("it is cut");
        assert!(matches!(refused, ImportError::Cut(_)), "{refused}");
    }
    assert_eq!(export(&to), empty);
    assert!(matches!(import(&to, ""), Err(ImportError::NotAnExport)));
    import(&to, &exported).expect("the whole is imported");
}

#[tokio::test]
async fn an_export_that_was_altered_leaves_the_store_empty() {
    let (_folder, from) = file::new_path();
    eventful(&world(&from)).await;
    let exported = export(&from);
    let lines = rows(&exported);
    let (_other_folder, to) = file::new_path();
    let empty = export(&to);

    let edited = exported.replace("see you at ten", "see you at six");
    assert_ne!(edited, exported);
    let dropped = exported.replacen(&format!("{}\n", lines[lines.len() - 1]), "", 1);
    let doubled = format!("{exported}{exported}");
    let unsealed = exported.replace("\"rows\":", "\"rows\":1");
    for altered in [&edited, &dropped, &doubled, &unsealed] {
        let refused = import(&to, altered).expect_err("it was altered");
        assert!(matches!(refused, ImportError::Altered | ImportError::Line(_)), "{refused}");
    }
    // A row of a later table that refers to no other row.
    let later = lines.iter().find(|line| line.contains(r#"{"coin_accounts":{"coin_account_id":"@"#));
    let later = later.expect("the mint's account");
    let misplaced = sealed(&[lines[0], lines[1], lines[2], lines[3], later, lines[4]]);
    assert!(matches!(import(&to, &misplaced), Err(ImportError::Line(_))));
    let foreign = sealed(&[lines[0], r#"{"accounts":{"user_id":"ana"}}"#]);
    assert!(matches!(import(&to, &foreign), Err(ImportError::Line(2))));
    assert_eq!(export(&to), empty);
}

#[tokio::test]
async fn an_export_that_breaks_a_promise_leaves_the_store_empty() {
    let (_folder, from) = file::new_path();
    eventful(&world(&from)).await;
    let exported = export(&from);
    let (_other_folder, to) = file::new_path();
    let empty = export(&to);

    let richer = exported
        .replace(r#""coin_account_id":"di-","balance":500,"#, r#""coin_account_id":"di-","balance":501,"#);
    assert_ne!(richer, exported);
    let refused = import(&to, &sealed(&rows(&richer))).expect_err("coins were made");
    assert!(matches!(&refused, ImportError::Violations(violations) if !violations.is_empty()), "{refused}");

    let lines = rows(&exported);
    let without_ana: Vec<_> =
        lines.iter().filter(|line| !line.contains(r#"{"accounts":{"user_id":"ana""#)).copied().collect();
    assert_eq!(without_ana.len(), lines.len() - 1);
    let refused = import(&to, &sealed(&without_ana)).expect_err("her room refers to her");
    assert!(matches!(refused, ImportError::Rows { .. }), "{refused}");
    assert_eq!(export(&to), empty);
}

#[tokio::test]
async fn what_is_damaged_can_be_exported_and_an_import_names_it() {
    let (_folder, from) = file::new_path();
    eventful(&world(&from)).await;
    file::raw(&from)
        .batch_execute("UPDATE events SET data = 'no JSON' WHERE kind = 'message_posted'")
        .expect("it is damaged");
    let (_other_folder, to) = file::new_path();
    let refused = import(&to, &export(&from)).expect_err("a message says nothing");
    let ImportError::Violations(violations) = refused else { panic!("{refused}") };
    assert!(violations.iter().any(|found| found.invariant == "events_are_whole"), "{violations:?}");
}

#[tokio::test]
async fn only_an_empty_store_takes_an_import() {
    let (_folder, from) = file::new_path();
    eventful(&world(&from)).await;
    let exported = export(&from);
    assert!(matches!(import(&from, &exported), Err(ImportError::NotEmpty)));
    assert_eq!(export(&from), exported);
}

#[test]
fn an_export_of_another_version_says_so() {
    let (_folder, to) = file::new_path();
    let newer = EXPORT.replacen("\"version\":1", "\"version\":1000", 1);
    assert!(matches!(import(&to, &newer), Err(ImportError::Version(1000))));
    assert!(matches!(import(&to, "{\"accounts\":{}}\n"), Err(ImportError::NotAnExport)));
    assert!(matches!(import(&to, "PK\u{3}\u{4}"), Err(ImportError::NotAnExport)));
}

#[tokio::test]
async fn an_export_that_an_earlier_hexroom_wrote_is_taken() {
    let (_folder, to) = file::new_path();
    import(&to, EXPORT).expect("it is imported");
    let exported = export(&to);
    // A room's row repeated where its log ends.
    let without_head = |row: &str| match row.split_once(",\"head_seq\":") {
        Some((row, _)) => format!("{row}}}}}"),
        None => row.to_owned(),
    };
    let is_of_a_log =
        |row: &&str| ["{\"events\"", "{\"erased_messages\""].iter().any(|of| row.starts_with(of));
    let others = rows(&exported)[1..].iter().copied().filter(|row| !is_of_a_log(row)).collect::<Vec<_>>();
    let earlier: Vec<_> =
        rows(EXPORT)[1..].iter().filter(|row| !is_of_a_log(row)).map(|row| without_head(row)).collect();
    assert_eq!(others, earlier, "what later versions add is not there");
    let said: Vec<_> = rows(&exported)
        .into_iter()
        .filter_map(|row| row.split_once("\"data\":")?.1.strip_suffix("}}"))
        .collect();
    let joined = |user_id: &str| format!("{{\"user_id\":\"{user_id}\"}}");
    let first_digest = "4f372cfbf2686e74c98128bf123d30b1";
    assert_eq!(
        said,
        [
            joined("ana"),
            joined("bo-"),
            joined("cy-"),
            format!(
                "{{\"body\":\"see you at ten\",\"edited_at\":1790000000135,\"first_digest\":\"{first_digest}\",\"revision\":1}}"
            ),
            "{\"seq\":4}".to_owned(),
            "{}".to_owned(),
            "{\"seq\":6}".to_owned(),
            "{\"banned\":true,\"user_id\":\"cy-\"}".to_owned(),
            joined("ana"),
            joined("bo-"),
            "{\"name\":\"Heptagon\"}".to_owned(),
            joined("eve"),
            joined("ana"),
            "{}".to_owned(),
        ]
    );
    world(&to).audits_clean().await;
}

/// The migrations that made the first version's schema.
const FIRST_VERSION: [&str; 5] = ["0001_accounts", "0002_rooms", "0003_log", "0004_coins", "0005_friends"];

/// A file as the first version left it.
fn first_version_stored(path: &Path) {
    let mut connection = file::raw(path);
    let applied = "CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL, \
                   run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)";
    connection.batch_execute(applied).expect("the list of migrations is made");
    for name in FIRST_VERSION {
        let migration = format!("{}/../../migrations/sqlite/{name}/up.sql", env!("CARGO_MANIFEST_DIR"));
        let migration = std::fs::read_to_string(migration).expect("the migration is there");
        connection.batch_execute(&migration).expect(name);
        let noted = format!("INSERT INTO __diesel_schema_migrations (version) VALUES ('{}')", &name[..4]);
        connection.batch_execute(&noted).expect("it is noted");
    }
    for insert in first_version::inserts() {
        connection.batch_execute(&insert).expect(&insert);
    }
}

#[tokio::test]
async fn what_the_first_version_stored_is_the_same_after_all_migrations_as_after_an_import() {
    let (_folder, path) = file::new_path();
    first_version_stored(&path);
    let (_folder, imported) = file::new_path();
    import(&imported, EXPORT).expect("it is imported");
    assert_eq!(rows(&export(&path)), rows(&export(&imported)));
    world(&path).audits_clean().await;
}

#[test]
fn a_file_whose_references_are_broken_is_not_migrated() {
    let (_folder, path) = file::new_path();
    first_version_stored(&path);
    file::raw(&path)
        .batch_execute("PRAGMA foreign_keys = OFF; DELETE FROM accounts WHERE user_id = 'eve'")
        .expect("the account is deleted");
    let Err(error @ OpenError::Migration { .. }) = infra_sqlite::open(&path) else {
        panic!("the file is migrated");
    };
    let reasons = std::iter::successors(Some(&error as &dyn std::error::Error), |error| error.source());
    let said = reasons.map(ToString::to_string).collect::<Vec<_>>().join(": ");
    assert!(said.contains("refers to none of accounts"), "{said}");
    let applied: i64 = sql::<diesel::sql_types::BigInt>("SELECT COUNT(*) FROM __diesel_schema_migrations")
        .get_result(&mut file::raw(&path))
        .expect("they are counted");
    assert_eq!(usize::try_from(applied), Ok(FIRST_VERSION.len()));
}

#[tokio::test]
async fn every_room_begins_another_epoch_after_a_restore() {
    let (_folder, path) = file::new_path();
    let first = world(&path);
    let cast = first.cast().await;
    let other = cast.ana.opens("Pentagon").await;
    let rooms = &first.stores().rooms;
    let mut before = Vec::new();
    for room in [cast.room, other] {
        before.push(rooms.find(room).await.expect("it can be read").expect("it is there"));
    }
    assert_eq!(archive(&path).renew_epochs(&Ids).expect("they are renewed"), 2);
    let mut epochs = Vec::new();
    for room in &before {
        let after = rooms.find(room.id).await.expect("it can be read").expect("it is there");
        assert_ne!(after.epoch, room.epoch);
        assert_eq!(after.head_seq, room.head_seq);
        epochs.push(after.epoch);
    }
    assert_ne!(epochs[0], epochs[1]);
}
