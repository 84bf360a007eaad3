use std::cell::RefCell;
use std::rc::Rc;
use std::task::Waker;

use futures_util::future::{pending, ready};
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::*;
use crate::socket::connection::outbox::MOST_FRAMES;
use crate::socket::protocol::client_frames::{Request, read};
use crate::socket::tests::cast::room_id;

/// A store that does what it was given only when the test says so.
#[derive(Default)]
struct Desk {
    given: RefCell<Vec<(Value, oneshot::Sender<()>)>>,
    done: RefCell<Vec<Value>>,
}

impl Execute for Desk {
    fn execute(self: Rc<Self>, command: Command) -> Execution {
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
}

impl Desk {
    /// The ids of what is being done.
    fn under_way(&self) -> Vec<Value> {
        self.given.borrow().iter().map(|(id, _)| id.clone()).collect()
    }

    fn complete(&self, id: u32) {
        let mut given = self.given.borrow_mut();
        let index = given.iter().position(|(other, _)| *other == json!(id)).expect("it is under way");
        given.remove(index).1.send(()).expect("somebody waits for it");
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
struct Fixture {
    pipeline: Pipeline<Desk>,
    outbox: Outbox,
    desk: Rc<Desk>,
}

impl Default for Fixture {
    fn default() -> Self {
        Self::behind(ready(()))
    }
}

impl Fixture {
    fn behind(opening: impl Future<Output = ()> + 'static) -> Self {
        let desk = Rc::<Desk>::default();
        Self { pipeline: Pipeline::behind(opening, desk.clone()), outbox: Outbox::default(), desk }
    }

    fn add(&mut self, commands: impl IntoIterator<Item = Command>) {
        for command in commands {
            self.pipeline.add(command);
        }
        self.turn();
    }

    fn turn(&mut self) {
        self.pipeline.poll(&mut Context::from_waker(Waker::noop()), &self.outbox);
    }

    fn complete(&mut self, id: u32) {
        self.desk.complete(id);
        self.turn();
    }
}

#[test]
fn messages_are_begun_together_and_answered_in_their_order() {
    let mut fixture = Fixture::default();
    fixture.add([send(1), send(2), send(3)]);
    assert_eq!(fixture.desk.under_way(), [1, 2, 3]);
    fixture.complete(3);
    fixture.complete(2);
    assert_eq!(fixture.outbox.values(), [json!(null); 0]);
    fixture.complete(1);
    assert_eq!(fixture.outbox.values(), [1, 2, 3]);
}

#[test]
fn each_goes_on_by_itself_though_one_before_it_still_waits() {
    let mut fixture = Fixture::default();
    fixture.add([send(1), send(2), send(3)]);
    fixture.complete(3);
    fixture.complete(2);
    assert_eq!(*fixture.desk.done.borrow(), [3, 2]);
}

#[test]
fn any_other_command_waits_for_those_before_it_and_holds_those_behind_it() {
    let mut fixture = Fixture::default();
    fixture.add([send(1), edit(2), edit(3), send(4)]);
    for (id, next) in [(1, vec![2]), (2, vec![3]), (3, vec![4]), (4, vec![])] {
        assert_eq!(fixture.desk.under_way().len(), 1);
        fixture.complete(id);
        assert_eq!(fixture.desk.under_way(), next);
    }
    assert_eq!(fixture.outbox.values(), [1, 2, 3, 4]);
}

#[test]
fn commands_wait_until_the_connection_is_open() {
    let (open, is_open) = oneshot::channel();
    let opening = async { is_open.await.expect("it opens") };
    let mut fixture = Fixture::behind(opening);
    fixture.add([send(1), send(2)]);
    assert_eq!(fixture.desk.under_way(), [json!(null); 0]);
    open.send(()).expect("it is waited for");
    fixture.turn();
    assert_eq!(fixture.desk.under_way(), [1, 2]);
}

#[test]
fn so_many_commands_wait_and_no_more() {
    let mut fixture = Fixture::behind(pending());
    let mut added = 1;
    while fixture.pipeline.has_room() {
        fixture.add([send(added)]);
        added += 1;
    }
    assert_eq!(added as usize, MOST_COMMANDS);
}

#[test]
fn who_does_not_read_the_answers_is_not_asked_for_more() {
    let mut fixture = Fixture::default();
    for _ in 0..MOST_FRAMES / 2 {
        fixture.outbox.push(Frame::json(&"event"));
    }
    fixture.add([send(1)]);
    assert_eq!(fixture.desk.under_way(), [json!(null); 0]);
    fixture.outbox.drain();
    assert!(fixture.pipeline.can_begin(&fixture.outbox));
    fixture.turn();
    assert_eq!(fixture.desk.under_way(), [1]);
}

#[test]
fn what_was_begun_is_finished_and_what_was_not_is_forgotten() {
    let mut fixture = Fixture::default();
    fixture.add([send(1), send(2), edit(3)]);
    let Fixture { pipeline, outbox, desk } = fixture;
    let mut finishing = std::pin::pin!(pipeline.finish(&outbox));
    let mut cx = Context::from_waker(Waker::noop());
    for id in [2, 1] {
        assert!(finishing.as_mut().poll(&mut cx).is_pending());
        desk.complete(id);
    }
    assert!(finishing.as_mut().poll(&mut cx).is_ready());
    assert_eq!(desk.under_way(), [json!(null); 0]);
}
