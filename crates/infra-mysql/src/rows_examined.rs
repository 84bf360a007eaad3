//! What is shown of a room, and what is posted there, costs as much in a long log as in a short one: counted in rows, on
//! the connections that the store itself makes.

use domain::{PageSize, SearchQuery, SearchRequest, Seq, UserId};
use infra_sql::operations::shown::{Shown, UNREAD};
use infra_sql::operations::{rooms, search};
use infra_sql::posting::Known;
use port_contract::Cast;
use test_databases::DatabaseServer;

use crate::connection::Connection;
use crate::fixture::{Fixture, counted};
use crate::posting::post_all;

/// How many messages are posted with one statement.
const AT_ONCE: i64 = 1_000;

/// Posts until the log has `head` events.
fn fill(connection: &mut Connection, cast: &Cast, head: i64) {
    let mut known = Known::default();
    let room = rooms::find(connection, cast.room).expect("it is read").expect("there is the room");
    let mut last = room.head_seq.0;
    while last < head {
        let until = head.min(last + AT_ONCE);
        let new: Vec<_> =
            (last..until).map(|seq| cast.bo.writes(cast.room, &format!("after {seq}"), "hello")).collect();
        let outcomes = post_all(connection, None, &mut known, &new.iter().collect::<Vec<_>>());
        assert!(outcomes.expect("they are posted").iter().all(Result::is_ok), "Bo sits there");
        last = until;
    }
}

/// The rows examined for each thing that is shown to each of the members, and for a message of somebody of whom nothing
/// is known.
fn rows_examined(connection: &mut Connection, cast: &Cast, head: i64) -> Vec<(String, UserId, i64)> {
    let rows_read = |connection: &mut Connection| counted(connection, "Handler_read%");
    let members = [&cast.ana.id, &cast.cy.id, &cast.di.id];
    let mut examined = Vec::new();
    for shown in Shown::ALL {
        for user_id in members {
            let before = rows_read(connection);
            shown.read(connection, cast.room, user_id, Seq(head)).expect("it is shown");
            examined.push((format!("{shown:?}"), user_id.clone(), rows_read(connection) - before));
        }
    }
    let new = cast.bo.writes(cast.room, &format!("one more after {head}"), "hello");
    let before = rows_read(connection);
    let posted = post_all(connection, None, &mut Known::default(), &[&new]).expect("it is posted").remove(0);
    posted.expect("Bo sits there");
    examined.push(("a message".to_owned(), cast.bo.id.clone(), rows_read(connection) - before));
    examined
}

async fn a_room_costs_as_much_with_a_long_log(server: DatabaseServer) {
    let fixture = Fixture::on(server).await;
    let cast = &fixture.cast;
    cast.di.joins(cast.room).await.expect("there is a seat");
    let deleted = cast.bo.says(cast.room, "never mind").await;
    cast.bo.deletes(&deleted).await.expect("its author deletes");
    // Once, because Di, who reads nothing, has such edits counted one by one.
    let to_all = cast.ana.says(cast.room, "@everyone").await;
    cast.ana.edits(&to_all, "hello, all").await.expect("Ana wrote it");
    let mut examined = Vec::new();
    for head in [1_000, 100_000] {
        fixture.connected(move |connection, cast| fill(connection, cast, head)).await;
        cast.ana.reads_up_to(cast.room, Seq(head)).await.expect("Ana sits there");
        cast.cy.reads_up_to(cast.room, Seq(head - UNREAD)).await.expect("Cy sits there");
        let named = cast.ana.says(cast.room, "@cy-").await;
        cast.ana.edits(&named, "@ana").await.expect("Ana wrote it");
        cast.bo.replies(&named, &format!("reply in {head}")).await.expect("Bo sits there");
        cast.bo.reacts(&named, "👍", true).await.expect("Bo sits there");
        examined.push(fixture.connected(move |connection, cast| rows_examined(connection, cast, head)).await);
    }
    assert_eq!(examined[0], examined[1]);
    assert!(examined[0].iter().all(|(_, _, rows)| *rows > 0), "rows are counted: {examined:?}");
    fixture.world.audits_clean().await;
}

async fn the_list_of_rooms_passes_over_deleted_messages(server: DatabaseServer) {
    let fixture = Fixture::on(server).await;
    let cast = &fixture.cast;
    let mut examined = Vec::new();
    cast.bo.says(cast.room, "hello").await;
    for deleted in [1, 300] {
        let mut said = Vec::new();
        for _ in 0..deleted {
            said.push(cast.bo.says(cast.room, "never mind").await);
        }
        for message in said {
            cast.bo.deletes(&message).await.expect("its author deletes");
        }
        cast.ana.reads_up_to(cast.room, Seq(i64::MAX)).await.expect("Ana sits there");
        let listed = fixture.connected(|connection, cast| {
            let before = counted(connection, "Handler_read%");
            let page = rooms::of_member(connection, &cast.ana.id, None, PageSize::default());
            let last = page.expect("it is shown").items.remove(0).last_message;
            (counted(connection, "Handler_read%") - before, last.map(|message| message.excerpt))
        });
        examined.push(listed.await);
    }
    let [few, many] = examined.as_slice() else { unreachable!("two lists were read") };
    assert_eq!(many.1.as_deref(), Some("hello"));
    assert!(many.0 <= few.0, "{few:?} and {many:?}");
    fixture.world.audits_clean().await;
}

/// How many rows a search for words examines.
fn rows_of_search(connection: &mut Connection, viewer: &UserId, words: &str) -> (i64, usize) {
    let request = SearchRequest {
        query: SearchQuery::new(words, None).expect(words),
        room_id: None,
        before: None,
        after: None,
        size: PageSize::default(),
    };
    let before = counted(connection, "Handler_read%");
    let page = search::search(connection, viewer, &request).expect("they are looked for");
    (counted(connection, "Handler_read%") - before, page.items.len())
}

async fn a_search_over_many_rooms_examines_what_it_finds(server: DatabaseServer) {
    let fixture = Fixture::on(server).await;
    let cast = &fixture.cast;
    for number in 0..40 {
        let room = cast.ana.opens(&format!("Room {number}")).await;
        for place in 0..20 {
            cast.ana.says(room, &format!("word{place} and some others of number {number} and {place}")).await;
        }
    }
    fixture.world.indexes_everything().await;
    let read = fixture.connected(|connection, cast| {
        ["word7", "word3 othe", "word3 word4 x"].map(|words| rows_of_search(connection, &cast.ana.id, words))
    });
    let [one, two, none] = read.await;
    assert_eq!((one.1, two.1, none.1), (40, 40, 0));
    // Each room, its terms and its message, a few rows each: of 800 messages, and some 4,000 rows of the index.
    for (rows, _) in [one, two, none] {
        assert!(rows < 700, "{rows} rows were examined");
    }
}

test_databases::on_both_servers! {
    a_search_over_many_rooms_examines_what_it_finds,
    a_room_costs_as_much_with_a_long_log,
    the_list_of_rooms_passes_over_deleted_messages,
}
