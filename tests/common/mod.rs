//! What the integration tests share: a world with an authority, small PDFs of every build, and bytes taken apart.
//!
//! Invariant: nothing here reads a clock or throws dice: a test that failed fails again.

#![allow(dead_code, reason = "every test binary uses its own part of this")]

pub(crate) mod asn1;
#[path = "../../benches/common/clock.rs"]
pub(crate) mod clock;
pub(crate) mod foreign;
pub(crate) mod pdf;

use std::time::Duration;

use pades_ltv::authority::{Authority, KeyType, Subscriber};
use pades_ltv::report::SignatureReport;
use pades_ltv::{
    Augmentation, Document, Evidence, Report, Signer, Signing, SoftwareSigner, Time, Timestamping, TrustStore,
    Verification,
};

/// The contract that lies in `examples/`.
pub(crate) const CONTRACT: &[u8] = include_bytes!("../../examples/contract.pdf");

pub(crate) fn at(text: &str) -> Time {
    text.parse().unwrap()
}

/// When everything begins.
pub(crate) fn now() -> Time {
    at("2026-10-07T00:25:23Z")
}

pub(crate) const fn minutes(count: u64) -> Duration {
    Duration::from_secs(count * 60)
}

pub(crate) const fn days(count: u64) -> Duration {
    Duration::from_secs(count * 86_400)
}

pub(crate) const fn years(count: u64) -> Duration {
    days(count * 365)
}

/// An authority, its anchor, and somebody with a certificate.
pub(crate) struct World {
    pub(crate) authority: Authority,
    pub(crate) trust: TrustStore,
    pub(crate) signer: SoftwareSigner,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with_key(KeyType::P256)
    }

    pub(crate) fn with_key(key: KeyType) -> Self {
        let authority = Authority::new("integration tests", now()).unwrap();
        let signer = authority.issue(Subscriber::new("甲野太郎").key(key)).unwrap();
        Self { trust: authority.anchors(), authority, signer }
    }

    /// `pdf`, signed at `time`: B-B.
    pub(crate) fn signed(&self, pdf: &[u8], time: Time) -> Vec<u8> {
        let document = Document::open(pdf).unwrap();
        let signed = Signing::new(&document, time).timestamp_room(0).sign(&self.signer).unwrap();
        signed.finish().unwrap().apply(pdf).unwrap()
    }

    /// `pdf`, signed and stamped at `time`: B-T.
    pub(crate) fn stamped(&self, pdf: &[u8], time: Time) -> Vec<u8> {
        let document = Document::open(pdf).unwrap();
        let signed = Signing::new(&document, time).timestamp_room(ROOM).sign(&self.signer).unwrap();
        signed.timestamp(&self.authority.at(time)).unwrap().finish().unwrap().apply(pdf).unwrap()
    }

    /// What `pdf` needs to be verified offline, as the authority answers at `time`.
    pub(crate) fn evidence(&self, pdf: &[u8], time: Time) -> Evidence {
        let document = Document::open(pdf).unwrap();
        Evidence::collect(&document, &self.trust, &self.authority.at(time), time).unwrap()
    }

    /// `pdf` with its evidence of `time`: B-LT.
    pub(crate) fn extended(&self, pdf: &[u8], time: Time) -> Vec<u8> {
        let document = Document::open(pdf).unwrap();
        let evidence = self.evidence(pdf, time);
        Augmentation::new(&document, time).evidence(&evidence).finish().unwrap().apply(pdf).unwrap()
    }

    /// `pdf` with a document timestamp of `time`.
    pub(crate) fn sealed(&self, pdf: &[u8], time: Time) -> Vec<u8> {
        let document = Document::open(pdf).unwrap();
        let timestamping = Timestamping::new(&document, time).token_room(ROOM);
        timestamping.timestamp(&self.authority.at(time)).unwrap().apply(pdf).unwrap()
    }

    /// `pdf` with its evidence and a document timestamp over it: B-LTA, or one renewal of it.
    pub(crate) fn archived(&self, pdf: &[u8], time: Time) -> Vec<u8> {
        self.sealed(&self.extended(pdf, time), time)
    }

    /// The verdict at `time`, offline.
    pub(crate) fn verify(&self, pdf: &[u8], time: Time) -> Report {
        self.verify_with(pdf, time, &Evidence::new())
    }

    /// The verdict at `time`, with what the authority answers then.
    pub(crate) fn verify_online(&self, pdf: &[u8], time: Time) -> Report {
        self.verify_with(pdf, time, &self.evidence(pdf, time))
    }

    pub(crate) fn verify_with(&self, pdf: &[u8], time: Time, evidence: &Evidence) -> Report {
        let document = Document::open(pdf).unwrap();
        Verification::new(&document, &self.trust, time).evidence(evidence).verify()
    }
}

