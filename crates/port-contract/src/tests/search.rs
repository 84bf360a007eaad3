use domain::ports::Search;
use domain::{
    Denial, Found, Message, PageSize, RoomId, SearchQuery, SearchRequest, TextRange, Timestamp, UserId,
};

use crate::scripts::{MESSAGES, SEARCHES};
use crate::world::{longest_page, ruled};
use crate::{Actor, World, all_at_once, every_page};

/// What is looked for: these words wherever the searcher sits.
fn words(text: &str) -> SearchRequest {
    by(text, None)
}

fn by(text: &str, sender: Option<&Actor>) -> SearchRequest {
    let sender_id: Option<UserId> = sender.map(|sender| sender.id.clone());
    let query = SearchQuery::new(text, sender_id).expect(text);
    SearchRequest { query, room_id: None, before: None, after: None, size: longest_page() }
}

/// The messages that somebody finds, in full pages.
async fn found(world: &World, searcher: &Actor, request: SearchRequest) -> Vec<Found> {
    let page = world.stores().search.search(searcher.id.clone(), request).await.expect("they are looked for");
    assert!(!page.has_more, "it is one page");
    page.items
}

/// What these messages say, the newest first.
async fn finds(world: &World, searcher: &Actor, request: SearchRequest) -> Vec<String> {
    let found = found(world, searcher, request).await;
    found.into_iter().map(|found| found.message.body.expect("it is not deleted").to_string()).collect()
}

pub async fn messages_are_found_in_every_script(world: World) {
    let cast = world.cast().await;
    for text in MESSAGES {
        cast.bo.says(cast.room, text).await;
    }
    world.indexes_everything().await;
    let mut different = Vec::new();
    for (text, expected) in SEARCHES {
        let expected: Vec<&str> = expected.iter().rev().map(|place| MESSAGES[*place]).collect();
        let found = match SearchQuery::new(text, None) {
            Ok(_) => finds(&world, &cast.cy, words(text)).await,
            Err(_) => Vec::new(),
        };
        // What is stored is in Normalization Form C.
        let expected: Vec<_> =
            expected.iter().map(|text| cast.bo.writes(cast.room, "x", text).body.to_string()).collect();
        if found != expected {
            different.push((text, found, expected));
        }
    }
    assert!(different.is_empty(), "{different:#?}");
    world.audits_clean().await;
}

pub async fn what_is_found_is_marked(world: World) {
    let cast = world.cast().await;
    let message = cast.bo.says(cast.room, "🦀 Soup, e\u{301}clairs").await;
    world.indexes_everything().await;
    let found = found(&world, &cast.ana, words("eclair soup")).await;
    assert_eq!(found, []);
    let found = self::found(&world, &cast.ana, words("soup eclair")).await;
    let ranges = vec![TextRange { start: 2, length: 4 }, TextRange { start: 8, length: 7 }];
    let room_name = "Hexagon".parse().expect("a name");
    assert_eq!(found, [Found { message, room_name, ranges }]);
}

