use domain::{Page, PageAround, PageSize, Seq, Window};

use crate::world::ruled;
use crate::{Actor, World};
use domain::{Message, RoomId};

async fn page(
    world: &World,
    viewer: &Actor,
    room: RoomId,
    before: Option<i64>,
    after: Option<i64>,
    size: i64,
) -> Page<Message> {
    let size = PageSize::new(size).expect("a size within the limits");
    let window = Window { before: before.map(Seq), after: after.map(Seq), size };
    ruled(world.stores().rooms.history(room, viewer.id.clone(), window).await).expect("a member reads")
}

async fn page_around(
    world: &World,
    viewer: &Actor,
    room: RoomId,
    seq: i64,
    size: i64,
) -> PageAround<Message> {
    let size = PageSize::new(size).expect("a size within the limits");
    let page = world.stores().rooms.history_around(room, viewer.id.clone(), Seq(seq), size).await;
    ruled(page).expect("a member reads")
}

fn seqs(page: &Page<Message>) -> (Vec<i64>, bool) {
    (page.items.iter().map(|message| message.seq.0).collect(), page.has_more)
}

/// A room whose messages stand at 2, 3, 5, 6 and 8, the last of them deleted.
async fn room_with_messages(world: &World) -> (Actor, RoomId) {
    let ana = world.ana().await;
    let room = ana.opens("Hexagon").await;
    ana.says(room, "two").await;
    ana.says(room, "three").await;
    ana.renames(room, "four").await.expect("Ana owns the room");
    ana.says(room, "five").await;
    let six = ana.says(room, "six").await;
    ana.edits(&six, "six, mended").await.expect("Ana wrote it");
    let eight = ana.says(room, "eight").await;
    ana.deletes(&eight).await.expect("Ana wrote it");
    (ana, room)
}

pub async fn a_history_shows_the_newest_messages_oldest_first(world: World) {
    let (ana, room) = room_with_messages(&world).await;
    assert_eq!(seqs(&page(&world, &ana, room, None, None, 100).await), (vec![2, 3, 5, 6, 8], false));
    assert_eq!(seqs(&page(&world, &ana, room, None, None, 2).await), (vec![6, 8], true));
    assert_eq!(seqs(&page(&world, &ana, room, None, None, 5).await), (vec![2, 3, 5, 6, 8], false));
    let newest = page(&world, &ana, room, None, None, 1).await;
    assert!(newest.items[0].is_deleted(), "a deleted message keeps its place");
}

pub async fn both_bounds_of_a_history_are_exclusive(world: World) {
    let (ana, room) = room_with_messages(&world).await;
    for (before, after, size, expected, has_more) in [
        (Some(6), None, 100, vec![2, 3, 5], false),
        (Some(7), None, 100, vec![2, 3, 5, 6], false),
        (Some(6), None, 2, vec![3, 5], true),
        (Some(2), None, 100, vec![], false),
        (Some(i64::MAX), None, 1, vec![8], true),
        (None, Some(3), 100, vec![5, 6, 8], false),
        (None, Some(4), 2, vec![5, 6], true),
        (None, Some(8), 100, vec![], false),
        (None, Some(0), 1, vec![2], true),
        (None, Some(-1), 1, vec![2], true),
        (Some(8), Some(2), 100, vec![3, 5, 6], false),
        (Some(8), Some(2), 2, vec![3, 5], true),
        (Some(3), Some(2), 100, vec![], false),
        (Some(2), Some(6), 100, vec![], false),
    ] {
        let found = page(&world, &ana, room, before, after, size).await;
        assert_eq!(seqs(&found), (expected, has_more), "before {before:?}, after {after:?}, {size} at most");
    }
}

