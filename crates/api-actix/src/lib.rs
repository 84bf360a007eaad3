//! HTTP and WebSocket in front of the domain.
//!
//! This crate owns what the world outside sees: JSON, statuses, headers, limits and the socket's
//! frames. It decides nothing about rooms, coins or friends; [`domain`] does.

mod api;
mod auth;
mod body;
mod buckets;
mod call_limit;
mod client_address;
mod command_line_record;
mod counted_calls;
mod endpoint;
mod failure_log;
mod field_errors;
mod fields;
mod guesses;
mod handlers;
mod limiter;
mod listener;
mod lock;
mod metrics;
mod middleware;
mod openapi;
mod paging;
mod problem;
mod problem_pages;
mod query;
mod rate_limits;
mod refusal_code;
mod request_id;
mod routes;
mod security_log;
mod serve;
mod shapes;
mod socket;
mod stopping;
mod trusted_proxies;
mod unauthenticated_sockets;
mod uncancelled;
mod web_client;

#[cfg(test)]
mod http_tests;

pub use api::{Api, Settings};
pub use openapi::openapi_json;
pub use rate_limits::{Allowance, Allowances, RateLimits};
pub use serve::serve;
pub use socket::Hub;
pub use trusted_proxies::TrustedProxies;
