use serde::{Deserialize, Serialize};

use super::table::FreeJoinRow;
use crate::accounts::{AccountRow, RecoveryCodeRow, RefreshTokenRow, SessionRow};
use crate::admin::{AdminRecordRow, PasswordLinkRow};
use crate::coins::{CoinAccountRow, EntryRow, GrantRow, TransferRow};
use crate::events::EventRow;
use crate::friends::{BlockRow, FriendRequestRow, FriendshipRow};
use crate::rooms::{BanRow, InvitationRow, ParticipantRow, RoomRow, SeatRow};

/// A row that has a kind of line of its own.
pub(super) trait Row: Sized {
    fn into_line(self) -> Line;

    /// The row, or the line back if it is of another kind.
    #[expect(
        clippy::result_large_err,
        reason = "the line is looked at again at once, and carried no further"
    )]
    fn of_line(line: Line) -> Result<Self, Line>;
}

macro_rules! lines {
    ($($table:ident($row:ident),)*) => {
        /// A line, as an object whose one member says of which kind it is.
        #[derive(Serialize, Deserialize)]
        #[serde(rename_all = "snake_case", deny_unknown_fields)]
        pub(super) enum Line {
            /// The first.
            HexroomExport { version: u32 },
            $($table($row),)*
            /// The last: how many rows there were, and the SHA-256 of all lines before this one.
            End { rows: u64, sha256: String },
        }

        $(impl Row for $row {
            fn into_line(self) -> Line {
                Line::$table(self)
            }

            fn of_line(line: Line) -> Result<Self, Line> {
                match line {
                    Line::$table(row) => Ok(row),
                    other => Err(other),
                }
            }
        })*
    };
}

lines! {
    Accounts(AccountRow),
    Rooms(RoomRow),
    FreeJoins(FreeJoinRow),
    Sessions(SessionRow),
    RefreshTokens(RefreshTokenRow),
    RecoveryCodes(RecoveryCodeRow),
    Participants(ParticipantRow),
    Seats(SeatRow),
    Bans(BanRow),
    Invitations(InvitationRow),
    Events(EventRow),
    CoinAccounts(CoinAccountRow),
    Transfers(TransferRow),
    TransferEntries(EntryRow),
    Grants(GrantRow),
    FriendRequests(FriendRequestRow),
    Friendships(FriendshipRow),
    Blocks(BlockRow),
    PasswordLinks(PasswordLinkRow),
    AdminRecord(AdminRecordRow),
}
