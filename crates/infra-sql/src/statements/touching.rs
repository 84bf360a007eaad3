//! Noting that many sessions were at work.

use diesel::backend::Backend;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Binary, HasSqlType};

use crate::stored::StoredId;

/// How many sessions one statement is about at most.
pub const MOST_SESSIONS: usize = 256;

/// Notes that some sessions, [`MOST_SESSIONS`] at most, were at work at that time, unless something later is
/// noted. The last is repeated until there are a power of two, so that there are few forms of the statement.
///
/// Written out because diesel keeps no prepared update.
#[derive(Debug, Clone)]
pub struct TouchSessions {
    sessions: Vec<StoredId>,
    at: i64,
}

impl TouchSessions {
    /// Notes it of these sessions, of which there is at least one.
    pub fn at(sessions: &[StoredId], at: i64) -> Self {
        let mut sessions = sessions.to_vec();
        if let Some(last) = sessions.last().copied() {
            sessions.resize(sessions.len().next_power_of_two(), last);
        }
        Self { sessions, at }
    }
}

impl QueryId for TouchSessions {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<C> RunQueryDsl<C> for TouchSessions {}

impl<DB> QueryFragment<DB> for TouchSessions
where
    DB: Backend + HasSqlType<Binary> + HasSqlType<BigInt>,
    StoredId: ToSql<Binary, DB>,
    i64: ToSql<BigInt, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("UPDATE sessions SET last_seen_at = ");
        out.push_bind_param::<BigInt, _>(&self.at)?;
        out.push_sql(" WHERE last_seen_at < ");
        out.push_bind_param::<BigInt, _>(&self.at)?;
        for (position, session_id) in self.sessions.iter().enumerate() {
            out.push_sql(if position == 0 { " AND session_id IN (" } else { ", " });
            out.push_bind_param::<Binary, _>(session_id)?;
        }
        out.push_sql(")");
        Ok(())
    }
}
