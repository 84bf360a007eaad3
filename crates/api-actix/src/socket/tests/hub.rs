use domain::{Coins, Notice, Seq};
use serde_json::json;
use tokio::time::{advance, pause};

use super::*;
use crate::socket::tests::cast::{
    ANA, BO, DI, Log, connection, hub, joined, live_connection, open_connection, posted, received, room_id,
    user,
};

fn coins(to: &str) -> Announcement {
    let notice = Notice::CoinsChanged { avail_coins: Coins::new(5).expect("valid") };
    Announcement::Notice { to: user(to), notice }
}

/// Lets spawned tasks run until they wait.
async fn settle() {
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
}

#[actix_web::test]
async fn a_notice_reaches_all_connections_of_its_account_and_nobody_else() {
    let hub = hub(Log::default().rooms(0));
    let (ana, other, bo) =
        (open_connection(&hub, ANA), open_connection(&hub, ANA), live_connection(&hub, BO, 0).await);
    hub.publish(coins(ANA)).await;
    assert_eq!(received(&ana), ["notice"]);
    assert_eq!(received(&other), ["notice"]);
    assert_eq!(received(&bo), Vec::<String>::new());
}

#[actix_web::test]
async fn a_notice_waits_for_the_welcome() {
    let hub = hub(Log::default().rooms(0));
    let ana = connection(ANA);
    hub.add(ana.subscriber.clone(), 9).expect("room");
    hub.publish(coins(ANA)).await;
    assert_eq!(received(&ana), Vec::<String>::new());
    assert!(ana.joined_meanwhile().is_empty());
    assert_eq!(received(&ana), ["notice"]);
}

#[actix_web::test]
async fn a_read_marker_reaches_the_room_and_nobody_else() {
    let hub = hub(Log::default().rooms(0));
    let (ana, bo) = (live_connection(&hub, ANA, 0).await, live_connection(&hub, BO, 0).await);
    let di = open_connection(&hub, DI);
    hub.publish(Announcement::Read { room_id: room_id(), user_id: user(ANA), seq: Seq(7) }).await;
    for member in [&ana, &bo] {
        assert_eq!(
            member.outbox.values(),
            [json!({"type": "read", "roomId": room_id().to_string(), "userId": ANA, "seq": 7})]
        );
    }
    assert_eq!(received(&di), Vec::<String>::new());
}

#[actix_web::test]
async fn who_writes_is_seen_by_the_others_only() {
    let hub = hub(Log::default().rooms(0));
    let (ana, anas_other) = (live_connection(&hub, ANA, 0).await, live_connection(&hub, ANA, 0).await);
    let (bo, di) = (live_connection(&hub, BO, 0).await, open_connection(&hub, DI));
    hub.announce_typing(room_id(), &user(ANA), true).await;
    assert_eq!(received(&bo), ["typing"]);
    for nobody in [&ana, &anas_other, &di] {
        assert_eq!(received(nobody), Vec::<String>::new());
    }
}

#[actix_web::test]
async fn a_connection_that_begins_notices_that_some_have_to_end() {
    let hub = hub(Log::default().rooms(0));
    let mut endings = hub.endings();
    let mut have_moved_on = || std::mem::replace(&mut endings, hub.endings()) != hub.endings();
    hub.publish(Announcement::SessionsEnded(Vec::new())).await;
    assert!(have_moved_on());
    hub.publish(Announcement::Suspended(user(ANA))).await;
    assert!(have_moved_on());
    hub.sessions_of(&user(ANA));
    assert!(have_moved_on(), "the command line may have ended some");
    hub.publish(coins(ANA)).await;
    assert!(!have_moved_on());
}

#[actix_web::test]
async fn an_ended_session_ends_its_connections_alone() {
    let hub = hub(Log::default().rooms(0));
    let (ana, other) = (open_connection(&hub, ANA), open_connection(&hub, ANA));
    hub.publish(Announcement::SessionsEnded(vec![ana.session_id])).await;
    assert_eq!(received(&ana), ["bye", "4503"]);
    assert_eq!(received(&other), Vec::<String>::new());
}

#[actix_web::test]
async fn coming_online_is_told_to_the_others_in_the_room() {
    let hub = hub(Log::default().rooms(0));
    let (ana, bo) = (live_connection(&hub, ANA, 0).await, live_connection(&hub, BO, 0).await);
    hub.announce_online(&bo).await;
    assert_eq!(
        ana.outbox.values(),
        [json!({"type": "presence", "roomId": room_id().to_string(), "userId": BO, "online": true})]
    );
    assert_eq!(received(&bo), Vec::<String>::new());
}

