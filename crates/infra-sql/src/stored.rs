use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Binary;
use domain::{
    Coins, FriendRequestId, InvitationId, MessageId, RecordId, RoomId, SessionId, TokenHash, TransferId,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A generated id as 16 bytes, which sort as the ids do.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow, Serialize, Deserialize,
)]
#[serde(transparent)]
#[diesel(sql_type = Binary)]
pub struct StoredId(pub Uuid);

impl StoredId {
    /// Below every generated id.
    pub const LOWEST: Self = Self(Uuid::nil());

    /// Above every generated id.
    pub const HIGHEST: Self = Self(Uuid::max());
}

macro_rules! stored {
    ($($id:ident),*) => {$(
        impl From<$id> for StoredId {
            fn from(id: $id) -> Self {
                Self(id.0)
            }
        }
    )*};
}

stored!(FriendRequestId, InvitationId, MessageId, RecordId, RoomId, SessionId, TransferId);

impl<DB> FromSql<Binary, DB> for StoredId
where
    DB: Backend,
    Vec<u8>: FromSql<Binary, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(Uuid::from_slice(&Vec::from_sql(bytes)?)?))
    }
}

impl<DB> ToSql<Binary, DB> for StoredId
where
    DB: Backend,
    [u8]: ToSql<Binary, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.as_bytes().as_slice().to_sql(out)
    }
}

/// A row holds what the domain cannot have written. Names the column and never the value, which
/// may be somebody's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the column {column} holds a value that was never written there")]
pub struct Corrupt {
    /// Table and column.
    pub column: &'static str,
}

/// A value that is never missing here.
pub(crate) fn present<T>(value: Option<T>, column: &'static str) -> Result<T, Corrupt> {
    value.ok_or(Corrupt { column })
}

/// The one of `all` that is named so.
pub(crate) fn named<T: Copy, const N: usize>(
    all: [T; N],
    name_of: impl Fn(T) -> &'static str,
    name: &str,
    column: &'static str,
) -> Result<T, Corrupt> {
    present(all.into_iter().find(|value| name_of(*value) == name), column)
}

/// A token's hash from a column of 32 bytes.
pub(crate) fn token_hash(bytes: Vec<u8>, column: &'static str) -> Result<TokenHash, Corrupt> {
    Ok(TokenHash(present(bytes.try_into().ok(), column)?))
}

/// Coins from a column that is never negative.
pub(crate) fn coins(amount: i64, column: &'static str) -> Result<Coins, Corrupt> {
    present(Coins::new(amount), column)
}
