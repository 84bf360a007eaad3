use std::sync::Arc;

use domain::ports::Store;
use domain::use_cases::Hexroom;
use metrics_exporter_prometheus::PrometheusHandle;

use crate::rate_limits::RateLimits;
use crate::socket::Hub;
use crate::trusted_proxies::TrustedProxies;

/// What the API answers with: the use cases, and what stands around them.
///
/// Handlers find it as `web::Data<Api>`, and beside it `web::Data<Limiter>`.
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
