//! What the generator needs from a frame; the rest is not read.

use std::collections::HashMap;
use std::sync::LazyLock;

use memchr::memchr;
use memchr::memmem::Finder;
use serde::Deserialize;

/// What a text frame says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Received<'a> {
    /// The event number `seq` of a room, and the client message id if it is a message.
    Event { room_id: &'a [u8], seq: i64, message: Option<&'a [u8]> },
    /// A send was acknowledged.
    Ack { number: u32 },
    /// A send was refused.
    Refused { number: u32, code: &'a str },
    /// The log cannot be replayed; it continues after this seq.
    Reset { head: i64 },
    /// The server asks for a `pong`.
    Ping,
    /// Anything else.
    Other,
}

/// Reads a text frame. Almost all are events and acknowledgements: as long as their members come in the order in which
/// the server writes them, the few bytes that matter are found without reading the rest.
pub(crate) fn read(text: &[u8]) -> Received<'_> {
    scan_event(text).or_else(|| scan_ack(text)).unwrap_or_else(|| parse(text))
}

fn scan_event(text: &[u8]) -> Option<Received<'_>> {
    let (room_id, rest) = string(text.strip_prefix(br#"{"type":"event","roomId":""#)?)?;
    let (seq, rest) = number(rest.strip_prefix(br#","seq":"#)?)?;
    let (kind, rest) = string(rest.strip_prefix(br#","kind":""#)?)?;
    let message = if kind == MESSAGE { Some(client_message_id(rest)?) } else { None };
    Some(Received::Event { room_id, seq, message })
}

fn scan_ack(text: &[u8]) -> Option<Received<'_>> {
    let (number, _) = number(text.strip_prefix(br#"{"type":"ack","id":"#)?)?;
    Some(Received::Ack { number: number.try_into().ok()? })
}

const MESSAGE: &[u8] = b"message_posted";

/// The value of this member, wherever it is: no string contains these bytes, because its quotation marks would be
/// escaped.
fn client_message_id(text: &[u8]) -> Option<&[u8]> {
    static MEMBER: LazyLock<Finder> = LazyLock::new(|| Finder::new(br#""clientMessageId":""#));
    let found = MEMBER.find(text)? + MEMBER.needle().len();
    Some(string(&text[found..])?.0)
}

/// A string without escapes from behind its first quotation mark, and what follows it.
fn string(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (string, rest) = text.split_at(memchr(b'"', text)?);
    (!string.ends_with(b"\\")).then_some((string, &rest[1..]))
}

/// A whole number that something follows, and that.
fn number(text: &[u8]) -> Option<(i64, &[u8])> {
    let digits = text.iter().position(|byte| !byte.is_ascii_digit())?;
    let (number, rest) = text.split_at(digits);
    let number = std::str::from_utf8(number).ok()?.parse().ok()?;
    rest.starts_with(b",").then_some((number, rest))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Frame<'a> {
    #[serde(rename = "type")]
    tag: &'a str,
    #[serde(default)]
    id: Option<u32>,
    #[serde(default)]
    room_id: Option<&'a str>,
    #[serde(default)]
    seq: Option<i64>,
    #[serde(default)]
    kind: Option<&'a str>,
    #[serde(default, borrow)]
    data: Option<Data<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data<'a> {
    #[serde(default)]
    client_message_id: Option<&'a str>,
}

#[derive(Deserialize)]
struct Refusal<'a> {
    code: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reset {
    head_seq: i64,
}

fn parse(text: &[u8]) -> Received<'_> {
    let Ok(frame) = serde_json::from_slice::<Frame>(text) else { return Received::Other };
    match (frame.tag, frame.seq, frame.id) {
        ("event", Some(seq), _) => {
            let is_message = frame.kind.is_some_and(|kind| kind.as_bytes() == MESSAGE);
            let message = frame.data.filter(|_| is_message).and_then(|data| data.client_message_id);
            let room_id = frame.room_id.unwrap_or_default().as_bytes();
            Received::Event { room_id, seq, message: message.map(str::as_bytes) }
        }
        ("ack", _, Some(number)) => Received::Ack { number },
        ("error", _, Some(number)) => match serde_json::from_slice::<Refusal>(text) {
            Ok(Refusal { code }) => Received::Refused { number, code },
            Err(_) => Received::Other,
        },
        ("reset", ..) => match serde_json::from_slice::<Reset>(text) {
            Ok(Reset { head_seq }) => Received::Reset { head: head_seq },
            Err(_) => Received::Other,
        },
        ("ping", ..) => Received::Ping,
        _ => Received::Other,
    }
}

/// The server's `welcome`.
#[derive(Debug, Deserialize)]
pub(crate) struct Welcome {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    #[serde(default)]
    rooms: Vec<Standing>,
}

/// The state of a room.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Standing {
    room_id: String,
    pub(crate) epoch: String,
    pub(crate) head_seq: i64,
}

impl Welcome {
    /// The state of the account's rooms.
    pub(crate) fn into_rooms(self) -> HashMap<String, Standing> {
        self.rooms.into_iter().map(|room| (room.room_id.clone(), room)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POSTED: &[u8] = br#"{"type":"event","roomId":"r","seq":7,"kind":"message_posted","actor":"a","at":"t","data":{"messageId":"m","seq":3,"senderId":"a","body":"\"clientMessageId\":\"2-6\",\"seq\":9","clientMessageId":"1-5"}}"#;
    const JOINED: &[u8] =
        br#"{"type":"event","roomId":"r","seq":9,"kind":"member_joined","data":{"userId":"b"}}"#;

    #[test]
    fn events_are_read_whatever_the_order_of_members() {
        let message = Received::Event { room_id: b"r", seq: 7, message: Some(b"1-5") };
        assert_eq!(read(POSTED), message);
        let in_another_order = br#"{"data":{"clientMessageId":"1-5","seq":3},"kind":"message_posted","seq":7,"type":"event","roomId":"r"}"#;
        assert_eq!(read(in_another_order), message);
        assert_eq!(read(JOINED), Received::Event { room_id: b"r", seq: 9, message: None });
        let edited = br#"{"type":"event","roomId":"r","seq":8,"kind":"message_edited","data":{"clientMessageId":"1-5","revision":1}}"#;
        assert_eq!(read(edited), Received::Event { room_id: b"r", seq: 8, message: None });
    }

    #[test]
    fn the_other_frames_are_told_apart() {
        let cases: [(&[u8], Received); 7] = [
            (br#"{"type":"ack","id":5,"roomId":"r","seq":7}"#, Received::Ack { number: 5 }),
            (br#"{"id":5,"type":"ack","seq":7,"messageId":"m"}"#, Received::Ack { number: 5 }),
            (
                br#"{"type":"error","id":5,"code":"unavailable","detail":"Later."}"#,
                Received::Refused { number: 5, code: "unavailable" },
            ),
            (br#"{"type":"reset","roomId":"r","epoch":"e","headSeq":900}"#, Received::Reset { head: 900 }),
            (br#"{"type":"ping","heads":{"r":7}}"#, Received::Ping),
            (br#"{"type":"bye","code":4001,"reason":"Stopping."}"#, Received::Other),
            (b"not JSON", Received::Other),
        ];
        for (frame, heard) in cases {
            assert_eq!(read(frame), heard);
        }
    }

    #[test]
    fn a_frame_is_scanned_or_parsed_to_the_same_end() {
        for event in [POSTED, JOINED] {
            assert_eq!(scan_event(event), Some(parse(event)));
        }
        let ack = br#"{"type":"ack","id":5,"roomId":"r","seq":7,"messageId":"m","duplicate":false}"#;
        assert_eq!(scan_ack(ack), Some(parse(ack)));
    }

    #[test]
    fn a_frame_that_looks_a_little_different_is_parsed() {
        let parsed: [&[u8]; 4] = [
            br#"{"type":"event","roomId":"r\"","seq":7,"kind":"room_closed","data":{}}"#,
            br#"{"type":"event","roomId":"r","seq":-7,"kind":"room_closed","data":{}}"#,
            br#"{"type":"event","roomId":"r","seq":7.5,"kind":"room_closed","data":{}}"#,
            br#"{"type":"event", "roomId":"r","seq":7,"kind":"room_closed","data":{}}"#,
        ];
        for event in parsed {
            assert_eq!(scan_event(event), None, "{}", String::from_utf8_lossy(event));
        }
        assert_eq!(scan_ack(br#"{"type":"ack","id":"5","roomId":"r"}"#), None);
    }
}
