//! Every statement that the operations put to a database, as one method each.
//!
//! Diesel's bounds for "a connection that takes all of these" cannot be named for expressions whose
//! types are inferred, so each adapter implements the traits for its own connection type: with
//! [`implement_statements!`](crate::implement_statements), whose text is the one below.

mod accounts;
mod admin;
mod coins;
mod events;
mod former_events;
mod friends;
mod rooms;
mod search;

pub mod last_messages;
pub mod queries;
pub mod reading;
pub mod searching;
pub mod touching;

pub use accounts::AccountStatements;
pub use admin::AdminStatements;
pub use coins::CoinStatements;
pub use events::EventStatements;
pub use former_events::FormerEventStatements;
pub use friends::FriendStatements;
pub use rooms::RoomStatements;
pub use search::SearchStatements;

/// A connection that takes every statement.
pub trait Statements:
    AccountStatements
    + AdminStatements
    + CoinStatements
    + EventStatements
    + FormerEventStatements
    + FriendStatements
    + RoomStatements
    + SearchStatements
{
}

impl<C> Statements for C where
    C: AccountStatements
        + AdminStatements
        + CoinStatements
        + EventStatements
        + FormerEventStatements
        + FriendStatements
        + RoomStatements
        + SearchStatements
{
}

/// What the statements' text needs in scope, here and where it is implemented.
#[doc(hidden)]
pub mod prelude {
    pub use diesel::dsl::{count_star, exists};
    pub use diesel::prelude::*;
    pub use diesel::{delete, insert_into, sql_query};

    pub use super::last_messages::LastMessages;
    pub use super::queries;
    pub use super::reading::{CountedUnread, Reading, UnreadRange, seat};
    pub use super::searching::{InstantsAt, LogParts, MessagesAt, PlaceLists, Postings, TermKey};
    pub use super::touching::TouchSessions;
    pub use crate::StoredId;
    pub use crate::accounts::{AccountRow, AccountUpdate, RecoveryCodeRow, RefreshTokenRow, SessionRow};
    pub use crate::admin::{AdminRecordRow, PasswordLinkRow};
    pub use crate::audit::Finding;
    pub use crate::coins::{CoinAccountRow, EntryRow, GrantRow, TransferRow};
    pub use crate::events::{
        CandidateRow, ErasedMessageRow, EventRow, HeadRow, LastRow, MessageRow, RecountedMentionRow,
    };
    pub use crate::former_events::{FormerEventRow, former_events};
    pub use crate::friends::{BlockRow, FriendRequestRow, FriendshipRow, PENDING};
    pub use crate::rooms::{
        BanRow, InvitationRow, ParticipantRow, ReadingRow, RoomRow, RoomUpdate, RoomWithHead, SeatRow,
        SenderRow, ShownRoom, StandingRow,
    };
    pub use crate::schema::*;
    pub use crate::search::{BehindRow, IndexedEventRow, IndexedRoomRow, PostingRow, TO_BE_EMPTIED, TermRow};
    pub use crate::tally::Tally;
}

/// Makes a trait of some statements, and a macro that implements it.
///
/// A body finds the diesel connection in its first argument. `$` is handed in because a macro that
/// writes a macro cannot say it.
macro_rules! statements {
    (
        ($d:tt)
        $(#[$about:meta])*
        trait $Statements:ident, implemented by $implement:ident;
        $(
            $(#[$note:meta])*
            fn $name:ident($connection:ident $(, $argument:ident: $kind:ty)*) -> $answer:ty $body:block
        )*
    ) => {
        $(#[$about])*
        #[allow(missing_docs, reason = "many a statement's name says all of it")]
        pub trait $Statements {
            $(
                $(#[$note])*
                fn $name(&mut self $(, $argument: $kind)*) -> QueryResult<$answer>;
            )*
        }

        #[doc(hidden)]
        #[macro_export]
        macro_rules! $implement {
            ($d adapter:ty) => {
                const _: () = {
                    #[allow(unused_imports, reason = "each noun needs some of them")]
                    use $crate::statements::prelude::*;

                    impl $crate::statements::$Statements for $d adapter {
                        $(
                            fn $name(&mut self $(, $argument: $kind)*) -> QueryResult<$answer> {
                                let $connection = &mut **self;
                                $body
                            }
                        )*
                    }
                };
            };
        }
    };
}
use statements;

/// Implements [`Statements`](crate::statements::Statements) for an adapter's type, which
/// dereferences to the diesel connection that it wraps.
#[macro_export]
macro_rules! implement_statements {
    ($adapter:ty) => {
        $crate::implement_account_statements!($adapter);
        $crate::implement_admin_statements!($adapter);
        $crate::implement_coin_statements!($adapter);
        $crate::implement_event_statements!($adapter);
        $crate::implement_former_event_statements!($adapter);
        $crate::implement_friend_statements!($adapter);
        $crate::implement_room_statements!($adapter);
        $crate::implement_search_statements!($adapter);
    };
}
