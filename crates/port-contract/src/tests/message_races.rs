use std::collections::BTreeSet;
use std::sync::Arc;

use domain::rules::messages::Posting;
use domain::{Denial, EventKind, Seq};

use crate::world::ruled;
use crate::{World, all_at_once};

pub async fn sixty_four_writers_leave_no_gap(world: World) {
    let cast = world.cast().await;
    let members = [cast.ana.clone(), cast.bo.clone(), cast.cy.clone()];
    let room = cast.room;
    all_at_once((0..64).map(|number| {
        let member = members[number % 3].clone();
        async move {
            let message = member.says(room, &format!("message {number}")).await;
            if number % 2 == 0 {
                member.edits(&message, &format!("message {number}, mended")).await.expect("its author edits");
            }
            if number % 4 == 0 {
                member.deletes(&message).await.expect("its author deletes");
            }
            member.says(room, &format!("another {number}")).await;
        }
    }))
    .await;
    let log = world.stores().rooms.log(room, None, Seq::ZERO, 10_000).await.expect("readable");
    let events = 3 + 64 + 32 + 16 + 64;
    assert_eq!(log.room.head_seq, Seq(events));
    assert!(log.events.iter().map(|event| event.seq.0).eq(1..=events));
    for event in &log.events {
        if let EventKind::MessagePosted(message) = &event.kind {
            assert_eq!(message.seq, event.seq);
        }
    }
    world.audits_clean().await;
}

pub async fn many_rooms_grow_at_once_each_without_a_gap(world: World) {
    let ana = world.ana().await;
    let mut rooms = Vec::new();
    for _ in 0..8 {
        rooms.push(ana.opens("Hexagon").await);
    }
    let targets = rooms.clone();
    all_at_once((0..64).map(|number| {
        let (ana, room) = (ana.clone(), targets[number % 8]);
        async move { ana.says(room, &format!("message {number}")).await }
    }))
    .await;
    for room in rooms {
        let log = world.stores().rooms.log(room, None, Seq::ZERO, 10_000).await.expect("readable");
        assert!(log.events.iter().map(|event| event.seq.0).eq(1..=9));
    }
    world.audits_clean().await;
}

pub async fn a_message_sent_many_times_at_once_is_posted_once(world: World) {
    let cast = world.cast().await;
    let results = all_at_once((0..24).map(|_| {
        let (bo, room) = (cast.bo.clone(), cast.room);
        async move { bo.posts(room, "the same", "hello").await.expect("Bo sits there") }
    }))
    .await;
    let answers: BTreeSet<_> = results
        .iter()
        .map(|posting| match posting {
            Posting::New(message) => (message.id, message.seq, message.sent_at),
            Posting::Repeated(earlier) => (earlier.message.id, earlier.message.seq, earlier.message.sent_at),
        })
        .collect();
    assert_eq!(answers.len(), 1, "each of them gets the first result");
    assert_eq!(results.iter().filter(|posting| matches!(posting, Posting::New(_))).count(), 1);
    assert_eq!(cast.ana.sees_messages(cast.room).await.map(|messages| messages.len()), Ok(1));
    world.audits_clean().await;
}

pub async fn one_bad_message_among_many_fails_alone(world: World) {
    let cast = world.cast().await;
    cast.bo.posts(cast.room, "taken", "first").await.expect("Bo sits there");
    let results = all_at_once((0..40).map(|number| {
        let (room, bo, di) = (cast.room, cast.bo.clone(), cast.di.clone());
        let posts = Arc::clone(&world.stores().rooms);
        async move {
            let message = match number % 4 {
                0 => bo.writes(room, "taken", "second"),
                1 => di.writes(room, &number.to_string(), "from outside"),
                2 => bo.writes(room, "taken", "first"),
                _ => bo.writes(room, &number.to_string(), "fine"),
            };
            ruled(posts.post(message).await)
        }
    }))
    .await;
    for (number, result) in results.iter().enumerate() {
        let as_expected = match number % 4 {
            0 => *result == Err(Denial::ClientMessageIdConflict),
            1 => *result == Err(Denial::RoomNotFound),
            2 => matches!(result, Ok(Posting::Repeated(_))),
            _ => matches!(result, Ok(Posting::New(_))),
        };
        assert!(as_expected, "message {number}: {result:?}");
    }
    assert_eq!(cast.ana.reads_facts(cast.room).await.room.head_seq, Seq(3 + 1 + 10));
    world.audits_clean().await;
}

pub async fn a_conflict_at_once_is_decided_for_the_first(world: World) {
    let cast = world.cast().await;
    let results = all_at_once((0..16).map(|number| {
        let (bo, room) = (cast.bo.clone(), cast.room);
        async move { bo.posts(room, "the same", &format!("body {number}")).await }
    }))
    .await;
    assert_eq!(results.iter().filter(|result| matches!(result, Ok(Posting::New(_)))).count(), 1);
    assert_eq!(results.iter().filter(|r| **r == Err(Denial::ClientMessageIdConflict)).count(), 15);
    world.audits_clean().await;
}

