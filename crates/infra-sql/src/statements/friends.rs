use super::prelude::*;
use super::statements;

statements! {
    ($)
    /// Friend requests, friendships and blocks.
    trait FriendStatements, implemented by implement_friend_statements;

    /// A friend request by its name.
    fn friend_request(connection, id: StoredId) -> Option<FriendRequestRow> {
        friends::request(id).first(connection).optional()
    }

    /// The pending request from one account to another.
    fn pending_from_to(connection, from: &str, to: &str) -> Option<FriendRequestRow> {
        friends::pending_from_to(from, to).first(connection).optional()
    }

    /// The pending requests to an account below `before`, newest first.
    fn pending_to(connection, user_id: &str, before: StoredId, limit: i64) -> Vec<FriendRequestRow> {
        friends::pending_to(user_id, before, limit).load(connection)
    }

    /// The pending requests from an account below `before`, newest first.
    fn pending_from(connection, user_id: &str, before: StoredId, limit: i64) -> Vec<FriendRequestRow> {
        friends::pending_from(user_id, before, limit).load(connection)
    }

    /// Adds a friend request.
    fn insert_friend_request(connection, request: &FriendRequestRow) -> usize {
        insert_into(schema::friend_requests::table).values(request).execute(connection)
    }

    /// Notes with what a friend request was answered, and when.
    fn resolve_friend_request(connection, id: StoredId, status: &str, at: i64) -> usize {
        update(friends::request(id))
            .set((schema::friend_requests::status.eq(status), schema::friend_requests::resolved_at.eq(at)))
            .execute(connection)
    }

    /// Removes the friend requests that an account has sent.
    fn delete_friend_requests_from(connection, user_id: &str) -> usize {
        delete(schema::friend_requests::table.filter(schema::friend_requests::from_id.eq(user_id)))
            .execute(connection)
    }

    /// Removes the friend requests that an account was sent.
    fn delete_friend_requests_to(connection, user_id: &str) -> usize {
        delete(schema::friend_requests::table.filter(schema::friend_requests::to_id.eq(user_id)))
            .execute(connection)
    }

    /// The friendship of two accounts.
    fn friendship(connection, low: &str, high: &str) -> Option<FriendshipRow> {
        friends::friendship(low, high).first(connection).optional()
    }

    /// Adds a friendship.
    fn insert_friendship(connection, friendship: &FriendshipRow) -> usize {
        insert_into(schema::friendships::table).values(friendship).execute(connection)
    }

    /// Removes a friendship.
    fn delete_friendship(connection, low: &str, high: &str) -> usize {
        delete(friends::friendship(low, high)).execute(connection)
    }

    /// Removes an account's friendships with accounts of higher ids.
    fn delete_friendships_above(connection, user_id: &str) -> usize {
        delete(schema::friendships::table.filter(schema::friendships::low_id.eq(user_id)))
            .execute(connection)
    }

    /// Removes an account's friendships with accounts of lower ids.
    fn delete_friendships_below(connection, user_id: &str) -> usize {
        delete(schema::friendships::table.filter(schema::friendships::high_id.eq(user_id)))
            .execute(connection)
    }

    /// An account's friends with ids below its own and above `after`, in their order.
    fn friends_below(connection, user_id: &str, after: &str, limit: i64) -> Vec<(FriendshipRow, AccountRow)> {
        friends::friends_below(user_id, after, limit).load(connection)
    }

    /// An account's friends with ids above its own and above `after`, in their order.
    fn friends_above(connection, user_id: &str, after: &str, limit: i64) -> Vec<(FriendshipRow, AccountRow)> {
        friends::friends_above(user_id, after, limit).load(connection)
    }

    /// One of the rooms in which both of two accounts have sat.
    fn shared_room(connection, one: &str, other: &str) -> Option<StoredId> {
        friends::shared_rooms(one, other).first(connection).optional()
    }

    /// One account's block of another.
    fn block(connection, by: &str, of: &str) -> Option<BlockRow> {
        friends::block(by, of).first(connection).optional()
    }

    /// Adds a block.
    fn insert_block(connection, block: &BlockRow) -> usize {
        insert_into(schema::blocks::table).values(block).execute(connection)
    }

    /// Removes a block.
    fn delete_block(connection, by: &str, of: &str) -> usize {
        delete(friends::block(by, of)).execute(connection)
    }

    /// Removes an account's blocks of others.
    fn delete_blocks_by(connection, user_id: &str) -> usize {
        delete(schema::blocks::table.filter(schema::blocks::blocker_id.eq(user_id))).execute(connection)
    }

    /// Removes the others' blocks of an account.
    fn delete_blocks_of(connection, user_id: &str) -> usize {
        delete(schema::blocks::table.filter(schema::blocks::blocked_id.eq(user_id))).execute(connection)
    }
}
