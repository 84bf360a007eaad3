//! How often the server is asked: each question is a round trip. Counted on a connection that the store itself
//! makes, once its statements are prepared.

use domain::change::RoomChange;
use domain::facts::RoomFacts;
use domain::ports::{Decide, RoomScope};
use domain::rules::membership;
use domain::rules::messages::NewMessage;
use domain::rules::quotas::ROOMS_SAT_IN;
use domain::{PageSize, RoomId, Seq, Window};
use infra_sql::Failure;
use infra_sql::operations::{messages, rooms};
use infra_sql::posting::Known;
use port_contract::Cast;
use test_databases::DatabaseServer;
use uuid::Uuid;

use crate::connection::Connection;
use crate::failed::Failed;
use crate::fixture::{Fixture, counted};
use crate::posting::post_all;
use crate::retries::AccessMode;

/// How many questions some work takes, after it was done once.
fn trips<T>(
    connection: &mut Connection,
    mode: AccessMode,
    mut work: impl FnMut(&mut Connection) -> Result<T, Failure>,
) -> i64 {
    let mut done =
        |connection: &mut Connection| -> Result<T, Failed> { mode.go(connection, None, &mut work) };
    done(connection).expect("it is done");
    let before = counted(connection, "Questions");
    done(connection).expect("it is done again");
    // The counting itself is a question too.
    counted(connection, "Questions") - before - 1
}

fn count(connection: &mut Connection, cast: &Cast) -> Vec<(&'static str, i64)> {
    let (room, bo) = (cast.room, &cast.bo.id);
    let mut known = Known::default();
    let mut number = 0;
    let mut post = |connection: &mut Connection, count: usize| {
        let new: Vec<NewMessage> = (0..count)
            .map(|_| {
                number += 1;
                cast.bo.writes(room, &format!("trip {number}"), "hello")
            })
            .collect();
        post_all(connection, None, &mut known, &new.iter().collect::<Vec<_>>())
    };
    let original = cast.bo.writes(room, "original", "hello");
    post_all(connection, None, &mut Known::default(), &[&original]).expect("it is posted");
    let mut known_for_replies = Known::default();
    let mut replied = 0;
    let mut reply = |connection: &mut Connection| {
        replied += 1;
        let client_message_id = format!("reply {replied}");
        let new =
            NewMessage { reply_to: Some(original.id), ..cast.bo.writes(room, &client_message_id, "hello") };
        post_all(connection, None, &mut known_for_replies, &[&new])
    };
    let rooms_sat_in: Vec<_> = (0..ROOMS_SAT_IN).map(|_| RoomId(Uuid::now_v7())).collect();
    let (mut known_for_mentions, mut mentioned) = (Known::default(), 0);
    let mut mention = |connection: &mut Connection| {
        mentioned += 1;
        let new = cast.bo.writes(room, &format!("mention {mentioned}"), "@ana");
        post_all(connection, None, &mut known_for_mentions, &[&new])
    };
    let mut seq = 3;
    let scope = RoomScope::new(room, bo.clone());
    vec![
        ("a message", trips(connection, AccessMode::AutoCommit, |connection| post(connection, 1))),
        ("a hundred messages", trips(connection, AccessMode::AutoCommit, |connection| post(connection, 100))),
        ("a mention", trips(connection, AccessMode::AutoCommit, &mut mention)),
        ("a reply", trips(connection, AccessMode::AutoCommit, &mut reply)),
        (
            "a read marker",
            trips(connection, AccessMode::Write, |connection| {
                seq += 1;
                let read = Seq(seq);
                let decide: Decide<RoomFacts, RoomChange> =
                    Box::new(move |facts| membership::mark_read(facts, read));
                rooms::change(connection, &scope, &decide)
            }),
        ),
        (
            "the rooms of a welcome",
            trips(connection, AccessMode::Read, |connection| {
                let ids = rooms::ids_of_member(connection, bo)?;
                rooms::reading(connection, bo, &ids)
            }),
        ),
        (
            "as many rooms as somebody may sit in",
            trips(connection, AccessMode::Read, |connection| rooms::reading(connection, bo, &rooms_sat_in)),
        ),
        (
            "a page of history",
            trips(connection, AccessMode::Read, |connection| {
                messages::history_if_seated(connection, room, bo, Window::default())
            }),
        ),
        (
            "a page about a message",
            trips(connection, AccessMode::Read, |connection| {
                messages::history_around_if_seated(connection, room, bo, Seq(4), PageSize::default())
            }),
        ),
        (
            "what was missed",
            trips(connection, AccessMode::Read, |connection| {
                messages::events_if_seated(connection, room, bo, Seq(1), 100)
            }),
        ),
    ]
}

async fn each_thing_takes_its_number_of_trips(server: DatabaseServer) {
    let fixture = Fixture::on(server).await;
    let counted = fixture.connected(count).await;
    let expected = [
        ("a message", 1),
        ("a hundred messages", 1),
        ("a mention", 1),
        ("a reply", 2),
        ("a read marker", 7),
        ("the rooms of a welcome", 2),
        ("as many rooms as somebody may sit in", 8),
        ("a page of history", 1),
        ("a page about a message", 1),
        ("what was missed", 1),
    ];
    assert_eq!(counted, expected);
    fixture.world.audits_clean().await;
}

test_databases::on_both_servers! { each_thing_takes_its_number_of_trips }
