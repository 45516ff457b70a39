//! Certificates and revocation values at hand: a pool that proves nothing by itself.
//!
//! Invariant: whoever put a value here is not trusted: each value counts only by its own signature.
//!
//! Specified in EN 319 102-1, 4.2.8 (what validation is given), ISO 32000-2, 12.8.4 (where a file keeps it).

use super::certificate::Certificate;
use super::revocation::crl::Crl;
use super::revocation::ocsp::OcspResponse;
use super::revocation::ocsp::asn1::OcspResponseStatus;
use super::revocation::{Answer, Source};
use crate::error::{Error, ErrorKind, Result};
use crate::limits::Limits;

/// Certificates, CRLs and OCSP responses, each DER, each at most once.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    certificates: Vec<Certificate>,
    crls: Vec<Crl>,
    ocsps: Vec<OcspResponse>,
}

impl Evidence {
    /// No evidence.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a DER certificate.
    ///
    /// # Errors
    /// [`ErrorKind::Evidence`] where it cannot be read.
    pub fn add_certificate(&mut self, der: &[u8]) -> Result<()> {
        let certificate = Certificate::from_der(der).map_err(|fault| unreadable("certificate").because(fault))?;
        self.insert_certificate(certificate);
        Ok(())
    }

    /// Adds a DER CRL.
    ///
    /// # Errors
    /// [`ErrorKind::Evidence`] where it cannot be read.
    pub fn add_crl(&mut self, der: &[u8]) -> Result<()> {
        let crl = Crl::from_der(der, &Limits::default()).map_err(|fault| unreadable("CRL").because(fault))?;
        insert(&mut self.crls, crl, Crl::der);
        Ok(())
    }

    /// Adds a DER OCSP response: the full `OCSPResponse`.
    ///
    /// # Errors
    /// [`ErrorKind::Evidence`] where it cannot be read or is a refusal.
    pub fn add_ocsp(&mut self, der: &[u8]) -> Result<()> {
        let ocsp = OcspResponse::from_der(der, &Limits::default())
            .map_err(|fault| unreadable("OCSP response").because(fault))?;
        if ocsp.status() != OcspResponseStatus::Successful {
            let message = format!("the OCSP responder refused to answer: {:?}", ocsp.status());
            return Err(Error::new(ErrorKind::Evidence, message).advise("ask again later"));
        }
        ocsp.certificates().iter().for_each(|certificate| self.insert_certificate(certificate.clone()));
        insert(&mut self.ocsps, ocsp, OcspResponse::der);
        Ok(())
    }

    /// Adds everything that `other` holds.
    pub fn extend(&mut self, other: &Self) {
        other.certificates.iter().for_each(|one| self.insert_certificate(one.clone()));
        other.crls.iter().for_each(|one| insert(&mut self.crls, one.clone(), Crl::der));
        other.ocsps.iter().for_each(|one| insert(&mut self.ocsps, one.clone(), OcspResponse::der));
    }

    /// Whether nothing is here.
    pub fn is_empty(&self) -> bool {
        self.certificates.is_empty() && self.crls.is_empty() && self.ocsps.is_empty()
    }

    pub(crate) fn insert_certificate(&mut self, certificate: Certificate) {
        insert(&mut self.certificates, certificate, Certificate::der);
    }

    /// Adds the value of `pool` that `answer` was read from.
    pub(crate) fn insert_answer(&mut self, answer: &Answer, pool: &Self) {
        let crls = match answer.source {
            Source::Crl(index) => vec![index],
            Source::DeltaCrl { delta, base } => vec![base, delta],
            Source::Ocsp(index) => {
                let ocsp = pool.ocsps.get(index);
                ocsp.into_iter().for_each(|ocsp| insert(&mut self.ocsps, ocsp.clone(), OcspResponse::der));
                return;
            }
        };
        let crls = crls.into_iter().filter_map(|index| pool.crls.get(index));
        crls.for_each(|crl| insert(&mut self.crls, crl.clone(), Crl::der));
    }

    pub(crate) fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    pub(crate) fn crls(&self) -> &[Crl] {
        &self.crls
    }

    pub(crate) fn ocsps(&self) -> &[OcspResponse] {
        &self.ocsps
    }
}

fn insert<T>(pool: &mut Vec<T>, value: T, der: impl Fn(&T) -> &[u8]) {
    if !pool.iter().any(|one| der(one) == der(&value)) {
        pool.push(value);
    }
}

fn unreadable(what: &str) -> Error {
    Error::new(ErrorKind::Evidence, format!("a {what} cannot be read"))
}
