//! The people, the room and the events of the socket's tests: Ana owns, Bo belongs, Di is outside.

use std::ops::Deref;
use std::sync::{Arc, Mutex};

use domain::ports::{LogPage, MockClock, MockRooms};
use domain::{
    Epoch, Event, EventKind, Message, MessageId, PasswordHash, Room, RoomId, Seq, SessionId, Timestamp,
    UserId,
};
use uuid::Uuid;

use crate::lock::lock;
use crate::socket::connection::outbox::Outbox;
use crate::socket::delivery::feed::Arrival;
use crate::socket::delivery::hub::Hub;
use crate::socket::delivery::subscriber::Subscriber;

pub(crate) const ANA: &str = "ana";
pub(crate) const BO: &str = "bo1";
pub(crate) const DI: &str = "di1";

pub(crate) fn user(id: &str) -> UserId {
    id.parse().expect("valid")
}

pub(crate) fn room_id() -> RoomId {
    RoomId(Uuid::from_u128(0xA))
}

pub(crate) fn epoch() -> Epoch {
    Epoch(Uuid::from_u128(0xE))
}

pub(crate) fn room(head: i64) -> Room {
    let name = "Den".parse().expect("valid");
    let password_hash = PasswordHash::new("not a hash".to_owned());
    let new = Room::new(room_id(), epoch(), name, user(ANA), password_hash, Timestamp::from_millis(0));
    Room { head_seq: Seq(head), ..new }
}

pub(crate) fn message(seq: i64, sender: &str, body: Option<&str>) -> Message {
    Message {
        id: MessageId(Uuid::from_u128(u128::try_from(seq).expect("positive"))),
        room_id: room_id(),
        seq: Seq(seq),
        sender_id: user(sender),
        client_message_id: format!("c{seq}").parse().expect("valid"),
        body: body.map(|body| body.parse().expect("valid")),
        sent_at: Timestamp::from_millis(0),
        revision: 0,
        edited_at: None,
        reply_to: None,
        mentions: domain::Mentions::default(),
        reactions: domain::Reactions::default(),
    }
}

pub(crate) fn event(seq: i64, actor: &str, kind: EventKind) -> Event {
    Event { room_id: room_id(), seq: Seq(seq), actor: user(actor), at: Timestamp::from_millis(0), kind }
}

pub(crate) fn posted(seq: i64) -> Event {
    event(seq, ANA, EventKind::MessagePosted(message(seq, ANA, Some("hello"))))
}

pub(crate) fn joined(seq: i64, who: &str) -> Event {
    event(seq, who, EventKind::MemberJoined { user_id: user(who) })
}

pub(crate) fn removed(seq: i64, who: &str, banned: bool) -> Event {
    event(seq, ANA, EventKind::MemberRemoved { user_id: user(who), banned })
}

/// A connection whose frames stay in its outbox.
pub(crate) struct Connection {
    pub(crate) subscriber: Arc<Subscriber>,
    pub(crate) outbox: Arc<Outbox>,
}

impl Deref for Connection {
    type Target = Arc<Subscriber>;

    fn deref(&self) -> &Arc<Subscriber> {
        &self.subscriber
    }
}

pub(crate) fn connection(who: &str) -> Connection {
    let session_id = SessionId(Uuid::new_v4());
    let for_ever = Timestamp::from_millis(i64::MAX);
    let outbox = Arc::new(Outbox::default());
    let subscriber = Arc::new(Subscriber::new(user(who), session_id, for_ever, outbox.clone()));
    Connection { subscriber, outbox }
}

/// A room's log as a store would keep it; tests write into it what is committed.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<Event>>>);

impl Log {
    pub(crate) fn commit(&self, event: &Event) {
        lock(&self.0).push(event.clone());
    }

    /// The seq of the last event.
    pub(crate) fn head(&self) -> i64 {
        lock(&self.0).last().map_or(0, |event| event.seq.0)
    }

    /// What a read with these bounds finds.
    pub(crate) fn page(&self, since: Seq, limit: usize) -> LogPage {
        let log = lock(&self.0);
        let events = log.iter().filter(|event| event.seq > since).take(limit).cloned().collect();
        LogPage { room: room(log.last().map_or(0, |event| event.seq.0)), events }
    }

    /// A store that is to be asked for this log so many times.
    pub(crate) fn rooms(&self, times: impl Into<mockall::TimesRange>) -> MockRooms {
        let log = self.clone();
        let mut rooms = MockRooms::new();
        rooms.expect_log().times(times).returning(move |_, _, since, limit| Ok(log.page(since, limit)));
        rooms
    }
}

/// A hub on a store.
pub(crate) fn hub(rooms: MockRooms) -> Arc<Hub> {
    let mut clock = MockClock::new();
    clock.expect_now().return_const(Timestamp::from_millis(0));
    Hub::new(Arc::new(rooms), Arc::new(clock))
}

/// A connection of an account that is open, in no room yet.
pub(crate) fn open_connection(hub: &Hub, who: &str) -> Connection {
    let connection = connection(who);
    hub.add(connection.subscriber.clone(), usize::MAX).expect("no limit");
    assert!(connection.joined_meanwhile().is_empty());
    connection
}

/// A connection of an account that gets the room's events from behind `seq` on.
pub(crate) async fn live_connection(hub: &Hub, who: &str, seq: i64) -> Connection {
    let connection = open_connection(hub, who);
    let feed = hub.enter_room(&connection, room_id()).await;
    assert_eq!(feed.go_live(connection.id, Seq(seq)).await, Arrival::Live);
    connection
}

/// What a connection got: events as their seqs, `removed` as its code, anything else as its type.
pub(crate) fn received(connection: &Connection) -> Vec<String> {
    connection
        .outbox
        .values()
        .into_iter()
        .map(|frame| match frame["type"].as_str() {
            Some("event") => frame["seq"].to_string(),
            Some("removed") => frame["code"].as_str().expect("a code").to_owned(),
            Some(kind) => kind.to_owned(),
            None => frame.to_string(),
        })
        .collect()
}
