use serde_json::json;

use super::WHOLE_PAGE;
use crate::server::Call;
use crate::{
    Client, Error, Found, History, HistoryAround, Message, MessageId, Page, Posted, RoomId, Timestamp, UserId,
};

/// Which part of a room's history.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Window {
    /// The newest messages.
    Newest,
    /// The messages right before this seq.
    Before(i64),
    /// The messages right after this seq.
    After(i64),
}

/// Which messages are looked for, besides their words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SearchIn {
    /// Only those in this room; otherwise in all rooms where one sits.
    pub room: Option<RoomId>,
    /// Only those that this account wrote. Then there need be no words.
    pub sender: Option<UserId>,
    /// Only those that were written earlier.
    pub before: Option<Timestamp>,
}

impl Client {
    /// Finds messages that have all these words, the newest first; the last word may be the beginning of one.
    pub async fn search(
        &self,
        words: &str,
        within: &SearchIn,
        cursor: Option<&str>,
    ) -> Result<Page<Found>, Error> {
        let call = Call::get(&["api", "search"]).query("limit", Some(WHOLE_PAGE)).query("q", Some(words));
        let call = call.query("roomId", within.room.as_ref().map(RoomId::as_str));
        let call = call.query("senderId", within.sender.as_ref().map(UserId::as_str));
        self.ask(call.query("before", within.before).query("cursor", cursor)).await
    }

    /// Posts a message. Asking again with the same `client_message_id` posts nothing and returns
    /// the first result. A [`Connection`](crate::Connection) asks again by itself.
    pub async fn post_message(
        &self,
        room: &RoomId,
        client_message_id: &str,
        body: &str,
    ) -> Result<Posted, Error> {
        let message = json!({"roomId": room, "clientMessageId": client_message_id, "body": body});
        self.ask(Call::post(&["api", "messages"]).json(&message)).await
    }

    /// Posts a message as [`post_message`](Self::post_message) does, which replies to another one of the room.
    pub async fn post_reply(
        &self,
        room: &RoomId,
        client_message_id: &str,
        original: &MessageId,
        body: &str,
    ) -> Result<Posted, Error> {
        let message = json!({
            "roomId": room, "clientMessageId": client_message_id, "body": body, "replyTo": original,
        });
        self.ask(Call::post(&["api", "messages"]).json(&message)).await
    }

    /// Reads up to 100 of a room's messages.
    pub async fn history(&self, room: &RoomId, window: Window) -> Result<History, Error> {
        let (before, after) = match window {
            Window::Newest => (None, None),
            Window::Before(seq) => (Some(seq), None),
            Window::After(seq) => (None, Some(seq)),
        };
        let path = ["api", "chatrooms", room.as_str(), "messages"];
        let call = Call::get(&path).query("limit", Some(WHOLE_PAGE));
        self.ask(call.query("before", before).query("after", after)).await
    }

    /// Reads up to 100 of a room's messages about a seq, whatever stands there: half of them before it, the others from
    /// it on, and where one side has fewer, more of the other.
    pub async fn history_around(&self, room: &RoomId, seq: i64) -> Result<HistoryAround, Error> {
        let path = ["api", "chatrooms", room.as_str(), "messages"];
        self.ask(Call::get(&path).query("limit", Some(WHOLE_PAGE)).query("around", Some(seq))).await
    }

    /// Changes the text of one's own message.
    pub async fn edit_message(
        &self,
        room: &RoomId,
        message: &MessageId,
        body: &str,
    ) -> Result<Message, Error> {
        let path = ["api", "chatrooms", room.as_str(), "messages", message.as_str()];
        self.ask(Call::patch(&path).json(&json!({"body": body}))).await
    }

    /// Deletes one's own message, or any message in one's own room. Its text is gone for good.
    pub async fn delete_message(&self, room: &RoomId, message: &MessageId) -> Result<(), Error> {
        self.execute(Call::delete(&["api", "chatrooms", room.as_str(), "messages", message.as_str()])).await
    }

    /// One message, as it reads now.
    pub async fn message(&self, room: &RoomId, message: &MessageId) -> Result<Message, Error> {
        self.ask(Call::get(&["api", "chatrooms", room.as_str(), "messages", message.as_str()])).await
    }

    /// Puts an emoji to a message, or takes it back.
    pub async fn react(
        &self,
        room: &RoomId,
        message: &MessageId,
        emoji: &str,
        on: bool,
    ) -> Result<(), Error> {
        let path = ["api", "chatrooms", room.as_str(), "messages", message.as_str(), "reactions", emoji];
        self.execute(if on { Call::put(&path) } else { Call::delete(&path) }).await
    }
}
