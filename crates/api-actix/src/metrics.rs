//! What is counted and timed for `/metrics`.

use std::time::Duration;

use actix_web::http::{Method, StatusCode};

/// One answered request, by route pattern, method and class of status.
pub(crate) fn record_request(route: &str, method: &Method, status: StatusCode, took: Duration) {
    let class = match status.as_u16() / 100 {
        1 => "1xx",
        2 => "2xx",
        3 => "3xx",
        4 => "4xx",
        _ => "5xx",
    };
    let labels =
        [("route", route.to_owned()), ("method", name(method).to_owned()), ("status", class.to_owned())];
    metrics::counter!("hexroom_http_requests_total", &labels).increment(1);
    metrics::histogram!("hexroom_http_request_duration_seconds", &labels).record(took);
}

/// One refusal, over whichever transport.
pub(crate) fn count_refusal(code: &'static str) {
    metrics::counter!("hexroom_refusals_total", "code" => code).increment(1);
}

/// The method, if it is one of ours. A client may invent others, of any length, and each would be a series of
/// its own.
pub(crate) fn name(method: &Method) -> &str {
    match *method {
        Method::GET
        | Method::HEAD
        | Method::POST
        | Method::PUT
        | Method::PATCH
        | Method::DELETE
        | Method::OPTIONS => method.as_str(),
        _ => "other",
    }
}
