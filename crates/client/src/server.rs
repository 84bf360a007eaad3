use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Method, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Error, Problem};

/// How long a connection may take to be made, and how long a call.
pub(crate) const CONNECT_WITHIN: Duration = Duration::from_secs(10);
const ANSWER_WITHIN: Duration = Duration::from_secs(30);

/// A Hexroom server, before signing in. Clones share their connections.
#[derive(Debug, Clone)]
pub struct Server {
    http: reqwest::Client,
    address: Url,
    #[cfg(feature = "tls")]
    tls: std::sync::Arc<rustls::ClientConfig>,
}

impl Server {
    /// The server at this address, such as `https://chat.example.org`. Nothing is sent yet.
    ///
    /// Passwords and tokens go there as they are, so use `http://` only on the same machine.
    ///
    /// # Errors
    /// [`Error::Address`], if it is not a usable address.
    pub fn at(address: &str) -> Result<Self, Error> {
        let url = Url::parse(address).map_err(|error| Error::Address(format!("{address}: {error}")))?;
        let schemes: &[&str] = if cfg!(feature = "tls") { &["http", "https"] } else { &["http"] };
        if !schemes.contains(&url.scheme()) || url.cannot_be_a_base() || !url.username().is_empty() {
            return Err(Error::Address(format!(
                "{address} is not an address such as {}://host",
                schemes.join("://host or ")
            )));
        }
        // No proxy, because the socket would not go through it; no redirect, because none is ever sent
        // and a token should not follow one.
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(Policy::none())
            .connect_timeout(CONNECT_WITHIN)
            .timeout(ANSWER_WITHIN);
        #[cfg(feature = "tls")]
        let (http, tls) = {
            let tls = crate::tls::trusting_the_system()?;
            (http.tls_backend_preconfigured(tls.clone()), std::sync::Arc::new(tls))
        };
        let http = http.build().map_err(|error| Error::Address(error.to_string()))?;
        Ok(Self {
            http,
            address: url,
            #[cfg(feature = "tls")]
            tls,
        })
    }

    /// The address of a path's segments, each written so that it stays one segment.
    pub(crate) fn url(&self, path: &[&str]) -> Url {
        let mut url = self.address.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        url
    }

    /// How the socket is encrypted, if the address asks for it.
    #[cfg(feature = "tls")]
    pub(crate) fn connector(&self) -> tokio_tungstenite::Connector {
        tokio_tungstenite::Connector::Rustls(self.tls.clone())
    }

    /// Makes a call and reads the answer.
    pub(crate) async fn ask<T: DeserializeOwned>(
        &self,
        call: &Call<'_>,
        token: Option<&SecretString>,
    ) -> Result<Timed<T>, Error> {
        let Answer { status, headers, body } = self.send(call, token).await?;
        let body = serde_json::from_slice(&body)
            .map_err(|source| Error::Unexpected { status: status.as_u16(), source })?;
        Ok(Timed { body, at: date(&headers) })
    }

    /// Makes a call whose answer has no content.
    pub(crate) async fn execute(&self, call: &Call<'_>, token: Option<&SecretString>) -> Result<(), Error> {
        self.send(call, token).await.map(|_| ())
    }

    async fn send(&self, call: &Call<'_>, token: Option<&SecretString>) -> Result<Answer, Error> {
        let mut request = self.http.request(call.method.clone(), self.url(call.path)).query(&call.query);
        if let Some(token) = token {
            request = request.bearer_auth(token.expose_secret());
        }
        if let Some(key) = call.idempotency_key {
            request = request.header("Idempotency-Key", key);
        }
        if let Some(within) = call.within {
            request = request.timeout(within);
        }
        if let Some(body) = &call.body {
            request = request.header("Content-Type", "application/json").body(body.clone());
        }
        let response = request.send().await?;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.bytes().await?.to_vec();
        if status.is_success() {
            return Ok(Answer { status, headers, body });
        }
        let problem: Problem = serde_json::from_slice(&body)
            .map_err(|source| Error::Unexpected { status: status.as_u16(), source })?;
        Err(Problem { retry_after: retry_after(&headers), ..problem }.into())
    }
}

struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

/// The body of an answer, and the server's time.
pub(crate) struct Timed<T> {
    pub(crate) body: T,
    pub(crate) at: Option<Timestamp>,
}

fn date(headers: &HeaderMap) -> Option<Timestamp> {
    let date = jiff::fmt::rfc2822::parse(headers.get(DATE)?.to_str().ok()?).ok()?;
    Some(date.timestamp())
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok().map(Duration::from_secs)
}

/// A call to be made.
#[derive(Debug)]
pub(crate) struct Call<'a> {
    method: Method,
    path: &'a [&'a str],
    query: Vec<(&'static str, String)>,
    body: Option<Vec<u8>>,
    idempotency_key: Option<&'a str>,
    within: Option<Duration>,
}

impl<'a> Call<'a> {
    pub(crate) fn get(path: &'a [&'a str]) -> Self {
        Self::new(Method::GET, path)
    }

    pub(crate) fn post(path: &'a [&'a str]) -> Self {
        Self::new(Method::POST, path)
    }

    pub(crate) fn put(path: &'a [&'a str]) -> Self {
        Self::new(Method::PUT, path)
    }

    pub(crate) fn patch(path: &'a [&'a str]) -> Self {
        Self::new(Method::PATCH, path)
    }

    pub(crate) fn delete(path: &'a [&'a str]) -> Self {
        Self::new(Method::DELETE, path)
    }

    fn new(method: Method, path: &'a [&'a str]) -> Self {
        Self { method, path, query: Vec::new(), body: None, idempotency_key: None, within: None }
    }

    /// With a parameter, if it has a value.
    pub(crate) fn query(mut self, name: &'static str, value: Option<impl ToString>) -> Self {
        self.query.extend(value.map(|value| (name, value.to_string())));
        self
    }

    /// With a body.
    pub(crate) fn json(mut self, body: &impl Serialize) -> Self {
        self.body = Some(serde_json::to_vec(body).expect("our own bodies have text keys"));
        self
    }

    /// Gives up if there is no answer within this time.
    pub(crate) fn within(mut self, time: Duration) -> Self {
        self.within = Some(time);
        self
    }

    /// Under a key that makes a repetition harmless.
    pub(crate) fn once(mut self, key: &'a str) -> Self {
        self.idempotency_key = Some(key);
        self
    }
}
