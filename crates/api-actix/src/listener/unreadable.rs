//! What is answered to requests that cannot be read.
//!
//! `actix-http` answers them itself, without a body and without asking anybody; such an answer is known by
//! being all that is written, and is replaced on its way.

use actix_web::http::header;
use uuid::Uuid;

use crate::problem::Problem;
use crate::refusal_code::Code;

const NOT_HTTP: &str = "This is not a request in HTTP/1.1.";
const TOO_LONG: &str = "The head of the request is too long.";
const TOO_LATE: &str = "The head of the request did not arrive in time.";

/// What to write in place of `written`, if that is an answer without a body to what cannot be read.
pub(super) fn in_place_of(written: &[u8]) -> Option<Vec<u8>> {
    let detail = match written.get(.."HTTP/1.1 400".len())? {
        b"HTTP/1.1 400" => NOT_HTTP,
        b"HTTP/1.1 431" => TOO_LONG,
        _ => return None,
    };
    let head = std::str::from_utf8(written).ok()?.strip_suffix("\r\n\r\n")?;
    head.contains("\r\ncontent-length: 0").then(|| answer(detail))
}

/// What to write to a peer whose head has been waited for long enough.
pub(super) fn too_late() -> Vec<u8> {
    answer(TOO_LATE)
}

fn answer(detail: &'static str) -> Vec<u8> {
    let request_id = Uuid::new_v4().to_string();
    let problem = Problem::because(Code::MalformedRequest, detail);
    let mut body = problem.to_json();
    body["requestId"] = request_id.clone().into();
    let body = body.to_string();
    let length = body.len().to_string();
    let headers = [
        (header::CONTENT_TYPE, "application/problem+json"),
        (header::CONTENT_LENGTH, &length),
        (header::CONNECTION, "close"),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::HeaderName::from_static("x-request-id"), &request_id),
    ];
    let headers = headers.map(|(name, value)| format!("{name}: {value}\r\n")).concat();
    format!("HTTP/1.1 400 Bad Request\r\n{headers}\r\n{body}").into_bytes()
}
