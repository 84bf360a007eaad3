//! How much of what grows there may be (docs/protocol.md, Quotas).

use crate::facts::{Holdings, RoomFacts};
use crate::{Denial, Quota, UserId};

/// How many open rooms an account owns at most.
pub const ROOMS_OWNED: usize = 100;

/// In how many rooms an account sits at most, its own among them.
pub const ROOMS_SAT_IN: usize = 500;

/// How many open invitations a room has at most.
pub const OPEN_INVITATIONS: usize = 50;

/// How many of them are for the same account.
pub const OPEN_INVITATIONS_FOR_ONE: usize = 1;

/// Lets an account own one more room.
pub(super) fn admit_owner(holdings: Holdings) -> Result<(), Denial> {
    admit(Quota::RoomsOwned, ROOMS_OWNED, holdings.rooms_owned)
}

/// Lets an account sit in one more room.
pub(super) fn admit_seat(holdings: Holdings) -> Result<(), Denial> {
    admit(Quota::RoomsSatIn, ROOMS_SAT_IN, holdings.rooms_sat_in)
}

/// Lets a room have one more open invitation.
pub(super) fn admit_invitation(facts: &RoomFacts, invitee: &UserId) -> Result<(), Denial> {
    let open = &facts.inviting.open_to;
    let for_one = open.iter().filter(|user_id| *user_id == invitee).count();
    admit(Quota::OpenInvitations, OPEN_INVITATIONS_FOR_ONE, for_one)?;
    admit(Quota::OpenInvitations, OPEN_INVITATIONS, open.len())
}

fn admit(quota: Quota, limit: usize, used: usize) -> Result<(), Denial> {
    if used < limit { Ok(()) } else { Err(Denial::QuotaExceeded { quota, limit }) }
}
