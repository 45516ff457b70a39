//! Certificates and revocation values at hand: a pool that proves nothing by itself.
//!
//! Invariant: whoever put a value here is not trusted: each value counts only by its own signature.
//!
//! Specified in EN 319 102-1, 4.2.8 (what validation is given), ISO 32000-2, 12.8.4 (where a file keeps it).

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::certificate::Certificate;
use super::certificates::Certificates;
use super::cms::SignedData;
use super::pem::{self, Block, Fault};
use super::revocation::crl::Crl;
use super::revocation::ocsp::OcspResponse;
use super::revocation::ocsp::asn1::OcspResponseStatus;
use super::revocation::{Answer, Source};
use crate::digest::DigestAlgorithm;
use crate::error::{Error, ErrorKind, Result};
use crate::limits::Limits;

/// Certificates, CRLs and OCSP responses, each DER, each at most once.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    certificates: Certificates,
    crls: Vec<Crl>,
    ocsps: Vec<OcspResponse>,
    /// The SHA-256 of each value, with its place: hostile files hold thousands that differ in one byte only.
    known: HashMap<Vec<u8>, Place>,
    /// What belongs to one signature, where that is known: the fingerprints of its values, by its key (ISO 32000-2, 12.8.4.4).
    related: BTreeMap<String, BTreeSet<Vec<u8>>>,
}

/// Where a value stands, by its kind.
#[derive(Clone, Copy, Debug)]
enum Place {
    Certificate(usize),
    Crl(usize),
    Ocsp(usize),
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

    /// Adds all certificates of what servers and files hold: one DER certificate, a certs-only CMS (RFC 5280, 4.2.2.1), or PEM
    /// blocks of these.
    ///
    /// # Errors
    /// [`ErrorKind::Evidence`] where no certificate is in it, or something that cannot be read as one or as a PEM block.
    pub fn add_certificates(&mut self, bytes: &[u8]) -> Result<()> {
        let mut found = 0_usize;
        for der in ders(bytes)? {
            let bundle = || SignedData::from_der(&der, &Limits::default()).ok();
            let certificates = match Certificate::from_der(&der) {
                Ok(certificate) => vec![certificate],
                Err(fault) => match bundle() {
                    Some(cms) => cms.certificates().to_vec(),
                    None => return Err(unreadable("certificate").because(fault)),
                },
            };
            found = found.saturating_add(certificates.len());
            certificates.into_iter().for_each(|certificate| self.insert_certificate(certificate));
        }
        if found == 0 { Err(unreadable("certificate")) } else { Ok(()) }
    }

    /// Adds a DER CRL.
    ///
    /// # Errors
    /// [`ErrorKind::Evidence`] where it cannot be read.
    pub fn add_crl(&mut self, der: &[u8]) -> Result<()> {
        let crl = Crl::from_der(der, &Limits::default()).map_err(|fault| unreadable("CRL").because(fault))?;
        self.insert_crl(crl);
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
        self.insert_ocsp(ocsp);
        Ok(())
    }

    /// Adds everything that `other` holds.
    pub fn extend(&mut self, other: &Self) {
        other.certificates.as_slice().iter().for_each(|one| self.insert_certificate(one.clone()));
        other.crls.iter().for_each(|one| self.insert_crl(one.clone()));
        other.ocsps.iter().for_each(|one| self.insert_ocsp(one.clone()));
        other.related.iter().for_each(|(key, values)| self.relate(key, values.iter().cloned()));
    }

    /// Says that `values`, by their fingerprints, belong to the signature `key`.
    pub(crate) fn relate(&mut self, key: &str, values: impl IntoIterator<Item = Vec<u8>>) {
        self.related.entry(key.to_owned()).or_default().extend(values);
    }

    /// What belongs to each signature, by its key.
    pub(crate) fn related(&self) -> &BTreeMap<String, BTreeSet<Vec<u8>>> {
        &self.related
    }

