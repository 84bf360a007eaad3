//! A way to a server that a test can cut.

use std::sync::{Arc, Mutex};

use mysql_async::Opts;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

/// Passes everything on, until it is cut, and again for new connections.
pub(crate) struct Proxy {
    port: u16,
    /// Those who are connected, and the one who waits for more; they go with the value.
    tasks: Arc<Mutex<JoinSet<()>>>,
    _listening: JoinSet<()>,
}

impl Proxy {
    /// A way to the server with these options.
    pub(crate) async fn to(server: &Opts) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let tasks: Arc<Mutex<JoinSet<()>>> = Arc::default();
        let (server, connected) =
            (format!("{}:{}", server.ip_or_hostname(), server.tcp_port()), tasks.clone());
        let mut listening = JoinSet::new();
        listening.spawn(async move {
            loop {
                let (mut client, _) = listener.accept().await.expect("somebody comes");
                let server = server.clone();
                connected.lock().expect("nobody panicked here").spawn(async move {
                    let mut server = TcpStream::connect(server).await.expect("the server listens");
                    // However it ends, it has ended.
                    drop(copy_bidirectional(&mut client, &mut server).await);
                });
            }
        });
        Self { port, tasks, _listening: listening }
    }

    /// The port to connect to.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Ends all connections that there are; answers how many.
    pub(crate) fn cut(&self) -> usize {
        let cut = std::mem::take(&mut *self.tasks.lock().expect("nobody panicked here"));
        cut.len()
    }
}
