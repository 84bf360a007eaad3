//! A small store as the first version of the schema had it: with this its rows were exported, and once it has come through
//! all later migrations it must say the same.

use serde_json::{Map, Value};
use uuid::Uuid;

/// The export of that store.
pub const EXPORT: &str = include_str!("first_version/export.jsonl");

/// The statements that put its rows into a database that has the first version's tables, and nothing in them but what
/// its migrations put there.
pub fn inserts() -> Vec<String> {
    let lines = EXPORT.lines().map(|line| serde_json::from_str::<Map<String, Value>>(line).expect("JSON"));
    let rows = lines.flatten().filter(|(table, _)| table != "hexroom_export" && table != "end");
    let inserts = rows.map(|(table, row)| {
        let row = row.as_object().expect("a row has columns");
        if table == "free_joins" {
            let [user_id, room_id] = ["user_id", "room_id"].map(|column| literal(column, &row[column]));
            return format!("UPDATE accounts SET free_join_room_id = {room_id} WHERE user_id = {user_id}");
        }
        let columns: Vec<_> = row.keys().map(String::as_str).collect();
        let values: Vec<_> = row.iter().map(|(column, value)| literal(column, value)).collect();
        format!("INSERT INTO {table} ({}) VALUES ({})", columns.join(", "), values.join(", "))
    });
    ["DELETE FROM coin_accounts".to_owned()].into_iter().chain(inserts).collect()
}

/// A value as every database takes it. Ids, digests and hashes are stored as bytes, but for the clients' own ids.
fn literal(column: &str, value: &Value) -> String {
    match value {
        Value::Bool(flag) => u8::from(*flag).to_string(),
        Value::String(text) => match Uuid::try_parse(text).ok().filter(|_| column != "client_message_id") {
            Some(id) => format!("x'{}'", id.simple()),
            None if is_digest(text) => format!("x'{text}'"),
            None => format!("'{}'", text.replace('\'', "''")),
        },
        // Numbers, and nothing.
        other => other.to_string(),
    }
}

fn is_digest(text: &str) -> bool {
    [32, 64].contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}
