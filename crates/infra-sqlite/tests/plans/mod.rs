//! Watches every statement that is made in this process, and asks SQLite how it goes about it.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use diesel::connection::{InstrumentationEvent, set_default_instrumentation};
use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::file;

static SEEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Has every connection that is opened from now on tell which statements it makes. Those that opening a store
/// makes, as migrations are, do not count.
pub(crate) fn watch() {
    static WATCHING: Once = Once::new();
    WATCHING.call_once(|| {
        set_default_instrumentation(|| Some(Box::new(|event: InstrumentationEvent<'_>| note(&event))))
            .expect("statements can be watched");
        let (_folder, path) = file::new_path();
        drop(infra_sqlite::open(&path).expect("the store opens"));
        let opening = std::mem::take(&mut *seen());
        OPENING.lock().unwrap_or_else(PoisonError::into_inner).extend(opening);
    });
}

static OPENING: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// The statements that read or change rows, each once.
pub(crate) fn statements() -> BTreeSet<String> {
    let opening = OPENING.lock().unwrap_or_else(PoisonError::into_inner);
    seen().difference(&opening).cloned().collect()
}

fn note(event: &InstrumentationEvent<'_>) {
    let InstrumentationEvent::StartQuery { query, .. } = event else { return };
    let shown = query.to_string();
    // Diesel shows the values after the statement.
    let sql = shown.split(" -- binds:").next().unwrap_or_default();
    if ["SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WITH "].iter().any(|word| sql.starts_with(word)) {
        seen().insert(sql.to_owned());
    }
}

fn seen() -> MutexGuard<'static, BTreeSet<String>> {
    SEEN.lock().unwrap_or_else(PoisonError::into_inner)
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// The steps in which SQLite does a statement, in the store at `path`.
pub(crate) fn plan(path: &Path, sql: &str) -> Vec<String> {
    let steps: Vec<Step> =
        diesel::sql_query(format!("EXPLAIN QUERY PLAN {sql}")).load(&mut file::raw(path)).expect(sql);
    steps.into_iter().map(|step| step.detail).collect()
}

/// The first step that goes through a whole table, or sorts what was found. In parentheses stands what another step has
/// found.
pub(crate) fn wasteful_step(plan: &[String]) -> Option<&String> {
    plan.iter().find(|step| {
        // In the statement itself, and in no table.
        let are_values = step.contains("CONSTANT ROW") || step.ends_with("-ROW VALUES CLAUSE");
        let goes_through_all = step.starts_with("SCAN") && !step.starts_with("SCAN (") && !are_values;
        goes_through_all || step.contains("TEMP B-TREE")
    })
}
