use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ports::AccessTokens;
use domain::{AccessClaims, Denial, OpaqueToken, Refusal, SessionId, Timestamp};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, TokenData, Validation, decode, decode_header, encode,
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::signing_secrets::{SigningSecrets, key};

const ALGORITHM: Algorithm = Algorithm::HS256;
const TYPE: &str = "at+jwt";
const ISSUER: &str = "hexroom";
const AUDIENCE: &str = "hexroom";

/// How far the clocks of two nodes may be apart.
const LEEWAY: Duration = Duration::from_secs(30);

/// HS256 takes keys of at least its digest's length.
const SHORTEST_SECRET: usize = 32;

/// Enough to tell a few keys apart.
const KEY_ID_BYTES: usize = 8;

/// Signs access tokens as JSON Web Tokens with HS256, and reads no others.
///
/// Each token names its key (`kid`), so that those of the secret before are still read while both are
/// known. The name is derived from the secret with HKDF and gives nothing of it away.
///
/// A JWT counts in whole seconds. The issue is rounded down and the expiry up, so that a token is
/// good at least as long as its owner was told, and less than a second longer.
pub struct JwtAccessTokens {
    header: Header,
    signing_key: EncodingKey,
    verifying_keys: Vec<VerifyingKey>,
    validation: Validation,
}

struct VerifyingKey {
    id: String,
    key: DecodingKey,
}

impl VerifyingKey {
    fn of(secret: &SecretString) -> Self {
        Self { id: key_id(secret), key: DecodingKey::from_secret(secret.expose_secret().as_bytes()) }
    }
}

fn key_id(secret: &SecretString) -> String {
    URL_SAFE_NO_PAD.encode(&key(secret, "name of the signing key")[..KEY_ID_BYTES])
}

/// Why no token can be signed with a secret.
#[derive(Debug, thiserror::Error)]
pub enum UnusableSecret {
    /// It can be guessed.
    #[error("the signing secret has fewer than {SHORTEST_SECRET} bytes")]
    TooShort,
    /// The trial signature failed: the build has no working cryptography.
    #[error("a trial token could not be signed and read back")]
    TrialFailed(#[source] Refusal),
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    sid: String,
    iat: i64,
    exp: i64,
    #[serde(default, skip_serializing)]
    nbf: Option<i64>,
}

impl JwtAccessTokens {
    /// Signs with this secret. A trial token is signed and read back at once, so that a server
    /// that cannot do it does not start.
    pub fn new(secrets: &SigningSecrets) -> Result<Self, UnusableSecret> {
        let all = [Some(&secrets.current), secrets.previous.as_ref()];
        let is_too_short = |secret: &&SecretString| secret.expose_secret().len() < SHORTEST_SECRET;
        if all.into_iter().flatten().any(|secret| is_too_short(&secret)) {
            return Err(UnusableSecret::TooShort);
        }
        let kid = Some(key_id(&secrets.current));
        let tokens = Self {
            header: Header { typ: Some(TYPE.to_owned()), kid, ..Header::new(ALGORITHM) },
            signing_key: EncodingKey::from_secret(secrets.current.expose_secret().as_bytes()),
            verifying_keys: all.into_iter().flatten().map(VerifyingKey::of).collect(),
            validation: validation(),
        };
        tokens.try_out().map_err(UnusableSecret::TrialFailed)?;
        Ok(tokens)
    }

    /// The token under the key that it names. Tokens of before named none.
    fn decode(&self, token: &str) -> Option<TokenData<Claims>> {
        let kid = decode_header(token).ok()?.kid;
        let named = self.verifying_keys.iter().filter(|key| kid.as_ref().is_none_or(|kid| *kid == key.id));
        named.into_iter().find_map(|key| decode(token, &key.key, &self.validation).ok())
    }

    fn try_out(&self) -> Result<(), Refusal> {
        let issued_at = Timestamp::from_millis(0);
        let trial = AccessClaims {
            user_id: "trial".parse().expect("this is a user id"),
            session_id: SessionId(uuid::Uuid::nil()),
            issued_at,
            expires_at: issued_at.plus(LEEWAY),
        };
        self.read(&self.sign(&trial)?, issued_at)?;
        Ok(())
    }
}

/// What the library checks. Time is not its business: it would ask the system's clock.
fn validation() -> Validation {
    let mut validation = Validation::new(ALGORITHM);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[AUDIENCE]);
    validation.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
    validation.validate_exp = false;
    validation.validate_nbf = false;
    validation
}

