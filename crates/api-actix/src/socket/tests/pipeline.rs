use std::cell::RefCell;
use std::rc::Rc;
use std::task::Waker;

use futures_util::future::pending;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::*;
use crate::socket::connection::outbox::MOST_FRAMES;
use crate::socket::protocol::requests::{Request, read};
use crate::socket::tests::cast::room_id;

/// A store that does what it was given only when the test says so.
#[derive(Default)]
struct Desk {
    given: RefCell<Vec<(Value, oneshot::Sender<()>)>>,
    done: RefCell<Vec<Value>>,
}

impl Desk {
    fn obey(self: Rc<Self>, command: &Command) -> UnderWay {
        let id = command.id().cloned().unwrap_or_default();
        let (done, is_done) = oneshot::channel();
        self.given.borrow_mut().push((id.clone(), done));
        async move {
            is_done.await.expect("the test says when");
            self.done.borrow_mut().push(id.clone());
            Some(Frame::json(&id))
        }
        .boxed_local()
    }

    /// The ids of what is being done.
    fn under_way(&self) -> Vec<Value> {
        self.given.borrow().iter().map(|(id, _)| id.clone()).collect()
    }

    fn complete(&self, id: u32) {
        let mut given = self.given.borrow_mut();
        let place = given.iter().position(|(other, _)| *other == json!(id)).expect("it is under way");
        given.remove(place).1.send(()).expect("somebody waits for it");
    }
}

fn command(frame: &Value) -> Command {
    match read(&frame.to_string()) {
        Ok(Request::Command(command)) => command,
        other => panic!("{frame} was read as {other:?}"),
    }
}

fn send(id: u32) -> Command {
    let room_id = room_id().to_string();
    command(&json!({"type": "send", "id": id, "roomId": room_id, "clientMessageId": "c", "body": "hi"}))
}

fn edit(id: u32) -> Command {
    let room_id = room_id().to_string();
    command(&json!({"type": "edit", "id": id, "roomId": room_id, "messageId": "m", "body": "hi"}))
}

/// A connection whose commands wait on a desk.
#[derive(Default)]
struct Stage {
    pipeline: Pipeline,
    outbox: Outbox,
    desk: Rc<Desk>,
}

impl Stage {
    fn add(&mut self, commands: impl IntoIterator<Item = Command>) {
        for command in commands {
            self.pipeline.add(command);
        }
        self.turn();
    }

    fn turn(&mut self) {
        let (desk, mut cx) = (self.desk.clone(), Context::from_waker(Waker::noop()));
        self.pipeline.poll(&mut cx, &self.outbox, |command| desk.clone().obey(&command));
    }

    fn complete(&mut self, id: u32) {
        self.desk.complete(id);
        self.turn();
    }
}

#[test]
fn messages_are_begun_together_and_answered_in_their_order() {
    let mut stage = Stage::default();
    stage.add([send(1), send(2), send(3)]);
    assert_eq!(stage.desk.under_way(), [1, 2, 3]);
    stage.complete(3);
    stage.complete(2);
    assert_eq!(stage.outbox.values(), [json!(null); 0]);
    stage.complete(1);
    assert_eq!(stage.outbox.values(), [1, 2, 3]);
}

#[test]
fn each_goes_on_by_itself_though_one_before_it_still_waits() {
    let mut stage = Stage::default();
    stage.add([send(1), send(2), send(3)]);
    stage.complete(3);
    stage.complete(2);
    assert_eq!(*stage.desk.done.borrow(), [3, 2]);
}

#[test]
fn any_other_command_waits_for_those_before_it_and_holds_those_behind_it() {
    let mut stage = Stage::default();
    stage.add([send(1), edit(2), edit(3), send(4)]);
    for (id, next) in [(1, vec![2]), (2, vec![3]), (3, vec![4]), (4, vec![])] {
        assert_eq!(stage.desk.under_way().len(), 1);
        stage.complete(id);
        assert_eq!(stage.desk.under_way(), next);
    }
    assert_eq!(stage.outbox.values(), [1, 2, 3, 4]);
}

#[test]
fn commands_wait_until_the_connection_is_open() {
    let (open, is_open) = oneshot::channel();
    let opening = async { is_open.await.expect("it opens") };
    let mut stage = Stage { pipeline: Pipeline::behind(opening), ..Stage::default() };
    stage.add([send(1), send(2)]);
    assert_eq!(stage.desk.under_way(), [json!(null); 0]);
    open.send(()).expect("it is waited for");
    stage.turn();
    assert_eq!(stage.desk.under_way(), [1, 2]);
}

#[test]
fn so_many_commands_wait_and_no_more() {
    let mut stage = Stage { pipeline: Pipeline::behind(pending()), ..Stage::default() };
    let mut added = 1;
    while stage.pipeline.has_room() {
        stage.add([send(added)]);
        added += 1;
    }
    assert_eq!(added as usize, MOST_COMMANDS);
}

#[test]
fn who_does_not_read_the_answers_is_not_asked_for_more() {
    let mut stage = Stage::default();
    for _ in 0..MOST_FRAMES / 2 {
        stage.outbox.push(Frame::json(&"event"));
    }
    stage.add([send(1)]);
    assert_eq!(stage.desk.under_way(), [json!(null); 0]);
    stage.outbox.drain();
    assert!(stage.pipeline.can_begin(&stage.outbox));
    stage.turn();
    assert_eq!(stage.desk.under_way(), [1]);
}

#[test]
fn what_was_begun_is_finished_and_what_was_not_is_forgotten() {
    let mut stage = Stage::default();
    stage.add([send(1), send(2), edit(3)]);
    let Stage { pipeline, outbox, desk } = stage;
    let mut finishing = std::pin::pin!(pipeline.finish(&outbox));
    let mut cx = Context::from_waker(Waker::noop());
    for id in [2, 1] {
        assert!(finishing.as_mut().poll(&mut cx).is_pending());
        desk.complete(id);
    }
    assert!(finishing.as_mut().poll(&mut cx).is_ready());
    assert_eq!(desk.under_way(), [json!(null); 0]);
}
