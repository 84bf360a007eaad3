//! What the generator wants to know of a frame, and nothing else: the rest is passed over unread.

use std::collections::HashMap;

use serde::Deserialize;

/// What a text frame says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heard<'a> {
    /// The room's event number `seq`, and the client message id if it is a new message.
    Event { seq: i64, message: Option<&'a str> },
    /// A send was acknowledged.
    Ack { number: u32 },
    /// A send was refused.
    Refused { number: u32, code: &'a str },
    /// The log cannot be replayed; it goes on behind this seq.
    Reset { head: i64 },
    /// The server asks for a `pong`.
    Ping,
    /// Anything else.
    Other,
}

#[derive(Deserialize)]
struct Frame<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    #[serde(default)]
    id: Option<u32>,
    #[serde(default)]
    seq: Option<i64>,
    #[serde(default, borrow)]
    data: Option<Data<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data<'a> {
    #[serde(default)]
    client_message_id: Option<&'a str>,
    #[serde(default)]
    revision: Option<u32>,
    #[serde(default)]
    deleted: Option<bool>,
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

/// Reads a text frame.
pub(crate) fn read(text: &[u8]) -> Heard<'_> {
    let Ok(frame) = serde_json::from_slice::<Frame>(text) else { return Heard::Other };
    match (frame.kind, frame.seq, frame.id) {
        ("event", Some(seq), _) => {
            let is_new = |data: &Data| data.revision == Some(0) && data.deleted == Some(false);
            let message = frame.data.filter(is_new).and_then(|data| data.client_message_id);
            Heard::Event { seq, message }
        }
        ("ack", _, Some(number)) => Heard::Ack { number },
        ("error", _, Some(number)) => match serde_json::from_slice::<Refusal>(text) {
            Ok(Refusal { code }) => Heard::Refused { number, code },
            Err(_) => Heard::Other,
        },
        ("reset", ..) => match serde_json::from_slice::<Reset>(text) {
            Ok(Reset { head_seq }) => Heard::Reset { head: head_seq },
            Err(_) => Heard::Other,
        },
        ("ping", ..) => Heard::Ping,
        _ => Heard::Other,
    }
}

/// The server's greeting.
#[derive(Debug, Deserialize)]
pub(crate) struct Welcome {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    #[serde(default)]
    rooms: Vec<Standing>,
}

/// How a room stands.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Standing {
    room_id: String,
    pub(crate) epoch: String,
    pub(crate) head_seq: i64,
}

impl Welcome {
    /// How the account's rooms stand.
    pub(crate) fn into_rooms(self) -> HashMap<String, Standing> {
        self.rooms.into_iter().map(|room| (room.room_id.clone(), room)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_message_is_told_from_its_edit_whatever_the_order_of_members() {
        let posted = br#"{"type":"event","roomId":"r","seq":7,"kind":"message_posted","actor":"a","at":"t",
            "data":{"messageId":"m","seq":3,"clientMessageId":"1-5","body":"say \"seq\":9","revision":0,"deleted":false}}"#;
        assert_eq!(read(posted), Heard::Event { seq: 7, message: Some("1-5") });
        let edited =
            br#"{"data":{"clientMessageId":"1-5","revision":1,"deleted":false},"seq":8,"type":"event"}"#;
        assert_eq!(read(edited), Heard::Event { seq: 8, message: None });
        let joined = br#"{"type":"event","seq":9,"kind":"member_joined","data":{"userId":"b"}}"#;
        assert_eq!(read(joined), Heard::Event { seq: 9, message: None });
    }

    #[test]
    fn the_other_frames_are_told_apart() {
        let cases: [(&[u8], Heard); 6] = [
            (br#"{"type":"ack","id":5,"seq":7,"messageId":"m"}"#, Heard::Ack { number: 5 }),
            (
                br#"{"type":"error","id":5,"code":"unavailable","detail":"Later."}"#,
                Heard::Refused { number: 5, code: "unavailable" },
            ),
            (br#"{"type":"reset","roomId":"r","epoch":"e","headSeq":900}"#, Heard::Reset { head: 900 }),
            (br#"{"type":"ping","heads":{"r":7}}"#, Heard::Ping),
            (br#"{"type":"bye","code":4001,"reason":"Stopping."}"#, Heard::Other),
            (b"not JSON", Heard::Other),
        ];
        for (frame, heard) in cases {
            assert_eq!(read(frame), heard);
        }
    }
}