pub async fn a_client_id_used_in_many_rooms_at_once_names_one_message(world: World) {
    let ana = world.ana().await;
    let mut rooms = Vec::new();
    for _ in 0..16 {
        rooms.push(ana.opens("Hexagon").await);
    }
    for round in 0..4 {
        let id = format!("round {round}");
        let results = all_at_once(rooms.clone().into_iter().map(|room| {
            let (ana, id) = (ana.clone(), id.clone());
            async move { ana.posts(room, &id, "where am I?").await }
        }))
        .await;
        assert_eq!(results.iter().filter(|result| matches!(result, Ok(Posting::New(_)))).count(), 1);
        assert_eq!(results.iter().filter(|r| **r == Err(Denial::ClientMessageIdConflict)).count(), 15);
    }
    world.audits_clean().await;
}

pub async fn each_of_hundreds_in_many_rooms_is_told_what_became_of_their_own(world: World) {
    let mut owners = Vec::new();
    for number in 0..10 {
        let owner = world.prime_member(&format!("owner-{number}")).await;
        owners.push((owner.opens("Hexagon").await, owner));
    }
    let results = all_at_once((0..300).map(|number| {
        // Every third writes where they never sat, and every tenth writes twice.
        let (room, owner) = owners[number % 10].clone();
        let writer = if number % 3 == 0 { owners[(number + 1) % 10].1.clone() } else { owner };
        async move {
            let id = number.to_string();
            let first = writer.posts(room, &id, &format!("message {number}")).await;
            if number % 10 == 0 {
                let again = writer.posts(room, &id, &format!("message {number}")).await;
                assert_eq!(again.as_ref().err(), first.as_ref().err(), "message {number}");
                assert!(!matches!(again, Ok(Posting::New(_))), "message {number}");
            }
            first
        }
    }))
    .await;
    for (number, result) in results.into_iter().enumerate() {
        let room = owners[number % 10].0;
        match result {
            Ok(Posting::New(message)) => {
                assert_ne!(number % 3, 0, "message {number}");
                let body = message.body.as_ref().map(|body| body.as_str().to_owned());
                assert_eq!((message.room_id, body), (room, Some(format!("message {number}"))));
                let stored = owners[number % 10].1.sees_messages(room).await.expect("they sit there");
                assert!(stored.contains(&message), "message {number} stands at its seq");
            }
            Err(Denial::RoomNotFound) => assert_eq!(number % 3, 0, "message {number}"),
            other => panic!("message {number}: {other:?}"),
        }
    }
    for (room, _) in owners {
        let log = world.stores().rooms.log(room, None, Seq::ZERO, 10_000).await.expect("readable");
        assert!(log.events.iter().map(|event| event.seq.0).eq(1..=21), "the refused left no trace");
    }
    world.audits_clean().await;
}

pub async fn a_message_whose_id_is_taken_fails_alone(world: World) {
    let cast = world.cast().await;
    let taken = cast.bo.says(cast.room, "first").await.id;
    let results = all_at_once((0..40).map(|number| {
        let mut message = cast.bo.writes(cast.room, &number.to_string(), "fine");
        if number % 4 == 0 {
            message.id = taken;
        }
        let rooms = Arc::clone(&world.stores().rooms);
        async move { rooms.post(message).await }
    }))
    .await;
    for (number, result) in results.iter().enumerate() {
        assert_eq!(result.is_ok(), number % 4 != 0, "message {number}: {result:?}");
    }
    assert_eq!(cast.ana.reads_facts(cast.room).await.room.head_seq, Seq(3 + 1 + 30));
    world.audits_clean().await;
}

pub async fn a_writer_who_is_removed_writes_nothing_after_it(world: World) {
    let cast = world.cast().await;
    let (bo, room, ana, removed) = (cast.bo.clone(), cast.room, cast.ana.clone(), cast.bo.clone());
    let writing = tokio::spawn(async move {
        let mut number = 0_u64;
        loop {
            number += 1;
            if let Err(denial) = bo.posts(room, &number.to_string(), "still here").await {
                return denial;
            }
        }
    });
    while ana.reads_facts(room).await.room.head_seq < Seq(6) {
        tokio::task::yield_now().await;
    }
    let removal = ana.removes(&removed, room).await.expect("Ana owns the room");
    assert_eq!(writing.await.expect("no panic"), Denial::NotAMember);
    let head = ana.reads_facts(room).await.room.head_seq;
    assert_eq!(head, removal.facts.room.head_seq.next(), "the removal is the last event");
    world.audits_clean().await;
}

pub async fn a_log_is_whole_in_every_moment(world: World) {
    let cast = world.cast().await;
    let room = cast.room;
    let bo = cast.bo.clone();
    let writing = tokio::spawn(async move {
        for number in 0..60 {
            let message = bo.says(room, &format!("message {number}")).await;
            if number % 5 == 0 {
                bo.deletes(&message).await.expect("Bo wrote it");
            }
        }
    });
    let mut head = 0;
    while head < 3 + 60 + 12 {
        let log = world.stores().rooms.log(room, Some(cast.cy.id.clone()), Seq::ZERO, 10_000).await;
        let log = log.expect("Cy sits there");
        assert!(log.room.head_seq.0 >= head, "the head never goes back");
        head = log.room.head_seq.0;
        assert!(log.events.iter().map(|event| event.seq.0).eq(1..=head), "head and events are of one moment");
    }
    writing.await.expect("no panic");
}