impl AccessTokens for JwtAccessTokens {
    fn sign(&self, claims: &AccessClaims) -> Result<OpaqueToken, Refusal> {
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: claims.user_id.to_string(),
            sid: claims.session_id.to_string(),
            iat: claims.issued_at.as_millis().div_euclid(1_000),
            exp: claims.expires_at.as_millis().saturating_add(999).div_euclid(1_000),
            nbf: None,
        };
        let token = encode(&self.header, &claims, &self.signing_key);
        token.map(OpaqueToken::new).map_err(|failure| Refusal::Internal(failure.into()))
    }

    fn read(&self, token: &OpaqueToken, now: Timestamp) -> Result<AccessClaims, Denial> {
        let decoded = self.decode(token.expose()).ok_or(Denial::TokenInvalid)?;
        if decoded.header.typ.as_deref() != Some(TYPE) || decoded.header.crit.is_some() {
            return Err(Denial::TokenInvalid);
        }
        let claims = decoded.claims.read().ok_or(Denial::TokenInvalid)?;
        let begins_at = decoded.claims.begins_at().ok_or(Denial::TokenInvalid)?;
        if now.plus(LEEWAY) < begins_at {
            Err(Denial::TokenInvalid)
        } else if now >= claims.expires_at.plus(LEEWAY) {
            Err(Denial::TokenExpired)
        } else {
            Ok(claims)
        }
    }
}

impl Claims {
    fn read(&self) -> Option<AccessClaims> {
        Some(AccessClaims {
            user_id: self.sub.parse().ok()?,
            session_id: self.sid.parse().ok()?,
            issued_at: instant(self.iat)?,
            expires_at: instant(self.exp)?,
        })
    }

    /// The later of its issue and the instant before which it is not to be accepted.
    fn begins_at(&self) -> Option<Timestamp> {
        instant(self.iat.max(self.nbf.unwrap_or(i64::MIN)))
    }
}

