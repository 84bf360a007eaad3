//! Friends, the requests to become so, and blocks.

use domain::change::PairChange;
use domain::facts::PairFacts;
use domain::ports::{Committed, Decide, Direction};
use domain::{Denial, FriendRequest, FriendRequestId, Friendship, Page, PageSize, Profile, UserId};

use crate::failure::Failure;
use crate::friends::ordered;
use crate::operations::pair_changes::apply;
use crate::{Dialect, Statements, StoredId};

/// Changes what is between two accounts as `decide` says.
pub fn change(
    connection: &mut impl Dialect,
    actor: &UserId,
    other: &UserId,
    decide: &Decide<PairFacts, PairChange>,
) -> Result<Committed<PairFacts, PairChange>, Failure> {
    lock(connection, actor, other)?;
    let facts = facts(connection, actor, other)?;
    let changes = decide(&facts)?;
    for change in &changes {
        apply(connection, &facts, change)?;
    }
    Ok(Committed { facts, changes })
}

/// A friend request, pending or not.
pub fn request(
    connection: &mut impl Statements,
    id: FriendRequestId,
) -> Result<Option<FriendRequest>, Failure> {
    let row = connection.friend_request(id.into())?;
    Ok(row.map(FriendRequest::try_from).transpose()?)
}

/// A page of an account's pending requests.
pub fn requests(
    connection: &mut impl Statements,
    user_id: &UserId,
    direction: Direction,
    after: Option<FriendRequestId>,
    size: PageSize,
) -> Result<Page<FriendRequest>, Failure> {
    let before = after.map_or(StoredId::HIGHEST, StoredId::from);
    let (own, limit) = (user_id.as_str(), size.and_one_more());
    let rows = match direction {
        Direction::In => connection.pending_to(own, before, limit)?,
        Direction::Out => connection.pending_from(own, before, limit)?,
    };
    let requests = rows.into_iter().map(FriendRequest::try_from).collect::<Result<_, _>>()?;
    Ok(Page::cut(requests, size))
}

/// A page of an account's friends. Reads one moment.
pub fn of(
    connection: &mut impl Statements,
    user_id: &UserId,
    after: Option<&UserId>,
    size: PageSize,
) -> Result<Page<Profile>, Failure> {
    let (own, after) = (user_id.as_str(), after.map_or("", UserId::as_str));
    // A pair's row has the lower id first, so friends with lower ids and with higher ones are found
    // under two keys; one after the other they are in order.
    let mut rows = connection.friends_below(own, after, size.and_one_more())?;
    if rows.len() <= size.get() {
        rows.extend(connection.friends_above(own, after, size.and_one_more())?);
    }
    let profiles = rows
        .into_iter()
        .map(|(_, account)| account.profile(Friendship::Friends))
        .collect::<Result<_, _>>()?;
    Ok(Page::cut(profiles, size))
}

/// A page of those whom an account has blocked.
pub fn blocked(
    connection: &mut impl Statements,
    user_id: &UserId,
    after: Option<&UserId>,
    size: PageSize,
) -> Result<Page<Profile>, Failure> {
    let after = after.map_or("", UserId::as_str);
    let accounts = connection.blocked_after(user_id.as_str(), after, size.and_one_more())?;
    // A block ends a friendship and whatever might become one.
    let profiles = accounts.into_iter().map(|account| account.profile(Friendship::None));
    Ok(Page::cut(profiles.collect::<Result<_, _>>()?, size))
}

/// All that is between two accounts.
pub(super) fn facts(
    connection: &mut impl Statements,
    actor: &UserId,
    other: &UserId,
) -> Result<PairFacts, Failure> {
    let (low, high) = ordered(actor, other);
    let request = match connection.pending_from_to(actor.as_str(), other.as_str())? {
        Some(sent) => Some(sent),
        None => connection.pending_from_to(other.as_str(), actor.as_str())?,
    };
    Ok(PairFacts {
        actor: actor.clone(),
        other: other.clone(),
        have_shared_a_room: connection.shared_room(low, high)?.is_some(),
        friends: connection.friendship(low, high)?.is_some(),
        request: request.map(FriendRequest::try_from).transpose()?,
        blocked_by_actor: connection.block(actor.as_str(), other.as_str())?.is_some(),
        blocked_by_other: connection.block(other.as_str(), actor.as_str())?.is_some(),
    })
}

/// Locks both accounts in the order of their ids.
fn lock(connection: &mut impl Dialect, actor: &UserId, other: &UserId) -> Result<(), Failure> {
    let (low, high) = ordered(actor, other);
    let low_is_there = connection.lock_account(low)?.is_some();
    let high_is_there = connection.lock_account(high)?.is_some();
    let (actor_is_there, other_is_there) =
        if actor <= other { (low_is_there, high_is_there) } else { (high_is_there, low_is_there) };
    match (actor_is_there, other_is_there) {
        (false, _) => Err(Denial::SessionRevoked.into()),
        (true, false) => Err(Denial::UserNotFound.into()),
        (true, true) => Ok(()),
    }
}
