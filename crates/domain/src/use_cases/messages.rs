use super::Hexroom;
use crate::change::RoomChange;
use crate::facts::RoomFacts;
use crate::ports::{Committed, RoomScope};
use crate::rules::messages::{self as rules, NewMessage, Posting};
use crate::rules::{Verdict, reactions};
use crate::{
    Announcement, ClientMessageId, Denial, Emoji, Message, MessageBody, MessageId, Refusal, RoomId, Seq,
    Timestamp, UserId,
};

/// A message that stands in its room's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posted {
    pub message_id: MessageId,
    /// Its place in the log.
    pub seq: Seq,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// Whether it stood there before.
    pub duplicate: bool,
}

impl Posted {
    fn of(message: &Message, duplicate: bool) -> Self {
        Self { message_id: message.id, seq: message.seq, sent_at: message.sent_at, duplicate }
    }
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

/// An emoji put to a message, or taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reacted {
    /// The place in the log of the change, or of the room's head where nothing had to change.
    pub seq: Seq,
    /// Whether it was so before.
    pub duplicate: bool,
}

impl Hexroom {
    /// Posts a message, once for each client id of its sender, over whichever transport; as a reply, if it is to be one.
    pub async fn post_message(
        &self,
        room_id: RoomId,
        sender_id: UserId,
        client_message_id: ClientMessageId,
        body: MessageBody,
        reply_to: Option<MessageId>,
    ) -> Result<Posted, Refusal> {
        let new = NewMessage {
            id: MessageId(self.randomness.id()),
            room_id,
            sender_id,
            client_message_id,
            body,
            reply_to,
            at: self.clock.now(),
        };
        match self.rooms.post(new).await? {
            Posting::New(message) => {
                let posted = Posted::of(&message, false);
                self.events.publish(Announcement::Event(rules::posted(message))).await;
                Ok(posted)
            }
            Posting::Repeated(earlier) => Ok(Posted::of(&earlier.message, true)),
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

    /// Puts a member's emoji to a message, or takes it back.
    pub async fn react(
        &self,
        room_id: RoomId,
        actor: UserId,
        message_id: MessageId,
        emoji: Emoji,
        on: bool,
    ) -> Result<Reacted, Refusal> {
        let now = self.clock.now();
        let scope = RoomScope { message: Some(message_id), ..RoomScope::new(room_id, actor) };
        let Committed { facts, changes } =
            self.change_room(scope, move |facts| reactions::react(facts, &emoji, on, now)).await?;
        let seq = changes.iter().find_map(|change| match change {
            RoomChange::Append(event) => Some(event.seq),
            _ => None,
        });
        Ok(Reacted { seq: seq.unwrap_or(facts.room.head_seq), duplicate: changes.is_empty() })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::EarlierPost;
    use crate::rules::cast::*;
    use crate::use_cases::fixture::*;
    use crate::{EventKind, Reacting};

    async fn posts(fixture: Fixture) -> Result<Posted, Refusal> {
        let client_message_id = "client id".parse().expect("a client message id");
        fixture.hexroom().post_message(ROOM, user(BO), client_message_id, body("hello"), None).await
    }

    fn posted_message(new: &NewMessage) -> Message {
        Message { id: new.id, seq: Seq(5), sent_at: new.at, ..message_by(BO) }
    }

    fn wanted(actor: &str) -> RoomFacts {
        RoomFacts { message: Some(message_by(BO)), ..wanted_by(actor) }
    }

    #[tokio::test]
    async fn a_message_is_announced_after_its_commit() {
        let mut fixture = Fixture::default();
        fixture
            .rooms
            .expect_post()
            .withf(|new| new.sender_id == user(BO) && new.at == NOW && new.body == body("hello"))
            .times(1)
            .in_sequence(&mut fixture.order)
            .returning(|new| Ok(Posting::New(posted_message(&new))));
        let message = Message { id: MessageId(uuid(100)), seq: Seq(5), sent_at: NOW, ..message_by(BO) };
        fixture.then_publishes_event(BO, EventKind::MessagePosted(message));
        let expected =
            Posted { message_id: MessageId(uuid(100)), seq: Seq(5), sent_at: NOW, duplicate: false };
        assert_eq!(posts(fixture).await.expect("Bo sits there"), expected);
    }

    #[tokio::test]
    async fn a_repeated_message_is_not_announced_again() {
        let mut fixture = Fixture::default();
        let message = Message { id: MessageId(uuid(6)), seq: Seq(2), sent_at: at(-5), ..message_by(BO) };
        let earlier = EarlierPost { message, digest: Some(body("hello").digest()) };
        fixture.rooms.expect_post().times(1).returning(move |_| Ok(Posting::Repeated(earlier.clone())));
        let expected =
            Posted { message_id: MessageId(uuid(6)), seq: Seq(2), sent_at: at(-5), duplicate: true };
        assert_eq!(posts(fixture).await.expect("it was posted before"), expected);
    }

    #[tokio::test]
    async fn a_message_denied_is_silent() {
        let mut fixture = Fixture::default();
        fixture.rooms.expect_post().times(1).returning(|_| Err(Denial::NotAMember.into()));
        assert_eq!(denied(posts(fixture).await), Denial::NotAMember);
    }

    #[tokio::test]
    async fn an_edit_is_announced_after_its_commit() {
        let mut fixture = Fixture::default();
        fixture.changes_room(wanted(BO));
        let edited =
            Message { body: Some(body("hello, all")), revision: 1, edited_at: Some(NOW), ..message_by(BO) };
        fixture.then_publishes_event(BO, EventKind::MessageEdited(edited.clone()));
        let id = message_by(BO).id;
        let changed = fixture.hexroom().edit_message(ROOM, user(BO), id, body("hello, all")).await;
        let expected = MessageChanged { message: edited, seq: Seq(5), duplicate: false };
        assert_eq!(changed.expect("Bo wrote it"), expected);
    }

    #[tokio::test]
    async fn an_edit_that_changes_nothing_is_silent() {
        let mut fixture = Fixture::default();
        fixture.changes_room(wanted(BO));
        let id = message_by(BO).id;
        let changed = fixture.hexroom().edit_message(ROOM, user(BO), id, body("hello")).await;
        let expected = MessageChanged { message: message_by(BO), seq: Seq(4), duplicate: true };
        assert_eq!(changed.expect("Bo wrote it"), expected);
    }

    #[tokio::test]
    async fn a_deletion_is_announced_without_the_body() {
        let mut fixture = Fixture::default();
        fixture.changes_room(wanted(ANA));
        let gone = Message { body: None, ..message_by(BO) };
        fixture.then_publishes_event(ANA, EventKind::MessageDeleted(gone.clone()));
        let deleted = fixture.hexroom().delete_message(ROOM, user(ANA), message_by(BO).id).await;
        assert_eq!(deleted.expect("Ana owns the room").message, gone);
    }

    #[tokio::test]
    async fn a_reaction_is_announced_once() {
        let mut fixture = Fixture::default();
        let Message { id, seq, .. } = message_by(BO);
        let thumb: Emoji = "👍".parse().expect("an emoji");
        let reacting = Reacting { message_id: id, seq, emoji: thumb.clone() };
        fixture.changes_room(wanted(CY));
        fixture.then_publishes_event(CY, EventKind::ReactionAdded(reacting));
        fixture.changes_room(wanted(CY));
        let hexroom = fixture.hexroom();
        let reacts = |on| hexroom.react(ROOM, user(CY), id, thumb.clone(), on);
        assert_eq!(reacts(true).await.expect("Cy sits there"), Reacted { seq: Seq(5), duplicate: false });
        assert_eq!(reacts(false).await.expect("Cy sits there"), Reacted { seq: Seq(4), duplicate: true });
    }

    #[tokio::test]
    async fn what_others_wrote_is_left_alone_silently() {
        let mut fixture = Fixture::default();
        fixture.changes_room(wanted(CY));
        fixture.changes_room(wanted(CY));
        let hexroom = fixture.hexroom();
        let id = message_by(BO).id;
        assert_eq!(denied(hexroom.edit_message(ROOM, user(CY), id, body("x")).await), Denial::AuthorOnly);
        assert_eq!(denied(hexroom.delete_message(ROOM, user(CY), id).await), Denial::AuthorOnly);
    }
}
