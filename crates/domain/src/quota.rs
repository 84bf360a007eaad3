/// What there may be only so much of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Quota {
    /// Open rooms that an account owns.
    RoomsOwned,
    /// Rooms in which an account sits, its own among them.
    RoomsSatIn,
    /// Open invitations to a room: of everybody together, and of each invitee.
    OpenInvitations,
}

impl Quota {
    /// The quota's stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RoomsOwned => "rooms_owned",
            Self::RoomsSatIn => "rooms_sat_in",
            Self::OpenInvitations => "open_invitations",
        }
    }

    /// What is so when the quota is used up, and what to do about it.
    pub(crate) fn sentence(self, limit: usize) -> String {
        match (self, limit) {
            (Self::RoomsOwned, _) => {
                format!("An account owns at most {limit} rooms. Close one first, or hand one over.")
            }
            (Self::RoomsSatIn, _) => format!("An account sits in at most {limit} rooms. Leave one first."),
            (Self::OpenInvitations, 1) => {
                "This account has an open invitation to the room. Take it back to make another.".to_owned()
            }
            (Self::OpenInvitations, _) => {
                format!("A room has at most {limit} open invitations. Take one back first.")
            }
        }
    }
}
