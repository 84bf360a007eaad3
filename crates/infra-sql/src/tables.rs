//! Reading and filling the tables as a whole.

use diesel::QueryResult;

use crate::accounts::FreeJoinRow;
use crate::statements::Statements;
use crate::stored::StoredId;

/// A connection to a database with the table of such rows.
pub trait Table<R> {
    /// Hands over every row, in the order of their keys, as they are read.
    fn each(&mut self, hand_over: &mut dyn FnMut(R) -> QueryResult<()>) -> QueryResult<()>;

    /// Adds rows.
    fn add(&mut self, rows: &[R]) -> QueryResult<()>;
}

macro_rules! all_tables {
    ([] $($table:ident $row:ty),*; $($later:ident $later_row:ty),*) => {
        /// A connection to a database with all tables.
        pub trait Tables:
            Statements $(+ Table<$row>)* + Table<FreeJoinRow> $(+ Table<$later_row>)*
        {
            /// Whether there is more than what the migrations made.
            fn holds_anything(&mut self) -> QueryResult<bool>;

            /// Deletes the coin accounts, to which no row may refer.
            fn delete_coin_accounts(&mut self) -> QueryResult<()>;

            /// Sets a room's epoch.
            fn set_epoch(&mut self, room_id: StoredId, epoch: StoredId) -> QueryResult<()>;
        }
    };
}
crate::every_table!([all_tables]);

/// What the implementations need in scope.
#[doc(hidden)]
pub mod scope {
    pub use diesel::connection::DefaultLoadingMode;
    pub use diesel::prelude::*;
    pub use diesel::{QueryResult, delete, insert_into, update};

    pub use super::{Table, Tables};
    pub use crate::StoredId;
    pub use crate::accounts::FreeJoinRow;
    pub use crate::schema;
}

/// Implements [`Tables`](crate::tables::Tables) for an adapter's type, which dereferences to the diesel
/// connection that it wraps. A macro for the reason that the statements have one.
#[macro_export]
macro_rules! implement_tables {
    ($adapter:ty) => {
        const _: () = {
            use $crate::tables::scope::*;

            $crate::every_table!([$crate::implement_tables] $adapter);

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
    ([$adapter:ty] $($table:ident $row:ty),*; $($later:ident $later_row:ty),*) => {
        $crate::implement_tables!(each [$adapter] $($table $row,)* $($later $later_row,)*);
    };
    (each [$adapter:ty] $($table:ident $row:ty,)*) => {$(
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
