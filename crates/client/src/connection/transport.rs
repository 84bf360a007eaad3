//! One WebSocket connection, from its handshake to its end.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderValue, StatusCode};
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, WebSocketConfig};
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::frames::ServerFrame;
use crate::server::CONNECT_WITHIN;
use crate::{Error, Server};

/// How long the server may take to take a frame.
const TAKEN_WITHIN: Duration = Duration::from_secs(10);

/// The longest frame that is read. A welcome names all of the account's rooms.
const LONGEST_FRAME: usize = 8 * 1024 * 1024;

/// The close code that asks for a new token.
pub(super) const TOKEN_EXPIRED: u16 = 4004;

/// Why a connection ended or could not be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Disconnect {
    /// The close code of the socket, if there was one.
    pub(super) code: Option<u16>,
    pub(super) reason: String,
    /// After how long the server wants to be asked again.
    pub(super) retry_after: Option<Duration>,
    /// Whether the same attempt would end the same way.
    pub(super) for_good: bool,
}

impl Disconnect {
    pub(super) fn for_now(reason: impl Into<String>) -> Self {
        Self { code: None, reason: reason.into(), retry_after: None, for_good: false }
    }

    pub(super) fn closed(code: u16, reason: String) -> Self {
        Self { code: Some(code), for_good: (4500..5000).contains(&code), ..Self::for_now(reason) }
    }
}

impl From<Error> for Disconnect {
    /// A call failed that the connection depends on.
    fn from(error: Error) -> Self {
        let lost = Self::for_now(error.to_string());
        match error {
            Error::Refused(problem) => Self {
                retry_after: problem.retry_after,
                for_good: matches!(problem.status, Some(401 | 403)),
                ..lost
            },
            _ => lost,
        }
    }
}

impl From<tungstenite::Error> for Disconnect {
    fn from(error: tungstenite::Error) -> Self {
        let lost = Self::for_now(error.to_string());
        let tungstenite::Error::Http(response) = error else { return lost };
        let may_pass = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_EARLY, StatusCode::TOO_MANY_REQUESTS];
        let for_good = response.status().is_client_error() && !may_pass.contains(&response.status());
        Self { for_good, ..lost }
    }
}

pub(super) struct Transport {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
}

impl Transport {
    /// Connects and upgrades. The token is not part of it: an address ends up in logs.
    pub(super) async fn open(server: &Server) -> Result<Self, Disconnect> {
        let mut url = server.url(&["api", "ws"]);
        let scheme = if url.scheme() == "https" { "wss" } else { "ws" };
        url.set_scheme(scheme).expect("one web scheme is as good as the other");
        let mut request = url.as_str().into_client_request()?;
        request.headers_mut().insert("Sec-WebSocket-Protocol", HeaderValue::from_static("hexroom.v1"));
        let config = WebSocketConfig::default()
            .max_message_size(Some(LONGEST_FRAME))
            .max_frame_size(Some(LONGEST_FRAME));
        #[cfg(feature = "tls")]
        let opening = tokio_tungstenite::connect_async_tls_with_config(
            request,
            Some(config),
            true,
            Some(server.connector()),
        );
        #[cfg(not(feature = "tls"))]
        let opening = tokio_tungstenite::connect_async_with_config(request, Some(config), true);
        let opened = timeout(CONNECT_WITHIN, opening).await;
        let (stream, _) = opened.map_err(|_| Disconnect::for_now("the server does not answer"))??;
        Ok(Self { stream })
    }

    /// Writes a frame.
    pub(super) async fn send(&mut self, frame: String) -> Result<(), Disconnect> {
        let sent = timeout(TAKEN_WITHIN, self.stream.send(Message::text(frame))).await;
        Ok(sent.map_err(|_| Disconnect::for_now("the server does not read"))??)
    }

    /// Reads the next frame. A frame that cannot be understood is skipped: a lost event leaves a gap, and
    /// gaps are noticed.
    pub(super) async fn receive(&mut self) -> Result<ServerFrame, Disconnect> {
        match self.stream.next().await {
            Some(Ok(Message::Text(text))) => Ok(serde_json::from_str(&text).unwrap_or(ServerFrame::Other)),
            Some(Ok(Message::Close(Some(CloseFrame { code, reason })))) => {
                Err(Disconnect::closed(code.into(), reason.as_str().to_owned()))
            }
            Some(Ok(Message::Close(None))) | None => Err(Disconnect::for_now("the connection was closed")),
            Some(Ok(_)) => Ok(ServerFrame::Other),
            Some(Err(error)) => Err(error.into()),
        }
    }

    /// Closes the connection.
    pub(super) async fn close(mut self) {
        timeout(TAKEN_WITHIN, self.stream.close(None)).await.ok();
    }
}
