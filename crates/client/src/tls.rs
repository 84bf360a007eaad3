//! One way to speak TLS for both transports.

use std::sync::Arc;

use rustls::ClientConfig;
use rustls::crypto::aws_lc_rs;
use rustls_platform_verifier::BuilderVerifierExt;

use crate::Error;

/// Trusts the certificates that the system trusts. The provider is named, because a program that also
/// uses another one has no default.
pub(crate) fn trusting_the_system() -> Result<ClientConfig, Error> {
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(BuilderVerifierExt::with_platform_verifier)
        .map_err(|error| Error::Address(format!("TLS cannot be spoken: {error}")))?;
    Ok(config.with_no_client_auth())
}
