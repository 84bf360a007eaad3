//! HTTP and WebSocket in front of the domain.
//!
//! This crate owns what the world outside sees: JSON, statuses, headers, limits and the socket's
//! frames. It decides nothing about rooms, coins or friends; [`domain`] does.

use std::sync::Arc;

use domain::ports::Store;
use domain::use_cases::Hexroom;
use metrics_exporter_prometheus::PrometheusHandle;

mod allowances;
mod auth;
mod body;
mod buckets;
mod call_limit;
mod client_address;
mod code;
mod command_line;
mod fields;
mod guesses;
mod handlers;
mod limits;
mod listener;
mod lock;
mod metrics;
mod middleware;
mod openapi;
mod paging;
mod problem;
mod problem_pages;
mod query;
mod routes;
mod security_log;
mod serve;
mod shapes;
mod socket;
mod task;
mod unauthenticated_sockets;
mod web_client;

#[cfg(test)]
mod http_tests;

pub use allowances::{Allowance, Allowances, RateLimits};
pub use client_address::TrustedProxies;
pub use openapi::openapi_json;
pub use serve::serve;
pub use socket::Hub;

/// What the API answers with: the use cases, and what stands around them.
///
/// Handlers find it as `web::Data<Api>`, and beside it `web::Data<Limits>`.
pub struct Api {
    /// Every use case.
    pub hexroom: Hexroom,
    /// The store as a whole, to ask whether it answers.
    pub store: Arc<dyn Store>,
    /// The open sockets.
    pub hub: Arc<Hub>,
    /// How the API behaves.
    pub settings: Settings,
    /// What has been measured.
    pub metrics: PrometheusHandle,
}

/// How the API behaves.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The browser origins, besides the server's own, whose pages may call the API; each as a
    /// browser writes it, such as `https://chat.example`.
    pub allowed_origins: Vec<String>,
    /// How often anything may be tried.
    pub rate_limits: RateLimits,
    /// The proxies whose word about their clients is believed.
    pub trusted_proxies: TrustedProxies,
    /// How many connections there may be at once. A few more are let in to be asked how the server is.
    pub most_connections: usize,
    /// Whether `/metrics` is answered where the API is.
    pub metrics_on_api: bool,
}
