use aws_lc_rs::{hkdf, hmac};
use secrecy::{ExposeSecret, SecretString};

/// The secret that access tokens are signed with and all other keys are derived from, and the one
/// before it.
///
/// Each use has a key of its own, derived with HKDF (RFC 5869), so that what one use gives away is of
/// no help with another.
#[derive(Debug, Clone)]
pub struct SigningSecrets {
    pub(crate) current: SecretString,
    pub(crate) previous: Option<SecretString>,
}

impl SigningSecrets {
    /// The secret in force, and the one before it for as long as what that one made is accepted.
    pub fn new(current: SecretString, previous: Option<SecretString>) -> Self {
        Self { current, previous }
    }
}

/// The key with which a secret serves one use.
pub(crate) fn key<T: hkdf::KeyType, K: for<'a> From<hkdf::Okm<'a, T>>>(
    secret: &SecretString,
    for_use: &str,
    kind: T,
) -> K {
    let extracted = hkdf::Salt::new(hkdf::HKDF_SHA256, b"hexroom").extract(secret.expose_secret().as_bytes());
    let info = [for_use.as_bytes()];
    extracted.expand(&info, kind).expect("a key is shorter than HKDF's limit").into()
}

/// The key with which a secret signs for one use.
pub(crate) fn hmac_key(secret: &SecretString, for_use: &str) -> hmac::Key {
    key(secret, for_use, hmac::HMAC_SHA256)
}
