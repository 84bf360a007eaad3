//! The frames that the server writes. Those that clients write are in [`client_frames`](super::client_frames).

use std::collections::BTreeMap;

use domain::{AccountName, RoomId, Seq, UserId};
use serde::Serialize;
use serde_json::Value;
use uuid::Uuid;

use super::client_frames::Unreadable;
use super::close_reason::CloseReason;
use super::events::EventShape;
use super::notices::NoticeShape;
use super::wire::Frame;
use crate::field_errors::FieldError;

/// Everything that the server says, as clients see it.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
enum ServerFrame<'a> {
    Welcome {
        connection_id: String,
        ping_ms: u64,
        max_frame_bytes: usize,
        rooms: &'a [WelcomeRoom],
    },
    Event(&'a EventShape<'a>),
    Ack {
        id: &'a Value,
        room_id: String,
        seq: i64,
        message_id: Option<String>,
        duplicate: bool,
    },
    Error {
        #[serde(skip_serializing_if = "Option::is_none")]
        id: Option<&'a Value>,
        code: &'a str,
        detail: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        retry_after_ms: Option<u64>,
        #[serde(skip_serializing_if = "<[_]>::is_empty")]
        errors: &'a [FieldError],
    },
    Typing {
        room_id: String,
        user_id: &'a str,
        /// Present and false where they have stopped.
        #[serde(skip_serializing_if = "is_true")]
        on: bool,
    },
    Member {
        room_id: String,
        user_id: &'a str,
        name: &'a str,
    },
    Presence {
        room_id: String,
        user_id: &'a str,
        online: bool,
    },
    Read {
        room_id: String,
        user_id: &'a str,
        seq: i64,
    },
    Reset {
        room_id: String,
        epoch: String,
        head_seq: i64,
    },
    Removed {
        room_id: String,
        code: &'a str,
    },
    Notice(&'a NoticeShape),
    Bye {
        code: u16,
        reason: &'a str,
        retry_after_ms: Option<u64>,
    },
    Ping {
        heads: BTreeMap<String, i64>,
    },
}

/// A room of the account, as `welcome` tells of it.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WelcomeRoom {
    pub(crate) room_id: String,
    pub(crate) epoch: String,
    pub(crate) head_seq: i64,
    pub(crate) read_seq: i64,
    pub(crate) unread: i64,
    pub(crate) unread_mentions: i64,
    /// Whether everything since the place that `hello` named follows.
    pub(crate) recovered: bool,
}

/// What a command came to.
#[derive(Debug)]
pub(crate) struct Ack {
    pub(crate) room_id: RoomId,
    pub(crate) seq: Seq,
    pub(crate) message_id: Option<domain::MessageId>,
    pub(crate) duplicate: bool,
}

pub(crate) fn welcome(
    connection_id: Uuid,
    ping_ms: u64,
    max_frame_bytes: usize,
    rooms: &[WelcomeRoom],
) -> Frame {
    let connection_id = connection_id.to_string();
    Frame::json(&ServerFrame::Welcome { connection_id, ping_ms, max_frame_bytes, rooms })
}

pub(crate) fn event(event: &domain::Event) -> Frame {
    Frame::json(&ServerFrame::Event(&EventShape::from(event)))
}

pub(crate) fn ack(id: &Value, ack: &Ack) -> Frame {
    Frame::json(&ServerFrame::Ack {
        id,
        room_id: ack.room_id.to_string(),
        seq: ack.seq.0,
        message_id: ack.message_id.map(|id| id.to_string()),
        duplicate: ack.duplicate,
    })
}

pub(crate) fn error(id: Option<&Value>, code: &str, detail: &str, retry_after_ms: Option<u64>) -> Frame {
    Frame::json(&ServerFrame::Error { id, code, detail, retry_after_ms, errors: &[] })
}

/// What is wrong with a frame of the client's.
pub(crate) fn unreadable(frame: &Unreadable) -> Frame {
    Frame::json(&ServerFrame::Error {
        id: frame.id.as_ref(),
        code: frame.code.as_str(),
        detail: &frame.detail,
        retry_after_ms: None,
        errors: &frame.errors,
    })
}

pub(crate) fn typing(room_id: RoomId, user_id: &UserId, on: bool) -> Frame {
    Frame::json(&ServerFrame::Typing { room_id: room_id.to_string(), user_id: user_id.as_str(), on })
}

/// A member of the room has another name.
pub(crate) fn member(room_id: RoomId, user_id: &UserId, name: &AccountName) -> Frame {
    let (room_id, user_id) = (room_id.to_string(), user_id.as_str());
    Frame::json(&ServerFrame::Member { room_id, user_id, name: name.as_str() })
}

pub(crate) fn presence(room_id: RoomId, user_id: &UserId, online: bool) -> Frame {
    Frame::json(&ServerFrame::Presence { room_id: room_id.to_string(), user_id: user_id.as_str(), online })
}

pub(crate) fn read(room_id: RoomId, user_id: &UserId, seq: Seq) -> Frame {
    let (room_id, user_id) = (room_id.to_string(), user_id.as_str());
    Frame::json(&ServerFrame::Read { room_id, user_id, seq: seq.0 })
}

pub(crate) fn reset(room_id: RoomId, epoch: domain::Epoch, head_seq: Seq) -> Frame {
    let (room_id, epoch) = (room_id.to_string(), epoch.to_string());
    Frame::json(&ServerFrame::Reset { room_id, epoch, head_seq: head_seq.0 })
}

pub(crate) fn removed(room_id: &impl ToString, code: &str) -> Frame {
    Frame::json(&ServerFrame::Removed { room_id: room_id.to_string(), code })
}

