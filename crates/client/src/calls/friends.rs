use serde_json::json;

use super::WHOLE_PAGE;
use crate::server::Call;
use crate::{Client, Error, FriendRequest, FriendRequestId, Page, Profile, UserId};

/// Which friend requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FriendRequests {
    /// Those that others sent to the account.
    Received,
    /// Those that the account sent.
    Sent,
}

impl Client {
    /// Shows what anybody signed in may see of an account.
    pub async fn profile(&self, user_id: &UserId) -> Result<Profile, Error> {
        self.ask(Call::get(&["api", "profile", user_id.as_str()])).await
    }

    /// Sends a friend request to somebody with whom the account shares or has shared a room.
    pub async fn request_friendship(&self, user_id: &UserId) -> Result<FriendRequest, Error> {
        self.ask(Call::post(&["api", "friend-requests"]).json(&json!({"userId": user_id}))).await
    }

    /// Lists pending friend requests, newest first.
    pub async fn friend_requests(
        &self,
        which: FriendRequests,
        cursor: Option<&str>,
    ) -> Result<Page<FriendRequest>, Error> {
        let direction = match which {
            FriendRequests::Received => "in",
            FriendRequests::Sent => "out",
        };
        let call = Call::get(&["api", "friend-requests"]).query("direction", Some(direction));
        self.ask(call.query("limit", Some(WHOLE_PAGE)).query("cursor", cursor)).await
    }

    /// Accepts somebody's friend request.
    pub async fn accept_friend_request(&self, request: &FriendRequestId) -> Result<FriendRequest, Error> {
        self.ask(Call::post(&["api", "friend-requests", request.as_str(), "accept"])).await
    }

    /// Declines somebody's friend request.
    pub async fn decline_friend_request(&self, request: &FriendRequestId) -> Result<FriendRequest, Error> {
        self.ask(Call::post(&["api", "friend-requests", request.as_str(), "decline"])).await
    }

    /// Cancels a friend request that the account has sent.
    pub async fn cancel_friend_request(&self, request: &FriendRequestId) -> Result<(), Error> {
        self.execute(Call::delete(&["api", "friend-requests", request.as_str()])).await
    }

    /// Lists the account's friends, by id.
    pub async fn friends(&self, cursor: Option<&str>) -> Result<Page<Profile>, Error> {
        let call = Call::get(&["api", "friends"]);
        self.ask(call.query("limit", Some(WHOLE_PAGE)).query("cursor", cursor)).await
    }

    /// Ends a friendship.
    pub async fn unfriend(&self, user_id: &UserId) -> Result<(), Error> {
        self.execute(Call::delete(&["api", "friends", user_id.as_str()])).await
    }

    /// Lists those whom the account has blocked, by id.
    pub async fn blocked(&self, cursor: Option<&str>) -> Result<Page<Profile>, Error> {
        let call = Call::get(&["api", "blocks"]);
        self.ask(call.query("limit", Some(WHOLE_PAGE)).query("cursor", cursor)).await
    }

    /// Keeps somebody from sending friend requests. They are not told.
    pub async fn block(&self, user_id: &UserId) -> Result<(), Error> {
        self.execute(Call::put(&["api", "blocks", user_id.as_str()])).await
    }

    /// Lets somebody send friend requests again.
    pub async fn unblock(&self, user_id: &UserId) -> Result<(), Error> {
        self.execute(Call::delete(&["api", "blocks", user_id.as_str()])).await
    }
}
