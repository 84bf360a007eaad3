//! A real server as a child process, and people who use it.

mod actor;
mod answer;
mod server;
mod socket;
mod store;

use std::time::Duration;

pub(crate) use actor::{Actor, ROOM_PASSWORD, unique};
pub(crate) use answer::Answer;
pub(crate) use serde_json::{Value, json};
pub(crate) use server::Server;
pub(crate) use socket::{Raw, Socket};
pub(crate) use store::Store;

/// How long anything may take before a test gives up on it; generous, for the machine may be busy.
pub(crate) const DEADLINE: Duration = Duration::from_secs(30);

/// Asserts that `value` is an object with the `required` members, and no others than those and the
/// `optional` ones.
#[track_caller]
pub(crate) fn assert_members(value: &Value, required: &[&str], optional: &[&str]) {
    let members = value.as_object().unwrap_or_else(|| panic!("not an object: {value}"));
    for name in required {
        assert!(members.contains_key(*name), "`{name}` is missing: {value}");
    }
    for name in members.keys() {
        let is_known = required.contains(&name.as_str()) || optional.contains(&name.as_str());
        assert!(is_known, "`{name}` is unexpected: {value}");
    }
}

/// Asserts that `value` is an instant in RFC 3339, in UTC, with milliseconds.
#[track_caller]
pub(crate) fn assert_instant(value: &Value) {
    let text = value.as_str().unwrap_or_else(|| panic!("not an instant: {value}"));
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    assert_eq!(shape, "0000-00-00T00:00:00.000Z", "{text}");
}

/// Text out of a JSON value.
#[track_caller]
pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("not a string: {value}")).to_owned()
}

/// A whole number out of a JSON value.
#[track_caller]
pub(crate) fn number(value: &Value) -> i64 {
    value.as_i64().unwrap_or_else(|| panic!("not a whole number: {value}"))
}

/// The items of a list's answer.
#[track_caller]
pub(crate) fn items(list: &Value) -> Vec<Value> {
    list["items"].as_array().unwrap_or_else(|| panic!("not a list: {list}")).clone()
}

/// One member of each item, in order.
#[track_caller]
pub(crate) fn column(items: &[Value], name: &str) -> Vec<Value> {
    items.iter().map(|item| item[name].clone()).collect()
}
