use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::*;
use crate::Error;

const GARDEN: &str = "garden";

/// A conversation with the server's part in the test's hands.
struct Fixture {
    conversation: Conversation,
}

impl Fixture {
    /// Connected, with one room that the program has up to `seq`.
    fn resumed_at(seq: i64) -> Self {
        let point = ResumePoint { room_id: GARDEN.into(), epoch: "first".into(), seq };
        let mut fixture = Self { conversation: Conversation::from(vec![point]) };
        fixture.connect(seq, true);
        fixture
    }

    fn connect(&mut self, head: i64, recovered: bool) {
        self.conversation.hello(&"token".into());
        self.receive(welcome(&[(GARDEN, head, recovered)]));
    }

    fn receive(&mut self, frame: Value) {
        let frame = serde_json::from_value(frame).expect("a frame of the server");
        self.conversation.receive(frame, Instant::now());
    }

    fn receive_events(&mut self, seqs: impl IntoIterator<Item = i64>) {
        for seq in seqs {
            self.receive(event(GARDEN, seq));
        }
    }

    fn send(&mut self, id: &str) -> oneshot::Receiver<Result<Posted, Error>> {
        let (answer, awaited) = oneshot::channel();
        let (client_message_id, body) = (id.to_owned(), format!("body of {id}"));
        self.conversation.execute(Command::Send(Outgoing {
            room_id: GARDEN.into(),
            client_message_id,
            body,
            reply_to: None,
            answer,
        }));
        awaited
    }

    /// What the client has sent since it was last asked.
    fn sent_frames(&mut self) -> Vec<Value> {
        let frames = std::mem::take(&mut self.conversation.frames);
        frames.iter().map(|frame| serde_json::from_str(frame).expect("JSON")).collect()
    }

    /// The messages that it has sent since then.
    fn sent_messages(&mut self) -> Vec<Value> {
        let frames = self.sent_frames().into_iter().filter(|frame| frame["type"] == "send");
        frames.map(|frame| frame["clientMessageId"].clone()).collect()
    }

    /// Acknowledges the one message that has been sent, under the id it was sent with.
    fn acknowledge(&mut self, sent: &Value, seq: i64) {
        self.receive(json!({
            "type": "ack", "id": sent["id"], "roomId": GARDEN, "seq": seq, "messageId": "m", "duplicate": false,
        }));
    }

    /// The seqs of the events shown since then.
    fn shown(&mut self) -> Vec<i64> {
        let updates = std::mem::take(&mut self.conversation.updates);
        updates
            .into_iter()
            .filter_map(|update| match update {
                Update::Event(event) => Some(event.seq),
                _ => None,
            })
            .collect()
    }
}

fn welcome(rooms: &[(&str, i64, bool)]) -> Value {
    let rooms: Vec<_> = rooms
        .iter()
        .map(|(room_id, head, recovered)| {
            json!({
                "roomId": room_id, "epoch": "first", "headSeq": head, "readSeq": 0, "unread": 0,
                "recovered": recovered,
            })
        })
        .collect();
    json!({"type": "welcome", "connectionId": "c", "pingMs": 25_000, "maxFrameBytes": 400, "rooms": rooms})
}

fn event(room_id: &str, seq: i64) -> Value {
    json!({
        "type": "event", "roomId": room_id, "seq": seq, "kind": "member_joined", "actor": "bo",
        "at": "2030-01-01T00:00:00.000Z", "data": {"userId": "bo"},
    })
}

fn loaded(room_id: &str, head: i64, messages: &[i64]) -> Loaded {
    let at = "2030-01-01T00:00:00.000Z";
    let room = json!({
        "roomId": room_id, "name": "Garden", "ownerId": "ana", "seats": 6, "seatsTaken": 1, "locked": false,
        "createdAt": at, "epoch": "first", "headSeq": head, "readSeq": 0, "unread": 0, "members": [],
    });
    let message = |seq: &i64| {
        json!({
            "messageId": "m", "roomId": room_id, "seq": seq, "senderId": "bo", "clientMessageId": "c",
            "body": "Hello.", "sentAt": at, "revision": 0, "deleted": false,
        })
    };
    let messages: Vec<_> = messages.iter().map(message).collect();
    Loaded {
        room: serde_json::from_value(room).expect("a room"),
        messages: serde_json::from_value(json!(messages)).expect("messages"),
    }
}

#[test]
fn hello_names_the_places_that_were_reached() {
    let mut fixture = Fixture::resumed_at(7);
    fixture.receive_events([8, 9]);
    fixture.conversation.lose_connection();
    fixture.sent_frames();
    fixture.conversation.hello(&"newer".into());
    let resume = json!([{"roomId": GARDEN, "epoch": "first", "seq": 9}]);
    assert_eq!(fixture.sent_frames(), [json!({"type": "hello", "token": "newer", "resume": resume})]);
}

