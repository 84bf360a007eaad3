use super::Hexroom;
use crate::change::RoomChange;
use crate::facts::RoomFacts;
use crate::ports::{Committed, RoomScope};
use crate::rules::Verdict;
use crate::rules::messages::{self as rules, NewMessage, Posting};
use crate::{
    Announcement, ClientMessageId, Denial, Message, MessageBody, MessageId, Refusal, RoomId, Seq, Timestamp,
    UserId,
};

/// A message that stands in its room's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    /// Its name.
    pub message_id: MessageId,
    /// Its place in the log.
    pub seq: Seq,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// Whether it stood there before.
    pub duplicate: bool,
}

/// A message edited or deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageChanged {
    /// The message as it reads now.
    pub message: Message,
    /// The place in the log of the change, or of the room's head where nothing had to change.
    pub seq: Seq,
    /// Whether it read so before.
    pub duplicate: bool,
}

impl Hexroom {
    /// Posts a message, once for each client id of its sender, over whichever transport.
    pub async fn post_message(
        &self,
        room_id: RoomId,
        sender_id: UserId,
        client_message_id: ClientMessageId,
        body: MessageBody,
    ) -> Result<Posted, Refusal> {
        let new = NewMessage {
            id: MessageId(self.randomness.id()),
            room_id,
            sender_id,
            client_message_id,
            body,
            at: self.clock.now(),
        };
        match self.rooms.post(new).await? {
            Posting::New(message) => {
                let posted = Posted {
                    message_id: message.id,
                    seq: message.seq,
                    sent_at: message.sent_at,
                    duplicate: false,
                };
                self.events.publish(Announcement::Event(rules::posted(message))).await;
                Ok(posted)
            }
            Posting::Repeated(earlier) => Ok(Posted {
                message_id: earlier.message_id,
                seq: earlier.seq,
                sent_at: earlier.sent_at,
                duplicate: true,
            }),
        }
    }

    /// Lets its author say a message differently.
    pub async fn edit_message(
        &self,
        room_id: RoomId,
        author: UserId,
        message_id: MessageId,
        body: MessageBody,
    ) -> Result<MessageChanged, Refusal> {
        let now = self.clock.now();
        self.change_message(room_id, author, message_id, move |facts| rules::edit(facts, &body, now)).await
    }

    /// Takes a message's body away for good; its author and the room's owner may.
    pub async fn delete_message(
        &self,
        room_id: RoomId,
        actor: UserId,
        message_id: MessageId,
    ) -> Result<MessageChanged, Refusal> {
        let now = self.clock.now();
        self.change_message(room_id, actor, message_id, move |facts| rules::delete(facts, now)).await
    }

    async fn change_message(
        &self,
        room_id: RoomId,
        actor: UserId,
        message_id: MessageId,
        rule: impl Fn(&RoomFacts) -> Verdict<RoomChange> + Send + Sync + 'static,
    ) -> Result<MessageChanged, Refusal> {
        let scope = RoomScope { message: Some(message_id), ..RoomScope::new(room_id, actor) };
        let Committed { facts, changes } = self.change_room(scope, rule).await?;
        let (message, seq) = rules::outcome(&facts, &changes).ok_or(Denial::MessageNotFound)?;
        Ok(MessageChanged { message, seq, duplicate: changes.is_empty() })
    }
}
