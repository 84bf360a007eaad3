//! The frames of `hexroom.v1`, as the client writes and reads them.

use std::collections::HashMap;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::update::RoomStanding;
use crate::secrets::exposed;
use crate::{Epoch, Event, MessageId, Notice, RoomId, UserId};

/// What the client sends.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub(super) enum ClientFrame<'a> {
    Hello {
        #[serde(serialize_with = "exposed")]
        token: &'a SecretString,
        resume: &'a [ResumePoint],
    },
    Send {
        id: &'a str,
        room_id: &'a RoomId,
        client_message_id: &'a str,
        body: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        reply_to: Option<&'a MessageId>,
    },
    Read {
        room_id: &'a RoomId,
        seq: i64,
    },
    Typing {
        room_id: &'a RoomId,
        #[serde(skip_serializing_if = "is_true")]
        on: bool,
    },
    Sync {
        id: &'a str,
        room_id: &'a RoomId,
        epoch: &'a Epoch,
        since: i64,
    },
    Auth {
        #[serde(serialize_with = "exposed")]
        token: &'a SecretString,
    },
    Pong,
}

impl ClientFrame<'_> {
    pub(super) fn text(&self) -> String {
        serde_json::to_string(self).expect("our own frames have text keys")
    }
}

/// The point up to which a program has a room's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names of the members say it")]
pub struct ResumePoint {
    pub room_id: RoomId,
    /// The epoch of its log that the seq belongs to.
    pub epoch: Epoch,
    /// The newest event that it has.
    pub seq: i64,
}

/// What the server sends.
#[expect(clippy::large_enum_variant, reason = "most frames are events, and each is passed on at once")]
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub(super) enum ServerFrame {
    Welcome {
        ping_ms: u64,
        max_frame_bytes: usize,
        rooms: Vec<RoomStanding>,
    },
    Event(Event),
    Ack {
        id: String,
        seq: i64,
        message_id: Option<MessageId>,
        duplicate: bool,
    },
    Error {
        #[serde(default)]
        id: Option<String>,
        code: String,
        detail: String,
        #[serde(default)]
        retry_after_ms: Option<u64>,
    },
    Typing {
        room_id: RoomId,
        user_id: UserId,
        #[serde(default = "yes")]
        on: bool,
    },
    Member {
        room_id: RoomId,
        user_id: UserId,
        name: String,
    },
    Presence {
        room_id: RoomId,
        user_id: UserId,
        online: bool,
    },
    Read {
        room_id: RoomId,
        user_id: UserId,
        seq: i64,
    },
    Reset {
        room_id: RoomId,
        epoch: Epoch,
        head_seq: i64,
    },
    Removed {
        room_id: RoomId,
        code: String,
    },
    Notice(Notice),
    Bye {
        reason: String,
        retry_after_ms: Option<u64>,
    },
    Ping {
        heads: HashMap<RoomId, i64>,
    },
    /// One that a newer server writes and this client does not know.
    #[serde(other)]
    Other,
}

fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_true(on: &bool) -> bool {
    *on
}
