//! The table of messages.

use std::env;
use std::sync::Arc;

use actix_web::Responder;
use actix_web::error::{ErrorForbidden, ErrorInternalServerError};
use actix_web::web::{Data, Json, Path, Query};
use jiff::Timestamp;
use mysql_async::prelude::Queryable;
use mysql_async::{Conn, Error, Opts, OptsBuilder, Params, Pool, PoolConstraints, PoolOpts, params};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::accounts::User;
use crate::rooms::Rooms;

const TABLE: &str = "CREATE TABLE messages (
    message_id BIGINT PRIMARY KEY AUTO_INCREMENT,
    room_id CHAR(36) NOT NULL,
    sender_id VARCHAR(32) NOT NULL,
    client_message_id VARCHAR(64) NOT NULL,
    body TEXT NOT NULL,
    sent_at BIGINT NOT NULL,
    KEY (room_id, message_id)
) ENGINE = InnoDB";

const INSERT: &str = "INSERT INTO messages (room_id, sender_id, client_message_id, body, sent_at)
    VALUES (?, ?, ?, ?, ?)";

/// The newest below a place.
const BEFORE: &str = "SELECT message_id, sender_id, client_message_id, body, sent_at FROM messages
    WHERE room_id = :room AND message_id < :before ORDER BY message_id DESC LIMIT :limit";

/// The oldest above a place.
const AFTER: &str = "SELECT message_id, sender_id, client_message_id, body, sent_at FROM messages
    WHERE room_id = :room AND message_id > :after ORDER BY message_id LIMIT :limit";

/// What sessions begin with, whatever the server would give them.
const SESSION: [&str; 2] = ["SET SESSION TRANSACTION READ WRITE", "SET autocommit = 1, sql_big_selects = 1"];

fn options() -> OptsBuilder {
    let setting = |name| env::var(name).unwrap_or_default();
    OptsBuilder::default()
        .ip_or_hostname(setting("DB_HOST"))
        .tcp_port(setting("DB_PORT").parse().unwrap_or(3306))
        .user(Some(setting("DB_USER")))
        .pass(Some(setting("DB_PASSWORD")))
        .db_name(Some(setting("DB_NAME")))
        .prefer_socket(false)
        .init(SESSION.to_vec())
}

pub(crate) async fn create_table() -> Result<(), Error> {
    let mut connection = Conn::new(Opts::from(options())).await?;
    connection.query_drop(TABLE).await?;
    connection.disconnect().await
}

/// A message as clients see it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Message {
    #[serde(rename = "messageId")]
    pub(crate) id: String,
    pub(crate) room_id: Arc<str>,
    /// Its place in the live order, or in the table.
    pub(crate) seq: i64,
    pub(crate) sender_id: Arc<str>,
    pub(crate) client_message_id: String,
    pub(crate) body: String,
    pub(crate) sent_at: Timestamp,
    pub(crate) revision: u32,
    pub(crate) deleted: bool,
}

/// Stores and reads messages.
pub(crate) struct Messages {
    pool: Pool,
}

impl Messages {
    pub(crate) fn over(connections: usize) -> Self {
        let constraints = PoolConstraints::new(connections, connections).unwrap_or_default();
        // Resetting a connection after each use would cost a trip, and its prepared statements.
        let pool = PoolOpts::default().with_constraints(constraints).with_reset_connection(false);
        Self { pool: Pool::new(options().pool_opts(pool)) }
    }

    /// Returns the id of the row once it is durable.
    pub(crate) async fn insert(
        &self,
        room_id: &str,
        sender_id: &str,
        client_message_id: &str,
        body: &str,
        sent_at: Timestamp,
    ) -> Result<u64, Error> {
        let mut connection = self.pool.get_conn().await?;
        let row = (room_id, sender_id, client_message_id, body, sent_at.as_millisecond());
        connection.exec_drop(INSERT, row).await?;
        Ok(connection.last_insert_id().unwrap_or_default())
    }

    async fn page(&self, room_id: &str, window: &Window) -> Result<Vec<Message>, Error> {
        let (select, place): (_, Params) = match *window {
            Window { after: Some(after), limit, .. } => (AFTER, params! {"room" => room_id, after, limit}),
            Window { before, limit, .. } => {
                (BEFORE, params! {"room" => room_id, "before" => before.unwrap_or(i64::MAX), limit})
            }
        };
        let room_id: Arc<str> = room_id.into();
        let message = |(id, sender_id, client_message_id, body, sent_at): (i64, String, _, _, _)| Message {
            id: id.to_string(),
            room_id: Arc::clone(&room_id),
            seq: id,
            sender_id: sender_id.into(),
            client_message_id,
            body,
            sent_at: Timestamp::from_millisecond(sent_at).unwrap_or_default(),
            revision: 0,
            deleted: false,
        };
        let mut page = self.pool.get_conn().await?.exec_map(select, place, message).await?;
        page.sort_unstable_by_key(|message| message.seq);
        Ok(page)
    }
}

#[derive(Deserialize)]
pub(crate) struct Window {
    before: Option<i64>,
    after: Option<i64>,
    limit: u32,
}

pub(crate) async fn history(
    rooms: Data<Rooms>,
    messages: Data<Messages>,
    User(user_id): User,
    room_id: Path<String>,
    window: Query<Window>,
) -> actix_web::Result<impl Responder> {
    if !rooms.has_member(&room_id, &user_id) {
        return Err(ErrorForbidden("not a member"));
    }
    let items = messages.page(&room_id, &window).await.map_err(ErrorInternalServerError)?;
    let has_more = items.len() == window.limit as usize;
    Ok(Json(json!({"items": items, "hasMore": has_more})))
}
