use std::time::Duration;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::WHOLE_PAGE;
use crate::secrets::exposed;
use crate::server::Call;
use crate::{
    Ban, Client, Error, Invitation, InvitationId, IssuedInvitation, Page, Price, Receipt, Room, RoomDetail,
    RoomId, RoomUpdate, UserId,
};

/// How to join a room.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged, rename_all_fields = "camelCase")]
#[expect(missing_docs, reason = "the names of the members say it")]
pub enum JoinBy {
    /// With its password.
    Password {
        room_id: RoomId,
        #[serde(serialize_with = "exposed")]
        password: SecretString,
    },
    /// With the token of an invitation for the account.
    Invitation {
        #[serde(serialize_with = "exposed")]
        invitation_token: SecretString,
    },
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

    /// Lists the account's rooms, the one with the newest event first.
    pub async fn rooms(&self, cursor: Option<&str>) -> Result<Page<Room>, Error> {
        let call = Call::get(&["api", "chatrooms"]);
        self.ask(call.query("limit", Some(WHOLE_PAGE)).query("cursor", cursor)).await
    }

    /// Shows a room with its members.
    pub async fn room(&self, room: &RoomId) -> Result<RoomDetail, Error> {
        self.ask(Call::get(&["api", "chatrooms", room.as_str()])).await
    }

    /// Changes one's own room, all at once or not at all.
    pub async fn update_room(&self, room: &RoomId, update: &RoomUpdate) -> Result<RoomDetail, Error> {
        self.ask(Call::patch(&["api", "chatrooms", room.as_str()]).json(update)).await
    }

    /// Closes one's own room for good.
    pub async fn close_room(&self, room: &RoomId) -> Result<(), Error> {
        self.execute(Call::delete(&["api", "chatrooms", room.as_str()])).await
    }

    /// What taking a seat in a room costs the account.
    pub async fn price(&self, room: &RoomId) -> Result<Price, Error> {
        self.ask(Call::get(&["api", "chatrooms", room.as_str(), "price"])).await
    }

    /// Takes a seat in a room. Asking again gives the same receipt and charges nothing.
    pub async fn join(&self, by: &JoinBy) -> Result<Receipt, Error> {
        self.ask(Call::post(&["api", "joinroom"]).json(by)).await
    }

    /// Leaves a room.
    pub async fn leave(&self, room: &RoomId) -> Result<(), Error> {
        self.execute(Call::post(&["api", "chatrooms", room.as_str(), "leave"])).await
    }

    /// Marks a room's log as read up to a seq, and returns up to where it is read now.
    pub async fn mark_read(&self, room: &RoomId, seq: i64) -> Result<i64, Error> {
        let path = ["api", "chatrooms", room.as_str(), "read"];
        let read: ReadUpTo = self.ask(Call::put(&path).json(&json!({"seq": seq}))).await?;
        Ok(read.read_seq)
    }

    /// Removes a member from one's own room.
    pub async fn remove_member(&self, room: &RoomId, member: &UserId) -> Result<(), Error> {
        self.execute(Call::delete(&["api", "chatrooms", room.as_str(), "members", member.as_str()])).await
    }

    /// Bans somebody from one's own room, and removes them if they are in it.
    pub async fn ban(&self, room: &RoomId, user_id: &UserId) -> Result<(), Error> {
        self.execute(Call::put(&["api", "chatrooms", room.as_str(), "bans", user_id.as_str()])).await
    }

    /// Lists those who are banned from one's own room, by id.
    pub async fn bans(&self, room: &RoomId, cursor: Option<&str>) -> Result<Page<Ban>, Error> {
        let path = ["api", "chatrooms", room.as_str(), "bans"];
        let call = Call::get(&path);
        self.ask(call.query("limit", Some(WHOLE_PAGE)).query("cursor", cursor)).await
    }

    /// Lifts a ban from one's own room.
    pub async fn lift_ban(&self, room: &RoomId, user_id: &UserId) -> Result<(), Error> {
        self.execute(Call::delete(&["api", "chatrooms", room.as_str(), "bans", user_id.as_str()])).await
    }

    /// Invites a prime member to one's own room, for a day unless `good_for` says otherwise.
    pub async fn invite(
        &self,
        room: &RoomId,
        invitee: &UserId,
        good_for: Option<Duration>,
    ) -> Result<IssuedInvitation, Error> {
        let mut body = json!({"userId": invitee});
        if let Some(good_for) = good_for {
            body["expiresInSeconds"] = good_for.as_secs().into();
        }
        self.ask(Call::post(&["api", "chatrooms", room.as_str(), "invitations"]).json(&body)).await
    }

    /// Lists the invitations to one's own room, newest first.
    pub async fn invitations(&self, room: &RoomId, cursor: Option<&str>) -> Result<Page<Invitation>, Error> {
        let path = ["api", "chatrooms", room.as_str(), "invitations"];
        self.ask(Call::get(&path).query("limit", Some(WHOLE_PAGE)).query("cursor", cursor)).await
    }

    /// Revokes an invitation to one's own room.
    pub async fn revoke_invitation(&self, room: &RoomId, invitation: &InvitationId) -> Result<(), Error> {
        let path = ["api", "chatrooms", room.as_str(), "invitations", invitation.as_str()];
        self.execute(Call::delete(&path)).await
    }
}
