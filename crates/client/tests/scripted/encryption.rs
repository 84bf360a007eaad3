//! Certificates are looked at, on both transports.

use std::sync::Arc;

use client::{Error, Server, Update};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use crate::peer::{next, options, tokens};

/// A server whose certificate nobody has signed but itself.
async fn impostor() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("a key");
    let config = ServerConfig::builder_with_provider(Arc::new(
        tokio_rustls::rustls::crypto::aws_lc_rs::default_provider(),
    ))
    .with_safe_default_protocol_versions()
    .expect("versions")
    .with_no_client_auth()
    .with_single_cert(vec![made.cert.der().clone()], key)
    .expect("a certificate and its key");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let handshake = acceptor.accept(stream).await;
            assert!(handshake.is_err(), "a client has spoken to the impostor");
        }
    });
    format!("https://localhost:{}", address.port())
}

/// Everything that stands behind an error.
fn chain(error: &dyn std::error::Error) -> String {
    std::iter::successors(error.source(), |source| source.source())
        .fold(error.to_string(), |chain, source| format!("{chain}: {source}"))
}

#[tokio::test]
async fn a_call_is_not_made_to_an_impostor() {
    let server = Server::at(&impostor().await).expect("an address");
    let refused = server.login("ana", "the secret".into(), "laptop").await.expect_err("refused");
    assert!(matches!(refused, Error::Unreachable(_)), "{refused:?}");
    assert!(chain(&refused).contains("certificate"), "{}", chain(&refused));
}

#[tokio::test]
async fn a_socket_is_not_opened_to_an_impostor() {
    let client = Server::at(&impostor().await).expect("an address").resume(tokens(1, 3_600));
    let (_connection, mut updates) = client.connect(options());
    let lost = next(&mut updates, |update| matches!(update, Update::Disconnected { .. })).await;
    let Update::Disconnected { reason, .. } = lost else { unreachable!("it was asked for") };
    assert!(reason.contains("certificate"), "{reason}");
}

#[test]
fn an_address_that_cannot_be_used_is_refused_at_once() {
    for address in
        ["", "chat.example.org", "ftp://chat.example.org", "mailto:ana@example.org", "http://a:b@c"]
    {
        assert!(matches!(Server::at(address), Err(Error::Address(_))), "{address}");
    }
}
