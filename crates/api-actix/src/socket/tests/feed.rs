use std::sync::Arc;

use domain::ports::Events;
use domain::{Announcement, EventKind, Refusal};
use proptest::prelude::*;

use super::*;
use crate::socket::connection::outbox::{MOST_BYTES, MOST_FRAMES};
use crate::socket::delivery::hub::Hub;
use crate::socket::tests::cast::{
    ANA, BO, Connection, DI, Log, connection, event, hub, joined, live_connection, message, open_connection,
    posted, received, removed, room_id, user,
};

async fn announce(hub: &Hub, event: Event) {
    hub.publish(Announcement::Event(event)).await;
}

async fn commit_and_announce(log: &Log, hub: &Hub, event: Event) {
    log.commit(&event);
    announce(hub, event).await;
}

#[actix_web::test]
async fn events_that_follow_each_other_are_delivered_without_reading_the_log() {
    let log = Log::default();
    let hub = hub(log.rooms(0));
    let (ana, bo) = (live_connection(&hub, ANA, 1).await, live_connection(&hub, BO, 1).await);
    for seq in 2..=4 {
        commit_and_announce(&log, &hub, posted(seq)).await;
    }
    assert_eq!(received(&ana), ["2", "3", "4"]);
    assert_eq!(received(&bo), ["2", "3", "4"]);
}

#[actix_web::test]
async fn all_connections_share_the_bytes_of_an_event() {
    let hub = hub(Log::default().rooms(0));
    let (ana, bo) = (live_connection(&hub, ANA, 1).await, live_connection(&hub, BO, 1).await);
    announce(&hub, posted(2)).await;
    let frame = |connection: &Connection| connection.outbox.drain().remove(0);
    assert_eq!(frame(&ana).as_bytes().as_ptr(), frame(&bo).as_bytes().as_ptr());
}

#[actix_web::test]
async fn announcements_out_of_order_arrive_in_order_and_once() {
    let log = Log::default();
    let hub = hub(log.rooms(1));
    let ana = live_connection(&hub, ANA, 1).await;
    for seq in 2..=5 {
        log.commit(&posted(seq));
    }
    for seq in [5, 3, 2, 4, 5] {
        announce(&hub, posted(seq)).await;
    }
    assert_eq!(received(&ana), ["2", "3", "4", "5"]);
}

#[actix_web::test]
async fn a_gap_longer_than_a_page_is_read_from_the_log() {
    let log = Log::default();
    let hub = hub(log.rooms(3));
    let ana = live_connection(&hub, ANA, 0).await;
    let last = i64::try_from(LOG_PAGE).expect("small") * 2 + 1;
    for seq in 1..=last {
        log.commit(&posted(seq));
    }
    announce(&hub, posted(last)).await;
    assert_eq!(received(&ana), (1..=last).map(|seq| seq.to_string()).collect::<Vec<_>>());
}

#[actix_web::test]
async fn what_a_gap_still_misses_is_read_once_the_store_answers_again() {
    let log = Log::default();
    let mut rooms = log.rooms(0);
    rooms.checkpoint();
    let mut answers = false;
    let kept = log.clone();
    rooms.expect_log().times(2).returning(move |_, _, since, limit| {
        if std::mem::replace(&mut answers, true) {
            return Ok(kept.page(since, limit));
        }
        Err(Refusal::Unavailable("busy".into()))
    });
    let hub = hub(rooms);
    let ana = live_connection(&hub, ANA, 1).await;
    for seq in 2..=3 {
        log.commit(&posted(seq));
    }
    announce(&hub, posted(3)).await;
    assert_eq!(received(&ana), Vec::<String>::new());
    let feed = hub.feed(room_id()).expect("somebody is in it");
    assert!(feed.is_behind());
    assert_eq!(feed.head(), Seq(3), "a ping tells clients of it");
    assert_eq!(feed.catch_up().await, Occupancy::Occupied);
    assert_eq!(received(&ana), ["2", "3"]);
    assert!(!feed.is_behind());
}

#[actix_web::test]
async fn who_is_removed_gets_nothing_more_of_the_room() {
    for (banned, code) in [(false, "not_a_member"), (true, "banned")] {
        let log = Log::default();
        let hub = hub(log.rooms(0));
        let ana = live_connection(&hub, ANA, 1).await;
        let (bo, bos_other) = (live_connection(&hub, BO, 1).await, live_connection(&hub, BO, 1).await);
        for event in [posted(2), removed(3, BO, banned), posted(4)] {
            commit_and_announce(&log, &hub, event).await;
        }
        let feed = hub.feed(room_id()).expect("somebody is in it");
        feed.broadcast_ephemeral(&server_frames::typing(room_id(), &user(ANA), true), &user(ANA)).await;
        feed.broadcast(&server_frames::read(room_id(), &user(ANA), Seq(4))).await;
        assert_eq!(received(&bo), ["2", code]);
        assert_eq!(received(&bos_other), ["2", code]);
        assert_eq!(received(&ana), ["2", "3", "4", "read"]);
        assert!(!bo.is_in(room_id()) && ana.is_in(room_id()));
    }
}

