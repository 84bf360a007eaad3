//! Who is calling.

use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use domain::{Denial, OpaqueToken, UserId, use_cases};
use futures_util::future::{LocalBoxFuture, ready};

use crate::Api;
use crate::problem::Problem;
use crate::refusal_code::Code;
use crate::security_log::Matter;

/// The account that calls, as the request's bearer token says. A handler that takes one is closed
/// to everybody else.
pub(crate) struct Caller {
    who: use_cases::Caller,
    matter: Matter,
}

impl Caller {
    /// The account's id.
    pub(crate) fn user_id(&self) -> UserId {
        self.who.account.user_id.clone()
    }

    /// Says for the security log what the account does.
    pub(crate) fn does(&self, event: &'static str) {
        self.matter.is(event, Some(&self.who.account.user_id));
    }

    /// Says for the security log what it does, as an admin, to another account.
    pub(crate) fn does_to(&self, event: &'static str, account: Option<&UserId>) {
        self.matter.is_by(&self.who.account.user_id, event, account);
    }
}

impl Deref for Caller {
    type Target = use_cases::Caller;

    fn deref(&self) -> &use_cases::Caller {
        &self.who
    }
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        if let Some(caller) = request.extensions_mut().remove() {
            return Box::pin(ready(Ok(caller)));
        }
        let token = bearer(request.headers());
        let matter = Matter::of(request);
        let api = request.app_data::<web::Data<Api>>().cloned();
        Box::pin(async move {
            let token = token?;
            let api = api.ok_or_else(|| Problem::new(Code::Internal))?;
            Ok(Self { who: api.hexroom.authenticate(&token).await?, matter })
        })
    }
}

/// The token in `Authorization: Bearer …`; the scheme's case does not matter.
fn bearer(headers: &HeaderMap) -> Result<OpaqueToken, Problem> {
    let value = headers.get(header::AUTHORIZATION).ok_or_else(|| Problem::new(Code::TokenMissing))?;
    let value = value.to_str().map_err(|_| Problem::from(Denial::TokenInvalid))?;
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    let token = token.trim();
    if scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() {
        Ok(OpaqueToken::new(token.to_owned()))
    } else {
        Err(Problem::new(Code::TokenMissing))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;
    use domain::DenialKind;

    use super::*;

    fn token_in(authorization: &[u8]) -> Result<String, Code> {
        let mut headers = HeaderMap::new();
        headers.insert(header::AUTHORIZATION, HeaderValue::from_bytes(authorization).expect("a header"));
        bearer(&headers).map(|token| token.expose().to_owned()).map_err(|problem| problem.code())
    }

    #[test]
    fn a_bearer_token_is_found_whatever_the_schemes_case() {
        for value in ["Bearer abc.def", "bearer abc.def", "BEARER  abc.def "] {
            assert_eq!(token_in(value.as_bytes()), Ok("abc.def".to_owned()), "{value}");
        }
    }

    #[test]
    fn anything_else_is_no_token() {
        for value in ["", "Bearer", "Bearer ", "Basic YTpi", "abc.def"] {
            assert_eq!(token_in(value.as_bytes()), Err(Code::TokenMissing), "{value}");
        }
        assert_eq!(token_in(b"Bearer \xff"), Err(Code::Denied(DenialKind::TokenInvalid)));
        assert_eq!(
            bearer(&HeaderMap::new()).map_err(|problem| problem.code()).err(),
            Some(Code::TokenMissing)
        );
    }
}
