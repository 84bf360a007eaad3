use domain::{Denial, EventKind, Message, MessageId, Reaction, Reactions, Seq};

use crate::{Actor, Snapshot, World, all_at_once};

/// Twenty different emoji, and one more.
const EMOJI: [&str; 21] = [
    "😀", "😃", "😄", "😁", "😆", "😅", "🤣", "😂", "🙂", "🙃", "😉", "😊", "😇", "🥰", "😍", "🤩", "😘",
    "😗", "😚", "😙", "👍",
];

fn reactions(of: &[(&str, &[&Actor])]) -> Reactions {
    let reaction = |(emoji, actors): &(&str, &[&Actor])| Reaction {
        emoji: emoji.parse().expect("an emoji"),
        user_ids: actors.iter().map(|actor| actor.id.clone()).collect(),
    };
    Reactions(of.iter().map(reaction).collect())
}

pub async fn reactions_are_read_as_they_were_put_and_taken_back(world: World) {
    let cast = world.cast().await;
    let (ana, bo, cy) = (&cast.ana, &cast.bo, &cast.cy);
    let message = bo.says(cast.room, "soup is ready").await;
    for (actor, emoji, on) in
        [(bo, "❤", true), (ana, "👍🏽", true), (cy, "❤\u{fe0f}", true), (ana, "👩‍👩‍👧‍👦", true), (ana, "👍🏽", false)]
    {
        actor.reacts(&message, emoji, on).await.expect("they sit there");
    }
    let expected = reactions(&[("❤", &[bo, cy]), ("👩‍👩‍👧‍👦", &[ana])]);
    assert_eq!(cy.sees(&message).await.expect("Cy sits there").reactions, expected);
    assert_eq!(cy.sees_messages(cast.room).await.expect("Cy sits there")[0].reactions, expected);
    bo.edits(&message, "soup is cold").await.expect("Bo wrote it");
    let log = world.stores().rooms.log(cast.room, None, Seq(3), 100).await.expect("readable");
    let shown: Vec<_> = log.events.iter().map(|event| event.kind.clone()).collect();
    for place in [0, 6] {
        let (EventKind::MessagePosted(message) | EventKind::MessageEdited(message)) = &shown[place] else {
            panic!("{shown:?}")
        };
        assert_eq!(message.reactions, expected, "a message that is replayed late is shown as it reads now");
    }
    let told = log.events[1..6].iter().map(|event| match &event.kind {
        EventKind::ReactionAdded(it) => (&event.actor, it.message_id, it.seq, it.emoji.as_str(), true),
        EventKind::ReactionRemoved(it) => (&event.actor, it.message_id, it.seq, it.emoji.as_str(), false),
        other => panic!("{other:?}"),
    });
    let of = |actor: &'static str, emoji, on| (actor.to_owned(), message.id, message.seq, emoji, on);
    let told: Vec<_> =
        told.map(|(actor, id, seq, emoji, on)| (actor.to_string(), id, seq, emoji, on)).collect();
    assert_eq!(
        told,
        [
            of("bo-", "❤\u{fe0f}", true),
            of("ana", "👍🏽", true),
            of("cy-", "❤\u{fe0f}", true),
            of("ana", "👩‍👩‍👧‍👦", true),
            of("ana", "👍🏽", false),
        ]
    );
    world.audits_clean().await;
}

pub async fn a_repeated_reaction_is_no_event(world: World) {
    let cast = world.cast().await;
    let message = cast.bo.says(cast.room, "hello").await;
    cast.bo.reacts(&message, "❤", true).await.expect("Bo sits there");
    let before = Snapshot::of(&world, &cast.everyone(), &[cast.room]).await;
    for (actor, emoji, on) in [(&cast.bo, "❤", true), (&cast.bo, "❤\u{fe0f}", true), (&cast.cy, "❤", false)]
    {
        assert_eq!(actor.reacts(&message, emoji, on).await.expect("it is so already").changes, []);
    }
    assert_eq!(Snapshot::of(&world, &cast.everyone(), &[cast.room]).await, before);
}

