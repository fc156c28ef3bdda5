//! TLS towards other aggregators, by the certificate authorities that this machine trusts (`SSL_CERT_FILE` names others).

use std::sync::{Arc, LazyLock};

use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::ClientError;

/// Read once: whoever changes what is trusted starts the server again.
static CONNECTOR: LazyLock<Result<TlsConnector, String>> = LazyLock::new(connector);

/// Secures a connection to a host, whose certificate must be for this name.
pub(super) async fn secured(stream: TcpStream, host: &str) -> Result<TlsStream<TcpStream>, ClientError> {
    let connector = CONNECTOR.as_ref().map_err(|error| ClientError::NoAnswer(error.clone()))?;
    let name = ServerName::try_from(host.to_owned()).map_err(|_| ClientError::Address(host.to_owned()))?;
    connector.connect(name, stream).await.map_err(|error| ClientError::NoAnswer(error.to_string()))
}

fn connector() -> Result<TlsConnector, String> {
    let mut roots = RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    roots.add_parsable_certificates(found.certs);
    if roots.is_empty() {
        return Err("this machine trusts no certificate authority; install its list of them".to_owned());
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|error| error.to_string())?.with_root_certificates(roots);
    Ok(TlsConnector::from(Arc::new(config.with_no_client_auth())))
}
