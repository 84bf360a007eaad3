//! HTTP with as little work as possible: one request at a time on a connection that stays open.

use std::net::SocketAddr;

use client::{ExposeSecret, SecretString};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::Failure;

/// A connection to the server.
#[derive(Debug)]
pub(crate) struct HttpConnection {
    stream: TcpStream,
    host: SocketAddr,
    buffer: Vec<u8>,
}

/// An answer's status, and its body.
#[derive(Debug)]
pub(crate) struct Response<'a> {
    pub(crate) status: u16,
    pub(crate) body: &'a [u8],
}

impl HttpConnection {
    pub(crate) async fn connect(host: SocketAddr) -> Result<Self, Failure> {
        let stream = TcpStream::connect(host).await.map_err(lost)?;
        stream.set_nodelay(true).map_err(lost)?;
        Ok(Self { stream, host, buffer: Vec::with_capacity(64 * 1024) })
    }

    /// Gets a page with this token.
    pub(crate) async fn get(&mut self, path: &str, token: &SecretString) -> Result<Response<'_>, Failure> {
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n\r\n",
            self.host,
            token.expose_secret()
        );
        self.stream.write_all(request.as_bytes()).await.map_err(lost)?;
        self.buffer.clear();
        let head = loop {
            if let Some(head) = Head::read(&self.buffer)? {
                break head;
            }
            self.read_more().await?;
        };
        while self.buffer.len() < head.length + head.body {
            self.read_more().await?;
        }
        Ok(Response { status: head.status, body: &self.buffer[head.length..] })
    }

    async fn read_more(&mut self) -> Result<(), Failure> {
        match self.stream.read_buf(&mut self.buffer).await.map_err(lost)? {
            0 => Err(Failure::new("the server closed the connection")),
            _ => Ok(()),
        }
    }
}

fn lost(error: std::io::Error) -> Failure {
    Failure::because("a connection was lost", error)
}

/// The head of an answer.
#[derive(Debug, PartialEq, Eq)]
struct Head {
    status: u16,
    /// Bytes of the head.
    length: usize,
    /// Bytes of the body.
    body: usize,
}

impl Head {
    /// None if it is not complete yet.
    fn read(bytes: &[u8]) -> Result<Option<Self>, Failure> {
        let mut headers = [httparse::EMPTY_HEADER; 32];
        let mut response = httparse::Response::new(&mut headers);
        let invalid = |error| Failure::because("the answer is not HTTP", error);
        let httparse::Status::Complete(length) = response.parse(bytes).map_err(invalid)? else {
            return Ok(None);
        };
        let has_name = |header: &&httparse::Header| header.name.eq_ignore_ascii_case("content-length");
        let body = response
            .headers
            .iter()
            .find(has_name)
            .and_then(|header| std::str::from_utf8(header.value).ok()?.parse().ok())
            .ok_or_else(|| Failure::new("an answer has no Content-Length"))?;
        Ok(Some(Self { status: response.code.unwrap_or_default(), length, body }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_head_is_read_once_it_is_whole() {
        let head = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nDate: today\r\n\r\n";
        assert_eq!(Head::read(&head[..20]).expect("sound"), None);
        let expected = Head { status: 200, length: head.len(), body: 5 };
        assert_eq!(Head::read(head).expect("sound"), Some(expected));
    }

    #[test]
    fn an_answer_without_a_length_is_refused() {
        assert!(Head::read(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
        assert!(Head::read(b"SSH-2.0-OpenSSH\r\n\r\n").is_err());
    }
}
