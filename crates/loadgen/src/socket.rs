//! A socket, from connecting until the `welcome`.

use std::net::SocketAddr;
use std::time::Duration;

use client::{ExposeSecret, SecretString};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_tungstenite::client_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, http::StatusCode};

use crate::received::{Standing, Welcome};
use crate::wire::{self, Frame, Writer};

/// How long it may take from connecting to the welcome.
const WELCOMED_WITHIN: Duration = Duration::from_secs(30);

/// The point up to which a socket has its room's log.
#[derive(Debug, Clone)]
pub(crate) struct ResumePoint {
    pub(crate) room_id: String,
    pub(crate) epoch: String,
    pub(crate) seq: i64,
}

/// A socket that was welcomed.
#[derive(Debug)]
pub(crate) struct Socket {
    pub(crate) stream: TcpStream,
    /// What came right after the welcome.
    pub(crate) rest: Vec<u8>,
    /// The state of the room.
    pub(crate) standing: Standing,
}

/// Why a socket could not be opened.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("the server answered {0}")]
    Status(StatusCode),
    #[error("the server closed with {0}")]
    Closed(u16),
    #[error("{0}")]
    Other(String),
}

/// Connects, upgrades, says hello and waits for the welcome. A small receive buffer makes the server
/// notice soon that nobody reads.
pub(crate) async fn open(
    address: SocketAddr,
    token: &SecretString,
    resume_at: &ResumePoint,
    is_resuming: bool,
    receive_buffer: Option<u32>,
) -> Result<Socket, Refusal> {
    let opening = async {
        let stream = upgrade(address, receive_buffer).await?;
        greet(stream, token, resume_at, is_resuming).await
    };
    timeout(WELCOMED_WITHIN, opening)
        .await
        .map_err(|_| Refusal::Other("no welcome came in time".to_owned()))?
}

async fn upgrade(address: SocketAddr, receive_buffer: Option<u32>) -> Result<TcpStream, Refusal> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }.map_err(other)?;
    if let Some(size) = receive_buffer {
        socket.set_recv_buffer_size(size).map_err(other)?;
    }
    let stream = socket.connect(address).await.map_err(other)?;
    stream.set_nodelay(true).map_err(other)?;
    let mut request = format!("ws://{address}/api/ws").into_client_request().map_err(other)?;
    request.headers_mut().insert("Sec-WebSocket-Protocol", HeaderValue::from_static("hexroom.v1"));
    let (upgraded, _) = client_async(request, stream).await.map_err(|error| match error {
        Error::Http(response) => Refusal::Status(response.status()),
        error => other(error),
    })?;
    // The server says nothing before it has heard hello, so nothing is left in the library's buffer.
    Ok(upgraded.into_inner())
}

async fn greet(
    mut stream: TcpStream,
    token: &SecretString,
    resume_at: &ResumePoint,
    is_resuming: bool,
) -> Result<Socket, Refusal> {
    let ResumePoint { room_id, epoch, seq } = resume_at;
    let resume =
        if is_resuming { json!([{"roomId": room_id, "epoch": epoch, "seq": seq}]) } else { json!([]) };
    let hello = json!({"type": "hello", "token": token.expose_secret(), "resume": resume}).to_string();
    let mut writer = Writer::default();
    stream.write_all(writer.frame(|text| text.extend_from_slice(hello.as_bytes()))).await.map_err(other)?;

    let mut heard = Vec::new();
    loop {
        if stream.read_buf(&mut heard).await.map_err(other)? == 0 {
            return Err(Refusal::Other("the server closed the connection".to_owned()));
        }
        let mut bytes = &heard[..];
        while let Some(frame) = wire::take(&mut bytes).map_err(other)? {
            match frame {
                Frame::Close(code) => return Err(Refusal::Closed(code.unwrap_or_default())),
                Frame::Text(text) => {
                    let Ok(welcome) = serde_json::from_slice::<Welcome>(text) else { continue };
                    if welcome.kind == "welcome" {
                        let standing = welcome.into_rooms().remove(room_id);
                        let standing = standing
                            .ok_or_else(|| Refusal::Other(format!("the account is not in {room_id}")))?;
                        return Ok(Socket { rest: bytes.to_vec(), stream, standing });
                    }
                }
                Frame::Other => {}
            }
        }
        let rest = bytes.len();
        heard.drain(..heard.len() - rest);
    }
}

fn other(error: impl Into<Box<dyn std::error::Error>>) -> Refusal {
    Refusal::Other(error.into().to_string())
}
