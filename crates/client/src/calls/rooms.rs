use std::time::Duration;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::WHOLE_PAGE;
use crate::secrets::{exposed, exposed_if_any};
use crate::server::Call;
use crate::{
    Client, Error, Invitation, InvitationId, Issued, Listed, Receipt, Room, RoomDetail, RoomId, UserId,
};

/// A way into a room.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
pub enum Entrance {
    /// With its password.
    Password {
        /// The room.
        room_id: RoomId,
        /// Its password.
        #[serde(serialize_with = "exposed")]
        password: SecretString,
    },
    /// With the token of an invitation for the account.
    Invitation {
        /// The token.
        #[serde(serialize_with = "exposed")]
        invitation_token: SecretString,
    },
}

/// What a room's owner wants to be different. What is none stays as it is.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RoomWish {
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its password.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "exposed_if_any")]
    pub password: Option<SecretString>,
    /// Whether nobody new may join.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locked: Option<bool>,
    /// Whose it shall be: a prime member in the room.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub owner_id: Option<UserId>,
}

#[derive(Serialize)]
struct NewRoom<'a> {
    name: &'a str,
    #[serde(serialize_with = "exposed")]
    password: &'a SecretString,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReadUpTo {
    read_seq: i64,
}

impl Client {
    /// Creates a room. Prime members only.
    pub async fn create_room(&self, name: &str, password: &SecretString) -> Result<RoomDetail, Error> {
        self.ask(Call::post(&["api", "chatrooms"]).json(&NewRoom { name, password })).await
    }

    /// Lists the own rooms, newest first.
    pub async fn rooms(&self, cursor: Option<&str>) -> Result<Listed<Room>, Error> {
        let call = Call::get(&["api", "chatrooms"]);
        self.ask(call.query("limit", Some(WHOLE_PAGE)).query("cursor", cursor)).await
    }

    /// Shows a room with its members.
    pub async fn room(&self, room: &RoomId) -> Result<RoomDetail, Error> {
        self.ask(Call::get(&["api", "chatrooms", room.as_str()])).await
    }

    /// Renames the own room, changes its password, locks it or hands it over.
    pub async fn revise_room(&self, room: &RoomId, wish: &RoomWish) -> Result<RoomDetail, Error> {
        self.ask(Call::patch(&["api", "chatrooms", room.as_str()]).json(wish)).await
    }

    /// Closes the own room for good.
    pub async fn close_room(&self, room: &RoomId) -> Result<(), Error> {
        self.tell(Call::delete(&["api", "chatrooms", room.as_str()])).await
    }

    /// Takes a seat in a room. Asking again gives the same receipt and charges nothing.
    pub async fn join(&self, entrance: &Entrance) -> Result<Receipt, Error> {
        self.ask(Call::post(&["api", "joinroom"]).json(entrance)).await
    }

    /// Gives the own seat up.
    pub async fn leave(&self, room: &RoomId) -> Result<(), Error> {
        self.tell(Call::post(&["api", "chatrooms", room.as_str(), "leave"])).await
    }

    /// Marks a room's log as read up to a seq, and answers up to where it is read now.
    pub async fn mark_read(&self, room: &RoomId, seq: i64) -> Result<i64, Error> {
        let path = ["api", "chatrooms", room.as_str(), "read"];
        let read: ReadUpTo = self.ask(Call::put(&path).json(&json!({"seq": seq}))).await?;
        Ok(read.read_seq)
    }

    /// Takes a member's seat in the own room.
    pub async fn remove_member(&self, room: &RoomId, member: &UserId) -> Result<(), Error> {
        self.tell(Call::delete(&["api", "chatrooms", room.as_str(), "members", member.as_str()])).await
    }

    /// Keeps somebody out of the own room, and takes their seat if they have one.
    pub async fn ban(&self, room: &RoomId, user_id: &UserId) -> Result<(), Error> {
        self.tell(Call::put(&["api", "chatrooms", room.as_str(), "bans", user_id.as_str()])).await
    }

    /// Lets somebody into the own room again.
    pub async fn lift_ban(&self, room: &RoomId, user_id: &UserId) -> Result<(), Error> {
        self.tell(Call::delete(&["api", "chatrooms", room.as_str(), "bans", user_id.as_str()])).await
    }

    /// Invites a prime member to the own room, for a day if not said.
    pub async fn invite(
        &self,
        room: &RoomId,
        invitee: &UserId,
        good_for: Option<Duration>,
    ) -> Result<Issued, Error> {
        let mut body = json!({"userId": invitee});
        if let Some(good_for) = good_for {
            body["expiresInSeconds"] = good_for.as_secs().into();
        }
        self.ask(Call::post(&["api", "chatrooms", room.as_str(), "invitations"]).json(&body)).await
    }

    /// Lists the own room's invitations, newest first.
    pub async fn invitations(
        &self,
        room: &RoomId,
        cursor: Option<&str>,
    ) -> Result<Listed<Invitation>, Error> {
        let path = ["api", "chatrooms", room.as_str(), "invitations"];
        self.ask(Call::get(&path).query("limit", Some(WHOLE_PAGE)).query("cursor", cursor)).await
    }

    /// Takes an invitation to the own room back.
    pub async fn revoke_invitation(&self, room: &RoomId, invitation: &InvitationId) -> Result<(), Error> {
        let path = ["api", "chatrooms", room.as_str(), "invitations", invitation.as_str()];
        self.tell(Call::delete(&path)).await
    }
}
