//! Headers that keep browsers and caches from doing harm.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::middleware::Next;

const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'";

/// Swagger UI is served from here, and needs its own scripts, styles and pictures, and nobody else's.
const DOCS: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
                    img-src 'self' data:; connect-src 'self'; font-src 'self'; \
                    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Adds them to every answer that does not say otherwise itself.
pub(crate) async fn protect<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> actix_web::Result<ServiceResponse<B>> {
    let is_docs = request.path().starts_with("/api/docs");
    let is_private = request.path().starts_with("/api/") && !is_docs && request.path() != "/api/openapi.json";
    let mut response = next.call(request).await?;
    let mut add = |name: HeaderName, value: &'static str| {
        if !response.headers().contains_key(&name) {
            response.headers_mut().insert(name, HeaderValue::from_static(value));
        }
    };
    add(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    add(header::REFERRER_POLICY, "no-referrer");
    add(header::CONTENT_SECURITY_POLICY, if is_docs { DOCS } else { NOTHING });
    if is_private {
        add(header::CACHE_CONTROL, "no-store");
    }
    Ok(response)
}
