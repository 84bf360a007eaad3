use reqwest::header::HeaderMap;
use serde_json::Value;

/// What the server answered.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    /// The body as text, whatever it is.
    pub(crate) text: String,
    /// The body as JSON; null if it is not JSON.
    pub(crate) body: Value,
}

impl Answer {
    /// The whole answer, unless the server ends in the middle of it.
    pub(crate) async fn read(response: reqwest::Response) -> Result<Self, reqwest::Error> {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let text = response.text().await?;
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Ok(Self { status, headers, text, body })
    }

    /// Asserts the status and goes on with the answer.
    #[track_caller]
    pub(crate) fn expect_status(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// Asserts the status and goes on with the JSON body.
    #[track_caller]
    pub(crate) fn json(self, status: u16) -> Value {
        self.expect_status(status).body
    }

    /// Asserts that this is a refusal as docs/protocol.md describes it, and goes on with its body.
    #[track_caller]
    pub(crate) fn refusal(self, status: u16, code: &str) -> Value {
        assert_eq!(self.body["code"], code, "{} {}", self.status, self.text);
        assert_eq!(self.status, status, "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(self.body["status"], status, "{}", self.text);
        for member in ["type", "title", "detail", "requestId"] {
            let is_said = self.body[member].as_str().is_some_and(|text| !text.is_empty());
            assert!(is_said, "`{member}` says nothing: {}", self.text);
        }
        self.body
    }

    /// Asserts that the body was refused field by field, and that exactly these fields were named.
    #[track_caller]
    pub(crate) fn invalid_fields(self, fields: &[&str]) -> Value {
        let body = self.refusal(422, "validation_failed");
        let errors = body["errors"].as_array().unwrap_or_else(|| panic!("no `errors`: {body}"));
        let mut named: Vec<_> = errors.iter().map(|error| error["field"].as_str().unwrap_or("")).collect();
        named.sort_unstable();
        let mut expected = fields.to_vec();
        expected.sort_unstable();
        assert_eq!(named, expected, "{body}");
        for error in errors {
            for member in ["code", "message"] {
                assert!(error[member].as_str().is_some_and(|text| !text.is_empty()), "{error}");
            }
        }
        body
    }

    /// A header's value; empty if it is not there.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("headers are ASCII"))
    }
}