#[test]
fn a_gap_is_asked_for_once_and_filled_in_order() {
    let mut fixture = Fixture::resumed_at(7);
    fixture.sent_frames();
    fixture.receive_events([10, 11]);
    let sync = fixture.sent_frames();
    assert_eq!(sync, [json!({"type": "sync", "id": "s1", "roomId": GARDEN, "epoch": "first", "since": 7})]);
    fixture.receive_events([8, 9, 10, 11]);
    fixture.receive(json!({"type": "ack", "id": "s1", "roomId": GARDEN, "seq": 11, "messageId": null, "duplicate": false}));
    assert_eq!(fixture.shown(), [8, 9, 10, 11]);
    assert_eq!(fixture.sent_frames(), Vec::<Value>::new());
}

#[test]
fn a_lost_last_event_is_noticed_at_the_ping() {
    let mut fixture = Fixture::resumed_at(7);
    fixture.sent_frames();
    fixture.receive(json!({"type": "ping", "heads": {GARDEN: 7}}));
    assert_eq!(fixture.sent_frames(), [json!({"type": "pong"})]);
    fixture.receive(json!({"type": "ping", "heads": {GARDEN: 8}}));
    assert_eq!(fixture.sent_frames()[1]["since"], 7);
}

#[test]
fn a_sync_that_was_refused_is_repeated_at_the_next_occasion() {
    let mut fixture = Fixture::resumed_at(7);
    fixture.receive_events([9]);
    fixture.sent_frames();
    fixture.receive(
        json!({"type": "error", "id": "s1", "code": "unavailable", "detail": "Later.", "retryAfterMs": 1}),
    );
    fixture.receive_events([10]);
    assert_eq!(fixture.sent_frames()[0]["type"], "sync");
}

#[test]
fn a_reset_shows_the_room_and_then_what_came_after_it() {
    let mut fixture = Fixture::resumed_at(7);
    fixture.receive(json!({"type": "reset", "roomId": GARDEN, "epoch": "first", "headSeq": 900}));
    fixture.receive_events([901]);
    fixture.conversation.updates.clear();
    let load = fixture.conversation.loads.pop().expect("the room is to be loaded");
    assert_eq!((load.room_id.as_str(), load.seq), (GARDEN, 900));
    fixture.conversation.finish_load(load, Ok(loaded(GARDEN, 901, &[899, 900, 901])));
    let updates: Vec<_> = fixture.conversation.updates.iter().collect();
    let [Update::Loaded { messages, seq: 900, .. }, Update::Event(event)] = updates[..] else {
        panic!("{updates:?}");
    };
    assert_eq!(messages.iter().map(|message| message.seq).collect::<Vec<_>>(), [899, 900]);
    assert_eq!(event.seq, 901);
}

#[test]
fn a_room_joined_while_connected_is_loaded_and_can_be_resumed() {
    let mut fixture = Fixture::resumed_at(7);
    fixture.receive(event("shed", 12));
    let load = fixture.conversation.loads.pop().expect("the room is to be loaded");
    assert_eq!((load.room_id.as_str(), load.seq), ("shed", 11));
    fixture.conversation.finish_load(load, Ok(loaded("shed", 12, &[])));
    assert_eq!(fixture.shown(), [12]);
    fixture.conversation.lose_connection();
    fixture.conversation.hello(&"token".into());
    let resume = fixture.sent_frames().pop().expect("hello")["resume"].clone();
    let shed = json!({"roomId": "shed", "epoch": "first", "seq": 12});
    assert!(resume.as_array().expect("a list").contains(&shed), "{resume}");
}

#[test]
fn a_room_that_hello_could_not_name_catches_up_by_asking() {
    let mut fixture = Fixture::resumed_at(7);
    fixture.receive(event("shed", 12));
    fixture.conversation.lose_connection();
    fixture.conversation.hello(&"token".into());
    fixture.sent_frames();
    fixture.receive(welcome(&[(GARDEN, 7, true), ("shed", 15, false)]));
    let sync = json!({"type": "sync", "id": "s2", "roomId": "shed", "epoch": "first", "since": 12});
    assert_eq!(fixture.sent_frames(), [sync]);
}

#[test]
fn a_room_that_refuses_to_be_loaded_is_gone() {
    let mut fixture = Fixture::resumed_at(7);
    fixture.receive(json!({"type": "reset", "roomId": GARDEN, "epoch": "second", "headSeq": 3}));
    let load = fixture.conversation.loads.pop().expect("the room is to be loaded");
    let problem = Problem::over_socket("not_a_member".to_owned(), "You left.".to_owned(), None);
    fixture.conversation.finish_load(load, Err(Box::new(problem)));
    let removed = Update::Removed { room_id: GARDEN.into(), code: "not_a_member".to_owned() };
    assert_eq!(fixture.conversation.updates.back(), Some(&removed));
}

