use std::future::poll_fn;

use tokio::io::duplex;

use super::*;
use crate::socket::protocol::close_reason::Farewell;

/// A line over a way on which so many bytes may lie, and the peer's end of it.
fn line(bytes: usize) -> (Line<tokio::io::DuplexStream>, tokio::io::DuplexStream, Arc<Outbox>) {
    let outbox = Arc::new(Outbox::default());
    let (ours, theirs) = duplex(bytes);
    (Line::new(ours, BytesMut::new(), outbox.clone()), theirs, outbox)
}

#[actix_web::test]
async fn frames_are_written_whole_and_in_their_order_however_little_is_taken_at_once() {
    let (mut line, mut peer, outbox) = line(7);
    let frames: Vec<_> = (0..100).map(|number| Frame::json(&"x".repeat(number * 3))).collect();
    for frame in &frames {
        outbox.push(frame.clone());
    }
    outbox.finish(Farewell::ShuttingDown);
    let writing = async {
        let flushed = poll_fn(|cx| line.poll_flush(cx)).await;
        drop(line);
        flushed
    };
    let mut heard = Vec::new();
    let (flushed, read) = futures_util::future::join(writing, peer.read_to_end(&mut heard)).await;
    read.expect("it can be read to its end");
    assert_eq!(flushed, Flushed::Finished);
    let expected = frames.iter().map(Frame::as_bytes).collect::<Vec<_>>().concat();
    assert!(heard.starts_with(&expected));
    let farewell = String::from_utf8_lossy(&heard[expected.len()..]).into_owned();
    assert!(farewell.ends_with(Farewell::ShuttingDown.reason()), "{farewell}");
}

#[actix_web::test]
async fn nothing_is_held_while_nothing_flows() {
    let (mut line, mut peer, outbox) = line(64 * 1024);
    for _ in 0..3 {
        outbox.push(Frame::json(&"something"));
        peer.write_all(&[0x81, 0x82, 0, 0, 0, 0, b'{', b'}']).await.expect("there is room");
        let message = poll_fn(|cx| line.poll_message(cx)).await.expect("the peer is there");
        assert_eq!(message, Ok(AggregatedMessage::Text("{}".into())));
        let both = poll_fn(|cx| Poll::Ready((line.poll_message(cx), line.poll_flush(cx)))).await;
        assert_eq!(both, (Poll::Pending, Poll::Pending));
        assert_eq!(line.hand.capacity(), 0);
        assert!(line.patience.is_none());
    }
}

#[actix_web::test]
async fn a_peer_that_has_gone_is_noticed_in_either_direction() {
    let (mut line, peer, outbox) = line(7);
    drop(peer);
    assert_eq!(poll_fn(|cx| line.poll_message(cx)).await, None);
    outbox.push(Frame::json(&"something"));
    assert_eq!(poll_fn(|cx| line.poll_flush(cx)).await, Flushed::Gone);
}
