//! How often the server asks the database for a message, a connection and a page of history, counted on a fixed script
//! and compared with what was accepted (ADR 30).

mod figures;
mod trips;

use figures::Figures;
use test_databases::{DatabaseServer, MYSQL};
use tokio_tungstenite::tungstenite::Message;
use trips::Relay;

use crate::support::{Server, Socket, Store, number};

/// How often each thing is counted. The figure is the median, which what the server does by the clock does not change.
const TIMES: usize = 25;

/// How often each thing is done before that, so that nothing is left to be done for the first time.
const BEFORE: usize = 5;

async fn the_database_is_asked_as_often_as_was_accepted(server: DatabaseServer) {
    let relay = Relay::to(server.options().tcp_port()).await;
    let store = Store::Database(server.reused_database().await);
    let server_name = if server == MYSQL { "mysql" } else { "mariadb" };
    let server = Server::start_on(store, &[("DB_PORT", &relay.port().to_string())]).await;
    let (members, room) = server.full_room().await;
    let mut counting = Counting { relay, figures: Figures::default() };

    let mut sockets = Vec::new();
    for member in &members {
        sockets.push(member.socket().await);
    }
    let mut posted = 0;
    counting
        .per("message", async || {
            posted += 1;
            post(&mut sockets, &room, &format!("message {posted}")).await;
        })
        .await;
    for socket in sockets {
        leave(socket).await;
    }
    counting.per("connection", async || leave(members[0].socket().await).await).await;
    let path = format!("/api/chatrooms/{room}/messages?limit=50");
    counting.per("page of history", async || drop(members[0].get(&path).await.json(200))).await;
    let path = format!("/api/chatrooms/{room}/messages?around={}", posted / 2);
    counting.per("page about a message", async || drop(members[0].get(&path).await.json(200))).await;
    counting.figures.compare(server_name);
}

/// Posts a message, and waits until all have it.
async fn post(sockets: &mut [Socket], room: &str, id: &str) {
    let ack = sockets[0].say(room, id, "hello").await;
    for socket in sockets {
        socket.wait_for_seq(room, number(&ack["seq"])).await;
    }
}

/// Closes a socket, and waits until the server has done so too.
async fn leave(mut socket: Socket) {
    socket.send_raw(Message::Close(None)).await.expect("the connection stands");
    socket.comes(|_| false).await;
}

struct Counting {
    relay: Relay,
    figures: Figures,
}

impl Counting {
    /// Notes how often the database is asked for something.
    async fn per(&mut self, what: &str, mut act: impl AsyncFnMut()) {
        for _ in 0..BEFORE {
            act().await;
        }
        self.relay.count();
        let mut counts = Vec::new();
        for _ in 0..TIMES {
            act().await;
            counts.push(self.relay.count());
        }
        counts.sort_unstable();
        println!("trips for each {what}: {counts:?}");
        self.figures.note(&format!("trips to the database per {what}"), counts[TIMES / 2]);
    }
}

test_databases::on_both_servers! { the_database_is_asked_as_often_as_was_accepted }
