//! What the generator needs from a frame; the rest is not read.

use std::collections::HashMap;

use serde::Deserialize;

/// What a text frame says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Received<'a> {
    /// The room's event number `seq`, and the client message id if it is a new message.
    Event { seq: i64, message: Option<&'a str> },
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
pub(crate) fn read(text: &[u8]) -> Received<'_> {
    let Ok(frame) = serde_json::from_slice::<Frame>(text) else { return Received::Other };
    match (frame.kind, frame.seq, frame.id) {
        ("event", Some(seq), _) => {
            let is_new = |data: &Data| data.revision == Some(0) && data.deleted == Some(false);
            let message = frame.data.filter(is_new).and_then(|data| data.client_message_id);
            Received::Event { seq, message }
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

    #[test]
    fn a_new_message_is_told_from_its_edit_whatever_the_order_of_members() {
        let posted = br#"{"type":"event","roomId":"r","seq":7,"kind":"message_posted","actor":"a","at":"t",
            "data":{"messageId":"m","seq":3,"clientMessageId":"1-5","body":"say \"seq\":9","revision":0,"deleted":false}}"#;
        assert_eq!(read(posted), Received::Event { seq: 7, message: Some("1-5") });
        let edited =
            br#"{"data":{"clientMessageId":"1-5","revision":1,"deleted":false},"seq":8,"type":"event"}"#;
        assert_eq!(read(edited), Received::Event { seq: 8, message: None });
        let joined = br#"{"type":"event","seq":9,"kind":"member_joined","data":{"userId":"b"}}"#;
        assert_eq!(read(joined), Received::Event { seq: 9, message: None });
    }

    #[test]
    fn the_other_frames_are_told_apart() {
        let cases: [(&[u8], Received); 6] = [
            (br#"{"type":"ack","id":5,"seq":7,"messageId":"m"}"#, Received::Ack { number: 5 }),
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
}
