use std::collections::BTreeMap;

use domain::{Event, EventKind, Mentions, RoomId, Seq, UserId};

use crate::{Actor, Dice, World, all_at_once, every_page};

fn mentions(of: &[&Actor], everyone: bool) -> Mentions {
    Mentions { user_ids: of.iter().map(|actor| actor.id.clone()).collect(), everyone }
}

/// How many messages somebody has not read, and how many of these mention them, as every way to ask for that says.
async fn unread(world: &World, actor: &Actor, room: RoomId) -> (i64, i64) {
    let rooms = &world.stores().rooms;
    let view = actor.views(room).await.expect("a member looks").summary;
    let list = every_page(100, |after, size| rooms.of_member(actor.id.clone(), after, size)).await;
    assert!(list.contains(&view), "the list and the room agree");
    let reading = rooms.reading(actor.id.clone(), vec![room]).await.expect("readable")[0];
    let counted = (view.unread, view.unread_mentions);
    assert_eq!((reading.unread, reading.unread_mentions), counted, "and so does the welcome");
    counted
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

/// What the log says of the unread messages of somebody who has read up to `read`: how many mention them.
fn expected(log: &[Event], reader: &UserId, read: i64) -> i64 {
    let mentioning = log.iter().filter(|event| match &event.kind {
        EventKind::MessagePosted(message) => {
            message.sender_id != *reader && event.seq.0 > read && message.mentions.concern(reader)
        }
        _ => false,
    });
    i64::try_from(mentioning.count()).expect("few")
}

async fn unread_mentions_follow_from_the_log(world: World, seed: u64) {
    const TEXTS: [&str; 7] =
        ["hello", "@ana", "@bo-", "@cy- and @bo-", "@everyone", "@ana @everyone", "`@bo-`"];
    let cast = world.cast().await;
    let room = cast.room;
    let members = [cast.ana.clone(), cast.bo.clone(), cast.cy.clone()];
    let mut dice = Dice::new(seed);
    let mut read: BTreeMap<_, i64> = BTreeMap::from([(&cast.ana.id, 1), (&cast.bo.id, 2), (&cast.cy.id, 3)]);
    let mut said = Vec::new();
    for step in 0..50 {
        let actor = dice.pick(&members);
        match dice.roll(10) {
            0..4 => said.push((actor, actor.says(room, TEXTS[dice.roll(TEXTS.len())]).await)),
            4..6 if !said.is_empty() => {
                let (author, message) = &said[dice.roll(said.len())];
                author.edits(message, TEXTS[dice.roll(TEXTS.len())]).await.expect("its author edits");
            }
            6 if !said.is_empty() => {
                let (author, message) = said.swap_remove(dice.roll(said.len()));
                author.deletes(&message).await.expect("its author deletes");
            }
            7 => {
                // They come back in another order now and then, and so take each other's seats.
                cast.bo.leaves(room).await.expect("Bo sits there");
                cast.cy.leaves(room).await.expect("Cy sits there");
                let pair = if dice.roll(2) == 0 { [&cast.bo, &cast.cy] } else { [&cast.cy, &cast.bo] };
                for member in pair {
                    member.joins(room).await.expect("there are seats");
                    read.insert(&member.id, member.reads_facts(room).await.room.head_seq.0);
                }
            }
            _ => {
                let head = actor.reads_facts(room).await.room.head_seq.0;
                let seq =
                    i64::try_from(dice.roll(usize::try_from(head).expect("not negative"))).expect("small");
                actor.reads_up_to(room, Seq(seq)).await.expect("a member reads");
                let marker = read.get_mut(&actor.id).expect("a member");
                *marker = (*marker).max(seq);
            }
        }
        let log = world.stores().rooms.log(room, None, Seq::ZERO, 10_000).await.expect("readable").events;
        for member in &members {
            let counted = unread(&world, member, room).await.1;
            let expected = expected(&log, &member.id, read[&member.id]);
            assert_eq!(counted, expected, "{member:?} in step {step} of seed {seed}");
        }
    }
    world.audits_clean().await;
}

pub async fn unread_mentions_follow_from_the_log_with_seed_1(world: World) {
    unread_mentions_follow_from_the_log(world, 1).await;
}

pub async fn unread_mentions_follow_from_the_log_with_seed_2(world: World) {
    unread_mentions_follow_from_the_log(world, 2).await;
}

pub async fn unread_mentions_follow_from_the_log_with_seed_3(world: World) {
    unread_mentions_follow_from_the_log(world, 3).await;
}
