//! The frames that clients write, read strictly: every member known, none missing.

use std::fmt;
use std::str::FromStr;

use domain::{ClientMessageId, Denial, Epoch, Invalid, MessageBody, MessageId, OpaqueToken, RoomId, Seq};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::code::Code;

/// The longest `id` that is echoed.
const LONGEST_ID: usize = 128;

/// The longest account of what is wrong; it may quote the frame.
const LONGEST_COMPLAINT: usize = 160;

/// A client's frame.
#[derive(Debug)]
pub(super) enum Request {
    Hello { token: OpaqueToken, resume: Vec<ResumePoint> },
    Pong,
    Command(Command),
}

/// What a client wants done, in the order in which it says so.
#[derive(Debug)]
pub(super) enum Command {
    Send { id: Value, room: Named<RoomId>, client_message_id: ClientMessageId, body: MessageBody },
    Edit { id: Value, room: Named<RoomId>, message: Named<MessageId>, body: MessageBody },
    Delete { id: Value, room: Named<RoomId>, message: Named<MessageId> },
    Read { room: Named<RoomId>, seq: Seq },
    Typing { room: Named<RoomId> },
    Sync { id: Value, room: Named<RoomId>, epoch: Named<Epoch>, since: Seq },
    Auth { token: OpaqueToken },
}

impl Command {
    /// The client's own name for it, for the answer.
    pub(super) fn id(&self) -> Option<&Value> {
        match self {
            Self::Send { id, .. }
            | Self::Edit { id, .. }
            | Self::Delete { id, .. }
            | Self::Sync { id, .. } => Some(id),
            Self::Read { .. } | Self::Typing { .. } | Self::Auth { .. } => None,
        }
    }
}

/// Something that a client names. A name that the server cannot have given out is no wrong frame,
/// but the name of nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Named<T> {
    Known(T),
    Unknown(String),
}

impl<T: FromStr + Copy> Named<T> {
    fn new(text: String) -> Self {
        text.parse().map_or(Self::Unknown(text), Self::Known)
    }

    /// The id, or the denial that says there is no such thing.
    pub(super) fn known_or(&self, denial: Denial) -> Result<T, Denial> {
        match self {
            Self::Known(id) => Ok(*id),
            Self::Unknown(_) => Err(denial),
        }
    }
}

impl<T: fmt::Display> fmt::Display for Named<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(id) => id.fmt(f),
            Self::Unknown(text) => f.write_str(text),
        }
    }
}

/// Up to where a client has a room's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ResumePoint {
    pub(super) room: Named<RoomId>,
    pub(super) epoch: Named<Epoch>,
    pub(super) seq: Seq,
}

/// A frame that cannot be read, and the answer to it.
#[derive(Debug, PartialEq)]
pub(super) struct Unreadable {
    /// The frame's `id`, where that much can be read.
    pub(super) id: Option<Value>,
    pub(super) code: &'static str,
    pub(super) detail: String,
}

/// Reads a client's frame.
pub(super) fn read(text: &str) -> Result<Request, Unreadable> {
    let mut members: Map<String, Value> = serde_json::from_str(text).map_err(|_| Unreadable {
        id: None,
        code: Code::MalformedRequest.as_str(),
        detail: "A frame is one JSON object.".to_owned(),
    })?;
    let id = members.get("id").cloned().filter(is_echoed);
    read_members(&mut members).map_err(|detail| Unreadable {
        id,
        code: Code::ValidationFailed.as_str(),
        detail,
    })
}

fn read_members(members: &mut Map<String, Value>) -> Result<Request, String> {
    let Some(Value::String(kind)) = members.remove("type") else {
        return Err("A frame's type is a text such as send.".to_owned());
    };
    let members = Value::Object(std::mem::take(members));
    match kind.as_str() {
        "hello" => shape::<HelloShape>(members)?.try_into(),
        "pong" => shape::<PongShape>(members).map(|PongShape {}| Request::Pong),
        "send" => shape::<SendShape>(members)?.try_into().map(Request::Command),
        "edit" => shape::<EditShape>(members)?.try_into().map(Request::Command),
        "delete" => shape::<DeleteShape>(members)?.try_into().map(Request::Command),
        "read" => shape::<ReadShape>(members)?.try_into().map(Request::Command),
        "typing" => shape::<TypingShape>(members)
            .map(|typing| Request::Command(Command::Typing { room: Named::new(typing.room_id) })),
        "sync" => shape::<SyncShape>(members)?.try_into().map(Request::Command),
        "auth" => shape::<AuthShape>(members)
            .map(|auth| Request::Command(Command::Auth { token: OpaqueToken::new(auth.token) })),
        _ => Err("This type of frame is none that a client writes.".to_owned()),
    }
}

