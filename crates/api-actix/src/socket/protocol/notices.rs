//! An account's own affairs as its connections see them.

use domain::{Notice, Timestamp};
use serde::Serialize;

use crate::shapes::{FriendRequestShape, InvitationShape, instant};

/// A notice: `kind`, and what it adds in `data`.
#[derive(Serialize)]
#[serde(tag = "kind", content = "data", rename_all = "snake_case", rename_all_fields = "camelCase")]
pub(crate) enum NoticeShape {
    FriendRequested(FriendRequestShape),
    Befriended {
        user_id: String,
    },
    FriendshipChanged {
        user_id: String,
    },
    Invited(InvitationShape),
    Coins {
        avail_coins: i64,
    },
    Prime {
        prime: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        prime_until: Option<String>,
    },
    RoomPasswordGuessed {
        room_id: String,
        guesses: u32,
    },
}

impl NoticeShape {
    /// The notice as it stands at `now`.
    pub(crate) fn new(notice: &Notice, now: Timestamp) -> Self {
        match notice {
            Notice::FriendRequested(request) => Self::FriendRequested(request.into()),
            Notice::Befriended { user_id } => Self::Befriended { user_id: user_id.to_string() },
            Notice::FriendshipChanged { user_id } => Self::FriendshipChanged { user_id: user_id.to_string() },
            Notice::Invited { invitation } => Self::Invited(InvitationShape::new(invitation, now)),
            Notice::CoinsChanged { avail_coins } => Self::Coins { avail_coins: avail_coins.get() },
            Notice::PrimeChanged { prime } => {
                Self::Prime { prime: prime.is_active(now), prime_until: prime.until().map(instant) }
            }
            Notice::RoomPasswordGuessed { room_id, guesses } => {
                Self::RoomPasswordGuessed { room_id: room_id.to_string(), guesses: *guesses }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::socket::protocol::server_frames;
    use crate::socket::tests::cast::{ANA, BO, room_id, user};
    use domain::{
        Coins, FriendRequest, FriendRequestId, FriendRequestStatus, Invitation, InvitationId, Prime,
        TokenHash,
    };
    use serde_json::{Value, json};
    use uuid::Uuid;

    const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

    fn shown(notice: &Notice) -> Value {
        server_frames::notice(&NoticeShape::new(notice, NOW)).value()
    }

    #[test]
    fn a_friend_request_comes_whole() {
        let request = FriendRequest {
            id: FriendRequestId(Uuid::nil()),
            from: user(ANA),
            to: user(BO),
            status: FriendRequestStatus::Pending,
            created_at: NOW,
        };
        let shown = shown(&Notice::FriendRequested(request));
        assert_eq!((&shown["type"], &shown["kind"]), (&json!("notice"), &json!("friend_requested")));
        assert_eq!((&shown["data"]["from"], &shown["data"]["to"]), (&json!(ANA), &json!(BO)));
    }

    #[test]
    fn an_invitation_comes_without_its_token() {
        let invitation = Invitation {
            id: InvitationId(Uuid::nil()),
            room_id: room_id(),
            invitee_id: user(BO),
            token_hash: TokenHash([7; 32]),
            created_at: NOW,
            expires_at: NOW,
            used_at: None,
            revoked_at: None,
        };
        let shown = shown(&Notice::Invited { invitation });
        assert_eq!(shown["kind"], json!("invited"));
        let mut members: Vec<_> = shown["data"].as_object().expect("an object").keys().cloned().collect();
        members.sort();
        assert_eq!(members, ["createdAt", "expiresAt", "invitationId", "inviteeId", "roomId", "status"]);
    }

    #[test]
    fn each_other_notice_has_its_data() {
        let cases = [
            (Notice::Befriended { user_id: user(BO) }, json!({"kind": "befriended", "data": {"userId": BO}})),
            (
                Notice::FriendshipChanged { user_id: user(BO) },
                json!({"kind": "friendship_changed", "data": {"userId": BO}}),
            ),
            (
                Notice::CoinsChanged { avail_coins: Coins::new(350).expect("valid") },
                json!({"kind": "coins", "data": {"availCoins": 350}}),
            ),
            (
                Notice::PrimeChanged { prime: Prime::Always },
                json!({"kind": "prime", "data": {"prime": true}}),
            ),
            (
                Notice::PrimeChanged { prime: Prime::Until(NOW) },
                json!({"kind": "prime", "data": {"prime": false, "primeUntil": "2023-11-14T22:13:20.000Z"}}),
            ),
            (
                Notice::RoomPasswordGuessed { room_id: room_id(), guesses: 20 },
                json!({"kind": "room_password_guessed", "data": {"roomId": room_id().to_string(), "guesses": 20}}),
            ),
        ];
        for (notice, mut expected) in cases {
            expected["type"] = json!("notice");
            assert_eq!(shown(&notice), expected);
        }
    }
}
