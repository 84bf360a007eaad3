//! A room's events as clients see them.

use domain::{Event, EventKind};
use serde::Serialize;

use crate::shapes::{MessageShape, RoomChangeShape, instant};

/// An event, with what its kind adds in `data`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EventShape<'a> {
    room_id: String,
    seq: i64,
    kind: &'static str,
    actor: &'a str,
    at: String,
    data: EventData<'a>,
}

#[derive(Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
enum EventData<'a> {
    Message(Box<MessageShape>),
    Member { user_id: &'a str },
    Removal { user_id: &'a str, banned: bool },
    Room(RoomChangeShape),
    Reaction { message_id: String, emoji: &'a str },
    Nothing {},
}

impl<'a> From<&'a Event> for EventShape<'a> {
    fn from(event: &'a Event) -> Self {
        Self {
            room_id: event.room_id.to_string(),
            seq: event.seq.0,
            kind: event.kind.as_str(),
            actor: event.actor.as_str(),
            at: instant(event.at),
            data: EventData::from(&event.kind),
        }
    }
}

impl<'a> From<&'a EventKind> for EventData<'a> {
    fn from(kind: &'a EventKind) -> Self {
        match kind {
            EventKind::MessagePosted(message)
            | EventKind::MessageEdited(message)
            | EventKind::MessageDeleted(message) => Self::Message(Box::new(message.into())),
            EventKind::MemberJoined { user_id } | EventKind::MemberLeft { user_id } => {
                Self::Member { user_id: user_id.as_str() }
            }
            EventKind::MemberRemoved { user_id, banned } => {
                Self::Removal { user_id: user_id.as_str(), banned: *banned }
            }
            EventKind::RoomChanged(revision) => Self::Room(revision.into()),
            EventKind::RoomClosed => Self::Nothing {},
            EventKind::ReactionAdded(reacting) | EventKind::ReactionRemoved(reacting) => {
                Self::Reaction { message_id: reacting.message_id.to_string(), emoji: reacting.emoji.as_str() }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::socket::tests::cast::{ANA, BO, message, room_id, user};
    use domain::{MessageId, Reacting, Seq, Timestamp};
    use serde_json::{Value, json};

    fn shown(kind: EventKind) -> Value {
        let at = Timestamp::from_millis(1_700_000_000_120);
        let event = Event { room_id: room_id(), seq: Seq(3), actor: user(ANA), at, kind };
        crate::socket::protocol::server_frames::event(&event).value()
    }

    #[test]
    fn an_event_has_its_members() {
        assert_eq!(
            shown(EventKind::MemberJoined { user_id: user(BO) }),
            json!({
                "type": "event", "roomId": room_id().to_string(), "seq": 3, "kind": "member_joined",
                "actor": ANA, "at": "2023-11-14T22:13:20.120Z", "data": {"userId": BO},
            })
        );
    }

    #[test]
    fn messages_come_whole_and_deleted_ones_without_their_body() {
        let posted = shown(EventKind::MessagePosted(message(3, ANA, Some("hello"))));
        assert_eq!(posted["kind"], json!("message_posted"));
        assert_eq!(posted["data"]["body"], json!("hello"));
        assert_eq!(posted["data"]["senderId"], json!(ANA));
        assert_eq!(posted["data"]["deleted"], json!(false));

        let edited = shown(EventKind::MessageEdited(message(3, ANA, Some("hi"))));
        assert_eq!((&edited["kind"], &edited["data"]["body"]), (&json!("message_edited"), &json!("hi")));

        let deleted = shown(EventKind::MessageDeleted(message(3, ANA, None)));
        assert_eq!(deleted["kind"], json!("message_deleted"));
        assert_eq!((&deleted["data"]["body"], &deleted["data"]["deleted"]), (&Value::Null, &json!(true)));
    }

    #[test]
    fn each_other_kind_has_its_data() {
        let id = MessageId(uuid::Uuid::nil());
        let reacting = || Reacting { message_id: id, seq: Seq(2), emoji: "👍".parse().expect("valid") };
        let reaction = || json!({"messageId": id.to_string(), "emoji": "👍"});
        let cases = [
            (EventKind::ReactionAdded(reacting()), "reaction_added", reaction()),
            (EventKind::ReactionRemoved(reacting()), "reaction_removed", reaction()),
            (EventKind::MemberLeft { user_id: user(BO) }, "member_left", json!({"userId": BO})),
            (
                EventKind::MemberRemoved { user_id: user(BO), banned: true },
                "member_removed",
                json!({"userId": BO, "banned": true}),
            ),
            (EventKind::RoomClosed, "room_closed", json!({})),
        ];
        for (kind, name, data) in cases {
            let shown = shown(kind);
            assert_eq!((&shown["kind"], &shown["data"]), (&json!(name), &data));
        }
    }
}