/// Room for the authority's tokens: less than is usual, to keep files small.
pub(crate) const ROOM: usize = 2_600;

/// The certificates of `signer`, its own first, each DER.
pub(crate) fn certificates(signer: &impl Signer) -> Vec<Vec<u8>> {
    signer.identity().unwrap().certificates().map(<[u8]>::to_vec).collect()
}

/// The one signature of that name.
pub(crate) fn signature<'r>(report: &'r Report, field: &str) -> &'r SignatureReport {
    let found = report.signatures.iter().find(|one| one.field == field);
    found.unwrap_or_else(|| panic!("no {field} in {report:#?}"))
}

/// `INDICATION`, or `INDICATION/SUB_INDICATION`.
pub(crate) fn verdict(report: &SignatureReport) -> String {
    match report.conclusion.sub_indication {
        None => report.conclusion.indication.to_string(),
        Some(sub_indication) => format!("{}/{sub_indication}", report.conclusion.indication),
    }
}

/// The place of the only `needle` in `haystack`.
pub(crate) fn only(haystack: &[u8], needle: &[u8]) -> usize {
    let found = all(haystack, needle);
    assert_eq!(found.len(), 1, "{} stands at {found:?}", String::from_utf8_lossy(needle));
    found[0]
}

/// Every place of `needle` in `haystack`.
pub(crate) fn all(haystack: &[u8], needle: &[u8]) -> Vec<usize> {
    haystack.windows(needle.len()).enumerate().filter(|(_, window)| *window == needle).map(|(at, _)| at).collect()
}

/// Every certificate in the hexadecimal `/Contents` of `pdf`, found by how certificates begin.
pub(crate) fn certificates_in(pdf: &[u8]) -> Vec<Vec<u8>> {
    all(pdf, b"/Contents").into_iter().flat_map(|at| certificates_in_contents(&pdf[at + 9..])).collect()
}

fn certificates_in_contents(rest: &[u8]) -> Vec<Vec<u8>> {
    let Some(digits) = rest.trim_ascii_start().strip_prefix(b"<") else { return Vec::new() };
    let digits: Vec<u8> = digits.iter().map_while(|one| char::from(*one).to_digit(16)?.try_into().ok()).collect();
    let der: Vec<u8> = digits.chunks(2).map(|pair| pair[0] << 4 | pair.get(1).unwrap_or(&0)).collect();
    let mut found = Vec::new();
    for (start, head) in der.windows(4).enumerate() {
        let [0x30, 0x82, high, low] = *head else { continue };
        let end = start + 4 + usize::from(u16::from_be_bytes([high, low]));
        let certificate = der.get(start..end).filter(|der| TrustStore::new().add_der(der, "").is_ok());
        found.extend(certificate.map(<[u8]>::to_vec));
    }
    found
}

/// Whether `certificate` names `name` twice: as subject and as issuer.
pub(crate) fn is_root(certificate: &[u8], name: &str) -> bool {
    all(certificate, name.as_bytes()).len() == 2
}