    /// Puts the values into an order that does not depend on how they came here.
    pub(crate) fn sort(&mut self) {
        self.certificates.sort();
        self.crls.sort_by(|one, other| one.fingerprint().cmp(other.fingerprint()));
        self.ocsps.sort_by(|one, other| one.fingerprint().cmp(other.fingerprint()));
        let certificates =
            (0..).map(Place::Certificate).zip(self.certificates.as_slice().iter().map(Certificate::fingerprint));
        let crls = (0..).map(Place::Crl).zip(self.crls.iter().map(Crl::fingerprint));
        let ocsps = (0..).map(Place::Ocsp).zip(self.ocsps.iter().map(OcspResponse::fingerprint));
        let places = certificates.chain(crls).chain(ocsps);
        self.known = places.map(|(place, fingerprint)| (fingerprint.to_vec(), place)).collect();
    }

    /// Takes the values of `pool` in place of equal ones here: what was found out about their signatures is known then.
    #[must_use]
    pub(crate) fn shared_with(mut self, pool: &Self) -> Self {
        self.certificates.share(&pool.certificates);
        share(&mut self.crls, &pool.crls, Crl::der);
        share(&mut self.ocsps, &pool.ocsps, OcspResponse::der);
        self
    }

    /// Whether nothing is here.
    pub fn is_empty(&self) -> bool {
        self.certificates.as_slice().is_empty() && self.crls.is_empty() && self.ocsps.is_empty()
    }

    pub(crate) fn insert_certificate(&mut self, certificate: Certificate) {
        if let Entry::Vacant(vacant) = self.known.entry(certificate.fingerprint().to_vec()) {
            vacant.insert(Place::Certificate(self.certificates.as_slice().len()));
            self.certificates.insert(certificate);
        }
    }

    pub(crate) fn insert_crl(&mut self, crl: Crl) {
        if let Entry::Vacant(vacant) = self.known.entry(crl.fingerprint().to_vec()) {
            vacant.insert(Place::Crl(self.crls.len()));
            self.crls.push(crl);
        }
    }

    pub(crate) fn insert_ocsp(&mut self, ocsp: OcspResponse) {
        if let Entry::Vacant(vacant) = self.known.entry(ocsp.fingerprint().to_vec()) {
            vacant.insert(Place::Ocsp(self.ocsps.len()));
            self.ocsps.push(ocsp);
        }
    }

    /// Adds the value `der` as `pool` has it, without reading it again; `false` where it has not.
    pub(crate) fn take(&mut self, der: &[u8], pool: &Self) -> bool {
        match pool.known.get(&DigestAlgorithm::Sha256.digest(der)) {
            Some(Place::Certificate(at)) => {
                let known = pool.certificates.as_slice().get(*at);
                known.into_iter().for_each(|one| self.insert_certificate(one.clone()));
            }
            Some(Place::Crl(at)) => pool.crls.get(*at).into_iter().for_each(|one| self.insert_crl(one.clone())),
            Some(Place::Ocsp(at)) => {
                if let Some(ocsp) = pool.ocsps.get(*at) {
                    ocsp.certificates().iter().for_each(|certificate| self.insert_certificate(certificate.clone()));
                    self.insert_ocsp(ocsp.clone());
                }
            }
            None => return false,
        }
        true
    }

    /// Adds the value of `pool` that `answer` was read from.
    pub(crate) fn insert_answer(&mut self, answer: &Answer, pool: &Self) {
        let crls = match answer.source {
            Source::Crl(index) => vec![index],
            Source::DeltaCrl { delta, base } => vec![base, delta],
            Source::Ocsp(index) => {
                let ocsp = pool.ocsps.get(index);
                ocsp.into_iter().for_each(|ocsp| self.insert_ocsp(ocsp.clone()));
                return;
            }
        };
        let crls = crls.into_iter().filter_map(|index| pool.crls.get(index));
        crls.for_each(|crl| self.insert_crl(crl.clone()));
    }