fn shape<T: DeserializeOwned>(members: Value) -> Result<T, String> {
    serde_json::from_value(members).map_err(|wrong| {
        let wrong: String = wrong.to_string().chars().take(LONGEST_COMPLAINT).collect();
        format!("The frame's members are not as they should be: {wrong}.")
    })
}

fn is_echoed(id: &Value) -> bool {
    match id {
        Value::String(text) => !text.is_empty() && text.chars().count() <= LONGEST_ID,
        Value::Number(number) => number.is_i64() || number.is_u64(),
        _ => false,
    }
}

fn id(value: Value) -> Result<Value, String> {
    if is_echoed(&value) {
        Ok(value)
    } else {
        Err(format!("An id is a text of 1 to {LONGEST_ID} characters or a whole number."))
    }
}

fn seq(value: i64) -> Result<Seq, String> {
    if value < 0 { Err("A seq is not negative.".to_owned()) } else { Ok(Seq(value)) }
}

fn rule<T: FromStr<Err = Invalid>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|invalid: Invalid| invalid.to_string())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct HelloShape {
    token: String,
    #[serde(default)]
    resume: Vec<ResumeShape>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ResumeShape {
    room_id: String,
    epoch: String,
    seq: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PongShape {}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SendShape {
    id: Value,
    room_id: String,
    client_message_id: String,
    body: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct EditShape {
    id: Value,
    room_id: String,
    message_id: String,
    body: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct DeleteShape {
    id: Value,
    room_id: String,
    message_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ReadShape {
    room_id: String,
    seq: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct TypingShape {
    room_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SyncShape {
    id: Value,
    room_id: String,
    epoch: String,
    since: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AuthShape {
    token: String,
}

impl TryFrom<HelloShape> for Request {
    type Error = String;

    fn try_from(hello: HelloShape) -> Result<Self, String> {
        let resume = hello
            .resume
            .into_iter()
            .map(|point| {
                Ok(ResumePoint {
                    room: Named::new(point.room_id),
                    epoch: Named::new(point.epoch),
                    seq: seq(point.seq)?,
                })
            })
            .collect::<Result<_, String>>()?;
        Ok(Self::Hello { token: OpaqueToken::new(hello.token), resume })
    }
}

impl TryFrom<SendShape> for Command {
    type Error = String;

    fn try_from(send: SendShape) -> Result<Self, String> {
        Ok(Self::Send {
            id: id(send.id)?,
            room: Named::new(send.room_id),
            client_message_id: rule(&send.client_message_id)?,
            body: rule(&send.body)?,
        })
    }
}

impl TryFrom<EditShape> for Command {
    type Error = String;

    fn try_from(edit: EditShape) -> Result<Self, String> {
        Ok(Self::Edit {
            id: id(edit.id)?,
            room: Named::new(edit.room_id),
            message: Named::new(edit.message_id),
            body: rule(&edit.body)?,
        })
    }
}

impl TryFrom<DeleteShape> for Command {
    type Error = String;

    fn try_from(delete: DeleteShape) -> Result<Self, String> {
        Ok(Self::Delete {
            id: id(delete.id)?,
            room: Named::new(delete.room_id),
            message: Named::new(delete.message_id),
        })
    }
}

impl TryFrom<ReadShape> for Command {
    type Error = String;

    fn try_from(read: ReadShape) -> Result<Self, String> {
        Ok(Self::Read { room: Named::new(read.room_id), seq: seq(read.seq)? })
    }
}

impl TryFrom<SyncShape> for Command {
    type Error = String;

    fn try_from(sync: SyncShape) -> Result<Self, String> {
        Ok(Self::Sync {
            id: id(sync.id)?,
            room: Named::new(sync.room_id),
            epoch: Named::new(sync.epoch),
            since: seq(sync.since)?,
        })
    }
}

#[cfg(test)]
#[path = "requests_tests.rs"]
mod tests;
