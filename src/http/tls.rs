//! Who asks, and whom to believe who answers: certificates for TLS.
//!
//! Invariant: what cannot be used is an error when it is given, not when somebody is asked.

use std::sync::Arc;

use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use ureq::tls::{Certificate, ClientCert, PemItem, PrivateKey, RootCerts, TlsConfig, parse_pem};

use crate::error::{Error, ErrorClass, ErrorKind, Result};
use crate::pki::certificate::Certificate as Readable;

/// What one address is asked with; nothing and Mozilla's roots unless told.
#[derive(Clone, Default)]
pub(super) struct Tls {
    identity: Option<ClientCert>,
    roots: Option<RootCerts>,
}

impl Tls {
    pub(super) fn identify(&mut self, certificates: &[u8], key: &[u8]) -> Result<()> {
        let chain = certificates_in(certificates)?;
        let unusable = || {
            let message = "there is no private key for the client's certificate that can be used";
            Error::new(ErrorKind::Key, message).advise("give PEM that is not encrypted: PKCS#8, PKCS#1 or SEC 1")
        };
        check_pair(&chain, key).map_err(|fault| unusable().because(fault))?;
        let key = PrivateKey::from_pem(key).map_err(|_| unusable())?;
        self.identity = Some(ClientCert::new_with_certs(&chain, key));
        Ok(())
    }

    pub(super) fn trust(&mut self, certificates: &[u8]) -> Result<()> {
        self.roots = Some(RootCerts::new_with_certs(&certificates_in(certificates)?));
        Ok(())
    }

    pub(super) fn config(&self) -> TlsConfig {
        let config = TlsConfig::builder().client_cert(self.identity.clone());
        match &self.roots {
            Some(roots) => config.root_certs(roots.clone()).build(),
            None => config.build(),
        }
    }
}

/// What `ureq` takes for granted: a key that can sign, of the first certificate.
fn check_pair(chain: &[Certificate<'static>], key: &[u8]) -> std::result::Result<(), rustls::Error> {
    let key = PrivateKeyDer::from_pem_slice(key).map_err(|fault| rustls::Error::General(fault.to_string()))?;
    let chain = chain.iter().map(|one| CertificateDer::from(one.der().to_vec())).collect();
    let ring = || Arc::new(rustls::crypto::ring::default_provider());
    let provider = CryptoProvider::get_default().cloned().unwrap_or_else(ring);
    CertifiedKey::from_der(chain, key, &provider).map(drop)
}

/// At least one certificate, each of which can be read.
fn certificates_in(pem: &[u8]) -> Result<Vec<Certificate<'static>>> {
    let unusable = || {
        let error = Error::new(ErrorKind::Certificate, "there is no certificate for TLS that can be used");
        error.advise("give PEM, the client's own certificate first").class_is(ErrorClass::Operator)
    };
    let mut certificates = Vec::new();
    for item in parse_pem(pem) {
        if let PemItem::Certificate(certificate) = item.map_err(|fault| unusable().because(fault))? {
            Readable::from_der(certificate.der()).map_err(|fault| unusable().because(fault))?;
            certificates.push(certificate);
        }
    }
    if certificates.is_empty() { Err(unusable()) } else { Ok(certificates) }
}
