use std::collections::BTreeMap;

use domain::{Denial, EventKind, Prime, Reading, RoomId, RoomSummary, Seq};

use crate::{Actor, Dice, World, every_page};

/// Read marker, unread messages, and those of them that mention the reader, as the single room, the list of rooms and a
/// welcome say.
pub(super) async fn counted(world: &World, actor: &Actor, room: RoomId) -> (i64, i64, i64) {
    let view = actor.views(room).await.expect("a member looks").summary;
    let list =
        every_page(100, |after, size| world.stores().rooms.of_member(actor.id.clone(), after, size)).await;
    let listed = list.into_iter().find(|summary| summary.room.id == room).expect("the room is in the list");
    assert_eq!(listed, view, "the list and the room agree");
    let reading = world.stores().rooms.reading(actor.id.clone(), vec![room]).await.expect("readable");
    assert_eq!(reading, [as_reading(&view)], "and so does what a connection is welcomed with");
    (view.read_seq.0, view.unread, view.unread_mentions)
}

/// Read marker and unread messages.
async fn marker(world: &World, actor: &Actor, room: RoomId) -> (i64, i64) {
    let (read_seq, unread, _) = counted(world, actor, room).await;
    (read_seq, unread)
}

fn as_reading(summary: &RoomSummary) -> Reading {
    let RoomSummary { room, read_seq, unread, unread_mentions, .. } = summary;
    let (room_id, epoch, head_seq) = (room.id, room.epoch, room.head_seq);
    Reading {
        room_id,
        epoch,
        head_seq,
        read_seq: *read_seq,
        unread: *unread,
        unread_mentions: *unread_mentions,
    }
}

pub async fn many_rooms_are_read_at_once_and_those_of_others_are_left_out(world: World) {
    let cast = world.cast().await;
    let elsewhere = cast.ana.opens("Elsewhere").await;
    let gus = world.prime_member("gus").await;
    gus.joins(cast.room).await.expect("there is a seat");
    for number in 0..70 {
        let room = gus.opens("one of many").await;
        if number % 3 == 0 {
            cast.bo.becomes(Prime::Always).await;
            cast.bo.joins(room).await.expect("there is a seat");
            cast.bo.says(room, "hello").await;
        }
    }
    let rooms = &world.stores().rooms;
    let mut list = every_page(100, |after, size| rooms.of_member(gus.id.clone(), after, size)).await;
    assert_eq!(list.len(), 71);
    let ids = rooms.ids_of_member(gus.id.clone()).await.expect("readable");
    list.sort_by_key(|summary| std::cmp::Reverse(summary.room.id));
    assert!(ids.iter().eq(list.iter().map(|summary| &summary.room.id)), "the newest room first");
    let asked = ids.iter().copied().chain([elsewhere, RoomId(world.id())]).collect();
    let reading = rooms.reading(gus.id.clone(), asked).await.expect("readable");
    assert_eq!(reading, list.iter().map(as_reading).collect::<Vec<_>>());
    assert_eq!(reading.iter().map(|reading| reading.unread).sum::<i64>(), 24);
    for nothing in
        [rooms.reading(gus.id.clone(), Vec::new()).await, rooms.reading(cast.di.id.clone(), ids).await]
    {
        assert_eq!(nothing.expect("readable"), []);
    }
    assert_eq!(rooms.ids_of_member(cast.di.id.clone()).await.expect("readable"), []);
}

pub async fn a_read_marker_moves_up_only(world: World) {
    let cast = world.cast().await;
    for body in ["four", "five", "six"] {
        cast.ana.says(cast.room, body).await;
    }
    assert_eq!(marker(&world, &cast.bo, cast.room).await, (2, 3));
    cast.bo.reads_up_to(cast.room, Seq(5)).await.expect("Bo sits there");
    assert_eq!(marker(&world, &cast.bo, cast.room).await, (5, 1));
    for seq in [3, 5, 0, -7] {
        let unmoved = cast.bo.reads_up_to(cast.room, Seq(seq)).await.expect("Bo sits there");
        assert_eq!(unmoved.changes, []);
    }
    assert_eq!(marker(&world, &cast.bo, cast.room).await, (5, 1));
    cast.bo.reads_up_to(cast.room, Seq(1_000)).await.expect("Bo sits there");
    assert_eq!(marker(&world, &cast.bo, cast.room).await, (6, 0), "never past the newest event");
    assert_eq!(marker(&world, &cast.cy, cast.room).await, (3, 3), "a marker is one member's own");
    assert_eq!(cast.di.reads_up_to(cast.room, Seq(5)).await.map(|_| ()), Err(Denial::RoomNotFound));
    let facts = cast.ana.reads_facts(cast.room).await;
    assert_eq!(facts.room.head_seq, Seq(6), "reading is no event");
}

