//! What is shown of a room costs as much in a long log as in a short one: counted in rows, on the connections that the
//! store itself makes.

use domain::{PageSize, RoomId, Seq, UserId, Window};
use infra_sql::Failure;
use infra_sql::operations::{messages, rooms};
use port_contract::{Cast, all_at_once};
use test_databases::DatabaseServer;

use crate::connection::Connection;
use crate::fixture::{Fixture, counted};

/// How many messages are posted at the same time.
const AT_ONCE: usize = 250;

/// How many of the newest a member has not read.
const UNREAD: i64 = 10;

/// What somebody is shown, and how it is read.
type Shown = (&'static str, fn(&mut Connection, RoomId, &UserId, Seq) -> Result<(), Failure>);

const SHOWN: [Shown; 7] = [
    ("the welcome", |connection, _, user_id, _| {
        let ids = rooms::ids_of_member(connection, user_id)?;
        rooms::reading(connection, user_id, &ids).map(drop)
    }),
    ("the list of rooms", |connection, _, user_id, _| {
        rooms::of_member(connection, user_id, None, PageSize::default()).map(drop)
    }),
    ("one room", |connection, room_id, user_id, _| rooms::view(connection, room_id, user_id).map(drop)),
    ("the newest messages", |connection, room_id, user_id, _| {
        messages::history(connection, room_id, user_id, Window::default()).map(drop)
    }),
    ("the oldest messages", |connection, room_id, user_id, _| {
        let window = Window { after: Some(Seq::ZERO), ..Window::default() };
        messages::history(connection, room_id, user_id, window).map(drop)
    }),
    ("the end of the log", |connection, room_id, user_id, head| {
        messages::log(connection, room_id, Some(user_id), Seq(head.0 - UNREAD), 25).map(drop)
    }),
    ("what was missed", |connection, room_id, user_id, head| {
        messages::events_if_seated(connection, room_id, user_id, Seq(head.0 - UNREAD), 25).map(drop)
    }),
];

/// Posts until the log has `head` events, and has Ana read all of them, Cy all but the newest, and Di none.
async fn fill(cast: &Cast, head: i64) {
    let mut last = cast.ana.reads_facts(cast.room).await.room.head_seq.0;
    while last < head {
        let count = AT_ONCE.min(usize::try_from(head - last).expect("positive"));
        let (bo, room) = (cast.bo.clone(), cast.room);
        all_at_once((0..count).map(|_| {
            let bo = bo.clone();
            async move { bo.says(room, "hello").await }
        }))
        .await;
        last += i64::try_from(count).expect("few");
    }
    cast.ana.reads_up_to(cast.room, Seq(head)).await.expect("Ana sits there");
    cast.cy.reads_up_to(cast.room, Seq(head - UNREAD)).await.expect("Cy sits there");
}

/// The rows examined for each thing that is shown to each of the members.
fn rows_examined(connection: &mut Connection, cast: &Cast, head: i64) -> Vec<(&'static str, UserId, i64)> {
    let rows_read = |connection: &mut Connection| counted(connection, "Handler_read%");
    let members = [&cast.ana.id, &cast.cy.id, &cast.di.id];
    let mut examined = Vec::new();
    for (what, show) in SHOWN {
        for user_id in members {
            let before = rows_read(connection);
            show(connection, cast.room, user_id, Seq(head)).expect("it is shown");
            examined.push((what, user_id.clone(), rows_read(connection) - before));
        }
    }
    examined
}

async fn what_is_shown_costs_as_much_in_a_long_log(server: DatabaseServer) {
    let fixture = Fixture::on(server).await;
    let cast = &fixture.cast;
    cast.di.joins(cast.room).await.expect("there is a seat");
    let deleted = cast.bo.says(cast.room, "never mind").await;
    cast.bo.deletes(&deleted).await.expect("its author deletes");
    let mut examined = Vec::new();
    for head in [100, 10_000] {
        fill(cast, head).await;
        examined.push(fixture.connected(move |connection, cast| rows_examined(connection, cast, head)).await);
    }
    assert_eq!(examined[0], examined[1]);
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
    assert_eq!(examined[1].1.as_deref(), Some("hello"));
    assert_eq!(examined[0], examined[1]);
}

test_databases::on_both_servers! {
    what_is_shown_costs_as_much_in_a_long_log,
    the_list_of_rooms_passes_over_deleted_messages,
}
