use jiff::Timestamp;
use serde_json::json;

use crate::server::Call;
use crate::{Balance, Client, Error, Prime, UserId};

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

    /// Gives an account coins. Under the same key it gives them once.
    pub async fn grant_coins(&self, user_id: &UserId, amount: i64, key: &str) -> Result<Balance, Error> {
        let path = ["api", "admin", "users", user_id.as_str(), "coins"];
        self.ask(Call::post(&path).json(&json!({"amount": amount})).once(key)).await
    }
}
