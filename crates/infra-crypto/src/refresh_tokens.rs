use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domain::ports::RefreshTokens;
use domain::{OpaqueToken, Salt, Successors};

use crate::signing_secrets::{SigningSecrets, key};

/// Derives a refresh token's successor as the HMAC-SHA-256 of the token and a salt.
///
/// Who reads the store has the salt, and neither the token nor the key. Who had an earlier token needs
/// the key and every salt since, of which the store keeps the newest only.
pub struct DerivedRefreshTokens {
    current: hmac::Key,
    previous: Option<hmac::Key>,
}

impl DerivedRefreshTokens {
    /// Derives under a key of the secret in force.
    pub fn new(secrets: &SigningSecrets) -> Self {
        let key = |secret| hmac::Key::new(hmac::HMAC_SHA256, &*key(secret, "refresh tokens"));
        Self { current: key(&secrets.current), previous: secrets.previous.as_ref().map(key) }
    }
}

impl RefreshTokens for DerivedRefreshTokens {
    fn successors(&self, presented: &OpaqueToken, salt: &Salt) -> Successors {
        let under = |key: &hmac::Key| {
            let mut context = hmac::Context::with_key(key);
            // The salt's length is always the same, so no two inputs run together.
            context.update(&salt.0);
            context.update(presented.expose().as_bytes());
            OpaqueToken::new(URL_SAFE_NO_PAD.encode(context.sign()))
        };
        Successors { current: under(&self.current), previous: self.previous.as_ref().map(under) }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    const OLD: &str = "an old signing secret of 32 bytes";
    const NEW: &str = "a new signing secret of 32 bytes.";

    fn tokens(current: &str, previous: Option<&str>) -> DerivedRefreshTokens {
        DerivedRefreshTokens::new(&SigningSecrets::new(current.into(), previous.map(Into::into)))
    }

    fn after(secret: &str, presented: &str, salt: u8) -> String {
        let successors =
            tokens(secret, None).successors(&OpaqueToken::new(presented.to_owned()), &Salt([salt; 32]));
        assert!(successors.previous.is_none());
        successors.current.expose().to_owned()
    }

    #[test]
    fn a_successor_is_256_bits_and_the_same_each_time() {
        let successor = after(NEW, "token", 1);
        assert_eq!(URL_SAFE_NO_PAD.decode(&successor).expect("valid").len(), 32);
        assert_eq!(successor, after(NEW, "token", 1));
    }

    #[test]
    fn token_salt_and_key_all_count() {
        let all =
            [after(NEW, "token", 1), after(NEW, "other", 1), after(NEW, "token", 2), after(OLD, "token", 1)];
        assert_eq!(all.iter().collect::<HashSet<_>>().len(), all.len());
    }

    #[test]
    fn what_the_key_before_gave_is_given_again() {
        let presented = OpaqueToken::new("token".to_owned());
        let successors = tokens(NEW, Some(OLD)).successors(&presented, &Salt([1; 32]));
        assert_eq!(successors.current.expose(), after(NEW, "token", 1));
        assert_eq!(successors.previous.expect("it is known").expose(), after(OLD, "token", 1));
    }
}