    /// The SHA-256 of every value here.
    pub(crate) fn fingerprints(&self) -> impl Iterator<Item = &[u8]> {
        self.known.keys().map(Vec::as_slice)
    }

    /// The SHA-256 of the values that `answer` was read from.
    pub(crate) fn fingerprints_of(&self, answer: &Answer) -> Vec<&[u8]> {
        let crl = |index: usize| self.crls.get(index).map(Crl::fingerprint);
        match answer.source {
            Source::Crl(index) => crl(index).into_iter().collect(),
            Source::DeltaCrl { delta, base } => crl(base).into_iter().chain(crl(delta)).collect(),
            Source::Ocsp(index) => self.ocsps.get(index).map(OcspResponse::fingerprint).into_iter().collect(),
        }
    }

    pub(crate) fn certificates(&self) -> &Certificates {
        &self.certificates
    }

    pub(crate) fn crls(&self) -> &[Crl] {
        &self.crls
    }

    pub(crate) fn ocsps(&self) -> &[OcspResponse] {
        &self.ocsps
    }
}

fn share<T: Clone>(own: &mut [T], pool: &[T], der: impl Fn(&T) -> &[u8]) {
    let known: HashMap<&[u8], &T> = pool.iter().map(|one| (der(one), one)).collect();
    for one in own {
        if let Some(same) = known.get(der(one)) {
            *one = T::clone(same);
        }
    }
}

/// The DER in `bytes`: all of it, or each PEM block.
///
/// # Errors
/// [`ErrorKind::Evidence`] where a block cannot be read.
pub(crate) fn ders(bytes: &[u8]) -> Result<Vec<Vec<u8>>> {
    let unreadable = |fault: Fault| Error::new(ErrorKind::Evidence, "the PEM block cannot be read").because(fault);
    let blocks = if pem::is_der(bytes) { Vec::new() } else { pem::blocks(bytes).map_err(unreadable)? };
    if blocks.is_empty() {
        return Ok(vec![bytes.to_vec()]);
    }
    let decoded = |block: &Block<'_>| match block.decode() {
        Ok(der) => Ok(der.to_vec()),
        Err(fault) => Err(unreadable(fault).at(format_args!("`BEGIN {}`, byte {}", block.label, block.offset))),
    };
    blocks.iter().map(decoded).collect()
}

fn unreadable(what: &str) -> Error {
    Error::new(ErrorKind::Evidence, format!("a {what} cannot be read"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::fixture::party;

    #[test]
    fn certificates_are_read_however_servers_give_them() {
        let own = party(1, 1).certify(party(1, 1));
        let pem = der::pem::encode_string("CERTIFICATE", der::pem::LineEnding::LF, own.der()).unwrap();
        for bytes in [own.der(), pem.as_bytes(), [b"0 caf\xe9\n", pem.as_bytes()].concat().as_slice()] {
            let mut evidence = Evidence::new();
            evidence.add_certificates(bytes).unwrap();
            assert_eq!(evidence.certificates().as_slice(), std::slice::from_ref(&own));
        }
        let mut evidence = Evidence::new();
        let error = evidence.add_certificates(format!("{pem}{}", &pem[..80]).as_bytes()).unwrap_err();
        let place = format!("`BEGIN CERTIFICATE`, byte {}", pem.len());
        assert_eq!((error.kind(), error.place()), (ErrorKind::Evidence, Some(place.as_str())));
        assert!(evidence.is_empty());
        // Nobody is misled by a name that looks like PEM.
        let authority = crate::authority::Authority::new("names", own.not_before()).unwrap();
        let named = authority.issue("-----BEGIN CERTIFICATE-----AAAA-----END CERTIFICATE-----").unwrap();
        let der = crate::Signer::identity(&named).unwrap().signing_certificate().der().to_vec();
        evidence.add_certificates(&der).unwrap();
        assert!(evidence.certificates().as_slice().iter().map(Certificate::der).eq([der.as_slice()]));
    }
}
