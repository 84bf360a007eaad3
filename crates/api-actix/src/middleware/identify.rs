//! Gives every request its id, and its answer and its log lines too.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::web;
use tracing::Instrument;
use uuid::Uuid;

use crate::Api;
use crate::request_id;

const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// Gives the request its id: that of the trusted proxy which hands it on, where it has one, or a
/// new one. Were a stranger's taken over, it could be that of another request, and mislead who reads the log.
pub(crate) async fn identify<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> actix_web::Result<ServiceResponse<B>> {
    let believed = request
        .app_data::<web::Data<Api>>()
        .filter(|api| api.settings.trusted_proxies.handed_on(request.request()))
        .and_then(|_| request.headers().get(&HEADER));
    let id = believed
        .and_then(|value| value.to_str().ok())
        .filter(|id| is_sane(id))
        .map_or_else(|| Uuid::new_v4().to_string(), ToOwned::to_owned);
    let span = tracing::info_span!("request", request_id = id);
    let header = HeaderValue::from_str(&id);
    let mut response = request_id::scope(id, next.call(request).instrument(span)).await?;
    if let Ok(header) = header {
        response.headers_mut().insert(HEADER, header);
    }
    Ok(response)
}

/// An id goes into logs and answers, so it is short and plain.
fn is_sane(id: &str) -> bool {
    (1..=64).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_short_plain_id_is_taken_over() {
        for good in ["a", "4bf92f35-77b3.x_1", &"x".repeat(64)] {
            assert!(is_sane(good), "{good}");
        }
        for bad in ["", "a b", "a\"b", "é", "{}", &"x".repeat(65)] {
            assert!(!is_sane(bad), "{bad}");
        }
    }
}
