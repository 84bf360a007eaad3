use domain::change::RoomChange;
use domain::ports::LogPage;
use domain::rules::messages;
use domain::{Denial, Event, RoomId, Seq};

use crate::actor::RoomChanged;
use crate::world::ruled;
use crate::{Actor, World};

async fn log(world: &World, room: RoomId, since: i64, limit: usize) -> LogPage {
    world.stores().rooms.log(room, None, Seq(since), limit).await.expect("readable")
}

fn appended(changed: RoomChanged) -> Event {
    let committed = changed.expect("the rules allow it");
    let event = committed.changes.into_iter().find_map(|change| match change {
        RoomChange::Append(event) => Some(event),
        _ => None,
    });
    event.expect("it is an event")
}

pub async fn every_kind_of_event_is_read_as_it_was_committed(world: World) {
    let cast = world.cast().await;
    let (ana, bo, cy, di, room) = (&cast.ana, &cast.bo, &cast.cy, &cast.di, cast.room);
    let mut committed = vec![
        appended(ana.renames(room, "Renamed").await),
        appended(ana.locks(room, true).await),
        appended(ana.locks(room, false).await),
        appended(bo.leaves(room).await),
        appended(ana.removes(cy, room).await),
    ];
    di.joins(room).await.expect("there is a seat");
    committed.push(appended(ana.bans(di, room).await));
    let said = ana.says(room, "hello").await;
    committed.push(messages::posted(said));
    committed.push(appended(ana.closes(room).await));
    let read: Vec<_> = log(&world, room, 3, 100).await.events;
    let read: Vec<_> = read.into_iter().filter(|event| event.kind.as_str() != "member_joined").collect();
    assert_eq!(read, committed);
    let first = &log(&world, room, 0, 1).await.events[0];
    assert_eq!(
        (first.room_id, first.seq, &first.actor, first.kind.as_str()),
        (room, Seq(1), &ana.id, "member_joined")
    );
    world.audits_clean().await;
}

pub async fn edits_and_deletions_are_read_as_they_were_committed(world: World) {
    let cast = world.cast().await;
    let kept = cast.bo.says(cast.room, "kept").await;
    let gone = cast.bo.says(cast.room, "gone").await;
    let edited = appended(cast.bo.edits(&kept, "kept and mended").await);
    let deleted = appended(cast.ana.deletes(&gone).await);
    let events = [edited, deleted];
    assert_eq!(log(&world, cast.room, 5, 100).await.events, events);
    let for_bo = world.stores().rooms.events(cast.room, cast.bo.id.clone(), Seq(5), 100).await;
    assert_eq!(for_bo.expect("a member reads"), events);
}

pub async fn a_log_is_read_in_pieces_without_a_gap(world: World) {
    let cast = world.cast().await;
    for number in 0..20 {
        cast.bo.says(cast.room, &format!("message {number}")).await;
    }
    let whole = log(&world, cast.room, 0, 10_000).await;
    assert_eq!(whole.room.head_seq, Seq(23));
    assert!(whole.events.iter().map(|event| event.seq.0).eq(1..=23));
    for limit in [1, 2, 7, 22, 23, 24] {
        let mut pieces: Vec<Event> = Vec::new();
        loop {
            let since = pieces.last().map_or(0, |event| event.seq.0);
            let piece = log(&world, cast.room, since, limit).await;
            assert!(piece.events.len() <= limit);
            assert_eq!(piece.room, whole.room);
            if piece.events.is_empty() {
                break;
            }
            pieces.extend(piece.events);
            assert!(pieces.len() <= whole.events.len(), "in pieces of {limit}, something is repeated");
        }
        assert_eq!(pieces, whole.events, "in pieces of {limit}");
    }
    assert_eq!(log(&world, cast.room, 23, 10).await.events, []);
    assert_eq!(log(&world, cast.room, 1_000, 10).await.events, []);
    assert_eq!(log(&world, cast.room, 0, 0).await.events, []);
}

pub async fn a_log_is_for_members_and_the_server(world: World) {
    let cast = world.cast().await;
    cast.cy.leaves(cast.room).await.expect("Cy sits there");
    let beyond = world.stores().rooms.events(cast.room, cast.bo.id.clone(), Seq(4), 10).await;
    assert_eq!(ruled(beyond), Ok(Vec::new()));
    let read_by = async |actor: &Actor| {
        let log = world.stores().rooms.log(cast.room, Some(actor.id.clone()), Seq::ZERO, 10).await;
        let log = ruled(log).map(|log| log.events);
        let events = world.stores().rooms.events(cast.room, actor.id.clone(), Seq::ZERO, 10).await;
        assert_eq!(ruled(events), log, "a member who catches up reads the same");
        log.map(|events| events.len())
    };
    assert_eq!(read_by(&cast.bo).await, Ok(4));
    assert_eq!(read_by(&cast.cy).await, Err(Denial::NotAMember));
    assert_eq!(read_by(&cast.di).await, Err(Denial::RoomNotFound));
    cast.ana.closes(cast.room).await.expect("Ana owns the room");
    assert_eq!(read_by(&cast.bo).await, Err(Denial::RoomClosed));
    assert_eq!(log(&world, cast.room, 4, 10).await.events.len(), 1, "the server reads on");
}

pub async fn an_epoch_lasts_as_long_as_its_store(world: World) {
    let cast = world.cast().await;
    let before = log(&world, cast.room, 0, 0).await.room.epoch;
    cast.ana.says(cast.room, "hello").await;
    cast.ana.closes(cast.room).await.expect("Ana owns the room");
    assert_eq!(log(&world, cast.room, 0, 0).await.room.epoch, before);
}
