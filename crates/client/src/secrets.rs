//! Secrets on their way to the server.

use secrecy::{ExposeSecret, SecretString};
use serde::{Serialize, Serializer};

/// Writes a secret as the text it is. Only bodies of requests and frames are written so.
pub(crate) fn exposed<S: Serializer>(secret: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose_secret())
}

/// The same for one that may be absent.
#[expect(clippy::ref_option, reason = "serde calls it with a reference to the field")]
pub(crate) fn exposed_if_any<S: Serializer>(
    secret: &Option<SecretString>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(ExposeSecret::expose_secret).serialize(serializer)
}
