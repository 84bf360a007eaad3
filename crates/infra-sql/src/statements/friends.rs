use super::prelude::*;
use super::statements;

statements! {
    ($)
    /// Friend requests, friendships and blocks.
    trait FriendStatements, implemented by implement_friend_statements;

    /// A friend request by its id.
    fn friend_request(connection, id: StoredId) -> Option<FriendRequestRow> {
        friend_requests::table.find(id).first(connection).optional()
    }

    /// The pending request from one account to another.
    fn pending_from_to(connection, from: &str, to: &str) -> Option<FriendRequestRow> {
        friend_requests::table
            .filter(friend_requests::from_id.eq(from))
            .filter(friend_requests::to_id.eq(to))
            .filter(friend_requests::status.eq(PENDING))
            .first(connection)
            .optional()
    }

    /// The pending requests to an account below `before`, newest first.
    fn pending_to(connection, user_id: &str, before: StoredId, limit: i64) -> Vec<FriendRequestRow> {
        friend_requests::table
            .filter(friend_requests::to_id.eq(user_id))
            .filter(friend_requests::status.eq(PENDING))
            .filter(friend_requests::friend_request_id.lt(before))
            .order(friend_requests::friend_request_id.desc())
            .limit(limit)
            .load(connection)
    }

    /// The pending requests from an account below `before`, newest first.
    fn pending_from(connection, user_id: &str, before: StoredId, limit: i64) -> Vec<FriendRequestRow> {
        friend_requests::table
            .filter(friend_requests::from_id.eq(user_id))
            .filter(friend_requests::status.eq(PENDING))
            .filter(friend_requests::friend_request_id.lt(before))
            .order(friend_requests::friend_request_id.desc())
            .limit(limit)
            .load(connection)
    }

    fn insert_friend_request(connection, request: &FriendRequestRow) -> usize {
        insert_into(friend_requests::table).values(request).execute(connection)
    }

    /// Notes with what a friend request was answered, and when.
    fn resolve_friend_request(connection, id: StoredId, status: &str, at: i64) -> usize {
        diesel::update(friend_requests::table.find(id))
            .set((friend_requests::status.eq(status), friend_requests::resolved_at.eq(at)))
            .execute(connection)
    }

    /// Removes the friend requests that an account has sent.
    fn delete_friend_requests_from(connection, user_id: &str) -> usize {
        delete(friend_requests::table.filter(friend_requests::from_id.eq(user_id))).execute(connection)
    }

    /// Removes the friend requests that an account was sent.
    fn delete_friend_requests_to(connection, user_id: &str) -> usize {
        delete(friend_requests::table.filter(friend_requests::to_id.eq(user_id))).execute(connection)
    }

    /// The friendship of two accounts.
    fn friendship(connection, low: &str, high: &str) -> Option<FriendshipRow> {
        friendships::table.find((low, high)).first(connection).optional()
    }

    fn insert_friendship(connection, friendship: &FriendshipRow) -> usize {
        insert_into(friendships::table).values(friendship).execute(connection)
    }

    fn delete_friendship(connection, low: &str, high: &str) -> usize {
        delete(friendships::table.find((low, high))).execute(connection)
    }

    /// Removes an account's friendships with accounts of higher ids.
    fn delete_friendships_above(connection, user_id: &str) -> usize {
        delete(friendships::table.filter(friendships::low_id.eq(user_id))).execute(connection)
    }

    /// Removes an account's friendships with accounts of lower ids.
    fn delete_friendships_below(connection, user_id: &str) -> usize {
        delete(friendships::table.filter(friendships::high_id.eq(user_id))).execute(connection)
    }

    /// An account's friends with ids below its own and above `after`, in their order.
    fn friends_below(connection, user_id: &str, after: &str, limit: i64) -> Vec<(FriendshipRow, AccountRow)> {
        friendships::table
            .inner_join(accounts::table.on(accounts::user_id.eq(friendships::low_id)))
            .filter(friendships::high_id.eq(user_id))
            .filter(friendships::low_id.gt(after))
            .order(friendships::low_id.asc())
            .limit(limit)
            .load(connection)
    }

    /// An account's friends with ids above its own and above `after`, in their order.
    fn friends_above(connection, user_id: &str, after: &str, limit: i64) -> Vec<(FriendshipRow, AccountRow)> {
        friendships::table
            .inner_join(accounts::table.on(accounts::user_id.eq(friendships::high_id)))
            .filter(friendships::low_id.eq(user_id))
            .filter(friendships::high_id.gt(after))
            .order(friendships::high_id.asc())
            .limit(limit)
            .load(connection)
    }

    /// One of the rooms in which both of two accounts have sat.
    fn shared_room(connection, one: &str, other: &str) -> Option<StoredId> {
        let theirs = diesel::alias!(participants as theirs);
        let is_the_same_room = theirs.field(participants::room_id).eq(participants::room_id);
        participants::table
            .inner_join(theirs.on(is_the_same_room))
            .filter(participants::user_id.eq(one))
            .filter(theirs.field(participants::user_id).eq(other))
            .select(participants::room_id)
            .first(connection)
            .optional()
    }

    /// One account's block of another.
    fn block(connection, by: &str, of: &str) -> Option<BlockRow> {
        blocks::table.find((by, of)).first(connection).optional()
    }

    /// Those whom an account has blocked, with ids above `after`, in their order.
    fn blocked_after(connection, user_id: &str, after: &str, limit: i64) -> Vec<AccountRow> {
        blocks::table
            .inner_join(accounts::table.on(accounts::user_id.eq(blocks::blocked_id)))
            .filter(blocks::blocker_id.eq(user_id))
            .filter(blocks::blocked_id.gt(after))
            .order(blocks::blocked_id.asc())
            .select(accounts::all_columns)
            .limit(limit)
            .load(connection)
    }

    fn insert_block(connection, block: &BlockRow) -> usize {
        insert_into(blocks::table).values(block).execute(connection)
    }

    fn delete_block(connection, by: &str, of: &str) -> usize {
        delete(blocks::table.find((by, of))).execute(connection)
    }

    /// Removes an account's blocks of others.
    fn delete_blocks_by(connection, user_id: &str) -> usize {
        delete(blocks::table.filter(blocks::blocker_id.eq(user_id))).execute(connection)
    }

    /// Removes the others' blocks of an account.
    fn delete_blocks_of(connection, user_id: &str) -> usize {
        delete(blocks::table.filter(blocks::blocked_id.eq(user_id))).execute(connection)
    }
}