pub async fn members_see_how_far_the_others_have_read(world: World) {
    let cast = world.cast().await;
    cast.ana.says(cast.room, "four").await;
    cast.bo.reads_up_to(cast.room, Seq(4)).await.expect("Bo sits there");
    let view = cast.cy.views(cast.room).await.expect("Cy sits there");
    let read: Vec<_> = view.members.iter().map(|member| member.read_seq.0).collect();
    assert_eq!(read, [1, 4, 3]);
}

pub async fn ones_own_and_deleted_messages_are_not_unread(world: World) {
    let cast = world.cast().await;
    let gone = cast.ana.says(cast.room, "gone").await;
    let mended = cast.ana.says(cast.room, "mended").await;
    cast.bo.says(cast.room, "my own").await;
    cast.ana.edits(&mended, "mended!").await.expect("Ana wrote it");
    cast.ana.renames(cast.room, "renamed").await.expect("Ana owns the room");
    assert_eq!(marker(&world, &cast.bo, cast.room).await.1, 2);
    cast.ana.deletes(&gone).await.expect("Ana wrote it");
    assert_eq!(marker(&world, &cast.bo, cast.room).await.1, 1);
}

/// What the log says is unread for somebody who has read up to `read`, and how much of it mentions them.
fn unread(log: &[domain::Event], reader: &Actor, read: i64) -> (i64, i64) {
    let (mut unread, mut mentioning) = (0, 0);
    for event in log.iter().filter(|event| event.seq.0 > read) {
        if let EventKind::MessagePosted(message) = &event.kind
            && !message.is_deleted()
            && message.sender_id != reader.id
        {
            unread += 1;
            mentioning += i64::from(message.mentions.concern(&reader.id));
        }
    }
    (unread, mentioning)
}

async fn what_is_unread_follows_from_the_log(world: World, seed: u64) {
    const TEXTS: [&str; 7] =
        ["hello", "@ana", "@bo-", "@cy- and @bo-", "@everyone", "@ana @everyone", "`@bo-`"];
    let cast = world.cast().await;
    let room = cast.room;
    let members = [cast.ana.clone(), cast.bo.clone(), cast.cy.clone()];
    let mut dice = Dice::new(seed);
    let mut read: BTreeMap<_, i64> = BTreeMap::from([(&cast.ana.id, 1), (&cast.bo.id, 2), (&cast.cy.id, 3)]);
    let mut said = Vec::new();
    for step in 0..60 {
        let actor = dice.pick(&members);
        match dice.roll(10) {
            0..4 => said.push((actor, actor.says(room, TEXTS[dice.roll(TEXTS.len())]).await)),
            4 if !said.is_empty() => {
                let (author, message) = &said[dice.roll(said.len())];
                author.edits(message, TEXTS[dice.roll(TEXTS.len())]).await.expect("its author edits");
            }
            5 if !said.is_empty() => {
                let (author, message) = said.swap_remove(dice.roll(said.len()));
                author.deletes(&message).await.expect("its author deletes");
            }
            6 => {
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
                let seq = i64::try_from(dice.roll(usize::try_from(head).expect("not negative") + 3))
                    .expect("small");
                actor.reads_up_to(room, Seq(seq)).await.expect("a member reads");
                let marker = read.get_mut(&actor.id).expect("a member");
                *marker = (*marker).max(seq.min(head));
            }
        }
        let log = world.stores().rooms.log(room, None, Seq::ZERO, 10_000).await.expect("readable").events;
        for member in &members {
            let read = read[&member.id];
            let (unread, mentioning) = unread(&log, member, read);
            assert_eq!(
                counted(&world, member, room).await,
                (read, unread, mentioning),
                "{member:?} in step {step} of seed {seed}"
            );
        }
    }
    world.audits_clean().await;
}

pub async fn what_is_unread_follows_from_the_log_with_seed_1(world: World) {
    what_is_unread_follows_from_the_log(world, 1).await;
}

pub async fn what_is_unread_follows_from_the_log_with_seed_2(world: World) {
    what_is_unread_follows_from_the_log(world, 2).await;
}

pub async fn what_is_unread_follows_from_the_log_with_seed_3(world: World) {
    what_is_unread_follows_from_the_log(world, 3).await;
}