#[actix_web::test]
async fn a_removal_behind_a_gap_holds_even_if_the_log_cannot_be_read() {
    let mut rooms = domain::ports::MockRooms::new();
    rooms.expect_log().returning(|_, _, _, _| Err(Refusal::Unavailable("busy".into())));
    let hub = hub(rooms);
    let (ana, bo) = (live_connection(&hub, ANA, 1).await, live_connection(&hub, BO, 1).await);
    announce(&hub, removed(3, BO, true)).await;
    hub.feed(room_id())
        .expect("somebody is in it")
        .broadcast(&server_frames::read(room_id(), &user(ANA), Seq(3)))
        .await;
    assert_eq!(received(&bo), ["banned"]);
    assert_eq!(received(&ana), ["read"]);
}

#[actix_web::test]
async fn who_leaves_is_told_so_on_every_device_and_the_others_see_it() {
    let log = Log::default();
    let hub = hub(log.rooms(0));
    let (ana, bo) = (live_connection(&hub, ANA, 1).await, live_connection(&hub, BO, 1).await);
    commit_and_announce(&log, &hub, event(2, BO, EventKind::MemberLeft { user_id: user(BO) })).await;
    assert_eq!(received(&bo), ["not_a_member"]);
    assert_eq!(received(&ana), ["2"]);
}

#[actix_web::test]
async fn a_closed_room_says_so_to_everyone_and_is_forgotten() {
    let log = Log::default();
    let hub = hub(log.rooms(0));
    let (ana, bo) = (live_connection(&hub, ANA, 1).await, live_connection(&hub, BO, 1).await);
    let feed = Arc::downgrade(&hub.feed(room_id()).expect("somebody is in it"));
    commit_and_announce(&log, &hub, event(2, ANA, EventKind::RoomClosed)).await;
    assert_eq!(received(&ana), ["2", "room_closed"]);
    assert_eq!(received(&bo), ["2", "room_closed"]);
    assert_eq!(feed.strong_count(), 0, "nobody holds the feed");
}

#[actix_web::test]
async fn who_joins_gets_the_join_and_what_follows_on_every_open_connection() {
    let log = Log::default();
    let hub = hub(log.rooms(0));
    let ana = live_connection(&hub, ANA, 1).await;
    let (bo, bos_other, di) =
        (open_connection(&hub, BO), open_connection(&hub, BO), open_connection(&hub, DI));
    for event in [posted(2), joined(3, BO), posted(4)] {
        commit_and_announce(&log, &hub, event).await;
    }
    assert_eq!(received(&ana), ["2", "3", "4"]);
    assert_eq!(received(&bo), ["3", "4"]);
    assert_eq!(received(&bos_other), ["3", "4"]);
    assert_eq!(received(&di), Vec::<String>::new());
}

#[actix_web::test]
async fn who_joins_a_room_without_listeners_misses_nothing_announced_before_the_join() {
    let log = Log::default();
    let hub = hub(log.rooms(1));
    let bo = open_connection(&hub, BO);
    for event in [posted(1), joined(2, BO), posted(3)] {
        log.commit(&event);
    }
    announce(&hub, posted(3)).await;
    announce(&hub, joined(2, BO)).await;
    assert_eq!(received(&bo), ["2", "3"]);
    commit_and_announce(&log, &hub, posted(4)).await;
    assert_eq!(received(&bo), ["4"]);
}

#[actix_web::test]
async fn who_comes_back_after_a_removal_goes_on_with_the_join() {
    let log = Log::default();
    let hub = hub(log.rooms(0));
    let _ana = live_connection(&hub, ANA, 1).await;
    let bo = live_connection(&hub, BO, 1).await;
    for event in [removed(2, BO, false), posted(3), joined(4, BO), posted(5)] {
        commit_and_announce(&log, &hub, event).await;
    }
    assert_eq!(received(&bo), ["not_a_member", "4", "5"]);
}

#[actix_web::test]
async fn who_joins_while_the_connection_opens_is_remembered_until_then() {
    let log = Log::default();
    let hub = hub(log.rooms(0));
    let _ana = live_connection(&hub, ANA, 1).await;
    let bo = connection(BO);
    hub.add(bo.subscriber.clone(), 9).expect("room");
    for event in [joined(2, BO), posted(3)] {
        commit_and_announce(&log, &hub, event).await;
    }
    assert_eq!(received(&bo), Vec::<String>::new(), "the welcome comes first");
    assert_eq!(bo.joined_meanwhile(), [(room_id(), Seq(2))]);
}

