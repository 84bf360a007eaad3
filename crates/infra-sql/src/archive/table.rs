use diesel::QueryResult;
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use crate::StoredId;

/// A connection to a database with the table of such rows.
pub trait Table<R> {
    /// Hands over every row, in the order of their keys, as they are read.
    fn each(&mut self, hand_over: &mut dyn FnMut(R) -> QueryResult<()>) -> QueryResult<()>;

    /// Adds rows.
    fn add(&mut self, rows: &[R]) -> QueryResult<()>;
}

/// Which room used up somebody's one free join. It stands in the account's row, but comes by itself:
/// accounts and rooms refer to each other.
#[derive(Clone, Queryable, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(missing_docs, reason = "the columns of the table")]
pub struct FreeJoinRow {
    pub user_id: String,
    pub room_id: StoredId,
}

/// What the implementations need in scope.
#[doc(hidden)]
pub mod scope {
    pub use diesel::connection::DefaultLoadingMode;
    pub use diesel::prelude::*;
    pub use diesel::{QueryResult, delete, insert_into, update};

    pub use super::{FreeJoinRow, Table};
    pub use crate::StoredId;
    pub use crate::accounts::{AccountRow, RecoveryCodeRow, RefreshTokenRow, SessionRow};
    pub use crate::admin::{AdminRecordRow, PasswordLinkRow};
    pub use crate::archive::Tables;
    pub use crate::coins::{CoinAccountRow, EntryRow, GrantRow, TransferRow};
    pub use crate::events::EventRow;
    pub use crate::friends::{BlockRow, FriendRequestRow, FriendshipRow};
    pub use crate::rooms::{BanRow, InvitationRow, ParticipantRow, RoomRow, SeatRow};
    pub use crate::schema;
}

/// Implements [`Tables`](crate::archive::Tables) for an adapter's type, which dereferences to the diesel
/// connection that it wraps. A macro for the reason that the statements have one.
#[macro_export]
macro_rules! implement_tables {
    ($adapter:ty) => {
        const _: () = {
            use $crate::archive::scope::*;

            $crate::implement_tables!(of $adapter:
                accounts AccountRow, rooms RoomRow, sessions SessionRow, refresh_tokens RefreshTokenRow,
                recovery_codes RecoveryCodeRow,
                participants ParticipantRow, seats SeatRow, bans BanRow, invitations InvitationRow,
                events EventRow, coin_accounts CoinAccountRow, transfers TransferRow,
                transfer_entries EntryRow, grants GrantRow, friend_requests FriendRequestRow,
                friendships FriendshipRow, blocks BlockRow, password_links PasswordLinkRow,
                admin_record AdminRecordRow);

            impl Table<FreeJoinRow> for $adapter {
                fn each(
                    &mut self,
                    hand_over: &mut dyn FnMut(FreeJoinRow) -> QueryResult<()>,
                ) -> QueryResult<()> {
                    let used = schema::accounts::table
                        .filter(schema::accounts::free_join_room_id.is_not_null())
                        .select((
                            schema::accounts::user_id,
                            schema::accounts::free_join_room_id.assume_not_null(),
                        ))
                        .order(schema::accounts::user_id);
                    for row in used.load_iter::<FreeJoinRow, DefaultLoadingMode>(&mut **self)? {
                        hand_over(row?)?;
                    }
                    Ok(())
                }

                fn add(&mut self, rows: &[FreeJoinRow]) -> QueryResult<()> {
                    for row in rows {
                        update(schema::accounts::table.find(&row.user_id))
                            .set(schema::accounts::free_join_room_id.eq(row.room_id))
                            .execute(&mut **self)?;
                    }
                    Ok(())
                }
            }

            impl Tables for $adapter {
                fn holds_anything(&mut self) -> QueryResult<bool> {
                    // Whatever a store holds comes with an account or with a transfer.
                    let accounts: i64 = schema::accounts::table.count().get_result(&mut **self)?;
                    let transfers: i64 = schema::transfers::table.count().get_result(&mut **self)?;
                    Ok(accounts + transfers > 0)
                }

                fn delete_coin_accounts(&mut self) -> QueryResult<()> {
                    delete(schema::coin_accounts::table).execute(&mut **self).map(drop)
                }

                fn set_epoch(&mut self, room_id: StoredId, epoch: StoredId) -> QueryResult<()> {
                    update(schema::rooms::table.find(room_id))
                        .set(schema::rooms::epoch.eq(epoch))
                        .execute(&mut **self)
                        .map(drop)
                }
            }
        };
    };
    (of $adapter:ty: $($table:ident $row:ident),*) => {$(
        impl Table<$row> for $adapter {
            fn each(&mut self, hand_over: &mut dyn FnMut($row) -> QueryResult<()>) -> QueryResult<()> {
                let table = schema::$table::table;
                let all = table.order(diesel::Table::primary_key(&table));
                for row in all.load_iter::<$row, DefaultLoadingMode>(&mut **self)? {
                    hand_over(row?)?;
                }
                Ok(())
            }

            fn add(&mut self, rows: &[$row]) -> QueryResult<()> {
                insert_into(schema::$table::table).values(rows).execute(&mut **self).map(drop)
            }
        }
    )*};
}
