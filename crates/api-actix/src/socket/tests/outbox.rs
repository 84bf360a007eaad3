use super::*;
use serde_json::json;
use std::sync::Arc;
use std::task::Wake;

fn small() -> Frame {
    Frame::json(&"small")
}

fn large(bytes: usize) -> Frame {
    Frame::json(&"x".repeat(bytes))
}

fn assert_ended_as_too_slow(outbox: &Outbox) {
    let left = outbox.drain();
    assert_eq!(left.len(), 2, "{left:?}");
    assert_eq!(left[0].value()["code"], json!(4002));
    assert_eq!(left[1].close_code(), Some(4002));
}

#[test]
fn the_frame_after_the_256th_ends_the_connection() {
    let outbox = Outbox::default();
    for _ in 0..MOST_FRAMES {
        outbox.push(small());
    }
    assert_eq!(lock(&outbox.state).phase, Phase::Open);
    outbox.push(small());
    assert_ended_as_too_slow(&outbox);
}

#[test]
fn more_than_a_mebibyte_ends_the_connection() {
    let outbox = Outbox::default();
    for _ in 0..MOST_BYTES / HEAVIEST {
        outbox.push(large(HEAVIEST));
    }
    assert_eq!(lock(&outbox.state).phase, Phase::Open);
    outbox.push(small());
    assert_ended_as_too_slow(&outbox);
}

#[test]
fn what_is_read_makes_room() {
    let outbox = Outbox::default();
    for _ in 0..10 {
        for _ in 0..MOST_FRAMES {
            outbox.push(small());
        }
        assert_eq!(outbox.drain().len(), MOST_FRAMES);
    }
    assert_eq!(outbox.progress(), Progress { written: 10 * MOST_FRAMES as u64, is_empty: true });
}

#[test]
fn ephemeral_frames_are_dropped_from_half_on_and_the_others_stay() {
    let outbox = Outbox::default();
    for _ in 0..MOST_FRAMES {
        outbox.push_ephemeral(&small());
    }
    assert_eq!(outbox.drain().len(), MOST_FRAMES / 2);

    for _ in 0..8 {
        outbox.push(large(HEAVIEST));
    }
    outbox.push_ephemeral(&small());
    outbox.push(small());
    assert_eq!(outbox.drain().len(), 9);
}

#[test]
fn the_first_reason_counts_and_nothing_follows_it() {
    let outbox = Outbox::default();
    outbox.push(small());
    outbox.finish(CloseReason::SessionRevoked);
    outbox.finish(CloseReason::ShuttingDown);
    outbox.push(small());
    outbox.push_ephemeral(&small());
    let frames = outbox.drain();
    assert_eq!(frames.len(), 3);
    assert_eq!(frames[1].value()["type"], json!("bye"));
    assert_eq!(frames[1].value()["code"], json!(4503));
    assert_eq!(frames[2].close_code(), Some(4503));
}

#[test]
fn the_peers_own_close_is_answered_without_a_bye() {
    let outbox = Outbox::default();
    outbox.finish_as_asked(Some(1000));
    let frames = outbox.drain();
    assert_eq!(frames.len(), 1);
    assert_eq!(frames[0].close_code(), Some(1000));
}

#[actix_web::test]
async fn the_end_is_seen_by_a_session_that_waits_for_room() {
    let outbox = Outbox::default();
    for _ in 0..MOST_FRAMES {
        outbox.push(small());
    }
    let mut waiting = std::pin::pin!(outbox.roomy());
    let mut cx = Context::from_waker(Waker::noop());
    assert!(waiting.as_mut().poll(&mut cx).is_pending());
    outbox.finish(CloseReason::NoPong);
    assert_eq!(waiting.await, Err(Ended));
    assert!(outbox.has_ended());
    outbox.abandon();
    assert!(outbox.drain().is_empty(), "what nobody reads is let go");
}

#[actix_web::test]
async fn a_session_that_waits_for_room_goes_on_once_half_is_written() {
    let outbox = Outbox::default();
    for _ in 0..MOST_FRAMES {
        outbox.push(small());
    }
    let mut waiting = std::pin::pin!(outbox.roomy());
    let mut cx = Context::from_waker(Waker::noop());
    while waiting.as_mut().poll(&mut cx).is_pending() {
        assert!(outbox.progress().written <= MOST_FRAMES as u64 / 2);
        assert_eq!(outbox.poll_take(&mut cx, &mut Batch::default()), Poll::Ready(true));
    }
    assert!(outbox.progress().written > MOST_FRAMES as u64 / 2);
}

#[test]
fn what_the_writer_holds_counts_until_it_is_written() {
    let outbox = Outbox::default();
    let (mut cx, mut batch) = (Context::from_waker(Waker::noop()), Batch::default());
    outbox.push(small());
    assert_eq!(outbox.poll_take(&mut cx, &mut batch), Poll::Ready(true));
    for _ in 1..MOST_FRAMES {
        outbox.push(small());
    }
    outbox.push(small());
    assert_ended_as_too_slow(&outbox);
}

#[test]
fn a_welcome_of_many_rooms_leaves_room_for_what_follows() {
    let outbox = Outbox::default();
    outbox.push(large(3 * MOST_BYTES));
    outbox.push(small());
    assert!(outbox.is_roomy());
    assert_eq!(outbox.drain().len(), 2);
}

#[test]
fn a_frame_wakes_the_writer() {
    struct Woken(std::sync::atomic::AtomicBool);
    impl Wake for Woken {
        fn wake(self: Arc<Self>) {
            self.0.store(true, std::sync::atomic::Ordering::Relaxed);
        }
    }
    let woken = Arc::new(Woken(false.into()));
    let waker = Waker::from(woken.clone());
    let outbox = Outbox::default();
    assert!(outbox.poll_take(&mut Context::from_waker(&waker), &mut Batch::default()).is_pending());
    outbox.push(small());
    assert!(woken.0.load(std::sync::atomic::Ordering::Relaxed));
}
