use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use crate::{FriendRequest, Invitation, RoomId, UserId};

/// Something about the account itself.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "RawNotice")]
pub enum Notice {
    /// Somebody asks for friendship.
    FriendRequested(FriendRequest),
    /// Somebody is a friend now.
    Befriended(UserId),
    /// The friendship with somebody has changed.
    FriendshipChanged(UserId),
    /// Somebody invites the account to a room. The token comes another way.
    Invited(Invitation),
    /// The new balance in coins.
    Coins(i64),
    /// The membership has changed.
    Prime {
        prime: bool,
        /// When prime ends, where it does.
        until: Option<Timestamp>,
    },
    /// Somebody is guessing the password of a room that the account owns.
    RoomPasswordGuessed {
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
struct RawNotice {
    kind: String,
    #[serde(default)]
    data: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OtherAccount {
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

impl TryFrom<RawNotice> for Notice {
    type Error = serde_json::Error;

    fn try_from(RawNotice { kind, data }: RawNotice) -> Result<Self, Self::Error> {
        Ok(match kind.as_str() {
            "friend_requested" => Self::FriendRequested(serde_json::from_value(data)?),
            "befriended" => Self::Befriended(serde_json::from_value::<OtherAccount>(data)?.user_id),
            "friendship_changed" => {
                Self::FriendshipChanged(serde_json::from_value::<OtherAccount>(data)?.user_id)
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
