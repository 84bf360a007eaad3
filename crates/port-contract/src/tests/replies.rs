use domain::rules::messages::Posting;
use domain::{Denial, EventKind, Message, MessageId, ReplyTo, Seq};

use crate::{Snapshot, World, all_at_once};

fn to(original: &Message) -> ReplyTo {
    ReplyTo { message_id: original.id, seq: original.seq }
}

pub async fn a_reply_points_at_its_message_whatever_becomes_of_either(world: World) {
    let cast = world.cast().await;
    let original = cast.ana.says(cast.room, "a question").await;
    let Ok(Posting::New(reply)) = cast.bo.replies(&original, "r").await else { panic!("it is new") };
    assert_eq!(reply.reply_to, Some(to(&original)));
    cast.bo.edits(&reply, "an answer").await.expect("Bo wrote it");
    cast.ana.deletes(&original).await.expect("Ana wrote it");
    cast.bo.deletes(&reply).await.expect("Bo wrote it");
    let read = cast.cy.sees_messages(cast.room).await.expect("Cy sits there");
    assert_eq!(read.iter().map(|message| message.reply_to).collect::<Vec<_>>(), [None, Some(to(&original))]);
    let log = world.stores().rooms.log(cast.room, None, Seq(4), 100).await.expect("readable");
    let shown = log.events.iter().filter_map(|event| match &event.kind {
        EventKind::MessagePosted(message)
        | EventKind::MessageEdited(message)
        | EventKind::MessageDeleted(message) => Some(message.reply_to),
        _ => None,
    });
    assert_eq!(
        shown.collect::<Vec<_>>(),
        [Some(to(&original)), Some(to(&original)), None, Some(to(&original))]
    );
    world.audits_clean().await;
}

pub async fn nobody_replies_to_what_is_not_there(world: World) {
    let cast = world.cast().await;
    let other = cast.ana.opens("other").await;
    let elsewhere = cast.ana.says(other, "elsewhere").await;
    let deleted = cast.bo.says(cast.room, "never mind").await;
    cast.bo.deletes(&deleted).await.expect("Bo wrote it");
    let unknown = Message { id: MessageId(world.id()), ..deleted.clone() };
    let misplaced = Message { room_id: cast.room, ..elsewhere };
    let before = Snapshot::of(&world, &cast.everyone(), &[cast.room, other]).await;
    for original in [&deleted, &unknown, &misplaced] {
        assert_eq!(cast.ana.replies(original, "r").await, Err(Denial::MessageNotFound));
        assert_eq!(cast.di.replies(original, "r").await, Err(Denial::RoomNotFound));
    }
    assert_eq!(Snapshot::of(&world, &cast.everyone(), &[cast.room, other]).await, before);
    assert!(matches!(cast.ana.posts(cast.room, "r", "a new one").await, Ok(Posting::New(_))));
    // The poster remembers Bo as a member, and must not after he has left.
    cast.bo.says(cast.room, "hello").await;
    cast.bo.leaves(cast.room).await.expect("Bo sits there");
    assert_eq!(cast.bo.replies(&unknown, "r").await, Err(Denial::NotAMember));
}

pub async fn a_reply_is_repeated_also_when_its_message_is_deleted(world: World) {
    let cast = world.cast().await;
    let original = cast.ana.says(cast.room, "a question").await;
    let another = cast.ana.says(cast.room, "another").await;
    let Ok(Posting::New(reply)) = cast.bo.replies(&original, "r").await else { panic!("it is new") };
    cast.ana.deletes(&original).await.expect("Ana wrote it");
    let again = cast.bo.replies(&original, "r").await;
    assert!(matches!(again, Ok(Posting::Repeated(earlier)) if earlier.message.id == reply.id));
    assert_eq!(cast.bo.replies(&another, "r").await, Err(Denial::ClientMessageIdConflict));
    assert_eq!(cast.bo.posts(cast.room, "r", "indeed").await, Err(Denial::ClientMessageIdConflict));
    cast.bo.deletes(&reply).await.expect("Bo wrote it");
    assert!(matches!(cast.bo.replies(&original, "r").await, Ok(Posting::Repeated(_))));
    assert_eq!(cast.bo.replies(&another, "r").await, Err(Denial::ClientMessageIdConflict));
    world.audits_clean().await;
}

pub async fn no_reply_follows_the_deletion_of_its_message(world: World) {
    let cast = world.cast().await;
    let original = cast.ana.says(cast.room, "a question").await;
    let writing = [&cast.ana, &cast.bo, &cast.cy].map(|writer| {
        let (writer, original) = (writer.clone(), original.clone());
        tokio::spawn(async move {
            let mut number = 0_u64;
            loop {
                number += 1;
                if let Err(denial) = writer.replies(&original, &number.to_string()).await {
                    return denial;
                }
            }
        })
    });
    while cast.ana.reads_facts(cast.room).await.room.head_seq < Seq(10) {
        tokio::task::yield_now().await;
    }
    let deletion = cast.ana.deletes(&original).await.expect("Ana wrote it");
    for denial in writing {
        assert_eq!(denial.await.expect("no panic"), Denial::MessageNotFound);
    }
    let head = cast.ana.reads_facts(cast.room).await.room.head_seq;
    assert_eq!(head, deletion.facts.room.head_seq.next(), "the deletion is the last event");
    world.audits_clean().await;
}

pub async fn one_reply_to_nothing_among_many_fails_alone(world: World) {
    let cast = world.cast().await;
    let original = cast.ana.says(cast.room, "a question").await;
    let nothing = Message { id: MessageId(world.id()), ..original.clone() };
    let results = all_at_once((0..60).map(|number| {
        let writer = [&cast.ana, &cast.bo, &cast.cy][number % 3].clone();
        let original = if number % 4 == 0 { nothing.clone() } else { original.clone() };
        async move { writer.replies(&original, &number.to_string()).await }
    }))
    .await;
    for (number, result) in results.iter().enumerate() {
        match result {
            Ok(Posting::New(message)) => assert_eq!(message.reply_to, Some(to(&original)), "reply {number}"),
            other => assert_eq!((number % 4, other), (0, &Err(Denial::MessageNotFound)), "reply {number}"),
        }
    }
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 45);
    world.audits_clean().await;
}
