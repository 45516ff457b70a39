//! The trust anchors of a verification, each with the place it comes from.
//!
//! Invariant: an anchor is a *name and key*: a re-issued or cross certificate for the same name and key is the same anchor
//! (RFC 5280, 6.1.1 (d)). Its own validity is kept for the caller to judge and never enforced here.

use std::fmt;

use der::pem;

use crate::error::{Error, ErrorKind, Result};
use crate::pki::certificate::Certificate;
use crate::pki::certificates::Certificates;
use crate::pki::name::Name;
use crate::time::Time;

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";
/// The labels of certificates: RFC 7468, 5.1, and the older one that OpenSSL still reads.
const LABELS: [&str; 2] = ["CERTIFICATE", "X509 CERTIFICATE"];

/// The certificates that a verification trusts, each with a label that says where it comes from.
///
/// # Examples
/// ```
/// let mut anchors = pades_ltv::TrustStore::new();
/// assert!(anchors.is_empty());
/// assert!(anchors.add_pem(b"no certificate here", "my list").is_err());
/// ```
#[derive(Clone, Default)]
pub struct TrustStore {
    anchors: Vec<TrustAnchor>,
    certificates: Certificates,
}

/// A trusted name and key, as a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TrustAnchor {
    certificate: Certificate,
    label: String,
    sunset: Option<Time>,
}

impl TrustStore {
    /// A store that trusts nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Trusts every `CERTIFICATE` block of a PEM file, or the one certificate of a DER file, and returns how many were read.
    ///
    /// `label` says where they come from and stands in reports, such as "Adobe Approved Trust List (AATL)". What stands
    /// between the blocks is ignored; a certificate that is there already keeps its first label.
    ///
    /// # Errors
    /// [`ErrorKind::Certificate`] when there is no certificate, or one of them cannot be read; the store is unchanged then.
    pub fn add_pem(&mut self, pem: &[u8], label: &str) -> Result<usize> {
        if pem.first() == Some(&0x30) {
            return self.add_der(pem, label).map(|()| 1);
        }
        let certificates = certificates_of(pem)?;
        let count = certificates.len();
        for certificate in certificates {
            self.add(certificate, label);
        }
        Ok(count)
    }

    /// Trusts one DER certificate.
    ///
    /// # Errors
    /// [`ErrorKind::Certificate`] when it cannot be read.
    pub fn add_der(&mut self, der: &[u8], label: &str) -> Result<()> {
        let certificate = Certificate::from_der(der).map_err(|fault| {
            let error = Error::new(ErrorKind::Certificate, "the trust anchor cannot be read").at(label).because(fault);
            error.advise("give one X.509 certificate in DER, or a PEM file")
        })?;
        self.add(certificate, label);
        Ok(())
    }

    /// Whether nothing is trusted.
    pub fn is_empty(&self) -> bool {
        self.anchors.is_empty()
    }

    /// The number of different certificates.
    pub fn len(&self) -> usize {
        self.anchors.len()
    }

    /// Gives the anchors with this label a sunset date: from `date` on they are trusted no longer, except for what is proved to have
    /// existed before (EN 319 102-1, 5.2.6 and 5.6.2.2). Returns how many there are.
    pub fn sunset(&mut self, label: &str, date: Time) -> usize {
        let named = self.anchors.iter_mut().filter(|anchor| anchor.label == label);
        named.map(|anchor| anchor.sunset = Some(date)).count()
    }

    pub(crate) fn add(&mut self, certificate: Certificate, label: &str) {
        if self.certificates.insert(certificate.clone()) {
            self.anchors.push(TrustAnchor { certificate, label: label.to_owned(), sunset: None });
        }
    }

    /// The certificates of the anchors.
    pub(crate) fn certificates(&self) -> &Certificates {
        &self.certificates
    }

    /// In the order in which they were added.
    pub(crate) fn anchors(&self) -> &[TrustAnchor] {
        &self.anchors
    }

    /// The anchor whose name and key `certificate` has.
    pub(crate) fn anchor_of(&self, certificate: &Certificate) -> Option<&TrustAnchor> {
        self.anchors.iter().find(|anchor| anchor.is(certificate))
    }
}

