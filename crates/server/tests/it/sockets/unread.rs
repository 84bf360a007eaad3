//! Unread counts, after any course of events.

use proptest::prelude::*;
use tokio::runtime::Runtime;

use crate::support::{Actor, ROOM_PASSWORD, Server, json, number, text};

/// Something that a member does. Numbers choose among what there is.
#[derive(Debug, Clone)]
enum Deed {
    Say {
        who: usize,
    },
    Edit {
        which: usize,
    },
    Delete {
        which: usize,
    },
    Read {
        who: usize,
        up_to: usize,
    },
    /// The owner stays, and says something instead.
    LeaveAndComeBack {
        who: usize,
    },
}

fn any_deed() -> impl Strategy<Value = Deed> {
    let who = 0..3_usize;
    prop_oneof![
        4 => who.clone().prop_map(|who| Deed::Say { who }),
        1 => any::<usize>().prop_map(|which| Deed::Edit { which }),
        2 => any::<usize>().prop_map(|which| Deed::Delete { which }),
        2 => (who.clone(), any::<usize>()).prop_map(|(who, up_to)| Deed::Read { who, up_to }),
        1 => who.prop_map(|who| Deed::LeaveAndComeBack { who }),
    ]
}

struct Message {
    id: String,
    seq: i64,
    author: usize,
    is_deleted: bool,
}

/// A room as it should be.
struct Room<'a> {
    id: String,
    people: &'a [Actor; 3],
    messages: Vec<Message>,
    head: i64,
    /// Up to where each has read.
    read: [i64; 3],
}

impl<'a> Room<'a> {
    async fn open(people: &'a [Actor; 3]) -> Self {
        let id = people[0].create_room("Garden").await;
        for member in &people[1..] {
            member.join(&id).await.expect_status(200);
        }
        Self { id, people, messages: Vec::new(), head: 3, read: [1, 2, 3] }
    }

    async fn happen(&mut self, deed: &Deed) {
        let path = format!("/api/chatrooms/{}", self.id);
        match *deed {
            Deed::LeaveAndComeBack { who } if who > 0 => {
                self.people[who].post(&format!("{path}/leave"), json!({})).await.expect_status(204);
                let back = json!({"roomId": self.id, "password": ROOM_PASSWORD});
                self.people[who].post("/api/joinroom", back).await.expect_status(200);
                self.head += 2;
                self.read[who] = self.head;
            }
            Deed::Say { who: author } | Deed::LeaveAndComeBack { who: author } => {
                let posted = self.people[author].say(&self.id, "something").await;
                self.head += 1;
                let (id, seq) = (text(&posted["messageId"]), number(&posted["seq"]));
                self.messages.push(Message { id, seq, author, is_deleted: false });
            }
            Deed::Edit { which } => {
                let (path, head) = (format!("{path}/messages"), self.head);
                let Some(message) = self.visible(which) else { return };
                let (id, author) = (message.id.clone(), message.author);
                let edit = json!({"body": format!("edited at {head}")});
                self.people[author].patch(&format!("{path}/{id}"), edit).await.expect_status(200);
                self.head += 1;
            }
            Deed::Delete { which } => {
                let Some(message) = self.visible(which) else { return };
                message.is_deleted = true;
                let (id, author) = (message.id.clone(), message.author);
                self.people[author].delete(&format!("{path}/messages/{id}")).await.expect_status(204);
                self.head += 1;
            }
            Deed::Read { who, up_to } => {
                let up_to = i64::try_from(up_to % (usize::try_from(self.head).expect("positive") + 1));
                let up_to = up_to.expect("not beyond the head");
                self.people[who].put(&format!("{path}/read"), json!({"seq": up_to})).await.expect_status(200);
                self.read[who] = self.read[who].max(up_to);
            }
        }
    }

    fn visible(&mut self, which: usize) -> Option<&mut Message> {
        let visible = self.messages.iter().filter(|message| !message.is_deleted).count();
        let nth = which.checked_rem(visible)?;
        self.messages.iter_mut().filter(|message| !message.is_deleted).nth(nth)
    }

    /// What each of the three has read, and how much not.
    fn markers(&self) -> Vec<(i64, i64)> {
        let unread = |who: usize, read: i64| {
            let is_unread =
                |message: &&Message| message.seq > read && message.author != who && !message.is_deleted;
            self.messages.iter().filter(is_unread).count()
        };
        let marker = |(who, read): (usize, i64)| (read, i64::try_from(unread(who, read)).expect("few"));
        self.read.into_iter().enumerate().map(marker).collect()
    }

    /// What the server says of the same over HTTP.
    async fn shown(&self) -> Vec<(i64, i64)> {
        let mut shown = Vec::new();
        for member in self.people {
            let room = member.room(&self.id).await;
            shown.push((number(&room["readSeq"]), number(&room["unread"])));
        }
        shown
    }

    /// And in the welcome of a socket.
    async fn welcomed(&self) -> Vec<(i64, i64)> {
        let mut welcomed = Vec::new();
        for member in self.people {
            let (socket, welcome) = member.resuming_socket(json!([])).await;
            let rooms = welcome["rooms"].as_array().expect("a list");
            let room = rooms.iter().find(|room| room["roomId"] == self.id.as_str()).expect("it is listed");
            welcomed.push((number(&room["readSeq"]), number(&room["unread"])));
            socket.close().await;
        }
        welcomed
    }
}

#[test]
fn unread_counts_what_others_wrote_above_the_marker_whatever_happened() {
    let runtime = Runtime::new().expect("a runtime");
    let (_server, people) = runtime.block_on(async {
        let server = Server::start().await;
        let people = server.register_all(["ana", "bo-b", "cy-c"]).await;
        for member in &people {
            server.make_prime(member).await;
        }
        (server, people)
    });
    proptest!(ProptestConfig { cases: 8, failure_persistence: None, ..ProptestConfig::default() }, |(
        course in prop::collection::vec(any_deed(), 1..30),
    )| {
        runtime.block_on(async {
            let mut room = Room::open(&people).await;
            for deed in &course {
                room.happen(deed).await;
                assert_eq!(room.shown().await, room.markers(), "after {deed:?}");
            }
            assert_eq!(room.welcomed().await, room.markers());
        });
    });
}
