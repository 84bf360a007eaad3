use std::sync::mpsc;

use tokio::task::JoinHandle;

use super::*;

const LONG: Duration = Duration::from_hours(1);

fn queue(turns: usize) -> Queue {
    Queue::new(turns, 100, LONG, LONG)
}

fn requester(purpose: Purpose, network: u8, account: &str) -> Requester {
    let network = Network::of([192, 0, 2, network].into());
    Requester { network, account: account.parse().expect("a user id"), purpose }
}

fn ana() -> Requester {
    requester(Purpose::SignIn, 1, "ana")
}

/// Occupies a turn until told to let go of it.
fn occupy(queue: &Queue, by: Requester) -> (JoinHandle<Result<(), Refusal>>, mpsc::Sender<()>) {
    let (let_go, told) = mpsc::channel();
    let queue = queue.clone();
    let work = move || told.recv().expect("the test tells it");
    (tokio::spawn(async move { queue.run(&by, work).await }), let_go)
}

/// Has all of these wait, in this order, and answers in which order they had their turns.
async fn order_of(queue: &Queue, waiting: &[Requester]) -> Vec<String> {
    let (served, order) = mpsc::channel();
    let (first, let_first_go) = occupy(queue, ana());
    until(|| queue.state().taken == 1).await;
    let mut tasks = Vec::new();
    for by in waiting {
        let (queue, by, served) = (queue.clone(), by.clone(), served.clone());
        let before = queue.state().waiting();
        let waits = queue.clone();
        tasks.push(tokio::spawn(async move {
            let name = by.account.to_string();
            queue.run(&by, move || served.send(name).expect("the test listens")).await
        }));
        until(|| waits.state().waiting() > before).await;
    }
    let_first_go.send(()).expect("it listens");
    first.await.expect("no panic").expect("it had a turn");
    for task in tasks {
        task.await.expect("no panic").expect("it got a turn");
    }
    order.try_iter().collect()
}

async fn until(condition: impl Fn() -> bool) {
    while !condition() {
        tokio::task::yield_now().await;
    }
}

fn reason(refusal: Refusal) -> String {
    match refusal {
        Refusal::Unavailable(reason) => reason.to_string(),
        other => panic!("not unavailable: {other:?}"),
    }
}

#[tokio::test]
async fn work_is_done_and_its_outcome_given_back() {
    assert_eq!(queue(1).run(&ana(), || 6 * 7).await.expect("there is a turn"), 42);
}

#[tokio::test]
async fn turns_go_round_purposes_then_networks_then_accounts() {
    use Purpose::{OwnAccount, Room, SignIn};
    let crowd = |account| requester(SignIn, 1, account);
    let waiting = ["one", "one", "one", "two", "two"].map(crowd);
    assert_eq!(order_of(&queue(1), &waiting).await, ["one", "two", "one", "two", "one"]);

    let waiting = [crowd("one"), crowd("two"), crowd("three"), requester(SignIn, 2, "elsewhere")];
    assert_eq!(order_of(&queue(1), &waiting).await, ["one", "elsewhere", "two", "three"]);

    let room = |account| requester(Room, 1, account);
    let own = requester(OwnAccount, 1, "own");
    let waiting = [room("one"), room("two"), room("three"), crowd("in-in"), own];
    assert_eq!(order_of(&queue(1), &waiting).await, ["own", "one", "in-in", "two", "three"]);
}

#[tokio::test]
async fn past_the_most_the_last_in_the_longest_line_is_sent_away_for_a_newcomer() {
    let queue = Queue::new(1, 2, LONG, LONG);
    let (first, let_first_go) = occupy(&queue, ana());
    until(|| queue.state().taken == 1).await;
    let crowd = || requester(Purpose::SignIn, 1, "crowd");
    let (second, let_second_go) = occupy(&queue, crowd());
    until(|| queue.state().waiting() == 1).await;
    let (third, _let_third_go) = occupy(&queue, crowd());
    until(|| queue.state().waiting() == 2).await;
    let (newcomer, let_newcomer_go) = occupy(&queue, requester(Purpose::SignIn, 2, "newcomer"));

    let refusal = third.await.expect("no panic").expect_err("it is the last in the longest line");
    assert_eq!(reason(refusal), NotDone::TooManyWaiting.to_string());
    for (task, let_go) in [(first, let_first_go), (second, let_second_go), (newcomer, let_newcomer_go)] {
        let_go.send(()).expect("it listens");
        task.await.expect("no panic").expect("it got a turn");
    }
}

#[tokio::test]
async fn who_would_not_have_a_turn_soon_is_refused_at_once_and_nobody_else() {
    let queue = Queue::new(1, 100, Duration::from_secs(2), LONG);
    let (first, let_first_go) = occupy(&queue, ana());
    until(|| queue.state().taken == 1).await;
    queue.state().typical = Duration::from_secs(1);
    let crowd = || requester(Purpose::SignIn, 1, "crowd");
    let (second, let_second_go) = occupy(&queue, crowd());
    until(|| queue.state().waiting() == 1).await;
    let (third, let_third_go) = occupy(&queue, crowd());
    until(|| queue.state().waiting() == 2).await;
    let refusal = queue.run(&crowd(), || ()).await.expect_err("three turns before it take 3 s");
    assert_eq!(reason(refusal), NotDone::NotSoon.to_string());

    let (elsewhere, let_elsewhere_go) = occupy(&queue, requester(Purpose::SignIn, 2, "elsewhere"));
    until(|| queue.state().waiting() == 3).await;
    for (task, let_go) in
        [(first, let_first_go), (second, let_second_go), (elsewhere, let_elsewhere_go), (third, let_third_go)]
    {
        let_go.send(()).expect("it listens");
        task.await.expect("no panic").expect("it got a turn");
    }
}

#[tokio::test]
async fn who_gets_no_turn_in_time_is_refused() {
    let queue = Queue::new(1, 1, LONG, Duration::ZERO);
    let (first, let_first_go) = occupy(&queue, ana());
    until(|| queue.state().taken == 1).await;

    let refusal = queue.run(&ana(), || ()).await.expect_err("the turn is taken");
    assert_eq!(reason(refusal), NotDone::OutOfPatience.to_string());

    let_first_go.send(()).expect("it listens");
    first.await.expect("no panic").expect("it had a turn");
    assert!(queue.run(&ana(), || ()).await.is_ok(), "who has gone takes no turn");
}

#[tokio::test]
async fn a_vanished_caller_does_not_free_the_core_that_still_works() {
    let queue = queue(1);
    let (first, let_first_go) = occupy(&queue, ana());
    until(|| queue.state().taken == 1).await;
    first.abort();
    assert!(first.await.expect_err("it was aborted").is_cancelled());
    assert_eq!(queue.state().taken, 1);

    let_first_go.send(()).expect("it listens");
    until(|| queue.state().taken == 0).await;
}

#[tokio::test]
async fn a_panic_is_an_internal_failure_and_frees_the_turn() {
    let queue = queue(1);
    let refusal = queue.run(&ana(), || panic!("on purpose")).await.map(|()| "done").expect_err("it panicked");
    assert!(matches!(refusal, Refusal::Internal(_)));
    assert_eq!(queue.state().taken, 0);
}

#[test]
fn the_process_has_one_queue() {
    let (one, other) = (Queue::of_the_process(), Queue::of_the_process());
    assert!(Arc::ptr_eq(&one.0, &other.0));
}
