//! RFC 6455 frames as the server writes them: whole, unmasked, ready to be shared.

use bytes::{Buf, BufMut, Bytes, BytesMut};
use serde::Serialize;

const FINAL: u8 = 0x80;
const TEXT: u8 = 0x1;
const CLOSE: u8 = 0x8;
const PONG: u8 = 0xA;

/// The longest header of an unmasked frame.
const LONGEST_HEADER: usize = 10;

/// One frame with its header, ready to be written to any number of connections: a server's frames
/// are not masked, so they are the same for all. Clones share the bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame(Bytes);

impl Frame {
    /// A text frame with a value in JSON.
    pub(crate) fn json(value: &impl Serialize) -> Self {
        // The payload is written behind room for the longest header, so that it need not be moved
        // once its length is known.
        let mut buffer = vec![0; LONGEST_HEADER];
        serde_json::to_writer(&mut buffer, value)
            .expect("our own shapes have text keys and a buffer takes every byte");
        Self::behind(TEXT, buffer)
    }

    /// The answer to a ping of the WebSocket protocol itself.
    pub(crate) fn pong(payload: &[u8]) -> Self {
        let mut buffer = vec![0; LONGEST_HEADER];
        buffer.extend_from_slice(payload);
        Self::behind(PONG, buffer)
    }

    /// The frame after which nothing follows. Without a code it is empty.
    pub(crate) fn close(code: Option<u16>, reason: &str) -> Self {
        let mut buffer = vec![0; LONGEST_HEADER];
        if let Some(code) = code {
            buffer.put_u16(code);
            buffer.extend_from_slice(reason.as_bytes());
        }
        Self::behind(CLOSE, buffer)
    }

    /// How many bytes it takes on the wire.
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The bytes that go onto the wire.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Forgets the first bytes, which have been written.
    pub(crate) fn advance(&mut self, written: usize) {
        self.0.advance(written);
    }

    fn behind(opcode: u8, mut buffer: Vec<u8>) -> Self {
        let length = buffer.len() - LONGEST_HEADER;
        let mut header = BytesMut::with_capacity(LONGEST_HEADER);
        header.put_u8(FINAL | opcode);
        match (u8::try_from(length), u16::try_from(length)) {
            (Ok(short @ 0..=125), _) => header.put_u8(short),
            (_, Ok(middling)) => {
                header.put_u8(126);
                header.put_u16(middling);
            }
            _ => {
                header.put_u8(127);
                header.put_u64(length as u64);
            }
        }
        let start = LONGEST_HEADER - header.len();
        buffer[start..LONGEST_HEADER].copy_from_slice(&header);
        Self(Bytes::from(buffer).slice(start..))
    }
}

#[cfg(test)]
impl Frame {
    /// A frame as a connection gets it.
    pub(crate) fn from_wire(bytes: Bytes) -> Self {
        Self(bytes)
    }

    /// Whether it is a pong of the WebSocket protocol.
    pub(crate) fn is_pong(&self) -> bool {
        self.0[0] & 0xF == PONG
    }

    /// The JSON of a text frame.
    pub(crate) fn value(&self) -> serde_json::Value {
        serde_json::from_slice(&self.payload()).expect("a text frame of ours is JSON")
    }

    /// The code of a close frame.
    pub(crate) fn close_code(&self) -> Option<u16> {
        let payload = self.payload();
        (self.0[0] & 0xF == CLOSE && payload.len() >= 2).then(|| u16::from_be_bytes([payload[0], payload[1]]))
    }

    fn payload(&self) -> Bytes {
        let header = match self.0[1] {
            126 => 4,
            127 => 10,
            _ => 2,
        };
        self.0.slice(header..)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header_of(payload_length: usize) -> (Vec<u8>, usize) {
        let text = "x".repeat(payload_length - 2);
        let frame = Frame::json(&text);
        let bytes = frame.as_bytes();
        let header = bytes.len() - payload_length;
        (bytes[..header].to_vec(), bytes.len())
    }

    #[test]
    fn the_header_is_as_short_as_the_length_allows() {
        assert_eq!(header_of(125), (vec![0x81, 125], 127));
        assert_eq!(header_of(126), (vec![0x81, 126, 0, 126], 130));
        assert_eq!(header_of(65_535), (vec![0x81, 126, 0xFF, 0xFF], 65_539));
        assert_eq!(header_of(65_536), (vec![0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0], 65_546));
    }

    #[test]
    fn a_close_frame_carries_code_and_reason() {
        assert_eq!(Frame::close(Some(4001), "bye").as_bytes(), [0x88, 5, 0x0F, 0xA1, b'b', b'y', b'e']);
        assert_eq!(Frame::close(None, "").as_bytes(), [0x88, 0]);
    }

    #[test]
    fn a_pong_returns_what_the_ping_brought() {
        assert_eq!(Frame::pong(b"hi").as_bytes(), [0x8A, 2, b'h', b'i']);
    }
}
