use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$meaning:meta])* $Id:ident)*) => { $(
        $(#[$meaning])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $Id(String);

        impl $Id {
            /// The id as the server writes it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl<T: Into<String>> From<T> for $Id {
            fn from(text: T) -> Self {
                Self(text.into())
            }
        }

        impl fmt::Display for $Id {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )* };
}

ids! {
    /// An account, in lower case as the server answers it.
    UserId
    /// A room.
    RoomId
    /// A message.
    MessageId
    /// An invitation.
    InvitationId
    /// A friend request.
    FriendRequestId
    /// A movement of coins.
    TransferId
    /// One history of a room's log. Seqs of different epochs have nothing to do with each other.
    Epoch
}
