use std::future::poll_fn;

use tokio::io::duplex;

use super::*;
use crate::RateLimits;
use crate::limiter::Limiter;
use crate::socket::protocol::wire::Frame;

/// A transport over a way on which so many bytes may lie, and the peer's end of it.
fn transport(bytes: usize) -> (Transport<tokio::io::DuplexStream>, tokio::io::DuplexStream, Arc<Outbox>) {
    let outbox = Arc::new(Outbox::default());
    let (ours, theirs) = duplex(bytes);
    let limiter = Limiter::new(&RateLimits::default()).frame_limiter();
    (Transport::new(ours, BytesMut::new(), limiter, outbox.clone()), theirs, outbox)
}

#[actix_web::test]
async fn frames_are_written_whole_and_in_their_order_however_little_is_taken_at_once() {
    let (mut transport, mut peer, outbox) = transport(7);
    let frames: Vec<_> = (0..100).map(|number| Frame::json(&"x".repeat(number * 3))).collect();
    for frame in &frames {
        outbox.push(frame.clone());
    }
    outbox.finish(CloseReason::ShuttingDown);
    let writing = async {
        let flushed = poll_fn(|cx| transport.poll_flush(cx)).await;
        drop(transport);
        flushed
    };
    let mut heard = Vec::new();
    let (flushed, read) = futures_util::future::join(writing, peer.read_to_end(&mut heard)).await;
    read.expect("it can be read to its end");
    assert_eq!(flushed, Flushed::Finished);
    let expected = frames.iter().map(Frame::as_bytes).collect::<Vec<_>>().concat();
    assert!(heard.starts_with(&expected));
    let close = String::from_utf8_lossy(&heard[expected.len()..]).into_owned();
    assert!(close.ends_with(CloseReason::ShuttingDown.sentence()), "{close}");
}

#[actix_web::test]
async fn nothing_is_held_while_nothing_flows() {
    let (mut transport, mut peer, outbox) = transport(64 * 1024);
    let pong = br#"{"type":"pong"}"#;
    let masked = [&[0x81, 0x80 | u8::try_from(pong.len()).expect("short"), 0, 0, 0, 0], &pong[..]].concat();
    for _ in 0..3 {
        outbox.push(Frame::json(&"something"));
        peer.write_all(&masked).await.expect("there is room");
        let request = poll_fn(|cx| transport.poll_request(cx)).await;
        assert!(matches!(request, Some(Request::Pong)), "{request:?}");
        let nothing = poll_fn(|cx| {
            let (request, flushed) = (transport.poll_request(cx), transport.poll_flush(cx));
            Poll::Ready(request.is_pending() && flushed.is_pending())
        });
        assert!(nothing.await);
        assert_eq!(transport.batch.capacity(), 0);
        assert!(transport.write_timeout.is_none());
    }
}

#[actix_web::test]
async fn a_peer_that_has_gone_is_noticed_in_either_direction() {
    let (mut reading, peer, outbox) = transport(7);
    drop(peer);
    assert!(poll_fn(|cx| reading.poll_request(cx)).await.is_none());
    assert!(outbox.has_ended());

    let (mut writing, peer, outbox) = transport(7);
    drop(peer);
    outbox.push(Frame::json(&"something"));
    assert_eq!(poll_fn(|cx| writing.poll_flush(cx)).await, Flushed::Gone);
}
