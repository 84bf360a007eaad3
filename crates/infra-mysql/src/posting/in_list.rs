use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::Bool;

/// Whether some columns, together, hold one of several rows of values.
///
/// Pairs are one list, `(a, b) IN ((?, ?), (?, ?))`: MySQL would try conditions joined by `OR` one by one
/// on every row.
///
/// A statement is prepared for each text that was not met before, and diesel's `eq_any` has one for every
/// number of values. Here the last row is repeated until there are a power of two, so that the statements
/// for up to 256 rows are nine, and each is prepared once.
#[derive(Debug, Clone)]
pub(super) struct InList<C, R> {
    columns: C,
    rows: Vec<R>,
}

impl<C, R: Clone> InList<C, R> {
    /// The condition that `columns` are one of `rows`; without rows it never holds.
    fn of(columns: C, rows: impl IntoIterator<Item = R>) -> Self {
        let mut rows: Vec<R> = rows.into_iter().collect();
        if let Some(last) = rows.last().cloned() {
            rows.resize(rows.len().next_power_of_two(), last);
        }
        Self { columns, rows }
    }
}

impl<A, X: Clone> InList<(A,), (X,)> {
    /// The condition that `column` is one of `values`.
    pub(super) fn values(column: A, values: impl IntoIterator<Item = X>) -> Self {
        Self::of((column,), values.into_iter().map(|value| (value,)))
    }
}

impl<A, B, X: Clone, Y: Clone> InList<(A, B), (X, Y)> {
    /// The condition that `columns` are one of `pairs`.
    pub(super) fn pairs(columns: (A, B), pairs: impl IntoIterator<Item = (X, Y)>) -> Self {
        Self::of(columns, pairs)
    }
}

impl<C, R> Expression for InList<C, R> {
    type SqlType = Bool;
}

impl<C: AppearsOnTable<T>, R, T: ?Sized> AppearsOnTable<T> for InList<C, R> {}

impl<C: SelectableExpression<T>, R, T: ?Sized> SelectableExpression<T> for InList<C, R> {}

impl<C: ValidGrouping<G>, R, G> ValidGrouping<G> for InList<C, R> {
    type IsAggregate = C::IsAggregate;
}

impl<C, R> QueryId for InList<C, R> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<A, X, DB> QueryFragment<DB> for InList<(A,), (X,)>
where
    A: QueryFragment<DB>,
    X: QueryFragment<DB>,
    DB: Backend,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        if self.rows.is_empty() {
            out.push_sql("1 = 0");
            return Ok(());
        }
        self.columns.0.walk_ast(out.reborrow())?;
        out.push_sql(" IN (");
        for (position, (value,)) in self.rows.iter().enumerate() {
            out.push_sql(if position == 0 { "" } else { ", " });
            value.walk_ast(out.reborrow())?;
        }
        out.push_sql(")");
        Ok(())
    }
}

impl<A, B, X, Y, DB> QueryFragment<DB> for InList<(A, B), (X, Y)>
where
    A: QueryFragment<DB>,
    B: QueryFragment<DB>,
    X: QueryFragment<DB>,
    Y: QueryFragment<DB>,
    DB: Backend,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        if self.rows.is_empty() {
            out.push_sql("1 = 0");
            return Ok(());
        }
        let (first, second) = &self.columns;
        out.push_sql("(");
        first.walk_ast(out.reborrow())?;
        out.push_sql(", ");
        second.walk_ast(out.reborrow())?;
        out.push_sql(") IN (");
        for (position, (one, other)) in self.rows.iter().enumerate() {
            out.push_sql(if position == 0 { "(" } else { ", (" });
            one.walk_ast(out.reborrow())?;
            out.push_sql(", ");
            other.walk_ast(out.reborrow())?;
            out.push_sql(")");
        }
        out.push_sql(")");
        Ok(())
    }
}
