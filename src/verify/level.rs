//! How much is there: the PAdES baseline levels, told from what the file holds, whatever the verdict.
//!
//! Specified in EN 319 142-1, 6.3, table 1 (rows by their numbers in STANDARDS).

use const_oid::db::rfc5911::ID_DATA;

use super::certificate::Validator;
use super::integrity::Facts;
use crate::pki::certificate::Certificate;
use crate::pki::cms::{SignedData, SignerInfo, attribute};
use crate::report::{Code, Finding, Level};
use crate::time::Time;

/// The rules of level B-B that the signature breaks: none where it is a baseline signature.
pub(super) fn nonconformities(facts: &Facts, cms: &SignedData) -> Vec<Finding> {
    let dictionary = &facts.dictionary;
    let signer = cms.signer().ok();
    let has_signing_time = signer.is_some_and(|signer| signer.signing_time().is_some());
    let commits = signer.is_some_and(|signer| signer.has_signed(attribute::COMMITMENT_TYPE));
    let has_policy = signer.is_some_and(|signer| signer.has_signed(attribute::SIGNATURE_POLICY));
    let is_bound = signer.is_some_and(|signer| signer.signing_certificate().is_ok());
    let is_inside = signer.is_some_and(|signer| signer.signing_certificate_in(cms.certificates()).is_ok());
    let is_data = signer.is_some_and(|signer| signer.signed_content_type().is_ok_and(|oid| oid == ID_DATA));
    let has_digest = signer.is_some_and(|signer| signer.message_digest().is_ok());
    let is_der = cms.is_der() && signer.is_some_and(SignerInfo::signed_attributes_are_sorted);
    let broken = [
        (!facts.is_pades(), "/SubFilter is not ETSI.CAdES.detached (T17)"),
        (is_bound && !is_inside, "the signing certificate is not in the CMS (T01)"),
        (!is_data, "the signed content type is not id-data (T02)"),
        (!has_digest, "the signed message digest is missing or not readable (T03)"),
        (cms.content().is_some(), "the CMS is not detached (T14)"),
        (dictionary.m.is_none(), "/M, the claimed time, is missing (T12)"),
        (has_signing_time, "the CMS holds a signing-time attribute (T13)"),
        (!is_bound, "the signing-certificate attribute is missing or not readable (T08)"),
        (!is_der, "the CMS is not DER (T14)"),
        (cms.unreadable_certificates() > 0, "a certificate in the CMS cannot be read (T01)"),
        (dictionary.has_certificate, "the dictionary has a /Cert entry (T22)"),
        (dictionary.reason.is_some() && (commits || has_policy), "/Reason beside a commitment type or policy (T19)"),
    ];
    let broken = broken.into_iter().filter(|(is_broken, _)| *is_broken);
    broken.map(|(_, rule)| Finding::new(Code::Conformity, format!("not a baseline signature: {rule}"))).collect()
}

/// What the levels above B-B are told from.
pub(super) struct Material<'a> {
    /// Whose paths and revocation values count: the signer and the authorities of its timestamps.
    pub(super) certificates: Vec<Certificate>,
    /// A signature timestamp, or a document timestamp that covers the signature.
    pub(super) has_time: bool,
    /// The time that revocation values must be fresh for.
    pub(super) time: Time,
    /// What lies in the file now.
    pub(super) file: Validator<'a>,
    /// What each later document timestamp covers.
    pub(super) stamped: Vec<Validator<'a>>,
}

/// The level that a baseline signature reaches.
pub(super) fn level(material: &Material<'_>) -> Level {
    if !material.has_time {
        return Level::B;
    }
    let is_complete = |validator: &Validator<'_>| {
        material.certificates.iter().all(|certificate| validator.needs(certificate, material.time).gaps.is_empty())
    };
    if !is_complete(&material.file) {
        return Level::T;
    }
    if material.stamped.iter().any(is_complete) { Level::Lta } else { Level::Lt }
}
