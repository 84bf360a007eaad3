//! Refuses frames by their headers, before anybody buffers them.
//!
//! The WebSocket decoder looks at a frame's length only once the whole frame is in memory, so a
//! header that declares a terabyte would be believed. The guard stands in front of it, reads each
//! header as it comes by and ends the stream at the first that declares too much.

use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::error::PayloadError;
use bytes::Bytes;
use futures_util::{Stream, ready};

/// The longest message that a client may send, in one frame or in several. It holds a body of 4,000
/// characters even where each is escaped as two `\uXXXX`.
pub(super) const MAX_FRAME_BYTES: usize = 64 * 1024;

/// The longest payload of a ping, pong or close frame (RFC 6455, section 5.5).
const MAX_CONTROL_BYTES: u64 = 125;

/// A header declared more than is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooLong;

/// Follows a client's frames byte by byte.
#[derive(Debug, Default)]
pub(super) struct FrameHeaders {
    header: [u8; 10],
    known: usize,
    to_skip: u64,
    message_bytes: u64,
}

impl FrameHeaders {
    /// Reads on; any cut of the stream into chunks gives the same result.
    pub(super) fn read(&mut self, mut chunk: &[u8]) -> Result<(), TooLong> {
        while !chunk.is_empty() {
            if self.to_skip > 0 {
                let skipped = usize::try_from(self.to_skip).unwrap_or(usize::MAX).min(chunk.len());
                self.to_skip -= skipped as u64;
                chunk = &chunk[skipped..];
                continue;
            }
            self.header[self.known] = chunk[0];
            self.known += 1;
            chunk = &chunk[1..];
            if let Some(length) = self.declared_length() {
                self.admit(length)?;
                let mask = if self.header[1] & 0x80 == 0 { 0 } else { 4 };
                self.to_skip = length + mask;
                self.known = 0;
            }
        }
        Ok(())
    }

    /// The payload's length, once enough of the header is known.
    fn declared_length(&self) -> Option<u64> {
        let [_, second, extended @ ..] = &self.header;
        match (self.known, second & 0x7F) {
            (4, 126) => Some(u64::from(u16::from_be_bytes([extended[0], extended[1]]))),
            (10, 127) => Some(u64::from_be_bytes(*extended)),
            (0 | 1, _) | (_, 126 | 127) => None,
            (_, short) => Some(u64::from(short)),
        }
    }

    /// Counts the fragments of one message together; control frames may stand between them.
    fn admit(&mut self, length: u64) -> Result<(), TooLong> {
        let (is_final, opcode) = (self.header[0] & 0x80 != 0, self.header[0] & 0x0F);
        if opcode >= 0x8 {
            return if length > MAX_CONTROL_BYTES { Err(TooLong) } else { Ok(()) };
        }
        let before = if opcode == 0 { self.message_bytes } else { 0 };
        let message_bytes = before.saturating_add(length);
        if message_bytes > MAX_FRAME_BYTES as u64 {
            return Err(TooLong);
        }
        self.message_bytes = if is_final { 0 } else { message_bytes };
        Ok(())
    }
}

/// A request's payload that ends with [`PayloadError::Overflow`] at the first frame too long.
pub(super) struct Guarded<S> {
    payload: Option<S>,
    headers: FrameHeaders,
}

impl<S> Guarded<S> {
    /// Guards a payload.
    pub(super) fn new(payload: S) -> Self {
        Self { payload: Some(payload), headers: FrameHeaders::default() }
    }
}

impl<S: Stream<Item = Result<Bytes, PayloadError>> + Unpin> Stream for Guarded<S> {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        let Some(payload) = &mut this.payload else { return Poll::Ready(None) };
        let item = ready!(Pin::new(payload).poll_next(cx));
        if let Some(Ok(chunk)) = &item
            && this.headers.read(chunk).is_err()
        {
            // Letting go of the payload has the rest of it read and thrown away.
            this.payload = None;
            return Poll::Ready(Some(Err(PayloadError::Overflow)));
        }
        Poll::Ready(item)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::{StreamExt, stream};
    use proptest::prelude::*;

    const MASKED: u8 = 0x80;

    fn frame(first: u8, length: usize) -> Vec<u8> {
        let mut frame = header(first, length as u64);
        frame.extend(std::iter::repeat_n(0xFF, length));
        frame
    }

    fn header(first: u8, length: u64) -> Vec<u8> {
        let mut header = vec![first];
        match length {
            0..=125 => header.push(MASKED | u8::try_from(length).expect("short")),
            126..=0xFFFF => {
                header.push(MASKED | 0x7E);
                header.extend(u16::try_from(length).expect("middling").to_be_bytes());
            }
            _ => {
                header.push(MASKED | 0x7F);
                header.extend(length.to_be_bytes());
            }
        }
        header.extend([1, 2, 3, 4]);
        header
    }

