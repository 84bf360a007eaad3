use domain::rules::messages::Posting;
use domain::{Denial, Mentions, Message, MessageBody, Reactions, Seq};

use crate::{Snapshot, World};

fn body(message: &Message) -> Option<&str> {
    message.body.as_ref().map(MessageBody::as_str)
}

pub async fn a_message_is_read_as_it_was_written(world: World) {
    let cast = world.cast().await;
    let written = cast.bo.writes(cast.room, "Id 1", "hello");
    let posting = world.stores().rooms.post(written.clone()).await.expect("Bo sits there");
    let expected = Message {
        id: written.id,
        room_id: cast.room,
        seq: Seq(4),
        sender_id: cast.bo.id.clone(),
        client_message_id: written.client_message_id,
        body: Some(written.body),
        sent_at: written.at,
        revision: 0,
        edited_at: None,
        reply_to: None,
        mentions: Mentions::default(),
        reactions: Reactions::default(),
    };
    assert_eq!(posting, Posting::New(expected.clone()));
    assert_eq!(cast.ana.sees_messages(cast.room).await, Ok(vec![expected]));
    world.audits_clean().await;
}

pub async fn every_character_of_a_body_is_kept(world: World) {
    let cast = world.cast().await;
    let bodies = [
        "🦀".repeat(4_000),
        "a".repeat(4_000),
        "  around and\n\tinside  \n".to_owned(),
        "'; DROP TABLE messages; -- \\ \" % _ ? $1 :a {}".to_owned(),
        "x\u{301} is not x, and \u{e9} is not e".to_owned(),
        "👩‍👩‍👧‍👦 \u{202e}right to left\u{10FFFF}".to_owned(),
    ];
    for written in &bodies {
        cast.bo.says(cast.room, written).await;
    }
    let read = cast.cy.sees_messages(cast.room).await.expect("Cy sits there");
    assert!(read.iter().map(body).eq(bodies.iter().map(|written| Some(written.as_str()))));
    world.audits_clean().await;
}

pub async fn a_repeated_message_gets_the_first_result(world: World) {
    let cast = world.cast().await;
    let Ok(Posting::New(first)) = cast.bo.posts(cast.room, "id", "hello").await else { panic!("it is new") };
    let before = Snapshot::of(&world, &cast.everyone(), &[cast.room]).await;
    let Ok(Posting::Repeated(earlier)) = cast.bo.posts(cast.room, "id", "hello").await else {
        panic!("it is repeated")
    };
    assert_eq!(
        (earlier.message.id, earlier.message.room_id, earlier.message.seq),
        (first.id, cast.room, first.seq)
    );
    assert_eq!(earlier.message.sent_at, first.sent_at);
    assert_eq!(Snapshot::of(&world, &cast.everyone(), &[cast.room]).await, before);
}

pub async fn a_message_edited_since_is_still_repeated(world: World) {
    let cast = world.cast().await;
    let Ok(Posting::New(first)) = cast.bo.posts(cast.room, "id", "hello").await else { panic!("it is new") };
    cast.bo.edits(&first, "hello, all").await.expect("Bo wrote it");
    let repeated = cast.bo.posts(cast.room, "id", "hello").await;
    assert!(matches!(repeated, Ok(Posting::Repeated(earlier)) if earlier.message.id == first.id));
    assert_eq!(cast.bo.posts(cast.room, "id", "hello, all").await, Err(Denial::ClientMessageIdConflict));
    cast.bo.leaves(cast.room).await.expect("Bo sits there");
    assert!(matches!(cast.bo.posts(cast.room, "id", "hello").await, Ok(Posting::Repeated(_))));
}

pub async fn a_message_is_repeated_also_by_somebody_who_has_left(world: World) {
    let cast = world.cast().await;
    let first = cast.bo.says(cast.room, "hello").await;
    let again = || cast.bo.posts(cast.room, first.client_message_id.as_str(), "hello");
    let is_repeated =
        |posting| matches!(posting, Ok(Posting::Repeated(earlier)) if earlier.message.id == first.id);
    cast.bo.leaves(cast.room).await.expect("Bo sat there");
    assert!(is_repeated(again().await));
    assert_eq!(cast.bo.posts(cast.room, "another", "hello").await, Err(Denial::NotAMember));
    cast.ana.closes(cast.room).await.expect("Ana owns the room");
    assert!(is_repeated(again().await));
}

pub async fn a_client_id_names_one_message_of_its_sender(world: World) {
    let cast = world.cast().await;
    let other = cast.ana.opens("other").await;
    cast.ana.posts(cast.room, "id", "hello").await.expect("it is new");
    let before = Snapshot::of(&world, &cast.everyone(), &[cast.room, other]).await;
    assert_eq!(cast.ana.posts(cast.room, "id", "hello!").await, Err(Denial::ClientMessageIdConflict));
    assert_eq!(cast.ana.posts(other, "id", "hello").await, Err(Denial::ClientMessageIdConflict));
    assert_eq!(Snapshot::of(&world, &cast.everyone(), &[cast.room, other]).await, before);
    for (sender, id) in [(&cast.bo, "id"), (&cast.ana, "ID"), (&cast.ana, "id "), (&cast.ana, " id")] {
        let posted = sender.posts(cast.room, id, "hello").await;
        assert!(matches!(posted, Ok(Posting::New(_))), "{sender:?} {id:?}");
    }
    world.audits_clean().await;
}