pub async fn only_those_who_sit_there_find_anything(world: World) {
    let cast = world.cast().await;
    let elsewhere = cast.ana.opens("Elsewhere").await;
    cast.bo.says(cast.room, "soup in the hexagon").await;
    cast.ana.says(elsewhere, "soup elsewhere").await;
    world.indexes_everything().await;
    let (here, both) = (vec!["soup in the hexagon"], vec!["soup elsewhere", "soup in the hexagon"]);
    assert_eq!(finds(&world, &cast.ana, words("soup")).await, both);
    assert_eq!(finds(&world, &cast.bo, words("soup")).await, here);
    assert!(finds(&world, &cast.di, words("soup")).await.is_empty());

    let search = &world.stores().search;
    let within = |room| SearchRequest { room_id: Some(room), ..words("soup") };
    assert_eq!(finds(&world, &cast.ana, within(cast.room)).await, here);
    let refused = |room: RoomId, actor: &Actor| search.search(actor.id.clone(), within(room));
    assert_eq!(ruled(refused(elsewhere, &cast.bo).await).map(drop), Err(Denial::RoomNotFound));
    assert_eq!(ruled(refused(RoomId(world.id()), &cast.ana).await).map(drop), Err(Denial::RoomNotFound));

    cast.bo.leaves(cast.room).await.expect("Bo sits there");
    cast.ana.removes(&cast.cy, cast.room).await.expect("Ana owns the room");
    for former in [&cast.bo, &cast.cy] {
        assert!(finds(&world, former, words("soup")).await.is_empty());
        assert_eq!(ruled(refused(cast.room, former).await).map(drop), Err(Denial::NotAMember));
    }
    cast.ana.closes(elsewhere).await.expect("Ana owns the room");
    assert_eq!(finds(&world, &cast.ana, words("soup")).await, here);
    assert_eq!(ruled(refused(elsewhere, &cast.ana).await).map(drop), Err(Denial::RoomClosed));
    // A newcomer finds what was said before.
    cast.di.joins(cast.room).await.expect("there is a seat");
    assert_eq!(finds(&world, &cast.di, words("soup")).await, here);
    world.indexes_everything().await;
    assert_eq!(finds(&world, &cast.ana, words("soup")).await, here);
    world.audits_clean().await;
}

pub async fn an_edited_message_is_found_as_it_reads_now(world: World) {
    let cast = world.cast().await;
    let other = cast.cy.says(cast.room, "soup for all").await;
    let message = cast.bo.says(cast.room, "soup").await;
    world.indexes_everything().await;
    cast.bo.edits(&message, "tea").await.expect("Bo wrote it");
    assert_eq!(finds(&world, &cast.ana, words("soup")).await, ["soup for all"]);
    world.indexes_everything().await;
    assert_eq!(finds(&world, &cast.ana, words("tea")).await, ["tea"]);
    assert_eq!(finds(&world, &cast.ana, words("soup")).await, ["soup for all"]);
    world.audits_clean().await;

    // Several at once, and one before it was ever indexed.
    let third = cast.bo.says(cast.room, "coffee").await;
    for (message, text) in [(&message, "milk"), (&third, "water"), (&message, "juice")] {
        cast.bo.edits(message, text).await.expect("Bo wrote it");
    }
    cast.cy.edits(&other, "soup for none").await.expect("Cy wrote it");
    world.indexes_everything().await;
    for (text, expected) in [
        ("tea", vec![]),
        ("milk", vec![]),
        ("juice", vec!["juice"]),
        ("coffee", vec![]),
        ("water", vec!["water"]),
    ] {
        assert_eq!(finds(&world, &cast.ana, words(text)).await, expected, "{text}");
    }
    assert_eq!(finds(&world, &cast.ana, words("soup")).await, ["soup for none"]);
    world.audits_clean().await;
}

pub async fn a_deleted_message_is_found_no_more(world: World) {
    let cast = world.cast().await;
    let message = cast.bo.says(cast.room, "soup").await;
    world.indexes_everything().await;
    cast.bo.deletes(&message).await.expect("Bo wrote it");
    // The index still has it.
    assert!(finds(&world, &cast.ana, words("soup")).await.is_empty());
    assert!(finds(&world, &cast.ana, by("", Some(&cast.bo))).await.is_empty());
    world.audits_clean().await;
    world.indexes_everything().await;
    assert!(finds(&world, &cast.ana, words("soup")).await.is_empty());
    let unindexed = cast.bo.says(cast.room, "salad").await;
    cast.bo.deletes(&unindexed).await.expect("Bo wrote it");
    world.indexes_everything().await;
    assert!(finds(&world, &cast.ana, words("salad")).await.is_empty());
    world.audits_clean().await;
}