    #[test]
    fn a_message_of_the_longest_length_passes_and_one_byte_more_does_not() {
        assert_eq!(FrameHeaders::default().read(&frame(0x81, MAX_FRAME_BYTES)), Ok(()));
        assert_eq!(FrameHeaders::default().read(&header(0x81, MAX_FRAME_BYTES as u64 + 1)), Err(TooLong));
    }

    #[test]
    fn a_control_frame_is_short() {
        for opcode in [0x88, 0x89, 0x8A] {
            assert_eq!(FrameHeaders::default().read(&frame(opcode, 125)), Ok(()));
            assert_eq!(FrameHeaders::default().read(&header(opcode, 126)), Err(TooLong));
        }
    }

    #[test]
    fn the_fragments_of_a_message_count_together_whatever_stands_between_them() {
        let mut headers = FrameHeaders::default();
        assert_eq!(headers.read(&frame(0x01, MAX_FRAME_BYTES - 10)), Ok(()));
        assert_eq!(headers.read(&frame(0x89, 100)), Ok(()));
        assert_eq!(headers.read(&frame(0x00, 10)), Ok(()));
        assert_eq!(headers.read(&header(0x80, 1)), Err(TooLong));
    }

    #[test]
    fn a_new_message_starts_at_nothing() {
        let mut headers = FrameHeaders::default();
        for _ in 0..3 {
            assert_eq!(headers.read(&frame(0x01, MAX_FRAME_BYTES - 10)), Ok(()));
            assert_eq!(headers.read(&frame(0x80, 10)), Ok(()));
        }
    }

    #[test]
    fn the_length_is_refused_before_the_payload_arrives() {
        let declared = header(0x81, 1 << 40);
        let mut headers = FrameHeaders::default();
        assert_eq!(headers.read(&declared[..9]), Ok(()));
        assert_eq!(headers.read(&declared[9..10]), Err(TooLong));
    }

    #[actix_web::test]
    async fn of_a_terabyte_frame_nothing_is_held_and_nothing_more_is_read() {
        let mut read = 0_usize;
        let endless = stream::iter(
            std::iter::once(header(0x81, 1 << 40)).chain(std::iter::repeat(vec![0; 1024])),
        )
        .map(|chunk| {
            read += 1;
            Ok::<_, PayloadError>(Bytes::from(chunk))
        });
        let passed: Vec<_> = Guarded::new(Box::pin(endless)).collect().await;
        assert!(matches!(passed[..], [Err(PayloadError::Overflow)]), "{passed:?}");
        assert_eq!(read, 1);
    }

    fn frames() -> impl Strategy<Value = Vec<(u8, usize)>> {
        let first = prop::sample::select(vec![0x81_u8, 0x01, 0x00, 0x80, 0x82, 0x89, 0x8A]);
        let length =
            prop_oneof![0..200_usize, Just(65_535), Just(65_536), Just(65_537), 60_000..70_000_usize];
        prop::collection::vec((first, length), 1..6)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn any_cut_into_chunks_gives_the_same_result(frames in frames(), cuts in prop::collection::vec(1..5_000_usize, 1..50)) {
            let bytes: Vec<u8> = frames.iter().flat_map(|(first, length)| frame(*first, *length)).collect();
            let at_once = FrameHeaders::default().read(&bytes);

            let mut headers = FrameHeaders::default();
            let mut rest = &bytes[..];
            let mut cuts = cuts.iter().cycle();
            let mut outcome = Ok(());
            while outcome.is_ok() && !rest.is_empty() {
                let (chunk, after) = rest.split_at(rest.len().min(*cuts.next().expect("endless")));
                outcome = headers.read(chunk);
                rest = after;
            }
            prop_assert_eq!(at_once, outcome);
        }

        #[test]
        fn the_first_frame_too_long_is_the_one_refused(frames in frames()) {
            let mut message = 0;
            let mut expected = Ok(());
            for (first, length) in &frames {
                if first & 0x08 != 0 {
                    if *length > 125 { expected = Err(TooLong); }
                } else {
                    message = if [0x00, 0x80].contains(first) { message + length } else { *length };
                    if message > MAX_FRAME_BYTES { expected = Err(TooLong); }
                    if first & 0x80 != 0 { message = 0; }
                }
                if expected.is_err() { break; }
            }
            let bytes: Vec<u8> = frames.iter().flat_map(|(first, length)| frame(*first, *length)).collect();
            prop_assert_eq!(FrameHeaders::default().read(&bytes), expected);
        }
    }
}