impl fmt::Debug for TrustStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TrustStore({} anchors)", self.len())
    }
}

impl TrustAnchor {
    pub(crate) fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// Where the anchor comes from.
    pub(crate) fn label(&self) -> &str {
        &self.label
    }

    pub(crate) fn name(&self) -> &Name {
        self.certificate.subject()
    }

    /// Whether `certificate` speaks for the same name and key.
    pub(crate) fn is(&self, certificate: &Certificate) -> bool {
        self.name() == certificate.subject() && self.certificate.spki() == certificate.spki()
    }

    /// From when on nothing new is trusted because of it.
    pub(crate) fn sunset(&self) -> Option<Time> {
        self.sunset
    }
}

/// Every certificate block of a PEM file.
fn certificates_of(file: &[u8]) -> Result<Vec<Certificate>> {
    let advice = "give a PEM file with CERTIFICATE blocks, or one certificate in DER";
    let text = String::from_utf8_lossy(file);
    let mut certificates = Vec::new();
    for (number, block) in (1usize..).zip(text.split(BEGIN).skip(1)) {
        let Some((label, rest)) = block.split_once(DASHES) else { continue };
        if !LABELS.contains(&label) {
            continue;
        }
        let unreadable = || Error::new(ErrorKind::Certificate, "the trust anchor cannot be read");
        let place = format!("PEM block {number}");
        let Some((body, _)) = rest.split_once(END) else {
            return Err(unreadable().at(place).because("the block does not end").advise("fetch the file again"));
        };
        let der = decode(body).map_err(|fault| unreadable().at(&place).because(fault).advise(advice))?;
        let certificate = Certificate::from_der(&der);
        certificates.push(certificate.map_err(|fault| unreadable().at(&place).because(fault).advise(advice))?);
    }
    if certificates.is_empty() {
        return Err(Error::new(ErrorKind::Certificate, "there is no certificate in the file").advise(advice));
    }
    Ok(certificates)
}

/// Base64 with any white space: real lists wrap lines at 64, 76 or not at all, and RFC 7468, 3 lets a parser be lax.
fn decode(body: &str) -> pem::Result<Vec<u8>> {
    let digits: Vec<char> = body.chars().filter(|character| !character.is_whitespace()).collect();
    let mut text = String::from("-----BEGIN CERTIFICATE-----\n");
    for line in digits.chunks(64) {
        text.extend(line);
        text.push('\n');
    }
    text.push_str("-----END CERTIFICATE-----\n");
    pem::decode_vec(text.as_bytes()).map(|(_, der)| der)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::fixture::party;

    #[test]
    fn any_wrapping_is_read_and_what_is_known_keeps_its_label() {
        let own = party(1, 1).certify(party(1, 1));
        let pem = der::pem::encode_string("CERTIFICATE", der::pem::LineEnding::CRLF, own.der()).unwrap();
        let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        let unwrapped = format!("a list\n-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n");
        let mut store = TrustStore::new();
        assert_eq!(store.add_pem(format!("{pem}{unwrapped}").as_bytes(), "first").unwrap(), 2);
        assert_eq!(store.add_pem(own.der(), "second").unwrap(), 1);
        assert_eq!((store.len(), store.anchors()[0].label()), (1, "first"));
        let date = own.not_after();
        assert_eq!((store.sunset("second", date), store.sunset("first", date)), (0, 1));
        assert_eq!(store.anchors()[0].sunset(), Some(date));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let mut store = TrustStore::new();
        let cut = b"# list\n-----BEGIN CERTIFICATE-----\nMIIB";
        assert_eq!(
            store.add_pem(cut, "x").unwrap_err().to_string(),
            "the trust anchor cannot be read (PEM block 1): the block does not end; fetch the file again"
        );
        let broken = b"-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
        let error = store.add_pem(broken, "x").unwrap_err();
        assert_eq!((error.kind(), error.place()), (ErrorKind::Certificate, Some("PEM block 1")));
        let key = b"-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n";
        assert!(store.add_pem(key, "x").unwrap_err().to_string().starts_with("there is no certificate"));
        assert_eq!(store.add_pem(&[0x30, 0], "x").unwrap_err().kind(), ErrorKind::Certificate);
        assert!(store.is_empty());
    }
}
