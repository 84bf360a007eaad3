use domain::{Mentions, RoomId, Seq};

use super::reading::counted;
use crate::{Actor, World, all_at_once};

fn mentions(of: &[&Actor], everyone: bool) -> Mentions {
    Mentions { user_ids: of.iter().map(|actor| actor.id.clone()).collect(), everyone }
}

/// How many messages somebody has not read, and how many of these mention them.
async fn unread(world: &World, actor: &Actor, room: RoomId) -> (i64, i64) {
    let (_, unread, mentioning) = counted(world, actor, room).await;
    (unread, mentioning)
}

pub async fn a_message_mentions_the_members_of_its_moment(world: World) {
    let cast = world.cast().await;
    let (ana, bo, cy, di, room) = (&cast.ana, &cast.bo, &cast.cy, &cast.di, cast.room);
    let text = "@CY- and @bo-: @di- is away, `@ana`, @everyone";
    let first = ana.says(room, text).await;
    assert_eq!(first.mentions, mentions(&[cy, bo], true));
    di.joins(room).await.expect("there is a seat");
    bo.leaves(room).await.expect("Bo sits there");
    assert_eq!(ana.says(room, text).await.mentions, mentions(&[cy, di], true));
    assert_eq!(cy.says(room, text).await.mentions, mentions(&[di], true), "never the author");
    let read = cy.sees_messages(room).await.expect("Cy sits there");
    let shown: Vec<_> = read.iter().map(|message| message.mentions.clone()).collect();
    assert_eq!(shown, [mentions(&[cy, bo], true), mentions(&[cy, di], true), mentions(&[di], true)]);
    assert_eq!(cy.sees(&first).await.expect("Cy sits there").mentions, first.mentions);
    world.audits_clean().await;
}

pub async fn whom_a_message_mentions_follows_its_text(world: World) {
    let cast = world.cast().await;
    let (ana, bo, cy, room) = (&cast.ana, &cast.bo, &cast.cy, cast.room);
    let message = ana.says(room, "@bo-").await;
    ana.edits(&message, "@cy- @everyone").await.expect("Ana wrote it");
    assert_eq!(bo.sees(&message).await.expect("Bo sits there").mentions, mentions(&[cy], true));
    ana.deletes(&message).await.expect("Ana wrote it");
    assert_eq!(bo.sees(&message).await.expect("Bo sits there").mentions, Mentions::default());
    let log = world.stores().rooms.log(room, None, Seq(3), 100).await.expect("readable");
    assert!(!format!("{:?}", log.events).contains("everyone: true"), "it is read as it reads now");
    world.audits_clean().await;
}

pub async fn mentions_are_counted_beside_unread_messages(world: World) {
    let cast = world.cast().await;
    let (ana, bo, cy, room) = (&cast.ana, &cast.bo, &cast.cy, cast.room);
    let plain = ana.says(room, "hello").await;
    let named = ana.says(room, "@bo-").await;
    assert_eq!((unread(&world, bo, room).await, unread(&world, cy, room).await), ((2, 1), (2, 0)));
    let all = ana.says(room, "@everyone and @bo-").await;
    assert_eq!((unread(&world, bo, room).await, unread(&world, cy, room).await), ((3, 2), (3, 1)));
    ana.edits(&plain, "hello @cy-").await.expect("Ana wrote it");
    assert_eq!((unread(&world, bo, room).await, unread(&world, cy, room).await), ((3, 2), (3, 2)));
    ana.edits(&all, "@bo-").await.expect("Ana wrote it");
    assert_eq!((unread(&world, bo, room).await, unread(&world, cy, room).await), ((3, 2), (3, 1)));
    ana.deletes(&named).await.expect("Ana wrote it");
    assert_eq!((unread(&world, bo, room).await, unread(&world, cy, room).await), ((2, 1), (2, 1)));
    cy.reads_up_to(room, plain.seq).await.expect("Cy sits there");
    assert_eq!(unread(&world, cy, room).await, (1, 0), "an edit of what was read is not unread");
    ana.edits(&plain, "hello, all").await.expect("Ana wrote it");
    ana.edits(&all, "@everyone").await.expect("Ana wrote it");
    assert_eq!((unread(&world, bo, room).await, unread(&world, cy, room).await), ((2, 1), (1, 1)));
    assert_eq!(unread(&world, ana, room).await, (0, 0), "never the author");
    world.audits_clean().await;
}

pub async fn a_mention_and_a_departure_at_once_have_one_order(world: World) {
    let cast = world.cast().await;
    let (ana, bo, cy, room) = (&cast.ana, &cast.bo, &cast.cy, cast.room);
    ana.says(room, "@bo-").await;
    let said = all_at_once((0..30).map(|number| {
        let (ana, bo) = (ana.clone(), bo.clone());
        async move {
            if number == 15 {
                bo.leaves(room).await.expect("Bo sits there");
                return None;
            }
            Some(ana.says(room, "@bo- @cy-").await)
        }
    }))
    .await;
    let log = world.stores().rooms.log(room, None, Seq::ZERO, 100).await.expect("readable").events;
    let left = log.iter().find(|event| event.kind.as_str() == "member_left").expect("Bo left").seq;
    for message in said.into_iter().flatten() {
        let expected = if message.seq < left { mentions(&[bo, cy], false) } else { mentions(&[cy], false) };
        assert_eq!(message.mentions, expected, "{:?} of {left:?}", message.seq);
    }
    assert_eq!(unread(&world, cy, room).await, (30, 29));
    world.audits_clean().await;
}
