//! Refusals as `application/problem+json` (RFC 9457).

use std::borrow::Cow;
use std::error::Error;
use std::fmt;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use domain::{Denial, DenialKind, Refusal, SEATS};
use serde::Serialize;
use utoipa::ToSchema;

use crate::buckets::RetryAfter;
use crate::field_errors::{FieldError, FieldErrors, json_name};
use crate::refusal_code::Code;
use crate::{failure_log, metrics, request_id};

/// When to try again after `unavailable`.
pub(crate) const UNAVAILABLE_FOR_SECONDS: u64 = 1;

/// A refusal on its way to a client.
#[derive(Debug)]
pub(crate) struct Problem {
    code: Code,
    detail: Cow<'static, str>,
    extras: Extras,
    failure: Option<Box<dyn Error + Send + Sync>>,
}

/// What some codes add, in the body or as a header.
#[derive(Debug)]
enum Extras {
    Nothing,
    Details(Denial),
    Errors(Vec<FieldError>),
    RetryAfter(u64),
    Allow(String),
}

/// A refusal as a client reads it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Problem)]
pub(crate) struct ProblemShape<'a> {
    /// Where the code is explained, relative to the server.
    #[serde(rename = "type")]
    #[schema(example = "/problems/room_full")]
    kind: String,
    /// The code for people, the same every time.
    #[schema(example = "The room is full")]
    title: &'a str,
    /// The HTTP status.
    #[schema(example = 409)]
    status: u16,
    /// What happened and what to do, in a sentence.
    #[schema(example = "All 6 seats of this room are taken. Try again when somebody has left.")]
    detail: &'a str,
    /// What to branch on; it never changes.
    #[schema(value_type = Code)]
    code: &'a str,
    /// By which the operator finds the request in the log.
    request_id: Option<String>,
    /// With `insufficient_coins`: the price.
    #[serde(skip_serializing_if = "Option::is_none")]
    required: Option<i64>,
    /// With `insufficient_coins`: the balance.
    #[serde(skip_serializing_if = "Option::is_none")]
    available: Option<i64>,
    /// With `insufficient_coins`: what is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    shortfall: Option<i64>,
    /// With `room_full`: how many seats there are.
    #[serde(skip_serializing_if = "Option::is_none")]
    seats: Option<usize>,
    /// With `quota_exceeded`: what there is enough of, `rooms_owned`, `rooms_sat_in` or `open_invitations`.
    #[serde(skip_serializing_if = "Option::is_none")]
    quota: Option<&'static str>,
    /// With `quota_exceeded`: how many there may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<usize>,
    /// With `validation_failed`: every field that cannot be accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    errors: Option<&'a [FieldError]>,
}

impl Problem {
    /// A refusal that its code says everything about.
    pub(crate) fn new(code: Code) -> Self {
        Self::because(code, code.explanation())
    }

    /// A refusal with a sentence of its own.
    pub(crate) fn because(code: Code, detail: impl Into<Cow<'static, str>>) -> Self {
        let extras = match code {
            Code::Unavailable => Extras::RetryAfter(UNAVAILABLE_FOR_SECONDS),
            _ => Extras::Nothing,
        };
        Self { code, detail: detail.into(), extras, failure: None }
    }

    /// There is nothing at the address.
    pub(crate) fn no_such_address() -> Self {
        Self::because(
            Code::Denied(DenialKind::NotFound),
            "There is nothing at this address. `/api/docs` shows every call.",
        )
    }

    /// The method is not one of those that work here.
    pub(crate) fn method_not_allowed(allow: &str) -> Self {
        let problem = Self::because(Code::MethodNotAllowed, format!("What works here is {allow}."));
        Self { extras: Extras::Allow(allow.to_owned()), ..problem }
    }

    /// The code that clients branch on.
    #[cfg(test)]
    pub(crate) fn code(&self) -> Code {
        self.code
    }