pub async fn a_history_is_walked_both_ways_without_loss_or_repeat(world: World) {
    let ana = world.ana().await;
    let room = ana.opens("Hexagon").await;
    let mut written = Vec::new();
    for number in 0..25 {
        written.push(ana.says(room, &format!("message {number}")).await);
        if number % 3 == 0 {
            ana.edits(&written[number], "mended").await.expect("Ana wrote it");
        }
    }
    let written: Vec<_> = written.iter().map(|message| message.seq.0).collect();
    for size in [1, 2, 5, 24, 25, 26] {
        let (mut up, mut down) = (Vec::new(), Vec::new());
        loop {
            let next =
                seqs(&page(&world, &ana, room, None, Some(up.last().copied().unwrap_or(0)), size).await);
            up.extend(next.0);
            assert!(up.len() <= written.len(), "upwards by {size}, something is repeated");
            if !next.1 {
                break;
            }
        }
        loop {
            let next = seqs(&page(&world, &ana, room, down.first().copied(), None, size).await);
            down.splice(0..0, next.0);
            assert!(down.len() <= written.len(), "downwards by {size}, something is repeated");
            if !next.1 {
                break;
            }
        }
        assert_eq!(up, written, "upwards by {size}");
        assert_eq!(down, written, "downwards by {size}");
    }
}

pub async fn a_history_is_shown_about_any_place(world: World) {
    let (ana, room) = room_with_messages(&world).await;
    let other = ana.opens("other").await;
    for _ in 0..9 {
        ana.says(other, "elsewhere").await;
    }
    for (seq, size, expected, has_older, has_newer) in [
        (5, 1, vec![5], true, true),
        (5, 2, vec![3, 5], true, true),
        (5, 3, vec![3, 5, 6], true, true),
        (5, 4, vec![2, 3, 5, 6], false, true),
        (5, 5, vec![2, 3, 5, 6, 8], false, false),
        (5, 100, vec![2, 3, 5, 6, 8], false, false),
        (4, 2, vec![3, 5], true, true),
        (7, 1, vec![8], true, false),
        (8, 1, vec![8], true, false),
        (8, 3, vec![5, 6, 8], true, false),
        (9, 3, vec![5, 6, 8], true, false),
        (i64::MAX, 1, vec![8], true, false),
        (2, 3, vec![2, 3, 5], false, true),
        (1, 3, vec![2, 3, 5], false, true),
        (0, 1, vec![2], false, true),
        (i64::MIN, 100, vec![2, 3, 5, 6, 8], false, false),
    ] {
        let page = page_around(&world, &ana, room, seq, size).await;
        let found: Vec<_> = page.items.iter().map(|message| message.seq.0).collect();
        let found = (found, page.has_older, page.has_newer);
        assert_eq!(found, (expected, has_older, has_newer), "{size} about {seq}");
    }
    let deleted = page_around(&world, &ana, room, 8, 1).await;
    assert!(deleted.items[0].is_deleted(), "a deleted message keeps its place");
}

pub async fn a_page_about_a_place_leads_on_both_ways_without_loss_or_repeat(world: World) {
    let (ana, room) = room_with_messages(&world).await;
    for (seq, size) in (0..=9).flat_map(|seq| (1..=6).map(move |size| (seq, size))) {
        let PageAround { items, has_older, has_newer } = page_around(&world, &ana, room, seq, size).await;
        let (first, last) = (items[0].seq.0, items[items.len() - 1].seq.0);
        let older = page(&world, &ana, room, Some(first), None, 100).await.items;
        let newer = page(&world, &ana, room, None, Some(last), 100).await.items;
        assert_eq!((has_older, has_newer), (!older.is_empty(), !newer.is_empty()), "{size} about {seq}");
        let all: Vec<_> = [older, items, newer].concat().iter().map(|message| message.seq.0).collect();
        assert_eq!(all, [2, 3, 5, 6, 8], "{size} about {seq}");
    }
}

pub async fn an_empty_history_is_a_page_too(world: World) {
    let ana = world.ana().await;
    let room = ana.opens("Hexagon").await;
    assert_eq!(seqs(&page(&world, &ana, room, None, None, 100).await), (vec![], false));
    let nothing = PageAround { items: Vec::new(), has_older: false, has_newer: false };
    assert_eq!(page_around(&world, &ana, room, 1, 100).await, nothing);
}
