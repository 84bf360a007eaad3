use std::io;
use std::sync::{Arc, Mutex};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};

/// An address that stays the same while servers come and go behind it. It ends with this value.
pub(crate) struct Relay {
    url: String,
    behind: Arc<Mutex<String>>,
    accepting: AbortHandle,
}

impl Relay {
    /// Passes on to the server at this URL.
    pub(crate) async fn to(url: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let behind = Arc::new(Mutex::new(String::new()));
        let accepting = tokio::spawn(accept(listener, Arc::clone(&behind))).abort_handle();
        let relay = Self { url: format!("http://{address}"), behind, accepting };
        relay.turn_to(url);
        relay
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Passes new connections on to the server at this URL.
    pub(crate) fn turn_to(&self, url: &str) {
        url.trim_start_matches("http://").clone_into(&mut self.behind.lock().expect("nobody panicked here"));
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, behind: Arc<Mutex<String>>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                let (client, _) = accepted.expect("the listener lasts");
                let behind = behind.lock().expect("nobody panicked here").clone();
                connections.spawn(pass_on(client, behind));
            }
            Some(_) = connections.join_next() => {}
        }
    }
}

/// When the server is gone, the client's connection ends.
async fn pass_on(mut client: TcpStream, behind: String) -> io::Result<()> {
    let mut server = TcpStream::connect(behind).await?;
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}
