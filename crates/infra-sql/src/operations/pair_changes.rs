use domain::change::PairChange;
use domain::facts::PairFacts;

use crate::Statements;
use crate::failure::{Failure, exactly_one};
use crate::friends::{BlockRow, FriendRequestRow, FriendshipRow, ordered};

/// Applies one change between two accounts.
pub(super) fn apply(
    connection: &mut impl Statements,
    facts: &PairFacts,
    change: &PairChange,
) -> Result<(), Failure> {
    let (low, high) = ordered(&facts.actor, &facts.other);
    match change {
        PairChange::Request(request) => {
            connection.insert_friend_request(&FriendRequestRow::from(request))?;
            Ok(())
        }
        PairChange::Resolve { id, status, at } => {
            let resolved =
                connection.resolve_friend_request((*id).into(), status.as_str(), at.as_millis())?;
            exactly_one(resolved, "a request that is answered is there")
        }
        PairChange::Befriend { at } => {
            connection.insert_friendship(&FriendshipRow {
                low_id: low.to_owned(),
                high_id: high.to_owned(),
                friends_since: at.as_millis(),
            })?;
            Ok(())
        }
        PairChange::Unfriend => {
            exactly_one(connection.delete_friendship(low, high)?, "a friendship that ends is there")
        }
        PairChange::Block { at } => {
            connection.insert_block(&BlockRow {
                blocker_id: facts.actor.to_string(),
                blocked_id: facts.other.to_string(),
                blocked_at: at.as_millis(),
            })?;
            Ok(())
        }
        PairChange::Unblock => {
            let lifted = connection.delete_block(facts.actor.as_str(), facts.other.as_str())?;
            exactly_one(lifted, "a block that is lifted is there")
        }
    }
}