#[actix_web::test]
async fn who_joins_while_online_is_shown_as_online_and_who_is_not_is_not() {
    let hub = hub(Log::default().rooms(0));
    let ana = live_connection(&hub, ANA, 1).await;
    let bo = open_connection(&hub, BO);
    hub.announce_online(&bo).await;
    for event in [joined(2, BO), joined(3, DI)] {
        hub.publish(Announcement::Event(event)).await;
    }
    assert_eq!(received(&ana), ["2", "presence", "3"]);
    assert_eq!(received(&bo), ["2", "3"], "nobody is told of themselves");
}

#[actix_web::test]
async fn going_offline_is_told_only_once_it_lasts() {
    pause();
    let hub = hub(Log::default().rooms(0));
    let ana = live_connection(&hub, ANA, 0).await;
    let bo = live_connection(&hub, BO, 0).await;
    hub.remove(&bo).await;
    settle().await;
    advance(OFFLINE_AFTER / 2).await;
    settle().await;
    assert!(hub.is_online(&user(BO)));
    assert_eq!(received(&ana), Vec::<String>::new());

    advance(OFFLINE_AFTER).await;
    settle().await;
    assert!(!hub.is_online(&user(BO)));
    assert_eq!(
        ana.outbox.values(),
        [json!({"type": "presence", "roomId": room_id().to_string(), "userId": BO, "online": false})]
    );
}

#[actix_web::test]
async fn going_offline_is_told_also_when_a_connection_came_and_went_without_entering_a_room() {
    pause();
    let hub = hub(Log::default().rooms(0));
    let ana = live_connection(&hub, ANA, 0).await;
    let bo = live_connection(&hub, BO, 0).await;
    hub.remove(&bo).await;
    settle().await;
    hub.remove(&open_connection(&hub, BO)).await;
    settle().await;
    advance(OFFLINE_AFTER * 2).await;
    settle().await;
    assert!(!hub.is_online(&user(BO)));
    assert_eq!(received(&ana), ["presence"]);
}

#[actix_web::test]
async fn a_page_that_reloads_is_not_seen_to_go() {
    pause();
    let hub = hub(Log::default().rooms(0));
    let ana = live_connection(&hub, ANA, 0).await;
    let bo = live_connection(&hub, BO, 0).await;
    hub.remove(&bo).await;
    settle().await;
    hub.add(connection(BO).subscriber, 9).expect("room");
    advance(OFFLINE_AFTER * 2).await;
    settle().await;
    assert!(hub.is_online(&user(BO)));
    assert_eq!(received(&ana), Vec::<String>::new());
}

#[actix_web::test]
async fn a_room_that_nobody_listens_to_takes_no_memory() {
    let hub = hub(Log::default().rooms(0));
    let (ana, bo) = (live_connection(&hub, ANA, 0).await, live_connection(&hub, BO, 0).await);
    hub.remove(&ana).await;
    assert_eq!(lock(&hub.feeds).len(), 1);
    hub.remove(&bo).await;
    assert_eq!(lock(&hub.feeds).len(), 0);
    hub.publish(Announcement::Event(posted(1))).await;
    assert_eq!(lock(&hub.feeds).len(), 0);

    let closed = open_connection(&hub, BO);
    closed.close();
    hub.enter_room(&closed, room_id()).await;
    assert_eq!(lock(&hub.feeds).len(), 0, "a closed connection opens no feed");
}

#[actix_web::test]
async fn a_shutdown_waits_until_every_socket_is_closed() {
    let hub = hub(Log::default().rooms(0));
    let (first, second) = (hub.open_socket(), hub.open_socket());
    let stopping = tokio::spawn({
        let hub = hub.clone();
        async move { hub.shutdown().await }
    });
    hub.stopping().await;
    drop(first);
    settle().await;
    assert!(!stopping.is_finished());
    drop(second);
    stopping.await.expect("no panic");
}

#[actix_web::test]
async fn a_shutdown_does_not_wait_for_ever() {
    pause();
    let hub = hub(Log::default().rooms(0));
    let _never_closed = hub.open_socket();
    hub.shutdown().await;
    assert_eq!(*hub.sockets.borrow(), 1);
}