pub(crate) fn notice(notice: &NoticeShape) -> Frame {
    Frame::json(&ServerFrame::Notice(notice))
}

pub(crate) fn bye(reason: CloseReason) -> Frame {
    Frame::json(&ServerFrame::Bye {
        code: reason.code(),
        reason: reason.sentence(),
        retry_after_ms: reason.retry_after_ms(),
    })
}

pub(crate) fn ping(heads: impl Iterator<Item = (RoomId, Seq)>) -> Frame {
    let heads = heads.map(|(room_id, head)| (room_id.to_string(), head.0)).collect();
    Frame::json(&ServerFrame::Ping { heads })
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_true(on: &bool) -> bool {
    *on
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field_errors::FieldErrors;
    use crate::refusal_code::Code;
    use domain::{Epoch, MessageId};
    use serde_json::json;

    const ROOM: &str = "00000000-0000-0000-0000-000000000001";

    fn room() -> RoomId {
        RoomId(Uuid::from_u128(1))
    }

    fn ana() -> UserId {
        "ana".parse().expect("valid")
    }

    #[test]
    fn a_welcome_has_its_members() {
        let rooms = [WelcomeRoom {
            room_id: ROOM.to_owned(),
            epoch: "e".to_owned(),
            head_seq: 9,
            read_seq: 7,
            unread: 2,
            unread_mentions: 1,
            recovered: true,
        }];
        assert_eq!(
            welcome(Uuid::nil(), 25_000, 65_536, &rooms).value(),
            json!({
                "type": "welcome", "connectionId": Uuid::nil().to_string(), "pingMs": 25_000, "maxFrameBytes": 65_536,
                "rooms": [{"roomId": ROOM, "epoch": "e", "headSeq": 9, "readSeq": 7, "unread": 2, "unreadMentions": 1, "recovered": true}],
            })
        );
    }

    #[test]
    fn an_ack_has_its_members() {
        let message_id = Some(MessageId(Uuid::from_u128(2)));
        let sent = Ack { room_id: room(), seq: Seq(4), message_id, duplicate: true };
        assert_eq!(
            ack(&json!("c1"), &sent).value(),
            json!({
                "type": "ack", "id": "c1", "roomId": ROOM, "seq": 4, "duplicate": true,
                "messageId": "00000000-0000-0000-0000-000000000002",
            })
        );
        let synced = Ack { message_id: None, ..sent };
        assert_eq!(ack(&json!(7), &synced).value()["messageId"], Value::Null);
    }

    #[test]
    fn an_error_has_only_the_members_it_knows() {
        assert_eq!(
            error(Some(&json!(3)), "rate_limited", "Too often.", Some(250)).value(),
            json!({"type": "error", "id": 3, "code": "rate_limited", "detail": "Too often.", "retryAfterMs": 250})
        );
        assert_eq!(
            error(None, "malformed_request", "What?", None).value(),
            json!({"type": "error", "code": "malformed_request", "detail": "What?"})
        );
        let frame = Unreadable {
            id: None,
            code: Code::VALIDATION_FAILED,
            detail: "Look.".into(),
            errors: FieldErrors::missing("body").into_vec(),
        };
        assert_eq!(
            unreadable(&frame).value(),
            json!({
                "type": "error", "code": "validation_failed", "detail": "Look.",
                "errors": [{"field": "body", "code": "missing", "message": "This field is needed."}],
            })
        );
    }

    #[test]
    fn what_passes_has_its_members() {
        assert_eq!(
            typing(room(), &ana(), true).value(),
            json!({"type": "typing", "roomId": ROOM, "userId": "ana"})
        );
        assert_eq!(
            typing(room(), &ana(), false).value(),
            json!({"type": "typing", "roomId": ROOM, "userId": "ana", "on": false})
        );
        let name = "Ana 🐝".parse().expect("valid");
        assert_eq!(
            member(room(), &ana(), &name).value(),
            json!({"type": "member", "roomId": ROOM, "userId": "ana", "name": "Ana 🐝"})
        );
        assert_eq!(
            presence(room(), &ana(), false).value(),
            json!({"type": "presence", "roomId": ROOM, "userId": "ana", "online": false})
        );
        assert_eq!(
            read(room(), &ana(), Seq(5)).value(),
            json!({"type": "read", "roomId": ROOM, "userId": "ana", "seq": 5})
        );
    }

    #[test]
    fn what_ends_or_starts_afresh_has_its_members() {
        let epoch = Epoch(Uuid::nil());
        assert_eq!(
            reset(room(), epoch, Seq(8)).value(),
            json!({"type": "reset", "roomId": ROOM, "epoch": epoch.to_string(), "headSeq": 8})
        );
        assert_eq!(
            removed(&room(), "banned").value(),
            json!({"type": "removed", "roomId": ROOM, "code": "banned"})
        );
    }

    #[test]
    fn a_bye_says_when_to_come_back_if_at_all() {
        let again = bye(CloseReason::ShuttingDown).value();
        assert_eq!(again["code"], json!(4001));
        assert!(again["retryAfterMs"].is_u64(), "{again}");
        assert_eq!(
            bye(CloseReason::Version).value(),
            json!({"type": "bye", "code": 4502, "reason": CloseReason::Version.sentence(), "retryAfterMs": null})
        );
    }

    #[test]
    fn a_ping_names_the_heads_of_the_rooms() {
        assert_eq!(ping([(room(), Seq(3))].into_iter()).value(), json!({"type": "ping", "heads": {ROOM: 3}}));
    }
}
