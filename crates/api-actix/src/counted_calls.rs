//! What is counted when calls are limited.

use crate::rate_limits::{Allowance, Allowances};

/// Declares the allowances for calls once, each with its setting.
macro_rules! calls {
    ($($name:ident: $setting:ident,)+) => {
        /// An allowance for calls.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum CountedCalls {
            $($name,)+
        }

        impl CountedCalls {
            /// All of them, in the order of their declaration.
            pub(crate) const ALL: &[Self] = &[$(Self::$name,)+];

            /// How many of them the settings allow.
            pub(crate) fn allowance(self, all: &Allowances) -> Allowance {
                match self {
                    $(Self::$name => all.$setting,)+
                }
            }
        }
    };
}

calls! {
    Registrations: registrations,
    Logins: logins,
    Refreshes: refreshes,
    Rooms: rooms,
    Joins: joins,
    Messages: messages,
    Invitations: invitations,
    Friends: friends,
    Changes: changes,
    ReadMarks: read_marks,
    Typing: typing,
    Profiles: profiles,
    History: history,
    Searches: searches,
    Admin: admin,
}