    /// What a `401` asks for (RFC 6750, section 3). Nothing is said to be wrong with a token that was not sent.
    fn challenge(&self) -> &'static str {
        match self.code {
            Code::Denied(
                DenialKind::TokenInvalid | DenialKind::TokenExpired | DenialKind::SessionRevoked,
            ) => r#"Bearer realm="hexroom", error="invalid_token""#,
            _ => r#"Bearer realm="hexroom""#,
        }
    }

    /// The problem as a client reads it.
    pub(crate) fn to_json(&self) -> serde_json::Value {
        serde_json::to_value(self.shape()).unwrap_or_default()
    }

    fn shape(&self) -> ProblemShape<'_> {
        let code = self.code.as_str();
        let mut shape = ProblemShape {
            kind: format!("/problems/{code}"),
            title: self.code.title(),
            status: self.code.status().as_u16(),
            detail: &self.detail,
            code,
            request_id: request_id::current(),
            required: None,
            available: None,
            shortfall: None,
            seats: None,
            quota: None,
            limit: None,
            errors: None,
        };
        match &self.extras {
            Extras::Details(Denial::InsufficientCoins { required, available, shortfall }) => {
                shape.required = Some(required.get());
                shape.available = Some(available.get());
                shape.shortfall = Some(shortfall.get());
            }
            Extras::Details(Denial::QuotaExceeded { quota, limit }) => {
                shape.quota = Some(quota.as_str());
                shape.limit = Some(*limit);
            }
            Extras::Details(Denial::RoomFull) => shape.seats = Some(SEATS),
            Extras::Errors(errors) => shape.errors = Some(errors),
            Extras::Nothing | Extras::Details(_) | Extras::RetryAfter(_) | Extras::Allow(_) => {}
        }
        shape
    }
}

/// A refusal's code and sentence, as the socket's `error` frame carries them. What stands behind it is for
/// [`failure_log`] alone.
pub(crate) fn code_and_detail(refusal: &Refusal) -> (&'static str, String) {
    match refusal {
        Refusal::Denied(denial) => (Code::from(denial).as_str(), denial.to_string()),
        Refusal::Unavailable(_) => described(Code::Unavailable),
        Refusal::Internal(_) => described(Code::Internal),
    }
}

fn described(code: Code) -> (&'static str, String) {
    (code.as_str(), code.explanation().into_owned())
}

impl From<Denial> for Problem {
    fn from(denial: Denial) -> Self {
        match denial {
            Denial::Invalid { field, invalid } => FieldErrors::of(json_name(field), invalid).into(),
            denial => {
                let (code, detail) = (Code::from(&denial), denial.to_string());
                Self { extras: Extras::Details(denial), ..Self::because(code, detail) }
            }
        }
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Denied(denial) => denial.into(),
            Refusal::Unavailable(source) => Self { failure: Some(source), ..Self::new(Code::Unavailable) },
            Refusal::Internal(source) => Self { failure: Some(source), ..Self::new(Code::Internal) },
        }
    }
}

impl From<FieldErrors> for Problem {
    fn from(errors: FieldErrors) -> Self {
        Self { extras: Extras::Errors(errors.into_vec()), ..Self::new(Code::VALIDATION_FAILED) }
    }
}