#[actix_web::test]
async fn a_connection_that_catches_up_is_passed_over_and_goes_live_only_with_everything() {
    let log = Log::default();
    let hub = hub(log.rooms(0));
    let ana = live_connection(&hub, ANA, 1).await;
    let bo = open_connection(&hub, BO);
    let feed = hub.enter_room(&bo, room_id()).await;
    commit_and_announce(&log, &hub, posted(2)).await;
    assert_eq!(feed.go_live(bo.id, Seq(1)).await, Arrival::Behind);
    assert_eq!(feed.go_live(bo.id, Seq(2)).await, Arrival::Live);
    commit_and_announce(&log, &hub, posted(3)).await;
    assert_eq!(received(&bo), ["3"]);
    assert_eq!(received(&ana), ["2", "3"]);
}

#[actix_web::test]
async fn nothing_is_read_for_those_who_read_the_log_themselves() {
    let log = Log::default();
    let hub = hub(log.rooms(0));
    let bo = open_connection(&hub, BO);
    let feed = hub.enter_room(&bo, room_id()).await;
    commit_and_announce(&log, &hub, posted(5)).await;
    assert_eq!(feed.head(), Seq(5));
    assert_eq!(received(&bo), Vec::<String>::new());
}

#[actix_web::test]
async fn a_connection_that_read_further_than_the_feed_gets_nothing_twice() {
    let log = Log::default();
    let hub = hub(log.rooms(0));
    let ana = live_connection(&hub, ANA, 1).await;
    // Bo read 2 and 3 in the log before they were announced, his own removal and return included.
    let bo = live_connection(&hub, BO, 3).await;
    for event in [removed(2, BO, false), joined(3, BO), posted(4)] {
        commit_and_announce(&log, &hub, event).await;
    }
    assert_eq!(received(&bo), ["4"]);
    assert_eq!(received(&ana), ["2", "3", "4"]);
}

#[actix_web::test]
async fn a_connection_that_left_is_not_brought_back_by_a_join() {
    let log = Log::default();
    let hub = hub(log.rooms(0));
    let _ana = live_connection(&hub, ANA, 1).await;
    let bo = open_connection(&hub, BO);
    bo.close();
    commit_and_announce(&log, &hub, joined(2, BO)).await;
    assert_eq!(received(&bo), Vec::<String>::new());
    assert_eq!(hub.feed(room_id()).expect("somebody is in it").state.lock().await.subscriptions.len(), 1);
}

#[actix_web::test]
async fn one_slow_reader_ends_alone() {
    let log = Log::default();
    let hub = hub(log.rooms(0));
    let (ana, bo) = (live_connection(&hub, ANA, 0).await, live_connection(&hub, BO, 0).await);
    let mut ana_got = Vec::new();
    for seq in 1..=300 {
        commit_and_announce(&log, &hub, posted(seq)).await;
        ana_got.extend(received(&ana));
    }
    assert_eq!(ana_got.len(), 300);
    assert_eq!(received(&bo), ["bye", "4002"]);
}

#[test]
fn a_page_of_the_longest_events_takes_less_than_half_of_an_outbox() {
    for body in ["\u{1f980}".repeat(4_000), "\"".repeat(4_000), format!("a{}", "\n".repeat(3_999))] {
        let event = event(i64::MAX, ANA, EventKind::MessagePosted(message(1, ANA, Some(&body))));
        assert!(server_frames::event(&event).len() * LOG_PAGE < MOST_BYTES / 2);
    }
    const { assert!(LOG_PAGE < MOST_FRAMES / 2) }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Commits happen in order; announcements arrive in any. A subscriber that is live has then seen every
    /// event, in order, once.
    #[test]
    fn any_order_of_announcements_gives_the_order_of_the_log(
        announced in Just((1..=40_i64).collect::<Vec<_>>()).prop_shuffle(),
        enters_after in 0..40_usize,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let (early, late) = runtime.block_on(async {
            let log = Log::default();
            for seq in 1..=40 {
                log.commit(&posted(seq));
            }
            let hub = hub(log.rooms(0..));
            let early = live_connection(&hub, ANA, 0).await;
            let mut late = None;
            for (step, seq) in announced.into_iter().enumerate() {
                if step == enters_after {
                    late = Some(live_connection(&hub, BO, 40).await);
                }
                announce(&hub, posted(seq)).await;
            }
            (received(&early), late.map(|late| received(&late)))
        });
        prop_assert_eq!(early, (1..=40).map(|seq| seq.to_string()).collect::<Vec<_>>());
        prop_assert_eq!(late, Some(Vec::<String>::new()));
    }
}