pub async fn an_edited_message_reads_so_everywhere(world: World) {
    let cast = world.cast().await;
    let message = cast.bo.says(cast.room, "a first draft").await;
    cast.bo.edits(&message, "a second one 🦊").await.expect("Bo wrote it");
    cast.bo.edits(&message, "the last one").await.expect("Bo wrote it");
    let read = cast.cy.sees_messages(cast.room).await.expect("Cy sits there");
    assert_eq!(read.len(), 1);
    assert_eq!((body(&read[0]), read[0].revision), (Some("the last one"), 2));
    assert!(read[0].edited_at.is_some_and(|at| at > message.sent_at));
    assert_eq!((read[0].seq, read[0].sent_at), (message.seq, message.sent_at));
    let log = world.stores().rooms.log(cast.room, None, Seq::ZERO, 100).await.expect("readable");
    assert_eq!(log.room.head_seq, Seq(6));
    let kinds: Vec<_> = log.events[3..].iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["message_posted", "message_edited", "message_edited"]);
    let shown = format!("{log:?}");
    assert!(!shown.contains("draft") && !shown.contains("second one"), "a body stands in one row only");
    world.audits_clean().await;
}

pub async fn a_deleted_body_is_gone_from_every_row(world: World) {
    let cast = world.cast().await;
    let message = cast.bo.says(cast.room, "a secret").await;
    cast.bo.edits(&message, "a secret, mended").await.expect("Bo wrote it");
    let deletion = cast.bo.deletes(&message).await.expect("Bo wrote it");
    assert_eq!(deletion.changes.len(), 2);
    let read = cast.cy.sees_messages(cast.room).await.expect("Cy sits there");
    assert_eq!(read.len(), 1, "a deleted message keeps its place");
    assert!(read[0].is_deleted());
    assert_eq!((read[0].id, &read[0].client_message_id), (message.id, &message.client_message_id));
    assert_eq!(
        (read[0].seq, read[0].sent_at, &read[0].sender_id),
        (message.seq, message.sent_at, &cast.bo.id)
    );
    let log = world.stores().rooms.log(cast.room, None, Seq::ZERO, 100).await.expect("readable");
    assert!(!format!("{log:?}").contains("secret"));
    assert_eq!(log.events.last().map(|event| event.kind.as_str()), Some("message_deleted"));
    let again = cast.bo.deletes(&message).await.expect("it stays so");
    assert_eq!(again.changes, []);
    assert_eq!(cast.bo.edits(&message, "back").await.map(|_| ()), Err(Denial::MessageNotFound));
    world.audits_clean().await;
}

pub async fn a_retry_does_not_bring_a_deleted_message_back(world: World) {
    let cast = world.cast().await;
    let Ok(Posting::New(first)) = cast.bo.posts(cast.room, "id", "hello").await else { panic!("it is new") };
    cast.bo.deletes(&first).await.expect("Bo wrote it");
    let again = cast.bo.posts(cast.room, "id", "hello").await;
    assert!(matches!(again, Ok(Posting::Repeated(earlier)) if earlier.message.id == first.id));
    assert!(cast.cy.sees_messages(cast.room).await.expect("Cy sits there")[0].is_deleted());
    world.audits_clean().await;
}

pub async fn an_owner_deletes_what_others_wrote(world: World) {
    let cast = world.cast().await;
    let message = cast.bo.says(cast.room, "rude").await;
    assert_eq!(cast.cy.deletes(&message).await.map(|_| ()), Err(Denial::AuthorOnly));
    assert_eq!(cast.ana.edits(&message, "polite").await.map(|_| ()), Err(Denial::AuthorOnly));
    cast.ana.deletes(&message).await.expect("Ana owns the room");
    assert!(cast.bo.sees_messages(cast.room).await.expect("Bo sits there")[0].is_deleted());
    let log = world.stores().rooms.log(cast.room, None, Seq(4), 100).await.expect("readable");
    assert_eq!(log.events[0].actor, cast.ana.id);
}

pub async fn a_message_of_another_room_is_no_fact(world: World) {
    let cast = world.cast().await;
    let other = cast.ana.opens("other").await;
    let message = cast.ana.says(other, "elsewhere").await;
    let misplaced = Message { room_id: cast.room, ..message.clone() };
    assert_eq!(cast.ana.deletes(&misplaced).await.map(|_| ()), Err(Denial::MessageNotFound));
    assert_eq!(cast.ana.edits(&misplaced, "here").await.map(|_| ()), Err(Denial::MessageNotFound));
    let facts = cast.ana.deletes(&message).await.expect("it is there").facts;
    assert_eq!(facts.message, Some(message));
}

pub async fn rooms_number_their_events_each_for_itself(world: World) {
    let cast = world.cast().await;
    let other = cast.ana.opens("other").await;
    assert_eq!(cast.ana.says(other, "one").await.seq, Seq(2));
    assert_eq!(cast.ana.says(cast.room, "two").await.seq, Seq(4));
    assert_eq!(cast.ana.says(other, "three").await.seq, Seq(3));
}
