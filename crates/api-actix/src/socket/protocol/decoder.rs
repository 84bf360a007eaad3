//! A client's bytes, turned into messages.
//!
//! The library's codec looks at a frame's length only once the whole frame is in memory, so a header
//! that declares a terabyte would be believed. Each header is looked at here first. What has been
//! read is let go of as soon as it has been understood: a silent connection holds no buffer.

use actix_codec::Decoder as _;
use actix_http::ws::{Codec, Frame, Item, ProtocolError};
use actix_ws::AggregatedMessage;
use bytes::{Bytes, BytesMut};

/// The longest message that a client may send, in one frame or in several. It holds a body of 4,000
/// characters even where each is escaped as two `\uXXXX`.
pub(crate) const MAX_FRAME_BYTES: usize = 64 * 1024;

/// The longest payload of a ping, pong or close frame (RFC 6455, section 5.5).
const MAX_CONTROL_BYTES: u64 = 125;

/// What a client has sent and was not understood yet.
#[derive(Debug)]
pub(crate) struct Decoder {
    codec: Codec,
    unread: BytesMut,
    /// The message whose last fragment is still to come.
    begun: Option<Begun>,
}

#[derive(Debug)]
struct Begun {
    is_text: bool,
    payload: BytesMut,
}

/// The client has broken RFC 6455, or its message is too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Breach;

impl From<ProtocolError> for Breach {
    fn from(_: ProtocolError) -> Self {
        Self
    }
}

impl Default for Decoder {
    fn default() -> Self {
        let codec = Codec::new().max_size(MAX_FRAME_BYTES);
        Self { codec, unread: BytesMut::new(), begun: None }
    }
}

impl Decoder {
    /// Adds bytes behind those that were added before.
    pub(crate) fn add(&mut self, bytes: &[u8]) {
        self.unread.extend_from_slice(bytes);
    }

    /// The next whole message, if enough was added. Any cut of the stream gives the same messages.
    pub(crate) fn next(&mut self) -> Result<Option<AggregatedMessage>, Breach> {
        loop {
            let Some(header) = Header::of(&self.unread) else { return Ok(None) };
            self.admit(header)?;
            let Some(frame) = self.codec.decode(&mut self.unread)? else { return Ok(None) };
            if self.unread.is_empty() {
                self.unread = BytesMut::new();
            }
            match frame {
                Frame::Text(payload) => return text(payload).map(Some),
                Frame::Binary(payload) => return Ok(Some(AggregatedMessage::Binary(payload))),
                Frame::Ping(payload) => return Ok(Some(AggregatedMessage::Ping(payload))),
                Frame::Pong(payload) => return Ok(Some(AggregatedMessage::Pong(payload))),
                Frame::Close(reason) => return Ok(Some(AggregatedMessage::Close(reason))),
                Frame::Continuation(fragment) => {
                    if let Some(message) = self.gather(fragment)? {
                        return Ok(Some(message));
                    }
                }
            }
        }
    }

    /// Counts the fragments of one message together; control frames may stand between them.
    fn admit(&self, header: Header) -> Result<(), Breach> {
        let begun = self.begun.as_ref().map_or(0, |begun| begun.payload.len());
        let is_admitted = match header.opcode {
            _ if !header.is_minimal => false,
            0x8.. => header.length <= MAX_CONTROL_BYTES,
            _ => header.length.saturating_add(begun as u64) <= MAX_FRAME_BYTES as u64,
        };
        if is_admitted { Ok(()) } else { Err(Breach) }
    }

    fn gather(&mut self, fragment: Item) -> Result<Option<AggregatedMessage>, Breach> {
        match fragment {
            Item::FirstText(payload) => self.begun = Some(Begun { is_text: true, payload: payload.into() }),
            Item::FirstBinary(payload) => {
                self.begun = Some(Begun { is_text: false, payload: payload.into() });
            }
            Item::Continue(payload) => self.begun.as_mut().ok_or(Breach)?.payload.extend_from_slice(&payload),
            Item::Last(last) => {
                let Begun { is_text, mut payload } = self.begun.take().ok_or(Breach)?;
                payload.extend_from_slice(&last);
                let payload = payload.freeze();
                let message = if is_text { text(payload)? } else { AggregatedMessage::Binary(payload) };
                return Ok(Some(message));
            }
        }
        Ok(None)
    }
}

fn text(payload: Bytes) -> Result<AggregatedMessage, Breach> {
    payload.try_into().map(AggregatedMessage::Text).map_err(|_| Breach)
}

/// What a frame's first bytes say of it.
#[derive(Debug, Clone, Copy)]
struct Header {
    opcode: u8,
    length: u64,
    /// Whether the length takes as few bytes as it can, as it must.
    is_minimal: bool,
}

impl Header {
    /// Reads them, once there are enough.
    fn of(bytes: &[u8]) -> Option<Self> {
        let (&[first, second], rest) = bytes.split_first_chunk()?;
        let (length, least) = match second & 0x7F {
            126 => (u64::from(u16::from_be_bytes(*rest.first_chunk()?)), 126),
            127 => (u64::from_be_bytes(*rest.first_chunk()?), 0x1_0000),
            short => (u64::from(short), 0),
        };
        Some(Self { opcode: first & 0x0F, length, is_minimal: length >= least })
    }
}

#[cfg(test)]
#[path = "../tests/decoder.rs"]
mod tests;