pub async fn a_message_takes_twenty_different_emoji(world: World) {
    let cast = world.cast().await;
    let message = cast.bo.says(cast.room, "hello").await;
    for emoji in &EMOJI[..20] {
        cast.bo.reacts(&message, emoji, true).await.expect("there is room for it");
    }
    let before = Snapshot::of(&world, &cast.everyone(), &[cast.room]).await;
    let refused = cast.cy.reacts(&message, EMOJI[20], true).await.map(|_| ());
    assert_eq!(refused, Err(Denial::TooManyReactions));
    assert_eq!(Snapshot::of(&world, &cast.everyone(), &[cast.room]).await, before);
    cast.cy.reacts(&message, EMOJI[19], true).await.expect("it is there already");
    cast.bo.reacts(&message, EMOJI[0], false).await.expect("Bo put it there");
    cast.cy.reacts(&message, EMOJI[20], true).await.expect("there is room again");
    world.audits_clean().await;
}

pub async fn thirty_at_once_put_no_more_than_a_twentieth_emoji_to_a_message(world: World) {
    let cast = world.cast().await;
    let message = cast.bo.says(cast.room, "hello").await;
    for emoji in &EMOJI[..19] {
        cast.bo.reacts(&message, emoji, true).await.expect("there is room for it");
    }
    let results = all_at_once((0..30).map(|number| {
        let (actor, message) = ([&cast.ana, &cast.bo, &cast.cy][number % 3].clone(), message.clone());
        async move { actor.reacts(&message, EMOJI[19 + number / 3 % 2], true).await.map(|_| ()) }
    }))
    .await;
    assert!(results.iter().any(Result::is_ok));
    let refused = results.iter().filter_map(|result| result.as_ref().err());
    assert!(refused.into_iter().all(|denial| *denial == Denial::TooManyReactions), "{results:?}");
    let message = cast.cy.sees(&message).await.expect("Cy sits there");
    assert_eq!(message.reactions.0.len(), Reactions::MOST_EMOJI);
    assert_eq!(message.reactions.0[19].user_ids.len(), 3, "each of them put it there once");
    world.audits_clean().await;
}

pub async fn deleting_a_message_removes_its_reactions_everywhere(world: World) {
    let cast = world.cast().await;
    let message = cast.bo.says(cast.room, "hello").await;
    cast.cy.reacts(&message, "👍", true).await.expect("Cy sits there");
    cast.bo.edits(&message, "hello, all").await.expect("Bo wrote it");
    cast.ana.deletes(&message).await.expect("Ana owns the room");
    assert_eq!(cast.cy.sees(&message).await.expect("Cy sits there").reactions, Reactions::default());
    let log = world.stores().rooms.log(cast.room, None, Seq(3), 100).await.expect("readable");
    for event in &log.events {
        if let EventKind::MessagePosted(message)
        | EventKind::MessageEdited(message)
        | EventKind::MessageDeleted(message) = &event.kind
        {
            assert_eq!(message.reactions, Reactions::default(), "{:?}", event.kind);
        }
    }
    for on in [true, false] {
        assert_eq!(cast.cy.reacts(&message, "👍", on).await.map(|_| ()), Err(Denial::MessageNotFound));
    }
    world.audits_clean().await;
}

