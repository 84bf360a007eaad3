//! The frames that clients write, read strictly: every member known, none missing.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use deserr::{Deserr, IntoValue, ValuePointerRef};
use domain::{Denial, Epoch, Invalid, MessageId, RoomId};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::body::accept;
use crate::field_errors::{FieldError, FieldErrors};
use crate::fields::{ClientMessageId, Emoji, MessageBody, Seq, Token};
use crate::refusal_code::Code;

/// The longest `id` that is echoed.
const LONGEST_ID: usize = 128;

/// A client's frame.
#[derive(Debug)]
pub(crate) enum Request {
    Hello(Hello),
    Pong,
    Command(Command),
}

/// A connection's first frame.
#[derive(Debug, Deserr)]
#[deserr(error = FieldErrors, rename_all = camelCase, deny_unknown_fields)]
pub(crate) struct Hello {
    pub(crate) token: Token,
    #[deserr(default)]
    pub(crate) resume: Vec<ResumePoint>,
}

#[derive(Deserr)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
struct Pong {}

/// What a client wants done, in the order in which it says so.
#[derive(Debug, Deserr)]
#[deserr(error = FieldErrors, tag = "type", rename_all = camelCase, deny_unknown_fields)]
pub(crate) enum Command {
    #[deserr(rename_all = camelCase)]
    Send {
        id: CommandId,
        room_id: Named<RoomId>,
        client_message_id: ClientMessageId,
        body: MessageBody,
        /// The message that it replies to.
        #[deserr(default)]
        reply_to: Option<Named<MessageId>>,
    },
    #[deserr(rename_all = camelCase)]
    React {
        id: CommandId,
        room_id: Named<RoomId>,
        message_id: Named<MessageId>,
        emoji: Emoji,
        /// False where the member takes it back.
        on: bool,
    },
    #[deserr(rename_all = camelCase)]
    Edit {
        id: CommandId,
        room_id: Named<RoomId>,
        message_id: Named<MessageId>,
        body: MessageBody,
    },
    #[deserr(rename_all = camelCase)]
    Delete {
        id: CommandId,
        room_id: Named<RoomId>,
        message_id: Named<MessageId>,
    },
    #[deserr(rename_all = camelCase)]
    Read {
        room_id: Named<RoomId>,
        seq: Seq,
    },
    #[deserr(rename_all = camelCase)]
    Typing {
        room_id: Named<RoomId>,
        /// False where the member has stopped.
        #[deserr(default = true)]
        on: bool,
    },
    #[deserr(rename_all = camelCase)]
    Sync {
        id: CommandId,
        room_id: Named<RoomId>,
        epoch: Named<Epoch>,
        since: Seq,
    },
    Auth {
        token: Token,
    },
}

impl Command {
    /// The client's own id for it, for the answer.
    pub(crate) fn id(&self) -> Option<&Value> {
        match self {
            Self::Send { id, .. }
            | Self::React { id, .. }
            | Self::Edit { id, .. }
            | Self::Delete { id, .. }
            | Self::Sync { id, .. } => Some(&id.0),
            Self::Read { .. } | Self::Typing { .. } | Self::Auth { .. } => None,
        }
    }
}

/// What a client calls a command, echoed in the answer.
#[derive(Debug)]
pub(crate) struct CommandId(Value);

impl Deserr<FieldErrors> for CommandId {
    fn deserialize_from_value<V: IntoValue>(
        value: deserr::Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, FieldErrors> {
        let id = Value::from(value);
        if is_echoed(&id) {
            return Ok(Self(id));
        }
        let message = format!("An id is a text of 1 to {LONGEST_ID} characters or a whole number.");
        Err(FieldErrors::at(location, Invalid::new("not_a_command_id", message)))
    }
}

fn is_echoed(id: &Value) -> bool {
    match id {
        Value::String(text) => !text.is_empty() && text.chars().count() <= LONGEST_ID,
        Value::Number(number) => number.is_i64() || number.is_u64(),
        _ => false,
    }
}

/// Something that a client names. A name that the server cannot have given out is no wrong frame,
/// but the name of nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Named<T> {
    Known(T),
    Unknown(String),
}

impl<T: FromStr + Copy> Named<T> {
    /// The id, or the denial that says there is no such thing.
    pub(crate) fn known_or(&self, denial: Denial) -> Result<T, Denial> {
        match self {
            Self::Known(id) => Ok(*id),
            Self::Unknown(_) => Err(denial),
        }
    }

    /// The id, or the one that is never given out, so that what the room refuses comes first.
    pub(crate) fn or_nil(&self, named: fn(Uuid) -> T) -> T {
        match self {
            Self::Known(id) => *id,
            Self::Unknown(_) => named(Uuid::nil()),
        }
    }
}

impl<T: FromStr> Deserr<FieldErrors> for Named<T> {
    fn deserialize_from_value<V: IntoValue>(
        value: deserr::Value<V>,
        location: ValuePointerRef<'_>,
    ) -> Result<Self, FieldErrors> {
        let text = String::deserialize_from_value(value, location)?;
        Ok(text.parse().map_or(Self::Unknown(text), Self::Known))
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
#[derive(Debug, Clone, PartialEq, Eq, Deserr)]
#[deserr(error = FieldErrors, rename_all = camelCase, deny_unknown_fields)]
pub(crate) struct ResumePoint {
    pub(crate) room_id: Named<RoomId>,
    pub(crate) epoch: Named<Epoch>,
    pub(crate) seq: Seq,
}

/// A frame that cannot be read, and the answer to it.
#[derive(Debug, PartialEq)]
pub(crate) struct Unreadable {
    /// The frame's `id`, where that much can be read.
    pub(crate) id: Option<Value>,
    pub(crate) code: Code,
    pub(crate) detail: Cow<'static, str>,
    /// The members that cannot be accepted.
    pub(crate) errors: Vec<FieldError>,
}

/// Reads a client's frame.
pub(crate) fn read(text: &str) -> Result<Request, Unreadable> {
    let members: Map<String, Value> = serde_json::from_str(text).map_err(|_| Unreadable {
        id: None,
        code: Code::MalformedRequest,
        detail: "A frame is one JSON object.".into(),
        errors: Vec::new(),
    })?;
    let id = members.get("id").cloned().filter(is_echoed);
    read_members(members).map_err(|errors| Unreadable {
        id,
        code: Code::VALIDATION_FAILED,
        detail: Code::VALIDATION_FAILED.explanation(),
        errors: errors.into_vec(),
    })
}

fn read_members(mut members: Map<String, Value>) -> Result<Request, FieldErrors> {
    let kind = members.get("type").ok_or_else(|| FieldErrors::missing("type"))?;
    match kind.as_str() {
        Some("hello") => {
            members.remove("type");
            accept(members).map(Request::Hello)
        }
        Some("pong") => {
            members.remove("type");
            accept(members).map(|Pong {}| Request::Pong)
        }
        Some("send" | "react" | "edit" | "delete" | "read" | "typing" | "sync" | "auth") => {
            accept(members).map(Request::Command)
        }
        _ => {
            let message = "This is one of: hello, send, react, edit, delete, read, typing, sync, auth, pong.";
            Err(FieldErrors::of("type", Invalid::new("unknown_value", message)))
        }
    }
}

#[cfg(test)]
#[path = "../tests/client_frames.rs"]
mod tests;
