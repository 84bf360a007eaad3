//! Rooms: who sits in them, and who hears what is posted.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use actix_web::error::ErrorNotFound;
use actix_web::web::{Data, Json};
use actix_web::{HttpResponse, Responder};
use bytestring::ByteString;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::broadcast;
use uuid::Uuid;

use crate::accounts::User;

/// A socket that is so many events behind misses some.
const BUFFERED: usize = 1_024;

pub(crate) struct Room {
    pub(crate) id: String,
    pub(crate) epoch: String,
    head_seq: Mutex<i64>,
    /// What goes to every socket in the room.
    events: broadcast::Sender<ByteString>,
}

impl Room {
    fn new() -> Self {
        Self {
            id: Uuid::new_v4().to_string(),
            epoch: Uuid::new_v4().to_string(),
            head_seq: Mutex::new(0),
            events: broadcast::Sender::new(BUFFERED),
        }
    }

    /// The newest event's place, and all that come after it.
    pub(crate) fn enter(&self) -> (i64, broadcast::Receiver<ByteString>) {
        let head_seq = lock(&self.head_seq);
        (*head_seq, self.events.subscribe())
    }

    /// Gives an event its place in the live order, and sends it to all. In the table the order is that of the
    /// inserts, which may be another.
    pub(crate) fn send(&self, event_at: impl FnOnce(i64) -> ByteString) -> i64 {
        let mut head_seq = lock(&self.head_seq);
        *head_seq += 1;
        // Nobody may be there.
        _ = self.events.send(event_at(*head_seq));
        *head_seq
    }
}

#[derive(Default)]
pub(crate) struct Rooms {
    by_id: Mutex<HashMap<String, Arc<Room>>>,
    /// The rooms in which an account sits.
    by_member: Mutex<HashMap<String, Vec<Arc<Room>>>>,
}

impl Rooms {
    pub(crate) fn of(&self, user_id: &str) -> Vec<Arc<Room>> {
        lock(&self.by_member).get(user_id).cloned().unwrap_or_default()
    }

    pub(crate) fn has_member(&self, room_id: &str, user_id: &str) -> bool {
        let by_member = lock(&self.by_member);
        by_member.get(user_id).is_some_and(|rooms| rooms.iter().any(|room| room.id == room_id))
    }

    fn seat(&self, room: Arc<Room>, user_id: String) {
        lock(&self.by_member).entry(user_id).or_default().push(room);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Deserialize)]
pub(crate) struct NewRoom {
    name: String,
}

pub(crate) async fn create(rooms: Data<Rooms>, User(owner_id): User, new: Json<NewRoom>) -> impl Responder {
    let room = Arc::new(Room::new());
    lock(&rooms.by_id).insert(room.id.clone(), Arc::clone(&room));
    rooms.seat(Arc::clone(&room), owner_id.clone());
    HttpResponse::Created().json(json!({
        "roomId": room.id,
        "name": new.name,
        "ownerId": owner_id,
        "locked": false,
        "createdAt": Timestamp::now(),
        "epoch": room.epoch,
        "seats": 6,
        "seatsTaken": 1,
        "headSeq": 0,
        "readSeq": 0,
        "unread": 0,
        "members": [],
    }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Join {
    room_id: String,
}

pub(crate) async fn join(
    rooms: Data<Rooms>,
    User(user_id): User,
    join: Json<Join>,
) -> actix_web::Result<impl Responder> {
    let room = lock(&rooms.by_id).get(&join.room_id).cloned().ok_or_else(|| ErrorNotFound("no such room"))?;
    rooms.seat(room, user_id);
    Ok(Json(json!({"roomId": join.room_id, "fee": 0, "availCoins": 0, "alreadyMember": false})))
}
