//! Many clients that want the same thing at the same moment. `HEXROOM_RACE_ROUNDS` says how often each is tried.
//!
//! The accounts are kept from round to round; the rooms are new each time, and closed after it.

use std::env;

use futures_util::future::join_all;

use crate::support::{Actor, Answer, Server, json, number, text};

const USUAL_ROUNDS: usize = 25;

fn rounds() -> usize {
    let wanted = env::var("HEXROOM_RACE_ROUNDS").ok();
    wanted.map_or(USUAL_ROUNDS, |rounds| rounds.parse().expect("HEXROOM_RACE_ROUNDS is a number"))
}

async fn crowd(server: &Server, name: &str, size: usize) -> Vec<Actor> {
    let newcomers = (0..size).map(|number| async move { server.register(&format!("{name}-{number}")).await });
    join_all(newcomers).await
}

/// Joins a room. A client that would wait too long for its password to be compared is refused with nothing
/// done, as on a busy machine, and asks again.
async fn joins(racer: &Actor, room: &str) -> Answer {
    loop {
        let answer = racer.join(room).await;
        if answer.status != 503 {
            return answer;
        }
    }
}

/// How many answers have this status; every other one must be this refusal.
fn winners(answers: Vec<Answer>, status: u16, code: &str) -> usize {
    let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 200);
    for loser in lost {
        loser.refusal(status, code);
    }
    won.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_accounts_race_for_five_seats() {
    let server = Server::start().await;
    let ana = server.register_prime("ana").await;
    let racers = crowd(&server, "racer", 60).await;
    for round in 0..rounds() {
        let room = ana.create_room(&format!("Round {round}")).await;
        // The first join is free, so that nobody is refused for lack of coins.
        join_all(racers.iter().map(|racer| server.grant(racer, 150))).await;
        let answers = join_all(racers.iter().map(|racer| joins(racer, &room))).await;
        assert_eq!(winners(answers, 409, "room_full"), 5, "round {round}");
        let seen = ana.room(&room).await;
        assert_eq!((number(&seen["seatsTaken"]), number(&seen["headSeq"])), (6, 6), "round {round}");
        server.assert_sound().await;
        ana.close(&room).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_account_with_150_coins_races_for_two_paid_rooms() {
    let server = Server::start().await;
    let ana = server.register_prime("ana").await;
    let bo = server.register("bo-b").await;
    bo.join(&ana.create_room("The free one").await).await.expect_status(200);
    for round in 0..rounds() {
        server.grant(&bo, 150).await;
        let (one, other) = tokio::join!(ana.create_room("One"), ana.create_room("The other"));
        let (first, second) = tokio::join!(joins(&bo, &one), joins(&bo, &other));
        assert_eq!(winners(vec![first, second], 402, "insufficient_coins"), 1, "round {round}");
        assert_eq!(number(&bo.me().await["availCoins"]), 0, "round {round}");
        server.assert_sound().await;
        ana.close(&one).await;
        ana.close(&other).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_join_sent_twenty_times_at_once_is_charged_once() {
    let server = Server::start().await;
    let ana = server.register_prime("ana").await;
    let bo = server.register("bo-b").await;
    bo.join(&ana.create_room("The free one").await).await.expect_status(200);
    for round in 0..rounds() {
        server.grant(&bo, 1_000).await;
        let before = number(&bo.me().await["availCoins"]);
        let room = ana.create_room(&format!("Round {round}")).await;
        let receipts: Vec<_> = join_all((0..20).map(|_| joins(&bo, &room)))
            .await
            .into_iter()
            .map(|answer| answer.json(200))
            .collect();
        let taken = receipts.iter().filter(|receipt| receipt["alreadyMember"] == false).count();
        assert_eq!(taken, 1, "round {round}");
        for receipt in &receipts {
            assert_eq!(receipt["fee"], 150, "round {round}");
            assert_eq!(number(&receipt["availCoins"]), before - 150, "round {round}");
        }
        assert_eq!(number(&bo.me().await["availCoins"]), before - 150, "round {round}");
        assert_eq!(ana.room(&room).await["headSeq"], 2, "round {round}");
        server.assert_sound().await;
        ana.close(&room).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_race_for_one_invitation() {
    let server = Server::start().await;
    let ana = server.register_prime("ana").await;
    let cy = server.register_prime("cy-c").await;
    let others = crowd(&server, "other", 15).await;
    for round in 0..rounds() {
        let room = ana.create_room(&format!("Round {round}")).await;
        let token = text(&ana.invite(&room, &cy).await["token"]);
        let (by_invitee, by_others) = tokio::join!(
            join_all((0..15).map(|_| cy.join_invited(&token))),
            join_all(others.iter().map(|other| other.join_invited(&token))),
        );
        assert_eq!(winners(by_others, 403, "invitation_invalid"), 0, "round {round}");
        let receipts = by_invitee.into_iter().map(|answer| answer.json(200));
        let seats = receipts.filter(|receipt| receipt["alreadyMember"] == false).count();
        assert_eq!(seats, 1, "round {round}");
        let seen = ana.room(&room).await;
        assert_eq!((number(&seen["seatsTaken"]), number(&seen["headSeq"])), (2, 2), "round {round}");
        server.assert_sound().await;
        ana.close(&room).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn leaving_banning_and_joining_at_once_keep_the_seats_right() {
    let server = Server::start().await;
    let ana = server.register_prime("ana").await;
    let members = crowd(&server, "member", 8).await;
    for round in 0..rounds().min(20) {
        let room = ana.create_room(&format!("Round {round}")).await;
        let path = format!("/api/chatrooms/{room}");
        join_all(members.iter().map(|member| server.grant(member, 150))).await;
        let joining = join_all(members.iter().map(|member| member.join(&room)));
        let leaving = join_all(members.iter().map(|member| async {
            member.join(&room).await;
            member.post(&format!("{path}/leave"), json!({})).await
        }));
        let banning = join_all(members[..3].iter().map(|member| async {
            ana.put(&format!("{path}/bans/{}", member.user_id), json!({})).await.expect_status(204)
        }));
        tokio::join!(joining, leaving, banning);
        let seen = ana.room(&room).await;
        let seated = seen["members"].as_array().expect("a list");
        assert_eq!(number(&seen["seatsTaken"]), i64::try_from(seated.len()).expect("at most six"));
        for banned in &members[..3] {
            assert!(seated.iter().all(|member| member["userId"] != banned.user_id.as_str()), "round {round}");
        }
        server.assert_sound().await;
    }
}
