//! Pages of a room's history, read over HTTP.

use client::{Client, RoomId, SecretString};
use serde::Deserialize;

use crate::Failure;
use crate::http::HttpConnection;

/// The most messages on a page.
pub(crate) const PAGE: usize = 50;

/// Asks for a page.
#[derive(Debug)]
pub(crate) struct PageRequest {
    path: String,
    token: SecretString,
}

/// A message on a page.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Item<'a> {
    pub(crate) client_message_id: &'a str,
    /// Where a page before or after it begins.
    pub(crate) seq: i64,
}

#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow)]
    items: Vec<Item<'a>>,
}

impl PageRequest {
    /// As a member whose token lasts: the newest page, or with `&before=` or `&after=` a seq one that is further back.
    pub(crate) fn new(member: &Client, room_id: &RoomId, window: &str) -> Self {
        let token = member.tokens().borrow().access_token.clone();
        Self { path: format!("/api/chatrooms/{room_id}/messages?limit={PAGE}{window}"), token }
    }

    /// The page as it was received.
    pub(crate) async fn send<'a>(&self, connection: &'a mut HttpConnection) -> Result<&'a [u8], Failure> {
        let answer = connection.get(&self.path, &self.token).await?;
        if answer.status != 200 {
            return Err(Failure::new(format!("{} answered {}", self.path, answer.status)));
        }
        Ok(answer.body)
    }
}

/// The messages on a page, oldest first.
pub(crate) fn items(page: &[u8]) -> Result<Vec<Item<'_>>, Failure> {
    let page: Page =
        serde_json::from_slice(page).map_err(|error| Failure::because("a page cannot be read", error))?;
    Ok(page.items)
}