pub async fn reactions_and_a_deletion_at_once_leave_none(world: World) {
    let cast = world.cast().await;
    let message = cast.bo.says(cast.room, "hello").await;
    let results = all_at_once((0..21).map(|number| {
        let (actor, message) = ([&cast.ana, &cast.bo, &cast.cy][number % 3].clone(), message.clone());
        async move {
            if number == 10 {
                return actor.deletes(&message).await.map(|_| ());
            }
            actor.reacts(&message, EMOJI[number / 3], true).await.map(|_| ())
        }
    }))
    .await;
    for (number, result) in results.iter().enumerate() {
        let is_known = matches!(result, Ok(()) | Err(Denial::MessageNotFound));
        assert!(is_known && (number != 10 || result.is_ok()), "{number}: {result:?}");
    }
    let gone = cast.cy.sees(&message).await.expect("Cy sits there");
    assert_eq!((gone.body, gone.reactions), (None, Reactions::default()));
    let log = world.stores().rooms.log(cast.room, None, Seq(3), 100).await.expect("readable");
    assert_eq!(log.events.last().map(|event| event.kind.as_str()), Some("message_deleted"));
    world.audits_clean().await;
}

pub async fn reactions_of_members_who_left_stay(world: World) {
    let cast = world.cast().await;
    let message = cast.ana.says(cast.room, "hello").await;
    cast.bo.reacts(&message, "👍", true).await.expect("Bo sits there");
    cast.bo.leaves(cast.room).await.expect("Bo sits there");
    assert_eq!(cast.bo.reacts(&message, "👍", false).await.map(|_| ()), Err(Denial::NotAMember));
    let seen = cast.cy.sees(&message).await.expect("Cy sits there");
    assert_eq!(seen.reactions, reactions(&[("👍", &[&cast.bo])]));
    world.audits_clean().await;
}

pub async fn nobody_reacts_to_what_is_not_there(world: World) {
    let cast = world.cast().await;
    let other = cast.ana.opens("other").await;
    let elsewhere = Message { room_id: cast.room, ..cast.ana.says(other, "elsewhere").await };
    let unknown = Message { id: MessageId(world.id()), ..elsewhere.clone() };
    let before = Snapshot::of(&world, &cast.everyone(), &[cast.room, other]).await;
    for message in [&elsewhere, &unknown] {
        let refused = cast.ana.reacts(message, "👍", true).await.map(|_| ());
        assert_eq!(refused, Err(Denial::MessageNotFound));
        assert_eq!(cast.di.reacts(message, "👍", true).await.map(|_| ()), Err(Denial::RoomNotFound));
    }
    assert_eq!(Snapshot::of(&world, &cast.everyone(), &[cast.room, other]).await, before);
}

pub async fn reactions_are_not_unread(world: World) {
    let cast = world.cast().await;
    let message = cast.bo.says(cast.room, "hello").await;
    cast.cy.reads_up_to(cast.room, message.seq).await.expect("Cy sits there");
    cast.ana.reacts(&message, "👍", true).await.expect("Ana sits there");
    cast.ana.reacts(&message, "👍", false).await.expect("Ana sits there");
    let unread = |actor: Actor| async move { actor.views(cast.room).await.expect("a member").summary.unread };
    assert_eq!(unread(cast.cy.clone()).await, 0);
    cast.bo.says(cast.room, "again").await;
    assert_eq!(unread(cast.cy.clone()).await, 1);
    world.audits_clean().await;
}

pub async fn one_message_is_read_by_members_alone(world: World) {
    let cast = world.cast().await;
    let other = cast.ana.opens("other").await;
    let message = cast.bo.says(cast.room, "hello").await;
    assert_eq!(cast.cy.sees(&message).await, Ok(message.clone()));
    assert_eq!(cast.di.sees(&message).await, Err(Denial::RoomNotFound));
    let misplaced = Message { room_id: other, ..message.clone() };
    assert_eq!(cast.ana.sees(&misplaced).await, Err(Denial::MessageNotFound));
    let unknown = Message { id: MessageId(world.id()), ..message.clone() };
    assert_eq!(cast.ana.sees(&unknown).await, Err(Denial::MessageNotFound));
    cast.bo.deletes(&message).await.expect("Bo wrote it");
    assert_eq!(cast.cy.sees(&message).await, Ok(message.clone().erased()), "a deleted one keeps its place");
    cast.cy.leaves(cast.room).await.expect("Cy sits there");
    assert_eq!(cast.cy.sees(&message).await, Err(Denial::NotAMember));
}
