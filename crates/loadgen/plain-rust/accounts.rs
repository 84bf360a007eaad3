//! Accounts, which are no more than a name in a signed token.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::error::{ErrorInternalServerError, ErrorUnauthorized};
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::{Data, Json, Path};
use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder};
use jiff::{SignedDuration, Timestamp};
use jsonwebtoken::{DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const LASTING: SignedDuration = SignedDuration::from_hours(24);

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: String,
    exp: i64,
}

/// Signs and checks tokens.
pub(crate) struct Tokens {
    signing: EncodingKey,
    checking: DecodingKey,
    validation: Validation,
}

impl Tokens {
    pub(crate) fn signed_with(secret: &[u8]) -> Self {
        Self {
            signing: EncodingKey::from_secret(secret),
            checking: DecodingKey::from_secret(secret),
            validation: Validation::default(),
        }
    }

    fn of(&self, user_id: &str) -> Result<Value, actix_web::Error> {
        let expires_at = Timestamp::now() + LASTING;
        let claims = Claims { sub: user_id.to_owned(), exp: expires_at.as_second() };
        let token = jsonwebtoken::encode(&Header::default(), &claims, &self.signing)
            .map_err(ErrorInternalServerError)?;
        Ok(json!({
            "accessToken": token,
            "accessTokenExpiresAt": expires_at,
            "refreshToken": token,
            "refreshTokenExpiresAt": expires_at,
        }))
    }

    /// Whom a token stands for.
    pub(crate) fn user_of(&self, token: &str) -> Option<String> {
        let read = jsonwebtoken::decode::<Claims>(token, &self.checking, &self.validation);
        read.ok().map(|token| token.claims.sub)
    }
}

/// The account whose token a request bears.
pub(crate) struct User(pub(crate) String);

impl FromRequest for User {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let token = request
            .headers()
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        let tokens = request.app_data::<Data<Tokens>>();
        let user = tokens.zip(token).and_then(|(tokens, token)| tokens.user_of(token));
        ready(user.map(User).ok_or_else(|| ErrorUnauthorized("who is this?")))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Registration {
    user_id: String,
}

pub(crate) async fn register(
    tokens: Data<Tokens>,
    registration: Json<Registration>,
) -> actix_web::Result<impl Responder> {
    let user_id = &registration.user_id;
    let mut answer = tokens.of(user_id)?;
    answer["account"] = json!({
        "userId": user_id,
        "name": user_id,
        "phone": "+4915112345",
        "deviceId": "loadgen",
        "availCoins": 0,
        "prime": true,
        "freeJoinUsed": false,
        "nextJoin": {"terms": "prime", "fee": 0, "furtherFee": 0},
        "admin": true,
        "secondFactor": false,
        "memberSince": Timestamp::now(),
    });
    Ok(HttpResponse::Created().json(answer))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Refresh {
    refresh_token: String,
}

pub(crate) async fn refresh(tokens: Data<Tokens>, body: Json<Refresh>) -> actix_web::Result<impl Responder> {
    let user_id = tokens.user_of(&body.refresh_token).ok_or_else(|| ErrorUnauthorized("who is this?"))?;
    Ok(Json(tokens.of(&user_id)?))
}

pub(crate) async fn grant_prime(user_id: Path<String>) -> impl Responder {
    Json(json!({"userId": *user_id, "prime": true}))
}
