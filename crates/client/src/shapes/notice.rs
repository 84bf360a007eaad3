use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::{FriendRequest, Invitation, RoomId, UserId};

/// Something in the account's own affairs.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Written")]
pub enum Notice {
    /// Somebody asks for friendship.
    FriendRequested(FriendRequest),
    /// Somebody is a friend now.
    Befriended(UserId),
    /// What stands between the account and somebody is no longer the same.
    FriendshipChanged(UserId),
    /// Somebody invites the account to a room. The token comes another way.
    Invited(Invitation),
    /// The balance in coins is another.
    Coins(i64),
    /// The membership is another.
    Prime {
        /// Whether the account is a prime member now.
        prime: bool,
        /// When prime ends, where it does.
        until: Option<Timestamp>,
    },
    /// Others guess at the password of a room that the account owns.
    RoomPasswordGuessed {
        /// Which room.
        room_id: RoomId,
        /// How many wrong passwords there were since the last such notice.
        guesses: u32,
    },
    /// Something that this client does not know.
    Other {
        /// What the server calls it.
        kind: String,
        /// What comes with it.
        data: Value,
    },
}

/// A notice as it comes.
#[derive(Deserialize)]
struct Written {
    kind: String,
    #[serde(default)]
    data: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Somebody {
    user_id: UserId,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Balance {
    avail_coins: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Membership {
    prime: bool,
    #[serde(default)]
    prime_until: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Guessing {
    room_id: RoomId,
    guesses: u32,
}

impl TryFrom<Written> for Notice {
    type Error = serde_json::Error;

    fn try_from(Written { kind, data }: Written) -> Result<Self, Self::Error> {
        Ok(match kind.as_str() {
            "friend_requested" => Self::FriendRequested(serde_json::from_value(data)?),
            "befriended" => Self::Befriended(serde_json::from_value::<Somebody>(data)?.user_id),
            "friendship_changed" => {
                Self::FriendshipChanged(serde_json::from_value::<Somebody>(data)?.user_id)
            }
            "invited" => Self::Invited(serde_json::from_value(data)?),
            "coins" => Self::Coins(serde_json::from_value::<Balance>(data)?.avail_coins),
            "prime" => {
                let Membership { prime, prime_until } = serde_json::from_value(data)?;
                Self::Prime { prime, until: prime_until }
            }
            "room_password_guessed" => {
                let Guessing { room_id, guesses } = serde_json::from_value(data)?;
                Self::RoomPasswordGuessed { room_id, guesses }
            }
            _ => Self::Other { kind, data },
        })
    }
}
