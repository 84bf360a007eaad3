use std::sync::Arc;

use async_trait::async_trait;
use diesel::prelude::*;
use domain::change::PairChange;
use domain::facts::PairFacts;
use domain::ports::{Committed, Decide, Direction, Friends};
use domain::{
    Denial, FriendRequest, FriendRequestId, FriendRequestStatus, Friendship, Page, PageSize, Profile,
    Refusal, Timestamp, UserId,
};
use infra_sql::StoredId;
use infra_sql::accounts::AccountRow;
use infra_sql::friends::{self, BlockRow, FriendRequestRow, FriendshipRow};
use infra_sql::schema::{blocks, friend_requests, friendships};

use crate::errors::{Failure, exactly_one};
use crate::{Database, account_facts};

/// The friends in a SQLite file.
pub(crate) struct SqliteFriends {
    database: Arc<Database>,
}

impl SqliteFriends {
    pub(crate) fn new(database: Arc<Database>) -> Self {
        Self { database }
    }
}

#[async_trait]
impl Friends for SqliteFriends {
    async fn change(
        &self,
        actor: UserId,
        other: UserId,
        decide: Decide<PairFacts, PairChange>,
    ) -> Result<Committed<PairFacts, PairChange>, Refusal> {
        let changed = self.database.writer.write(move |connection| {
            account_facts::find(connection, &actor)?.ok_or(Denial::SessionRevoked)?;
            account_facts::find(connection, &other)?.ok_or(Denial::UserNotFound)?;
            let facts = facts(connection, &actor, &other)?;
            let changes = decide(&facts)?;
            for change in &changes {
                apply(connection, &facts, change)?;
            }
            Ok(Committed { facts, changes })
        });
        changed.await
    }

    async fn request(&self, id: FriendRequestId) -> Result<Option<FriendRequest>, Refusal> {
        let found = self.database.readers.read(move |connection| {
            let row = friends::request(id.into()).first::<FriendRequestRow>(connection).optional()?;
            Ok(row.map(FriendRequest::try_from).transpose()?)
        });
        found.await
    }

    async fn requests(
        &self,
        user_id: UserId,
        direction: Direction,
        after: Option<FriendRequestId>,
        size: PageSize,
    ) -> Result<Page<FriendRequest>, Refusal> {
        let before = after.map_or(StoredId::HIGHEST, StoredId::from);
        let page = self.database.readers.read(move |connection| {
            let (own, limit) = (user_id.as_str(), size.and_one_more());
            let rows: Vec<FriendRequestRow> = match direction {
                Direction::In => friends::pending_to(own, before, limit).load(connection)?,
                Direction::Out => friends::pending_from(own, before, limit).load(connection)?,
            };
            let requests = rows.into_iter().map(FriendRequest::try_from).collect::<Result<_, _>>()?;
            Ok(Page::cut(requests, size))
        });
        page.await
    }

    async fn of(
        &self,
        user_id: UserId,
        after: Option<UserId>,
        size: PageSize,
    ) -> Result<Page<Profile>, Refusal> {
        self.database.readers.view(move |connection| of(connection, &user_id, after.as_ref(), size)).await
    }
}

/// All that is between two accounts.
pub(crate) fn facts(
    connection: &mut SqliteConnection,
    actor: &UserId,
    other: &UserId,
) -> Result<PairFacts, Failure> {
    let (low, high) = friends::ordered(actor, other);
    let shared = friends::shared_rooms(low, high).first::<StoredId>(connection).optional()?;
    let friendship = friends::friendship(low, high).first::<FriendshipRow>(connection).optional()?;
    let sent = pending(connection, actor, other)?;
    let request = match sent {
        Some(request) => Some(request),
        None => pending(connection, other, actor)?,
    };
    Ok(PairFacts {
        actor: actor.clone(),
        other: other.clone(),
        have_shared_a_room: shared.is_some(),
        friends: friendship.is_some(),
        request,
        blocked_by_actor: is_blocked(connection, actor, other)?,
        blocked_by_other: is_blocked(connection, other, actor)?,
    })
}

fn pending(
    connection: &mut SqliteConnection,
    from: &UserId,
    to: &UserId,
) -> Result<Option<FriendRequest>, Failure> {
    let row = friends::pending_from_to(from.as_str(), to.as_str())
        .first::<FriendRequestRow>(connection)
        .optional()?;
    Ok(row.map(FriendRequest::try_from).transpose()?)
}

fn is_blocked(connection: &mut SqliteConnection, by: &UserId, blocked: &UserId) -> QueryResult<bool> {
    let row = friends::block(by.as_str(), blocked.as_str()).first::<BlockRow>(connection).optional()?;
    Ok(row.is_some())
}

fn apply(connection: &mut SqliteConnection, facts: &PairFacts, change: &PairChange) -> Result<(), Failure> {
    let (low, high) = friends::ordered(&facts.actor, &facts.other);
    match change {
        PairChange::Request(request) => {
            let row = FriendRequestRow::from(request);
            diesel::insert_into(friend_requests::table).values(row).execute(connection)?;
            Ok(())
        }
        PairChange::Resolve { id, status, at } => resolve(connection, *id, *status, *at),
        PairChange::Befriend { at } => {
            let row = FriendshipRow {
                low_id: low.to_owned(),
                high_id: high.to_owned(),
                friends_since: at.as_millis(),
            };
            diesel::insert_into(friendships::table).values(row).execute(connection)?;
            Ok(())
        }
        PairChange::Unfriend => {
            let ended = diesel::delete(friends::friendship(low, high)).execute(connection)?;
            exactly_one(ended, "a friendship that ends is there")
        }
        PairChange::Block { at } => {
            let row = BlockRow {
                blocker_id: facts.actor.to_string(),
                blocked_id: facts.other.to_string(),
                blocked_at: at.as_millis(),
            };
            diesel::insert_into(blocks::table).values(row).execute(connection)?;
            Ok(())
        }
        PairChange::Unblock => {
            let block = friends::block(facts.actor.as_str(), facts.other.as_str());
            exactly_one(diesel::delete(block).execute(connection)?, "a block that is lifted is there")
        }
    }
}

fn resolve(
    connection: &mut SqliteConnection,
    id: FriendRequestId,
    status: FriendRequestStatus,
    at: Timestamp,
) -> Result<(), Failure> {
    let resolved = diesel::update(friends::request(id.into()))
        .set((friend_requests::status.eq(status.as_str()), friend_requests::resolved_at.eq(at.as_millis())))
        .execute(connection)?;
    exactly_one(resolved, "a request that is answered is there")
}

/// A pair's row has the lower id first, so friends with lower ids and with higher ones are found
/// under two keys; one after the other they are in order.
fn of(
    connection: &mut SqliteConnection,
    user_id: &UserId,
    after: Option<&UserId>,
    size: PageSize,
) -> Result<Page<Profile>, Failure> {
    let (own, after) = (user_id.as_str(), after.map_or("", UserId::as_str));
    let mut rows: Vec<(FriendshipRow, AccountRow)> =
        friends::friends_below(own, after, size.and_one_more()).load(connection)?;
    if rows.len() <= size.get() {
        let above: Vec<(FriendshipRow, AccountRow)> =
            friends::friends_above(own, after, size.and_one_more()).load(connection)?;
        rows.extend(above);
    }
    let profiles = rows
        .into_iter()
        .map(|(_, account)| account.profile(Friendship::Friends))
        .collect::<Result<_, _>>()?;
    Ok(Page::cut(profiles, size))
}
