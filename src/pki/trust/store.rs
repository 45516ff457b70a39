//! The trust anchors of a verification, each with the place it comes from.
//!
//! Invariant: an anchor is a *name and key*: a re-issued or cross certificate for the same name and key is the same anchor
//! (RFC 5280, 6.1.1 (d)). Its own validity is kept for the caller to judge and never enforced here.
//! Invariant: an anchor vouches for what its terms say and for nothing else; two sources of one certificate are two anchors.

use std::collections::HashSet;
use std::fmt;

use crate::error::{Error, ErrorKind, Result};
use crate::pki::certificate::Certificate;
use crate::pki::certificates::Certificates;
use crate::pki::name::Name;
use crate::pki::oid::Oid;
use crate::pki::pem::{Fault, blocks, is_der};
use crate::pki::purpose::Purpose;
use crate::time::Time;

use super::accreditation::Accreditation;
use super::term::{NotVouched, Term};

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
    accreditations: Vec<Accreditation>,
    certificates: Certificates,
}

/// A trusted name and key, as a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TrustAnchor {
    certificate: Certificate,
    label: String,
    terms: Vec<Term>,
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
        if is_der(pem) {
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
        self.add(one_certificate(der, label)?, label);
        Ok(())
    }

    /// Trusts one DER certificate for what `terms` say and for nothing else; no terms trust it for nothing.
    ///
    /// A certificate that is there with the same label gets these terms beside its own.
    ///
    /// # Errors
    /// [`ErrorKind::Certificate`] when it cannot be read.
    pub fn add_der_for(&mut self, der: &[u8], label: &str, terms: &[Term]) -> Result<()> {
        self.add_for(one_certificate(der, label)?, label, terms);
        Ok(())
    }

    /// Notes that the timestamp authority with this DER certificate is accredited by `list` (its name and date), from when until when as
    /// far as known. Its timestamps are then reported as accredited where they state a time within; **nobody is trusted for it**.
    ///
    /// # Errors
    /// [`ErrorKind::Certificate`] when it cannot be read.
    pub fn add_accredited(&mut self, der: &[u8], list: &str, from: Option<Time>, until: Option<Time>) -> Result<()> {
        let accreditation = Accreditation::new(one_certificate(der, list)?, list, (from, until));
        if !self.accreditations.contains(&accreditation) {
            self.accreditations.push(accreditation);
        }
        Ok(())
    }

    /// Whether nothing is trusted.
    pub fn is_empty(&self) -> bool {
        self.anchors.is_empty()
    }

    /// The number of different certificates.
    pub fn len(&self) -> usize {
        self.certificates.as_slice().len()
    }

    /// The number of certificates of accredited timestamp authorities.
    pub fn accredited(&self) -> usize {
        self.accreditations.iter().map(|one| one.certificate().der()).collect::<HashSet<_>>().len()
    }

    /// Gives the anchors with this label a sunset date: from `date` on they are trusted no longer, except for what is proved to have
    /// existed before (EN 319 102-1, 5.2.6 and 5.6.2.2). Returns how many there are.
    pub fn sunset(&mut self, label: &str, date: Time) -> usize {
        let named = self.anchors.iter_mut().filter(|anchor| anchor.label == label);
        let sunset =
            |anchor: &mut TrustAnchor| anchor.terms.iter_mut().for_each(|term| *term = term.clone().until(date));
        named.map(sunset).count()
    }

    pub(crate) fn add(&mut self, certificate: Certificate, label: &str) {
        self.add_for(certificate, label, &[Term::unlimited()]);
    }

    fn add_for(&mut self, certificate: Certificate, label: &str, terms: &[Term]) {
        let is_known = |anchor: &&mut TrustAnchor| {
            anchor.certificate == certificate && (anchor.label == label || anchor.terms.contains(&Term::unlimited()))
        };
        let is_new = self.certificates.insert(certificate.clone());
        match self.anchors.iter_mut().filter(|_| !is_new).find(is_known) {
            Some(known) if known.label == label => {
                let new = terms.iter().filter(|term| !known.terms.contains(term)).cloned().collect::<Vec<_>>();
                known.terms.extend(new);
            }
            // It vouches for everything already.
            Some(_) => {}
            None => self.anchors.push(TrustAnchor { certificate, label: label.to_owned(), terms: terms.to_vec() }),
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

    /// The anchors whose own certificate this is: one for each source.
    pub(crate) fn anchors_with(&self, certificate: &Certificate) -> impl Iterator<Item = &TrustAnchor> {
        self.anchors.iter().filter(move |anchor| anchor.certificate == *certificate)
    }

    /// What is known of the authority with this certificate, about a timestamp that it made at `time`.
    pub(crate) fn accreditation_of(&self, certificate: &Certificate, time: Time) -> Option<&Accreditation> {
        self.accreditations.iter().find(|one| one.is_of(certificate, time))
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

    /// When terms of it end.
    pub(crate) fn ends(&self) -> impl Iterator<Item = Time> {
        self.terms.iter().filter_map(Term::end)
    }

    /// The term under which it vouches for a certificate with `policies`, used for `purpose`, as of `time` and still at `last`.
    pub(crate) fn vouches(
        &self,
        purpose: Purpose,
        policies: &[Oid],
        time: Time,
        last: Time,
    ) -> Result<&Term, NotVouched> {
        let mut fitting = self.fitting(purpose, policies)?;
        let holds = |term: &&Term| {
            term.begin().is_none_or(|begin| begin <= time) && term.end().is_none_or(|end| time.max(last) < end)
        };
        let at_the_time = fitting.iter().copied().find(holds);
        fitting.sort_by_key(|term| term.end());
        let over = || fitting.iter().filter_map(|term| term.end()).filter(|end| *end <= time.max(last)).max();
        let begins = || fitting.iter().filter_map(|term| term.begin()).filter(|begin| *begin > time).min();
        at_the_time.ok_or_else(|| match (over(), begins()) {
            (Some(end), _) => NotVouched::Over(end),
            (None, begin) => NotVouched::NotYet(begin.unwrap_or(time)),
        })
    }

    /// The term under which it vouches as of `time`, or else the last one of this kind.
    pub(crate) fn term(&self, purpose: Purpose, policies: &[Oid], time: Time) -> Option<&Term> {
        let last =
            || self.fitting(purpose, policies).ok()?.into_iter().max_by_key(|term| term.end().unwrap_or(Time::MAX));
        self.vouches(purpose, policies, time, time).ok().or_else(last)
    }

    /// From when on it vouches for nothing new of this kind, where that is `now` or before: its sunset.
    pub(crate) fn sunset(&self, purpose: Purpose, policies: &[Oid], now: Time) -> Result<Option<Time>, NotVouched> {
        let fitting = self.fitting(purpose, policies)?;
        let begun = || fitting.iter().filter(|term| term.begin().is_none_or(|begin| begin <= now));
        let first = fitting.iter().filter_map(|term| term.begin()).min();
        match begun().map(|term| term.end()).max_by_key(|end| end.unwrap_or(Time::MAX)) {
            Some(end) => Ok(end.filter(|end| *end <= now)),
            None => Err(NotVouched::NotYet(first.unwrap_or(now))),
        }
    }

    /// The terms that speak of `purpose` and of certificates with `policies`, whatever the time.
    fn fitting(&self, purpose: Purpose, policies: &[Oid]) -> Result<Vec<&Term>, NotVouched> {
        let covering: Vec<&Term> = self.terms.iter().filter(|term| term.covers(purpose)).collect();
        if covering.is_empty() {
            return Err(NotVouched::Use(self.uses()));
        }
        let is_signer = !purpose.is_of_revocation_data();
        let fitting: Vec<&Term> = covering.into_iter().filter(|term| !is_signer || term.permits(policies)).collect();
        if fitting.is_empty() { Err(NotVouched::Policy) } else { Ok(fitting) }
    }

    /// All of its uses, in words.
    fn uses(&self) -> String {
        let mut uses: Vec<_> = self.terms.iter().filter_map(Term::uses).flatten().map(|one| one.as_str()).collect();
        uses.sort_unstable();
        uses.dedup();
        if uses.is_empty() { "nothing".to_owned() } else { uses.join(", ") }
    }
}

fn one_certificate(der: &[u8], label: &str) -> Result<Certificate> {
    Certificate::from_der(der).map_err(|fault| {
        let error = Error::new(ErrorKind::Certificate, "the trust anchor cannot be read").at(label).because(fault);
        error.advise("give one X.509 certificate in DER, or a PEM file")
    })
}

/// Every certificate block of a PEM file.
pub(crate) fn certificates_of(file: &[u8]) -> Result<Vec<Certificate>> {
    let advice = "give a PEM file with CERTIFICATE blocks, or one certificate in DER";
    let mut certificates = Vec::new();
    let blocks = blocks(file).map_err(|fault| {
        Error::new(ErrorKind::Certificate, "the PEM cannot be read").because(fault).advise("fetch the file again")
    })?;
    for (number, block) in (1usize..).zip(blocks).filter(|(_, block)| block.is_certificate()) {
        let place = format!("PEM block {number}");
        let unreadable = || Error::new(ErrorKind::Certificate, "the trust anchor cannot be read").at(&place);
        let der = block.decode().map_err(|fault| {
            unreadable().because(fault).advise(if fault == Fault::Cut { "fetch the file again" } else { advice })
        })?;
        let certificate = Certificate::from_der(&der);
        certificates.push(certificate.map_err(|fault| unreadable().because(fault).advise(advice))?);
    }
    if certificates.is_empty() {
        return Err(Error::new(ErrorKind::Certificate, "there is no certificate in the file").advise(advice));
    }
    Ok(certificates)
}

#[cfg(test)]
mod tests {
    use super::super::term::TrustUse;
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
        assert_eq!(store.anchors()[0].ends().collect::<Vec<_>>(), [date]);
    }

    #[test]
    fn an_anchor_vouches_for_what_its_terms_say() {
        let own = party(1, 1).certify(party(1, 1));
        let day = |text: &str| format!("{text}T00:00:00Z").parse::<Time>().unwrap();
        let stamps = |from, until| Term::of(&[TrustUse::Timestamping]).from(day(from)).until(day(until));
        let terms = [stamps("2010-01-01", "2012-01-01"), stamps("2014-01-01", "2016-01-01")];
        let mut store = TrustStore::new();
        store.add_der_for(own.der(), "a list", &terms[..1]).unwrap();
        store.add_der_for(own.der(), "a list", &terms).unwrap();
        assert_eq!((store.len(), store.anchors().len(), store.anchors()[0].terms.len()), (1, 1, 2));
        let anchor = &store.anchors()[0];
        let at = |purpose, time: &str| anchor.vouches(purpose, &[], day(time), day(time)).map(|term| term.end());
        let stamping = |time| at(Purpose::TimeStamping, time);
        assert_eq!(stamping("2009-12-31"), Err(NotVouched::NotYet(day("2010-01-01"))));
        assert_eq!(stamping("2010-01-01"), Ok(Some(day("2012-01-01"))));
        assert_eq!(stamping("2012-01-01"), Err(NotVouched::Over(day("2012-01-01"))));
        assert_eq!(stamping("2015-12-31"), Ok(Some(day("2016-01-01"))));
        assert_eq!(stamping("2016-01-01"), Err(NotVouched::Over(day("2016-01-01"))));
        assert_eq!(at(Purpose::DocumentSigning, "2011-01-01"), Err(NotVouched::Use("timestamping".to_owned())));
        assert_eq!(at(Purpose::DocumentCertification, "2011-01-01"), Err(NotVouched::Use("timestamping".to_owned())));
        assert!(at(Purpose::OcspSigning, "2011-01-01").is_ok());
        let sunset = |now: &str| anchor.sunset(Purpose::TimeStamping, &[], day(now));
        assert_eq!(sunset("2013-01-01"), Ok(Some(day("2012-01-01"))));
        assert_eq!((sunset("2015-01-01"), sunset("2020-01-01")), (Ok(None), Ok(Some(day("2016-01-01")))));
        assert_eq!(sunset("2001-01-01"), Err(NotVouched::NotYet(day("2010-01-01"))));
    }

    #[test]
    fn two_sources_are_two_anchors_unless_one_vouches_for_all() {
        let own = party(1, 1).certify(party(1, 1));
        let mut store = TrustStore::new();
        store.add_der_for(own.der(), "first", &[Term::of(&[TrustUse::Signing])]).unwrap();
        store.add_der(own.der(), "second").unwrap();
        store.add_der_for(own.der(), "third", &[Term::of(&[TrustUse::Signing])]).unwrap();
        let labels: Vec<_> = store.anchors_with(&own).map(TrustAnchor::label).collect();
        assert_eq!((store.len(), labels), (1, vec!["first", "second"]));
        store.add_accredited(own.der(), "a ministry", Some(own.not_before()), None).unwrap();
        assert!(store.accreditation_of(&own, own.not_before()).is_some());
        let before = own.not_before().before(std::time::Duration::from_secs(1));
        assert_eq!((store.accreditation_of(&own, before), store.accredited()), (None, 1));
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