#[test]
fn after_removal_the_room_is_not_resumed() {
    let mut fixture = Fixture::resumed_at(7);
    fixture.receive(json!({"type": "removed", "roomId": GARDEN, "code": "banned"}));
    let removed = Update::Removed { room_id: GARDEN.into(), code: "banned".to_owned() };
    assert_eq!(fixture.conversation.updates.back(), Some(&removed));
    fixture.conversation.lose_connection();
    fixture.conversation.hello(&"token".into());
    assert_eq!(fixture.sent_frames().pop().expect("hello")["resume"], json!([]));
}

#[test]
fn messages_go_out_one_after_the_other_and_again_after_a_loss() {
    let mut fixture = Fixture::resumed_at(7);
    let mut answers = ["one", "two", "three"].map(|id| fixture.send(id));
    assert_eq!(fixture.sent_messages(), ["one"]);
    fixture.conversation.lose_connection();
    assert_eq!(fixture.sent_messages(), Vec::<Value>::new());

    fixture.connect(7, true);
    for (index, id) in ["one", "two", "three"].into_iter().enumerate() {
        let frames: Vec<_> =
            fixture.sent_frames().into_iter().filter(|frame| frame["type"] == "send").collect();
        assert_eq!(frames.len(), 1, "{frames:?}");
        assert_eq!(
            (&frames[0]["clientMessageId"], &frames[0]["body"]),
            (&json!(id), &json!(format!("body of {id}")))
        );
        fixture.acknowledge(&frames[0], 8 + i64::try_from(index).expect("few"));
    }
    let seqs = answers.each_mut().map(|answer| answer.try_recv().expect("answered").expect("posted").seq);
    assert_eq!(seqs, [8, 9, 10]);
}

#[test]
fn a_message_refused_for_the_moment_keeps_its_place() {
    let mut fixture = Fixture::resumed_at(7);
    let (mut first, _second) = (fixture.send("one"), fixture.send("two"));
    let id = fixture.sent_frames().pop().expect("the first")["id"].clone();
    fixture.receive(
        json!({"type": "error", "id": id, "code": "rate_limited", "detail": "Later.", "retryAfterMs": 50}),
    );
    assert_eq!(fixture.sent_messages(), Vec::<Value>::new(), "the second does not overtake it");
    let due = fixture.conversation.next_retry().expect("it is tried again");
    fixture.conversation.retry(due);
    assert_eq!(fixture.sent_messages(), ["one"]);
    assert!(first.try_recv().is_err(), "it is not answered yet");
    assert_eq!(fixture.conversation.next_retry(), None);
}

#[test]
fn a_refused_message_makes_way_for_the_next() {
    let mut fixture = Fixture::resumed_at(7);
    let (mut first, _second) = (fixture.send("one"), fixture.send("two"));
    let id = fixture.sent_frames().pop().expect("the first")["id"].clone();
    fixture.receive(json!({"type": "error", "id": id, "code": "not_a_member", "detail": "You left."}));
    let refused = first.try_recv().expect("answered").expect_err("refused");
    assert_eq!(refused.code(), Some("not_a_member"));
    assert_eq!(fixture.sent_messages(), ["two"]);
}

#[test]
fn a_message_that_would_end_the_connection_is_not_sent() {
    let mut fixture = Fixture::resumed_at(7);
    let mut answer = fixture.send(&"x".repeat(400));
    assert!(matches!(answer.try_recv(), Ok(Err(Error::TooLong))));
    fixture.send("short");
    assert_eq!(fixture.sent_messages(), ["short"]);
}

#[test]
fn a_read_mark_set_while_disconnected_is_sent_later_and_only_moves_up() {
    let mut fixture = Fixture::resumed_at(7);
    fixture.conversation.lose_connection();
    for seq in [5, 7, 6] {
        fixture.conversation.execute(Command::MarkRead(GARDEN.into(), seq));
    }
    fixture.connect(7, true);
    let marks: Vec<_> = fixture.sent_frames().into_iter().filter(|frame| frame["type"] == "read").collect();
    assert_eq!(marks, [json!({"type": "read", "roomId": GARDEN, "seq": 7})]);
}

#[test]
fn frames_and_events_of_a_newer_server_do_no_harm() {
    let mut fixture = Fixture::resumed_at(7);
    fixture.receive(json!({"type": "fireworks", "roomId": GARDEN}));
    let mut novel = event(GARDEN, 8);
    novel["kind"] = json!("message_pinned");
    novel["data"] = json!({"messageId": "m", "by": ["ana"]});
    fixture.receive(novel);
    fixture.receive_events([9]);
    assert_eq!(fixture.shown(), [8, 9]);
}
