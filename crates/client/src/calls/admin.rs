use jiff::Timestamp;
use serde_json::json;

use crate::server::Call;
use crate::{Client, Error, Prime, RoomId, UserId};

/// What only admins may do.
impl Client {
    /// Makes an account a prime member, until an instant or without an end.
    pub async fn grant_prime(&self, user_id: &UserId, until: Option<Timestamp>) -> Result<Prime, Error> {
        let body = until.map_or_else(|| json!({}), |until| json!({"until": format!("{until:.3}")}));
        self.ask(Call::put(&["api", "admin", "users", user_id.as_str(), "prime"]).json(&body)).await
    }

    /// Makes an account a free member.
    pub async fn withdraw_prime(&self, user_id: &UserId) -> Result<Prime, Error> {
        self.ask(Call::delete(&["api", "admin", "users", user_id.as_str(), "prime"])).await
    }

    /// Gives an account coins, once for each key.
    pub async fn grant_coins(&self, user_id: &UserId, amount: i64, key: &str) -> Result<(), Error> {
        let path = ["api", "admin", "users", user_id.as_str(), "coins"];
        self.execute(Call::post(&path).json(&json!({"amount": amount})).once(key)).await
    }

    /// Suspends an account: it can neither sign in nor do anything until it is readmitted.
    pub async fn suspend(&self, user_id: &UserId, reason: &str) -> Result<(), Error> {
        let path = ["api", "admin", "users", user_id.as_str(), "suspension"];
        self.execute(Call::put(&path).json(&json!({"reason": reason}))).await
    }

    /// Lets a suspended account act again.
    pub async fn readmit(&self, user_id: &UserId) -> Result<(), Error> {
        self.execute(Call::delete(&["api", "admin", "users", user_id.as_str(), "suspension"])).await
    }

    /// Ends all sessions of an account.
    pub async fn end_sessions_of(&self, user_id: &UserId) -> Result<(), Error> {
        self.execute(Call::delete(&["api", "admin", "users", user_id.as_str(), "sessions"])).await
    }

    /// Closes any room for good.
    pub async fn close_room_as_admin(&self, room: &RoomId) -> Result<(), Error> {
        self.execute(Call::delete(&["api", "admin", "chatrooms", room.as_str()])).await
    }
}
