//! Every query that grows with the store finds its rows by an index.

mod file;

use diesel::debug_query;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::sqlite::Sqlite;
use infra_sql::{StoredId, accounts, admin, coins, events, friends, rooms};

const ID: StoredId = StoredId::HIGHEST;

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

macro_rules! queries {
    ($($query:expr),* $(,)?) => {
        vec![$((stringify!($query), sql(&debug_query::<Sqlite, _>(&$query).to_string()))),*]
    };
}

/// The statement without the values that diesel shows after it.
fn sql(shown: &str) -> String {
    shown.split(" -- binds:").next().unwrap_or(shown).to_owned()
}

fn all_queries() -> Vec<(&'static str, String)> {
    queries![
        accounts::living("ana"),
        accounts::in_room("ana", ID),
        accounts::session_with_account(ID),
        accounts::sessions_after("ana", "", 51),
        accounts::refresh_token(&[0; 32]),
        diesel::delete(accounts::expired_tokens(ID, 0)),
        accounts::owned_rooms("ana").count(),
        admin::admin_ids(),
        admin::accounts_after("ana", 51),
        admin::password_link(&[0; 32]),
        diesel::delete(admin::password_links_of("ana")),
        admin::record_before(ID, 51),
        admin::command_line_after(ID, 51),
        accounts::seats_held("ana").count(),
        rooms::MoveHead { room_id: ID, seq: 1 },
        coins::coin_account("ana"),
        coins::granted("ana", "key"),
        coins::ledger_before("ana", 9, 51),
        events::event(ID, 1),
        events::message(ID),
        events::earlier_post("ana", "client id"),
        events::since(ID, 1, 501),
        events::messages_at(ID, &[1, 2]),
        events::oldest_messages(ID, 1, 9, 51),
        events::newest_messages(ID, 9, 51),
        friends::request(ID),
        friends::pending_from_to("ana", "bo"),
        friends::pending_to("ana", ID, 51),
        friends::pending_from("ana", ID, 51),
        friends::friendship("ana", "bo"),
        friends::block("ana", "bo"),
        friends::friends_below("ana", "", 51),
        friends::friends_above("ana", "", 51),
        friends::shared_rooms("ana", "bo"),
        rooms::room(ID),
        rooms::standing(ID, "ana"),
        rooms::seats_of(ID),
        rooms::seat_of(ID, "ana"),
        rooms::members_of(ID),
        rooms::seats_before("ana", ID, 51),
        rooms::seats_taken(&[ID; 256]),
        rooms::unread("ana", ID, ID),
        rooms::ban(ID, "ana"),
        rooms::invitation(ID),
        rooms::invitation_by_token(&[0; 32]),
        rooms::invitations_before(ID, ID, 51),
        rooms::open_of_room(ID, 0),
        rooms::open_of_invitee("ana", 0),
    ]
}

fn plan(connection: &mut SqliteConnection, sql: &str) -> Vec<String> {
    let steps: Vec<Step> =
        diesel::sql_query(format!("EXPLAIN QUERY PLAN {sql}")).load(connection).expect(sql);
    steps.into_iter().map(|step| step.detail).collect()
}

#[test]
fn no_query_scans_a_table_or_sorts() {
    let (_folder, path) = file::new_path();
    infra_sqlite::migrate(&path).expect("the store is made");
    let mut connection = file::raw(&path);
    for (name, sql) in all_queries() {
        let plan = plan(&mut connection, &sql);
        assert!(plan.iter().any(|step| step.starts_with("SEARCH")), "{name}: {plan:#?}");
        let wasteful = |step: &&String| {
            step.starts_with("SCAN") && !step.contains("CONSTANT ROW") || step.contains("TEMP B-TREE")
        };
        assert_eq!(plan.iter().find(wasteful), None, "{name}: {sql}: {plan:#?}");
    }
}

#[test]
fn a_retry_is_found_by_the_whole_key() {
    let (_folder, path) = file::new_path();
    infra_sqlite::migrate(&path).expect("the store is made");
    let earlier = sql(&debug_query::<Sqlite, _>(&events::earlier_post("ana", "client id")).to_string());
    let plan = plan(&mut file::raw(&path), &earlier);
    let key = "(client_message_id=? AND actor_id=?)";
    assert!(plan.iter().any(|step| step.starts_with("SEARCH") && step.ends_with(key)), "{plan:#?}");
}

#[test]
fn counting_what_is_unread_begins_at_the_marker() {
    let (_folder, path) = file::new_path();
    infra_sqlite::migrate(&path).expect("the store is made");
    let unread = sql(&debug_query::<Sqlite, _>(&rooms::unread("ana", ID, ID)).to_string());
    let plan = plan(&mut file::raw(&path), &unread);
    let above_it = "SEARCH events USING PRIMARY KEY (room_id=? AND seq>?)";
    assert!(plan.iter().any(|step| step == above_it), "{plan:#?}");
}

#[test]
fn a_table_scan_would_be_noticed() {
    let (_folder, path) = file::new_path();
    infra_sqlite::migrate(&path).expect("the store is made");
    let plan = plan(&mut file::raw(&path), "SELECT * FROM events WHERE body = 'x'");
    assert!(plan.iter().any(|step| step.starts_with("SCAN")), "{plan:#?}");
}

#[test]
fn no_plan_depends_on_a_bound_value() {
    let (_folder, path) = file::new_path();
    infra_sqlite::migrate(&path).expect("the store is made");
    let qpsg =
        "SELECT compile_options AS detail FROM pragma_compile_options WHERE compile_options = 'ENABLE_QPSG'";
    let found: Vec<Step> = diesel::sql_query(qpsg).load(&mut file::raw(&path)).expect("an answer");
    assert_eq!(found.len(), 1, "a statement with LIMIT would be prepared anew each time");
}
