use aws_lc_rs::hkdf;
use secrecy::zeroize::Zeroizing;
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
pub(crate) fn key(secret: &SecretString, for_use: &str) -> Zeroizing<[u8; 32]> {
    let secret = secret.expose_secret().as_bytes();
    let extracted = hkdf::Salt::new(hkdf::HKDF_SHA256, b"hexroom").extract(secret);
    let mut key = Zeroizing::new([0; 32]);
    extracted
        .expand(&[for_use.as_bytes()], hkdf::HKDF_SHA256)
        .and_then(|expanded| expanded.fill(&mut *key))
        .expect("a key is shorter than HKDF's limit");
    key
}
