use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// Commands that nobody answers: a goodbye, and the end of a prepared statement.
const UNANSWERED: [u8; 2] = [0x01, 0x19];

/// A way to a database on this machine that counts what it is asked.
pub(crate) struct Relay {
    port: u16,
    trips: Arc<AtomicU64>,
    _listening: JoinSet<()>,
}

impl Relay {
    pub(crate) async fn to(database: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let trips: Arc<AtomicU64> = Arc::default();
        let mut listening = JoinSet::new();
        let counter = Arc::clone(&trips);
        listening.spawn(async move {
            let mut connected = JoinSet::new();
            loop {
                let (client, _) = listener.accept().await.expect("somebody comes");
                let server = TcpStream::connect(("127.0.0.1", database)).await.expect("the database listens");
                for end in [&client, &server] {
                    end.set_nodelay(true).expect("a setting of each socket");
                }
                let ((from_client, mut to_client), (mut from_server, to_server)) =
                    (client.into_split(), server.into_split());
                connected.spawn(async move { drop(copy(&mut from_server, &mut to_client).await) });
                connected.spawn(ask(from_client, to_server, Arc::clone(&counter)));
            }
        });
        Self { port, trips, _listening: listening }
    }

    /// The port to connect to.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// How often the database was asked something since the last time; but not for the lease, which is looked at every
    /// few seconds.
    pub(crate) fn count(&self) -> u64 {
        self.trips.swap(0, Ordering::SeqCst)
    }
}

/// Passes on what the client sends, packet by packet, until it goes.
async fn ask(mut client: OwnedReadHalf, mut server: OwnedWriteHalf, trips: Arc<AtomicU64>) {
    let mut counts = true;
    loop {
        let mut packet = vec![0; 4];
        if client.read_exact(&mut packet).await.is_err() {
            return;
        }
        let length = usize::from(packet[0]) | usize::from(packet[1]) << 8 | usize::from(packet[2]) << 16;
        let is_command = packet[3] == 0;
        packet.resize(4 + length, 0);
        if client.read_exact(&mut packet[4..]).await.is_err() {
            return;
        }
        counts = counts && !packet.windows(9).any(|word| word == b"GET_LOCK(");
        if counts && is_command && !UNANSWERED.contains(&packet[4]) {
            trips.fetch_add(1, Ordering::SeqCst);
        }
        if server.write_all(&packet).await.is_err() {
            return;
        }
    }
}
