//! WebSocket frames with as little work as possible: the generator shares its cores with the server.

use crate::Failure;

const FINAL_TEXT: u8 = 0x81;
const MASKED: u8 = 0x80;

/// In place of a length: the next two bytes are the length, or the next eight.
const IN_2_BYTES: u8 = 0x7E;
const IN_8_BYTES: u8 = 0x7F;

/// The longest header that is written: two bytes, a 16-bit length, a mask.
const HEADER: usize = 8;

/// Writes text frames into one buffer that is used again and again.
///
/// The mask is all zero, which leaves the text as it is. A mask protects proxies from browsers; a
/// generator on the same machine has neither.
#[derive(Debug, Default)]
pub(crate) struct Writer {
    buffer: Vec<u8>,
}

impl Writer {
    /// The frame whose text this function writes.
    pub(crate) fn frame(&mut self, write_text: impl FnOnce(&mut Vec<u8>)) -> &[u8] {
        self.buffer.clear();
        self.buffer.resize(HEADER, 0);
        write_text(&mut self.buffer);
        let length = self.buffer.len() - HEADER;
        let start = if let (Ok(short), true) = (u8::try_from(length), length < usize::from(IN_2_BYTES)) {
            self.buffer[2..HEADER].copy_from_slice(&[FINAL_TEXT, MASKED | short, 0, 0, 0, 0]);
            2
        } else {
            let length = u16::try_from(length).expect("frames of clients are shorter than 64 KiB");
            let [high, low] = length.to_be_bytes();
            self.buffer[..HEADER].copy_from_slice(&[FINAL_TEXT, MASKED | IN_2_BYTES, high, low, 0, 0, 0, 0]);
            0
        };
        &self.buffer[start..]
    }
}

/// A frame of the server.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Frame<'a> {
    Text(&'a [u8]),
    Close(Option<u16>),
    /// A ping or pong of the WebSocket protocol itself, which the server does not need answered.
    Other,
}

/// Takes the first frame off the bytes; none if it is not complete yet.
pub(crate) fn take<'a>(bytes: &mut &'a [u8]) -> Result<Option<Frame<'a>>, Failure> {
    let Some(([first, second], after)) = bytes.split_first_chunk::<2>() else { return Ok(None) };
    let (length, after) = match *second {
        IN_2_BYTES => match after.split_first_chunk::<2>() {
            Some((length, after)) => (usize::from(u16::from_be_bytes(*length)), after),
            None => return Ok(None),
        },
        IN_8_BYTES => match after.split_first_chunk::<8>() {
            Some((length, after)) => {
                (usize::try_from(u64::from_be_bytes(*length)).unwrap_or(usize::MAX), after)
            }
            None => return Ok(None),
        },
        short => (usize::from(short), after),
    };
    let Some((payload, rest)) = after.split_at_checked(length) else { return Ok(None) };
    *bytes = rest;
    match first {
        0x81 => Ok(Some(Frame::Text(payload))),
        0x88 => Ok(Some(Frame::Close(payload.first_chunk().map(|code| u16::from_be_bytes(*code))))),
        0x89 | 0x8A => Ok(Some(Frame::Other)),
        _ => Err(Failure::new(format!("the server wrote a frame that begins with {first:#x}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(length: usize) -> Vec<u8> {
        Writer::default().frame(|text| text.resize(text.len() + length, b'x')).to_vec()
    }

    #[test]
    fn frames_are_written_with_the_shortest_header() {
        assert_eq!(written(125)[..6], [0x81, 0xFD, 0, 0, 0, 0]);
        assert_eq!(written(125).len(), 131);
        assert_eq!(written(126)[..8], [0x81, 0xFE, 0, 126, 0, 0, 0, 0]);
        assert_eq!(written(300)[..4], [0x81, 0xFE, 1, 44]);
        assert_eq!(written(300).len(), 308);
    }

    #[test]
    fn a_writer_is_used_again() {
        let mut writer = Writer::default();
        writer.frame(|text| text.extend_from_slice(&[b'x'; 500]));
        assert_eq!(writer.frame(|text| text.extend_from_slice(b"hi")), [0x81, 0x82, 0, 0, 0, 0, b'h', b'i']);
    }

    #[test]
    fn frames_are_taken_one_by_one_once_complete() {
        let mut stream = vec![0x81, 2, b'h', b'i', 0x89, 0, 0x88, 2, 0x0F, 0xA2];
        let long = vec![b'x'; 300];
        stream.extend_from_slice(&[0x81, 126, 1, 44]);
        stream.extend_from_slice(&long);
        let whole = stream.len();
        stream.extend_from_slice(&[0x81, 126, 1]);
        let mut bytes = &stream[..];
        let mut taken = Vec::new();
        while let Some(frame) = take(&mut bytes).expect("sound") {
            taken.push(frame);
        }
        assert_eq!(taken, [Frame::Text(b"hi"), Frame::Other, Frame::Close(Some(4002)), Frame::Text(&long)]);
        assert_eq!(bytes, &stream[whole..], "an incomplete frame waits for the rest");
    }

    #[test]
    fn a_frame_that_no_server_writes_is_refused() {
        assert!(take(&mut &[0x82, 0][..]).is_err(), "binary");
        assert!(take(&mut &[0x01, 0][..]).is_err(), "fragmented");
    }
}
