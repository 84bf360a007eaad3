use std::fmt;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use crate::{DeviceId, SessionId, Timestamp, UserId};

/// One sign-in of one account on one device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id; access tokens carry it.
    pub id: SessionId,
    pub user_id: UserId,
    /// Where it is; one session for each device of an account.
    pub device_id: DeviceId,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it was last seen at work, to the minute.
    pub last_seen_at: Timestamp,
    /// The generation of the newest refresh token that has been used; before the first use, that of
    /// the session's first one.
    pub generation: i64,
    /// How that token was used. Before the first use there is none.
    pub renewal: Option<Renewal>,
}

/// The use of a session's newest refresh token, from which the same answer can be given again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Renewal {
    /// When the token was first presented.
    pub at: Timestamp,
    /// What its successor was derived with, besides the token itself and the server's key.
    pub salt: Salt,
    /// The hash of the successor that was given out.
    pub successor: TokenHash,
}

/// Random bytes that make what is derived from a secret different each time.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Salt(pub [u8; 32]);

/// With a token and the key it gives the token's successor, so it reaches no log either.
impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt(…)")
    }
}

impl Session {
    /// How long a session lasts at most, however much it is used.
    pub const LIFETIME: Duration = Duration::from_hours(180 * 24);

    /// When it ends, however much it is used.
    pub fn ends_at(&self) -> Timestamp {
        self.created_at.plus(Self::LIFETIME)
    }

    /// How long the refresh token is good that is given out at an instant.
    pub fn renewable_until(&self, given_out_at: Timestamp) -> Timestamp {
        given_out_at.plus(RefreshToken::LIFETIME).min(self.ends_at())
    }
}

/// What follows a refresh token, under each of the server's keys.
#[derive(Debug, Clone)]
pub struct Successors {
    /// Under the key in force.
    pub current: OpaqueToken,
    /// Under the key before it, if that is still known.
    pub previous: Option<OpaqueToken>,
}

impl Successors {
    /// The one with this hash.
    pub fn with_hash(self, hash: TokenHash) -> Option<OpaqueToken> {
        [Some(self.current), self.previous].into_iter().flatten().find(|token| token.hash() == hash)
    }
}

/// A stored refresh token. Using one of generation g gives out its successor, of g + 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshToken {
    pub hash: TokenHash,
    /// The session it renews.
    pub session_id: SessionId,
    /// How many rotations lie before it.
    pub generation: i64,
    pub expires_at: Timestamp,
}

impl RefreshToken {
    /// How long a refresh token is good, and so how long an unused session lasts.
    pub const LIFETIME: Duration = Duration::from_hours(30 * 24);
}

/// What an access token says, once its signature is found right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessClaims {
    /// Whose token it is.
    pub user_id: UserId,
    /// The session it was issued in.
    pub session_id: SessionId,
    /// When it was issued.
    pub issued_at: Timestamp,
    pub expires_at: Timestamp,
}

/// A secret of 256 random bits, in text form: a refresh token or an invitation's token.
#[derive(Debug, Clone)]
pub struct OpaqueToken(SecretString);

impl OpaqueToken {
    /// A token as it was drawn, or as somebody presents it.
    pub fn new(text: String) -> Self {
        Self(text.into())
    }

    /// The token in clear, for its owner only.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// What is stored in the token's place. It is random, so a plain digest cannot be guessed back.
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.expose().as_bytes()).into())
    }
}

/// The SHA-256 digest of an [`OpaqueToken`].
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TokenHash(pub [u8; 32]);

/// No token reaches a log by way of `{:?}`, hashed or not.
impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_token_shows_in_debug_output() {
        let token = OpaqueToken::new("secret".to_owned());
        assert!(!format!("{token:?}").contains("secret"));
        assert_eq!(format!("{:?}", token.hash()), "TokenHash(…)");
        assert_eq!(format!("{:?}", Salt([7; 32])), "Salt(…)");
    }
}
