//! Reads JSON bodies, and finds every field in them that cannot be accepted.

use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::rt::time::timeout;
use actix_web::web::BytesMut;
use actix_web::{FromRequest, HttpRequest};
use deserr::Deserr;
use futures_util::StreamExt;
use futures_util::future::{Ready, ready};
use serde_json::{Map, Value};

use crate::field_errors::FieldErrors;
use crate::problem::Problem;
use crate::refusal_code::Code;

/// No body of any call needs more; the longest holds a message of 4,000 characters.
const MOST_BYTES: usize = 64 * 1024;

/// How long a body may take to arrive, on the slowest line.
const WITHIN: Duration = Duration::from_secs(30);

/// A request's body, not yet read.
///
/// A handler reads it when its turn comes: who may not call at all is told so before what they
/// sent is looked at.
pub(crate) struct JsonBody {
    declared: Option<String>,
    payload: Payload,
}

impl FromRequest for JsonBody {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let declared = request
            .headers()
            .get(header::CONTENT_TYPE)
            .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned());
        ready(Ok(Self { declared, payload: payload.take() }))
    }
}

impl JsonBody {
    /// The body as the call wants it.
    pub(crate) async fn read<T: Deserr<FieldErrors>>(self) -> Result<T, Problem> {
        Ok(accept(self.object().await?)?)
    }

    /// The body as a JSON object.
    pub(crate) async fn object(self) -> Result<Map<String, Value>, Problem> {
        if !self.declared.as_deref().is_some_and(is_json) {
            return Err(Problem::new(Code::UnsupportedMediaType));
        }
        parse(&bytes(self.payload).await?)
    }

    /// The body of a call that needs none: nothing, or an object with nothing in it.
    pub(crate) async fn nothing(self) -> Result<(), Problem> {
        let Nothing {} = accept(self.object_or_nothing().await?)?;
        Ok(())
    }

    /// The body as a JSON object, where leaving it out means an empty one.
    pub(crate) async fn object_or_nothing(self) -> Result<Map<String, Value>, Problem> {
        let bytes = bytes(self.payload).await?;
        // Many clients declare JSON on every call, also on those that they send nothing with.
        if bytes.is_empty() {
            return Ok(Map::new());
        }
        if !self.declared.as_deref().is_some_and(is_json) {
            return Err(Problem::new(Code::UnsupportedMediaType));
        }
        parse(&bytes)
    }
}

#[derive(Deserr)]
#[deserr(error = FieldErrors, deny_unknown_fields)]
struct Nothing {}

fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case("application/json")
}

async fn bytes(payload: Payload) -> Result<BytesMut, Problem> {
    let late = |_| Problem::because(Code::MalformedRequest, "The body did not arrive in time.");
    timeout(WITHIN, arriving(payload)).await.map_err(late)?
}

async fn arriving(mut payload: Payload) -> Result<BytesMut, Problem> {
    let mut bytes = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Problem::new(Code::MalformedRequest))?;
        if bytes.len() + chunk.len() > MOST_BYTES {
            return Err(Problem::new(Code::PayloadTooLarge));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn parse(bytes: &[u8]) -> Result<Map<String, Value>, Problem> {
    match serde_json::from_slice(bytes) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(Problem::because(Code::MalformedRequest, "The body is JSON, but not an object.")),
        Err(error) => {
            let place = format!("line {}, column {}", error.line(), error.column());
            let detail = format!("The body is not JSON: reading it failed at {place}.");
            Err(Problem::because(Code::MalformedRequest, detail))
        }
    }
}

/// The object as `T`, or every field that stands in the way.
pub(crate) fn accept<T: Deserr<FieldErrors>>(object: Map<String, Value>) -> Result<T, FieldErrors> {
    deserr::deserialize(Value::Object(object))
}

/// One field of the object, if it can be accepted.
pub(crate) fn field<T: Deserr<FieldErrors>>(object: &Map<String, Value>, name: &str) -> Option<T> {
    deserr::deserialize::<T, _, FieldErrors>(object.get(name)?.clone()).ok()
}