fn instant(seconds: i64) -> Option<Timestamp> {
    seconds.checked_mul(1_000).map(Timestamp::from_millis)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const SECRET: &str = "a signing secret of 32 bytes....";
    const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_250);

    fn tokens() -> JwtAccessTokens {
        JwtAccessTokens::new(&SigningSecrets::new(SECRET.into(), None)).expect("the secret is long enough")
    }

    fn claims() -> AccessClaims {
        AccessClaims {
            user_id: "ana".parse().expect("valid"),
            session_id: SessionId(uuid::Uuid::from_u128(7)),
            issued_at: NOW,
            expires_at: NOW.plus(Duration::from_mins(15)),
        }
    }

    fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    fn encoded(part: &Value) -> String {
        URL_SAFE_NO_PAD.encode(part.to_string())
    }

    fn payload() -> Value {
        json!({
            "iss": "hexroom", "aud": "hexroom", "sub": "ana", "sid": claims().session_id.to_string(),
            "iat": 1_700_000_000, "exp": 1_700_000_900,
        })
    }

    fn with(mut object: Value, name: &str, value: Value) -> Value {
        object[name] = value;
        object
    }

    fn without(mut object: Value, name: &str) -> Value {
        object.as_object_mut().expect("an object").remove(name);
        object
    }

    /// Signs whatever it is given, as only somebody with the secret can.
    fn signed(header: &Value, payload: &Value, algorithm: Algorithm, secret: &str) -> OpaqueToken {
        let message = format!("{}.{}", encoded(header), encoded(payload));
        let key = EncodingKey::from_secret(secret.as_bytes());
        let signature =
            jsonwebtoken::crypto::sign(message.as_bytes(), &key, algorithm).expect("it can be signed");
        OpaqueToken::new(format!("{message}.{signature}"))
    }

    fn read(header: &Value, payload: &Value) -> Result<AccessClaims, Denial> {
        tokens().read(&signed(header, payload, Algorithm::HS256, SECRET), NOW)
    }

    fn header() -> Value {
        json!({"alg": "HS256", "typ": "at+jwt"})
    }

    #[test]
    fn a_signed_token_reads_back_until_thirty_seconds_after_its_end() {
        let token = tokens().sign(&claims()).expect("it can be signed");
        let end = claims().expires_at;
        for now in [NOW, end, end.plus(seconds(30))] {
            let read = tokens().read(&token, now).expect("it is ours");
            assert_eq!((read.user_id, read.session_id), (claims().user_id, claims().session_id));
        }
        assert_eq!(tokens().read(&token, end.plus(seconds(31))), Err(Denial::TokenExpired));
    }

    #[test]
    fn a_token_is_good_as_long_as_was_said_and_less_than_a_second_longer() {
        let token = tokens().sign(&claims()).expect("it can be signed");
        let read = tokens().read(&token, NOW).expect("it is ours");
        assert!(read.issued_at <= claims().issued_at);
        assert!(claims().issued_at.since(read.issued_at) < seconds(1));
        assert!(claims().expires_at <= read.expires_at);
        assert!(read.expires_at.since(claims().expires_at) < seconds(1));

        let whole = AccessClaims { expires_at: Timestamp::from_millis(1_700_000_900_000), ..claims() };
        let read = tokens().read(&tokens().sign(&whole).expect("it can be signed"), NOW).expect("it is ours");
        assert_eq!(read.expires_at, whole.expires_at);
    }

    #[test]
    fn a_well_made_token_is_taken() {
        assert!(read(&header(), &payload()).is_ok());
    }

    #[test]
    fn a_token_of_another_kind_is_not_taken() {
        for typ in ["JWT", "rt+jwt", "", "at+jwt "] {
            assert_eq!(read(&with(header(), "typ", json!(typ)), &payload()), Err(Denial::TokenInvalid));
        }
        assert_eq!(read(&without(header(), "typ"), &payload()), Err(Denial::TokenInvalid));
        let critical = with(header(), "crit", json!(["b64"]));
        assert_eq!(read(&critical, &payload()), Err(Denial::TokenInvalid));
    }

    #[test]
    fn an_unsigned_token_is_not_taken() {
        for alg in ["none", "None", "NONE"] {
            let message = format!("{}.{}", encoded(&with(header(), "alg", json!(alg))), encoded(&payload()));
            let signature = tokens().sign(&claims()).expect("it can be signed");
            let signature = signature.expose().rsplit('.').next().expect("three parts").to_owned();
            for token in [format!("{message}."), message.clone(), format!("{message}.{signature}")] {
                assert_eq!(tokens().read(&OpaqueToken::new(token), NOW), Err(Denial::TokenInvalid));
            }
        }
    }

    #[test]
    fn another_algorithm_is_not_taken_even_with_the_secret() {
        for (name, algorithm) in [("HS384", Algorithm::HS384), ("HS512", Algorithm::HS512)] {
            let token = signed(&with(header(), "alg", json!(name)), &payload(), algorithm, SECRET);
            assert_eq!(tokens().read(&token, NOW), Err(Denial::TokenInvalid), "{name}");
        }
        for name in ["RS256", "ES256", "EdDSA"] {
            let token = signed(&with(header(), "alg", json!(name)), &payload(), Algorithm::HS256, SECRET);
            assert_eq!(tokens().read(&token, NOW), Err(Denial::TokenInvalid), "{name}");
        }
    }

    #[test]
    fn another_key_s_token_is_not_taken() {
        let other = "another secret of 32 bytes......";
        let token = signed(&header(), &payload(), Algorithm::HS256, other);
        assert_eq!(tokens().read(&token, NOW), Err(Denial::TokenInvalid));
    }

    #[test]
    fn a_tampered_payload_is_not_taken() {
        let token = signed(&header(), &payload(), Algorithm::HS256, SECRET);
        let parts: Vec<_> = token.expose().split('.').collect();
        let other = encoded(&with(payload(), "sub", json!("admin")));
        let tampered = format!("{}.{other}.{}", parts[0], parts[2]);
        assert_eq!(tokens().read(&OpaqueToken::new(tampered), NOW), Err(Denial::TokenInvalid));
    }

    #[test]
    fn another_issuer_or_audience_is_not_taken() {
        for name in ["iss", "aud"] {
            for value in [json!("other"), json!(["hexroom", "other"]), json!(null), json!("")] {
                let payload = with(payload(), name, value.clone());
                assert_eq!(read(&header(), &payload), Err(Denial::TokenInvalid), "{name} {value}");
            }
        }
    }

    #[test]
    fn each_claim_is_required_and_well_formed() {
        for name in ["iss", "aud", "sub", "sid", "iat", "exp"] {
            for payload in [without(payload(), name), with(payload(), name, json!({}))] {
                assert_eq!(read(&header(), &payload), Err(Denial::TokenInvalid), "{name}");
            }
        }
        for (name, value) in [
            ("sub", json!("no user id")),
            ("sid", json!("no id")),
            ("exp", json!("1700000900")),
            ("exp", json!(i64::MAX)),
            ("iat", json!(i64::MAX)),
            ("nbf", json!("soon")),
        ] {
            assert_eq!(read(&header(), &with(payload(), name, value)), Err(Denial::TokenInvalid), "{name}");
        }
    }

    #[test]
    fn a_token_from_the_future_is_not_taken() {
        for name in ["iat", "nbf"] {
            let soon = with(payload(), name, json!(1_700_000_030));
            assert!(read(&header(), &soon).is_ok(), "{name} within the leeway");
            let later = with(payload(), name, json!(1_700_000_031));
            assert_eq!(read(&header(), &later), Err(Denial::TokenInvalid), "{name} beyond it");
        }
    }

    #[test]
    fn what_is_no_token_at_all_is_not_taken() {
        for text in ["", ".", "..", "a.b.c", "....", &"x".repeat(100_000)] {
            assert_eq!(tokens().read(&OpaqueToken::new(text.to_owned()), NOW), Err(Denial::TokenInvalid));
        }
    }

    fn under(current: &str, previous: Option<&str>) -> JwtAccessTokens {
        let secrets = SigningSecrets::new(current.into(), previous.map(Into::into));
        JwtAccessTokens::new(&secrets).expect("the secrets are long enough")
    }

    #[test]
    fn the_secret_before_is_read_and_signs_no_more() {
        const NEXT: &str = "the next secret of 32 bytes.....";
        let old = tokens().sign(&claims()).expect("it can be signed");
        let both = under(NEXT, Some(SECRET));
        let new = both.sign(&claims()).expect("it can be signed");
        for token in [&old, &new] {
            assert!(both.read(token, NOW).is_ok());
        }
        assert!(under(NEXT, None).read(&new, NOW).is_ok());
        assert_eq!(under(NEXT, None).read(&old, NOW), Err(Denial::TokenInvalid));
        assert_eq!(tokens().read(&new, NOW), Err(Denial::TokenInvalid));
    }

    #[test]
    fn a_token_names_its_key_without_telling_of_it() {
        let token = tokens().sign(&claims()).expect("it can be signed");
        let kid = decode_header(token.expose()).expect("a header").kid.expect("a name");
        assert_eq!(kid.len(), 11);
        assert!(!SECRET.contains(&kid));
        assert_ne!(kid, key_id(&"another secret of 32 bytes......".into()));
        assert!(read(&with(header(), "kid", json!(kid)), &payload()).is_ok());
        let other = with(header(), "kid", json!("another"));
        assert_eq!(read(&other, &payload()), Err(Denial::TokenInvalid), "whatever it was signed with");
    }

    #[test]
    fn a_secret_that_can_be_guessed_is_refused() {
        let short = SigningSecrets::new(SECRET.into(), Some(SECRET[1..].into()));
        assert!(matches!(JwtAccessTokens::new(&short).err(), Some(UnusableSecret::TooShort)));
        let refused = JwtAccessTokens::new(&SigningSecrets::new(SECRET[1..].into(), None)).err();
        assert!(matches!(refused, Some(UnusableSecret::TooShort)));
    }
}
