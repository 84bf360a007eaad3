use domain::{EventKind, Message, RoomId, Seq};

use crate::{Actor, Dice, World};

/// The seq, sender and excerpt of a room's last message. That the list says the same is looked at with the read markers.
async fn last(actor: &Actor, room: RoomId) -> Option<(Seq, String, String)> {
    let message = actor.views(room).await.expect("a member looks").summary.last_message?;
    Some((message.seq, message.sender_id.to_string(), message.excerpt))
}

fn shown(message: &Message, body: &str) -> (Seq, String, String) {
    (message.seq, message.sender_id.to_string(), body.to_owned())
}

pub async fn the_last_message_is_the_newest_that_is_not_deleted(world: World) {
    let cast = world.cast().await;
    assert_eq!(last(&cast.bo, cast.room).await, None);
    let first = cast.ana.says(cast.room, "first").await;
    let second = cast.bo.says(cast.room, "second").await;
    assert_eq!(last(&cast.bo, cast.room).await, Some(shown(&second, "second")));
    let view = cast.bo.views(cast.room).await.expect("a member looks").summary;
    assert_eq!(view.last_message.map(|message| message.at), Some(second.sent_at));
    cast.cy.leaves(cast.room).await.expect("Cy sits there");
    cast.bo.edits(&second, "2nd").await.expect("its author edits");
    assert_eq!(last(&cast.bo, cast.room).await, Some(shown(&second, "2nd")));
    cast.bo.deletes(&second).await.expect("its author deletes");
    assert_eq!(last(&cast.bo, cast.room).await, Some(shown(&first, "first")));
    let third = cast.bo.says(cast.room, "third").await;
    cast.ana.deletes(&first).await.expect("its author deletes");
    assert_eq!(last(&cast.bo, cast.room).await, Some(shown(&third, "third")));
    cast.bo.deletes(&third).await.expect("its author deletes");
    assert_eq!(last(&cast.bo, cast.room).await, None);
    world.audits_clean().await;
}

pub async fn a_last_message_is_cut_to_140_characters(world: World) {
    let cast = world.cast().await;
    let message = cast.ana.says(cast.room, &"👋".repeat(141)).await;
    assert_eq!(last(&cast.bo, cast.room).await, Some(shown(&message, &"👋".repeat(140))));
}

pub async fn the_last_message_is_found_below_many_that_are_deleted(world: World) {
    let cast = world.cast().await;
    let first = cast.ana.says(cast.room, "first").await;
    let mut said = Vec::new();
    for number in 0..120 {
        said.push(cast.bo.says(cast.room, &number.to_string()).await);
    }
    for message in &said {
        cast.bo.deletes(message).await.expect("its author deletes");
    }
    assert_eq!(last(&cast.bo, cast.room).await, Some(shown(&first, "first")));
    world.audits_clean().await;
}

async fn the_last_message_follows_from_the_log(world: World, seed: u64) {
    let cast = world.cast().await;
    let room = cast.room;
    let mut dice = Dice::new(seed);
    let mut said = Vec::new();
    for step in 0..80 {
        match dice.roll(8) {
            0..3 => said.push(cast.bo.says(room, &format!("step {step}")).await),
            3..5 if !said.is_empty() => {
                let message = said.swap_remove(dice.roll(said.len()));
                cast.bo.deletes(&message).await.expect("its author deletes");
            }
            5 if !said.is_empty() => {
                let message = said.pop().expect("there is one");
                cast.bo.deletes(&message).await.expect("its author deletes");
            }
            6 if !said.is_empty() => {
                let message = &said[dice.roll(said.len())];
                cast.bo.edits(message, &format!("edited in step {step}")).await.expect("its author edits");
            }
            _ => drop(cast.ana.renames(room, &format!("room {step}")).await.expect("Ana owns the room")),
        }
        let log = world.stores().rooms.log(room, None, Seq::ZERO, 10_000).await.expect("readable").events;
        let newest = log.into_iter().rev().find_map(|event| match event.kind {
            EventKind::MessagePosted(message) => message.body.map(|body| (message.seq, body.to_string())),
            _ => None,
        });
        let last = last(&cast.ana, room).await.map(|(seq, _, excerpt)| (seq, excerpt));
        assert_eq!(last, newest, "in step {step} of seed {seed}");
    }
    world.audits_clean().await;
}

pub async fn the_last_message_follows_from_the_log_with_seed_1(world: World) {
    the_last_message_follows_from_the_log(world, 1).await;
}

pub async fn the_last_message_follows_from_the_log_with_seed_2(world: World) {
    the_last_message_follows_from_the_log(world, 2).await;
}

pub async fn the_last_message_follows_from_the_log_with_seed_3(world: World) {
    the_last_message_follows_from_the_log(world, 3).await;
}