pub async fn messages_are_found_by_sender(world: World) {
    let cast = world.cast().await;
    cast.bo.says(cast.room, "soup of mine").await;
    cast.cy.says(cast.room, "soup of hers").await;
    cast.bo.says(cast.room, "tea").await;
    world.indexes_everything().await;
    assert_eq!(finds(&world, &cast.ana, by("", Some(&cast.bo))).await, ["tea", "soup of mine"]);
    assert_eq!(finds(&world, &cast.ana, by("soup", Some(&cast.bo))).await, ["soup of mine"]);
    assert_eq!(finds(&world, &cast.ana, by("soup", Some(&cast.cy))).await, ["soup of hers"]);
    assert!(finds(&world, &cast.ana, by("soup", Some(&cast.di))).await.is_empty());
    cast.bo.leaves(cast.room).await.expect("Bo sits there");
    assert_eq!(finds(&world, &cast.ana, by("tea", Some(&cast.bo))).await, ["tea"]);
}

pub async fn messages_are_found_before_an_instant(world: World) {
    let cast = world.cast().await;
    let second = cast.ana.opens("Second").await;
    let mut said = Vec::new();
    for number in 0..12 {
        let room = if number % 3 == 0 { second } else { cast.room };
        said.push(cast.ana.says(room, &format!("soup {number}")).await);
    }
    world.indexes_everything().await;
    for (place, message) in said.iter().enumerate() {
        for (before, count) in
            [(message.sent_at, place), (Timestamp::from_millis(message.sent_at.as_millis() + 1), place + 1)]
        {
            let request = SearchRequest { before: Some(before), ..words("soup") };
            let expected: Vec<_> = (0..count).rev().map(|number| format!("soup {number}")).collect();
            assert_eq!(finds(&world, &cast.ana, request).await, expected);
        }
    }
}

/// Posts messages in several rooms, many of them at one instant.
async fn says_much_in_many_rooms(world: &World, ana: &Actor) -> Vec<Message> {
    let mut said = Vec::new();
    let mut rooms = Vec::new();
    for name in ["One", "Two", "Three", "Four", "Five"] {
        rooms.push(ana.opens(name).await);
    }
    for round in 0..8 {
        let at = world.now();
        for (place, room) in rooms.iter().enumerate() {
            for number in 0..=place % 3 {
                let text = if number == 1 { "tea" } else { "soup" };
                let new = ana.writes(*room, &format!("{round} {place} {number}"), text);
                let new = domain::rules::messages::NewMessage { at, ..new };
                let posted = world.stores().rooms.post(new).await.expect("Ana sits there");
                let domain::rules::messages::Posting::New(message) = posted else { panic!("it is new") };
                if text == "soup" {
                    said.push(message);
                }
            }
        }
    }
    said.sort_unstable_by_key(|message| std::cmp::Reverse((message.sent_at, message.room_id, message.seq)));
    said
}

pub async fn what_is_found_is_paged_without_loss_or_repeat(world: World) {
    let ana = world.ana().await;
    let said = says_much_in_many_rooms(&world, &ana).await;
    world.indexes_everything().await;
    let search = &world.stores().search;
    for size in [1, 2, 3, 7, 50] {
        let found = every_page(size, |after, size: PageSize| {
            search.search(ana.id.clone(), SearchRequest { after, size, ..words("soup") })
        });
        let found: Vec<Message> = found.await.into_iter().map(|found| found.message).collect();
        assert_eq!(found, said, "in pages of {size}");
    }
}

pub async fn two_who_index_at_once_index_everything_once(world: World) {
    let cast = world.cast().await;
    let mut rooms = vec![cast.room];
    for name in ["Two", "Three", "Four"] {
        rooms.push(cast.ana.opens(name).await);
    }
    for number in 0..40 {
        for room in &rooms {
            let message = cast.ana.says(*room, &format!("soup {number}")).await;
            if number % 7 == 0 {
                cast.ana.edits(&message, &format!("soup {number}, edited")).await.expect("Ana wrote it");
            }
        }
    }
    let indexers = (0..4).map(|_| {
        let world = world.clone();
        async move { world.indexes_everything().await }
    });
    all_at_once(indexers).await;
    world.indexes_everything().await;
    world.audits_clean().await;
    let request = SearchRequest { room_id: Some(cast.room), ..words("soup") };
    assert_eq!(finds(&world, &cast.ana, request).await.len(), 40);
}

