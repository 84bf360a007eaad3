//! One log line and one measurement for each answered request.

use std::time::Instant;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;

use crate::client_address::ClientAddress;
use crate::{metrics, request_id};

/// Logs the route's pattern, not the path: ids, queries, tokens and bodies stay out of the log.
pub(crate) async fn record<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> actix_web::Result<ServiceResponse<B>> {
    let started = Instant::now();
    let method = request.method().clone();
    let client = ClientAddress::of(request.request());
    let response = next.call(request).await?;
    let took = started.elapsed();
    let status = response.status();
    let pattern = response.request().match_pattern();
    let route = pattern.as_deref().unwrap_or("unmatched");
    metrics::record_request(route, &method, status, took);
    tracing::info!(
        target: "access",
        method = metrics::name(&method),
        route,
        status = status.as_u16(),
        %client,
        duration_us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
        request_id = request_id::current(),
    );
    Ok(response)
}
