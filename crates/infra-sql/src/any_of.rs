use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::Bool;

/// Whether one of several conditions of the same form holds.
///
/// A database prepares a statement for each text that it has not met before, and diesel's `eq_any` has
/// one for every number of values. Here the last condition is repeated until there are a power of
/// two, so that the statements for up to 256 conditions are nine, and each is prepared once.
#[derive(Debug, Clone)]
pub struct AnyOf<C>(Vec<C>);

impl<C: Clone> AnyOf<C> {
    /// The disjunction of these; nothing fits none at all.
    pub fn of(conditions: impl IntoIterator<Item = C>) -> Self {
        let mut conditions: Vec<C> = conditions.into_iter().collect();
        if let Some(last) = conditions.last().cloned() {
            conditions.resize(conditions.len().next_power_of_two(), last);
        }
        Self(conditions)
    }
}

impl<C> Expression for AnyOf<C> {
    type SqlType = Bool;
}

impl<C: AppearsOnTable<T>, T: ?Sized> AppearsOnTable<T> for AnyOf<C> {}

impl<C: SelectableExpression<T>, T: ?Sized> SelectableExpression<T> for AnyOf<C> {}

impl<C: ValidGrouping<G>, G> ValidGrouping<G> for AnyOf<C> {
    type IsAggregate = C::IsAggregate;
}

impl<C> QueryId for AnyOf<C> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<C: QueryFragment<DB>, DB: Backend> QueryFragment<DB> for AnyOf<C> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql(if self.0.is_empty() { "(1 = 0" } else { "(" });
        for (position, condition) in self.0.iter().enumerate() {
            if position > 0 {
                out.push_sql(" OR ");
            }
            condition.walk_ast(out.reborrow())?;
        }
        out.push_sql(")");
        Ok(())
    }
}
