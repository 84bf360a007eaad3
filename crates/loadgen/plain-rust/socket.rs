//! The WebSocket.

use std::sync::Arc;

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, rt};
use actix_ws::{Message as Frame, MessageStream, Session};
use bytestring::ByteString;
use futures_util::StreamExt;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::sync::broadcast::Receiver;
use tokio::task::JoinSet;

use crate::accounts::Tokens;
use crate::messages::{Message, Messages};
use crate::rooms::{Room, Rooms};

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum ClientFrame {
    Hello {
        token: String,
    },
    Send {
        id: Value,
        room_id: String,
        client_message_id: String,
        body: String,
    },
    #[serde(other)]
    Other,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
enum ServerFrame<'a> {
    Ack { id: &'a Value, room_id: &'a str, seq: i64, message_id: &'a str, duplicate: bool },
    Event { room_id: &'a str, seq: i64, kind: &'a str, actor: &'a str, at: Timestamp, data: &'a Message },
}

impl ServerFrame<'_> {
    fn json(&self) -> String {
        serde_json::to_string(self).expect("frames have text keys")
    }
}

pub(crate) async fn open(
    request: HttpRequest,
    body: Payload,
    tokens: Data<Tokens>,
    rooms: Data<Rooms>,
    messages: Data<Messages>,
) -> actix_web::Result<HttpResponse> {
    let (response, session, stream) = actix_ws::handle_with_protocols(&request, body, &["hexroom.v1"])?;
    rt::spawn(serve(session, stream, tokens, rooms, messages));
    Ok(response)
}

async fn serve(
    mut session: Session,
    mut stream: MessageStream,
    tokens: Data<Tokens>,
    rooms: Data<Rooms>,
    messages: Data<Messages>,
) {
    let mut signed_in: Option<(Arc<str>, Vec<Arc<Room>>)> = None;
    // Ends with this function.
    let mut forwarding = JoinSet::new();
    while let Some(Ok(frame)) = stream.next().await {
        let Frame::Text(text) = frame else { continue };
        match (serde_json::from_str(&text), &signed_in) {
            (Ok(ClientFrame::Hello { token }), None) => {
                let Some(user_id) = tokens.user_of(&token) else { break };
                let entered = rooms.of(&user_id);
                welcome(&mut session, &entered, &mut forwarding).await;
                signed_in = Some((user_id.into(), entered));
            }
            (Ok(ClientFrame::Send { id, room_id, client_message_id, body }), Some((user_id, entered))) => {
                let Some(room) = entered.iter().find(|room| room.id == room_id) else { break };
                let message = Message {
                    id: String::new(),
                    room_id: room_id.into(),
                    seq: 0,
                    sender_id: Arc::clone(user_id),
                    client_message_id,
                    body,
                    sent_at: Timestamp::now(),
                    revision: 0,
                    deleted: false,
                };
                rt::spawn(post(session.clone(), messages.clone(), Arc::clone(room), id, message));
            }
            _ => break,
        }
    }
    _ = session.close(None).await;
}

/// Tells of the rooms, and from then on what happens there.
async fn welcome(session: &mut Session, entered: &[Arc<Room>], forwarding: &mut JoinSet<()>) {
    let (mut standings, mut logs) = (Vec::new(), Vec::new());
    for room in entered {
        let (head_seq, events) = room.enter();
        standings.push(json!({"roomId": room.id, "epoch": room.epoch, "headSeq": head_seq}));
        logs.push(events);
    }
    _ = session.text(json!({"type": "welcome", "rooms": standings}).to_string()).await;
    for events in logs {
        forwarding.spawn_local(forward(events, session.clone()));
    }
}

async fn forward(mut events: Receiver<ByteString>, mut session: Session) {
    while let Ok(event) = events.recv().await {
        if session.text(event).await.is_err() {
            return;
        }
    }
    // It missed some.
    _ = session.close(None).await;
}

async fn post(
    mut session: Session,
    messages: Data<Messages>,
    room: Arc<Room>,
    id: Value,
    mut message: Message,
) {
    let Message { sender_id, client_message_id, body, sent_at, .. } = &message;
    let Ok(row) = messages.insert(&room.id, sender_id, client_message_id, body, *sent_at).await else {
        _ = session.close(None).await;
        return;
    };
    message.id = row.to_string();
    let seq = room.send(|seq| {
        message.seq = seq;
        let (room_id, actor, at) = (&*message.room_id, &*message.sender_id, message.sent_at);
        ServerFrame::Event { room_id, seq, kind: "message_posted", actor, at, data: &message }.json().into()
    });
    let message_id = &message.id;
    let ack = ServerFrame::Ack { id: &id, room_id: &room.id, seq, message_id, duplicate: false };
    _ = session.text(ack.json()).await;
}