impl From<RetryAfter> for Problem {
    fn from(wait: RetryAfter) -> Self {
        let seconds = wait.seconds();
        let detail = format!("That was too often. Try again in {seconds} s.");
        Self { extras: Extras::RetryAfter(seconds), ..Self::because(Code::RateLimited, detail) }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_str())
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.code.status()
    }

    fn error_response(&self) -> HttpResponse {
        if let Some(failure) = &self.failure {
            failure_log::log(self.code, failure.as_ref());
        }
        metrics::count_refusal(self.code.as_str());
        let mut response = HttpResponse::build(self.code.status());
        if self.code.status() == StatusCode::UNAUTHORIZED {
            response.insert_header((header::WWW_AUTHENTICATE, self.challenge()));
        }
        match &self.extras {
            Extras::RetryAfter(seconds) => {
                response.insert_header((header::RETRY_AFTER, *seconds));
            }
            Extras::Allow(methods) => {
                response.insert_header((header::ALLOW, methods.as_str()));
            }
            Extras::Nothing | Extras::Details(_) | Extras::Errors(_) => {}
        }
        let mut response =
            response.insert_header((header::CONTENT_TYPE, "application/problem+json")).json(self.shape());
        response.extensions_mut().insert(self.code);
        response
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use domain::{Coins, Field, Invalid, Quota};
    use serde_json::{Value, json};

    use super::*;

    fn body(problem: &Problem) -> Value {
        problem.to_json()
    }

    fn header(problem: &Problem, name: &str) -> Option<String> {
        let value = problem.error_response().headers().get(name)?.to_str().map(ToOwned::to_owned);
        value.ok()
    }

    #[test]
    fn every_problem_says_what_it_is() {
        for code in Code::all() {
            let problem = Problem::new(code);
            let response = problem.error_response();
            assert_eq!(response.status(), code.status());
            assert_eq!(response.headers().get("content-type").expect("one"), "application/problem+json");
            let body = body(&problem);
            assert_eq!(body["type"], format!("/problems/{}", code.as_str()));
            assert_eq!(body["code"], code.as_str());
            assert_eq!(body["status"], code.status().as_u16());
            assert_eq!(body["title"], code.title());
            assert!(body["detail"].as_str().is_some_and(|detail| detail.ends_with('.')), "{body}");
        }
    }

    #[test]
    fn a_lack_of_coins_comes_with_its_numbers() {
        let coins = |amount| Coins::new(amount).expect("not negative");
        let denial =
            Denial::InsufficientCoins { required: coins(150), available: coins(40), shortfall: coins(110) };
        let body = body(&denial.into());
        assert_eq!(
            (&body["required"], &body["available"], &body["shortfall"]),
            (&json!(150), &json!(40), &json!(110))
        );
        assert_eq!(body["status"], 402);
    }

    #[test]
    fn a_full_room_says_how_many_seats_it_has() {
        assert_eq!(body(&Denial::RoomFull.into())["seats"], 6);
    }

    #[test]
    fn a_quota_comes_with_its_name_and_limit() {
        let body = body(&Denial::QuotaExceeded { quota: Quota::RoomsSatIn, limit: 500 }.into());
        assert_eq!((&body["quota"], &body["limit"]), (&json!("rooms_sat_in"), &json!(500)));
        assert_eq!(body["detail"], "An account sits in at most 500 rooms. Leave one first.");
    }

    #[test]
    fn what_the_domain_cannot_accept_is_named_as_a_field() {
        let invalid = Invalid::new("too_many", "A new account may start with at most 1000 coins.");
        let body = body(&Denial::Invalid { field: Field::SignupCoins, invalid }.into());
        assert_eq!(body["code"], "validation_failed");
        let message = "A new account may start with at most 1000 coins.";
        assert_eq!(body["errors"], json!([{"field": "availCoins", "code": "too_many", "message": message}]));
    }

    #[test]
    fn members_of_other_codes_are_absent() {
        let body = body(&Denial::Banned.into());
        for member in ["required", "available", "shortfall", "seats", "quota", "limit", "errors"] {
            assert_eq!(body.get(member), None, "{member}");
        }
    }

    #[test]
    fn a_failure_shows_nothing_of_its_inside() {
        for refusal in [Refusal::Internal, Refusal::Unavailable] {
            let problem = Problem::from(refusal("disk /dev/secret is gone".into()));
            assert!(!body(&problem).to_string().contains("secret"));
        }
    }

    #[test]
    fn who_may_come_back_is_told_when() {
        let limited = Problem::from(RetryAfter(Duration::from_millis(1_200)));
        assert_eq!(header(&limited, "retry-after").as_deref(), Some("2"));
        let unavailable = Problem::from(Refusal::Unavailable("full".into()));
        assert_eq!(header(&unavailable, "retry-after").as_deref(), Some("1"));
        assert_eq!(header(&Problem::no_such_address(), "retry-after"), None);
    }

    #[test]
    fn who_must_prove_who_they_are_is_told_how() {
        for code in Code::all() {
            let challenge = header(&Problem::new(code), "www-authenticate");
            let is_of_a_token =
                ["token_invalid", "token_expired", "session_revoked"].contains(&code.as_str());
            let expected = match code.status() {
                StatusCode::UNAUTHORIZED if is_of_a_token => {
                    Some(r#"Bearer realm="hexroom", error="invalid_token""#)
                }
                StatusCode::UNAUTHORIZED => Some(r#"Bearer realm="hexroom""#),
                _ => None,
            };
            assert_eq!(challenge.as_deref(), expected, "{}", code.as_str());
        }
    }

    #[test]
    fn the_socket_uses_the_same_code_and_sentence() {
        for denial in [Denial::RoomFull, Denial::NotAMember, Denial::ClientMessageIdConflict] {
            let problem = body(&Problem::from(denial.clone()));
            let (code, detail) = code_and_detail(&Refusal::Denied(denial));
            assert_eq!((&problem["code"], &problem["detail"]), (&json!(code), &json!(detail)));
        }
        assert_eq!(code_and_detail(&Refusal::Internal("secret".into())).0, "internal");
    }
}