pub async fn the_index_follows_whatever_happens_meanwhile(world: World) {
    let cast = world.cast().await;
    let writers = [cast.ana.clone(), cast.bo.clone(), cast.cy.clone()].map(|actor| {
        let room = cast.room;
        let write: std::pin::Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(async move {
            for number in 0..30 {
                let message = actor.says(room, &format!("soup {number}")).await;
                match number % 3 {
                    0 => drop(actor.edits(&message, "tea").await.expect("they wrote it")),
                    1 => drop(actor.deletes(&message).await.expect("they wrote it")),
                    _ => {}
                }
            }
        });
        write
    });
    let indexers = (0..2).map(|_| {
        let world = world.clone();
        let index: std::pin::Pin<Box<dyn Future<Output = ()> + Send>> = Box::pin(async move {
            for _ in 0..20 {
                world.indexes_everything().await;
                world.audits_clean().await;
            }
        });
        index
    });
    all_at_once(writers.into_iter().chain(indexers)).await;
    world.indexes_everything().await;
    world.audits_clean().await;
    assert_eq!(finds(&world, &cast.ana, words("soup")).await.len(), 30);
    assert_eq!(finds(&world, &cast.ana, words("tea")).await.len(), 30);
}

pub async fn a_long_log_is_searched_to_its_beginning(world: World) {
    let cast = world.cast().await;
    let first = cast.bo.says(cast.room, "the first soup").await;
    let posts = (0..8).map(|writer| {
        let (bo, room) = (cast.bo.clone(), cast.room);
        async move {
            for number in 0..600 {
                bo.posts(room, &format!("{writer} {number}"), "more and more").await.expect("Bo sits there");
            }
        }
    });
    all_at_once(posts).await;
    let last = cast.bo.says(cast.room, "the last soup").await;
    assert!(last.seq.0 > 4_096 && first.seq.0 < 10);
    world.indexes_everything().await;
    assert_eq!(finds(&world, &cast.ana, words("soup")).await, ["the last soup", "the first soup"]);
    let request = SearchRequest { before: Some(last.sent_at), ..words("soup") };
    assert_eq!(finds(&world, &cast.ana, request).await, ["the first soup"]);
    let request = SearchRequest { size: PageSize::new(100).expect("valid"), ..words("more") };
    let page = world.stores().search.search(cast.ana.id.clone(), request).await.expect("they are looked for");
    assert!(page.has_more && page.items.len() == 100);
    cast.bo.edits(&first, "the first tea").await.expect("Bo wrote it");
    world.indexes_everything().await;
    assert_eq!(finds(&world, &cast.ana, words("first")).await, ["the first tea"]);
    world.audits_clean().await;
    cast.ana.closes(cast.room).await.expect("Ana owns it");
    world.indexes_everything().await;
    world.audits_clean().await;
}

pub async fn what_is_indexed_anew_is_found_again(world: World) {
    let cast = world.cast().await;
    let closed = cast.ana.opens("Closed").await;
    cast.ana.says(closed, "soup").await;
    let deleted = cast.bo.says(cast.room, "soup").await;
    for number in 0..50 {
        cast.bo.says(cast.room, &format!("soup {number} {}", "and more ".repeat(number % 5))).await;
    }
    world.indexes_everything().await;
    let before = finds(&world, &cast.ana, SearchRequest { room_id: Some(cast.room), ..words("soup") }).await;
    cast.ana.closes(closed).await.expect("Ana owns it");
    cast.bo.deletes(&deleted).await.expect("Bo wrote it");
    let search: &dyn Search = &*world.stores().search;
    search.rebuild().await.expect("it is begun");
    let unindexed = search.unindexed(None).await.expect("the rooms are looked through").room_ids;
    assert!(unindexed.contains(&cast.room));
    world.audits_clean().await;
    world.indexes_everything().await;
    assert_eq!(finds(&world, &cast.ana, words("soup")).await, before[..50]);
    world.audits_clean().await;
}