/// Both, or what is wrong with either.
pub(crate) fn both<A, B>(
    one: Result<A, FieldErrors>,
    other: Result<B, FieldErrors>,
) -> Result<(A, B), FieldErrors> {
    match (one, other) {
        (Ok(one), Ok(other)) => Ok((one, other)),
        (Err(errors), Ok(_)) | (Ok(_), Err(errors)) => Err(errors),
        (Err(mut errors), Err(more)) => {
            errors.add(more);
            Err(errors)
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fields::{AccountName, Coins, Phone, RoomId, Seq, UserId};

    #[derive(Debug, Deserr)]
    #[deserr(error = FieldErrors, rename_all = camelCase, deny_unknown_fields)]
    struct Sample {
        user_id: UserId,
        #[allow(dead_code, reason = "read for its errors only")]
        phone: Phone,
        #[deserr(default)]
        name: Option<AccountName>,
        #[allow(dead_code, reason = "read for its errors only")]
        #[deserr(default)]
        avail_coins: Option<Coins>,
        #[deserr(default)]
        locked: Option<bool>,
        #[allow(dead_code, reason = "read for its errors only")]
        #[deserr(default)]
        places: Option<Vec<Place>>,
    }

    #[derive(Debug, Deserr)]
    #[deserr(error = FieldErrors, rename_all = camelCase, deny_unknown_fields)]
    struct Place {
        #[allow(dead_code, reason = "read for its errors only")]
        room_id: RoomId,
        #[allow(dead_code, reason = "read for its errors only")]
        seq: Seq,
    }

    fn read(text: &str) -> Result<Sample, Vec<(String, &'static str)>> {
        let object = parse(text.as_bytes()).expect("an object");
        accept(object).map_err(|errors: FieldErrors| {
            let mut found: Vec<_> =
                errors.into_vec().into_iter().map(|error| (error.field, error.code)).collect();
            found.sort();
            found
        })
    }

    fn refused(body: &Value) -> Vec<(String, &'static str)> {
        read(&body.to_string()).map(drop).expect_err("refused")
    }

    fn named<'a>(found: &'a [(String, &'static str)]) -> Vec<(&'a str, &'static str)> {
        found.iter().map(|(field, code)| (field.as_str(), *code)).collect()
    }

    #[test]
    fn a_body_becomes_domain_values() {
        let sample =
            read(r#"{"userId": "Ana", "phone": "+49 151 2345678", "name": null}"#).expect("accepted");
        assert_eq!(sample.user_id.0.as_str(), "ana");
        assert!(sample.name.is_none() && sample.locked.is_none());
    }

    #[test]
    fn every_failing_field_is_named_at_once() {
        let found = refused(&json!({
            "userId": "!", "name": 7, "availCoins": -1, "locked": "yes", "nickname": "A"
        }));
        assert_eq!(
            named(&found),
            [
                ("availCoins", "out_of_range"),
                ("locked", "wrong_type"),
                ("name", "wrong_type"),
                ("nickname", "unknown"),
                ("phone", "missing"),
                ("userId", "not_a_user_id"),
            ]
        );
    }

    #[test]
    fn a_field_inside_a_list_is_named_by_its_path() {
        let found = refused(&json!({
            "userId": "ana", "phone": "+4915112345678", "places": [{"roomId": "r", "seq": 1}, {"roomId": 1}]
        }));
        assert_eq!(named(&found), [("places[1].roomId", "wrong_type"), ("places[1].seq", "missing")]);
    }

    #[test]
    fn numbers_that_are_no_amount_are_refused() {
        for amount in ["1.5", "1e3", "1e300", "18446744073709551615", "-9223372036854775809", "\"5\"", "[]"] {
            let text = format!(r#"{{"userId": "ana", "phone": "+4915112345678", "availCoins": {amount}}}"#);
            let found = read(&text).expect_err(amount);
            assert_eq!(found.len(), 1, "{amount}");
            assert_eq!(found[0].0, "availCoins", "{amount}");
        }
    }

    #[test]
    fn null_where_something_is_needed_is_the_wrong_type() {
        let found = refused(&json!({"userId": null, "phone": "+4915112345678"}));
        assert_eq!(named(&found), [("userId", "wrong_type")]);
    }

    #[test]
    fn a_nul_in_a_text_is_a_broken_rule_and_nothing_worse() {
        let found =
            read(r#"{"userId": "an\u0000a", "phone": "\u0000", "name": "A\u0000"}"#).expect_err("refused");
        assert_eq!(found.len(), 3);
    }

    #[test]
    fn what_is_no_json_object_is_malformed() {
        let deep = "[".repeat(10_000);
        let texts = [
            "",
            " ",
            "[]",
            "1",
            "null",
            "\"x\"",
            "{",
            "{\"a\":}",
            r#"{"a": "\ud800"}"#,
            "{}x",
            "1e999",
            &deep,
        ];
        for text in texts {
            let problem = parse(text.as_bytes()).expect_err(text);
            assert_eq!(problem.code(), Code::MalformedRequest, "{text}");
        }
        assert_eq!(parse(b"{\"a\": \"\xff\"}").expect_err("no UTF-8").code(), Code::MalformedRequest);
    }

    #[test]
    fn a_body_of_nothing_but_unknown_fields_is_not_answered_at_length() {
        let many: Map<_, _> = (0..5_000).map(|n| (format!("field{n}"), json!(n))).collect();
        let errors = accept::<Sample>(many).map(drop).expect_err("refused");
        assert_eq!(errors.into_vec().len(), FieldErrors::MOST);
    }

    #[test]
    fn json_is_declared_in_any_case_and_with_parameters() {
        for good in ["application/json", "Application/JSON; charset=utf-8", "application/json;"] {
            assert!(is_json(good), "{good}");
        }
        for bad in ["", "text/plain", "application/jsonp", "application/x-www-form-urlencoded"] {
            assert!(!is_json(bad), "{bad}");
        }
    }
}
