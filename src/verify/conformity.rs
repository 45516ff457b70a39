//! Requirements of the baseline levels that a file does not meet, apart from whether its signatures are valid.
//!
//! Invariant: nothing here changes a verdict. What is missing for a level says so; so does what merely should be otherwise.
//!
//! Specified in EN 319 142-1, 6.3 (letters of its table 1) and 5.4. Noun: [`LevelFinding`].

use std::collections::HashSet;

use const_oid::db::rfc5911::ID_DATA;

use super::certificate::{Gap, Needs};
use super::integrity::{Content, Facts};
use crate::pdf::dss::{Dss, DssValue};
use crate::pki::certificate::Certificate;
use crate::pki::cms::attribute::EssVersion;
use crate::pki::cms::{CmsFault, SignedData, SignerInfo, attribute};
use crate::pki::evidence::Evidence;
use crate::report::{Coverage, LevelFinding, Requirement};
use crate::time::Time;

/// Bytes that a timestamp with its certificate takes at least.
const ROOM: usize = 1024;
/// How many findings of one kind are named about a store.
const NAMED: usize = 16;

/// What keeps the signature from being a baseline signature at all.
pub(super) fn of_signature(facts: &Facts, cms: &SignedData) -> Vec<LevelFinding> {
    use Requirement::{
        ByteRange, ClaimedTime, ContentType, Detached, Encoding, Filter, MessageDigest, NoCertEntry, NoReason,
        NoSigningTime, SigningCertificateAttribute, SigningCertificateIncluded, SubFilter,
    };
    let dictionary = &facts.dictionary;
    let signer = cms.signer().ok();
    let is_several = matches!(cms.signer(), Err(CmsFault::SeveralSigners(_)));
    let has_signing_time = signer.is_some_and(|signer| signer.signing_time().is_some());
    let commits = signer.is_some_and(|signer| signer.has_signed(attribute::COMMITMENT_TYPE));
    let has_policy = signer.is_some_and(|signer| signer.has_signed(attribute::SIGNATURE_POLICY));
    let is_bound = signer.is_some_and(|signer| signer.signing_certificate().is_ok());
    let is_inside = signer.is_some_and(|signer| signer.signing_certificate_in(cms.certificates()).is_ok());
    let is_data = signer.is_some_and(|signer| signer.signed_content_type().is_ok_and(|oid| oid == ID_DATA));
    let has_digest = signer.is_some_and(|signer| signer.message_digest().is_ok());
    let is_der = cms.is_der() && signer.is_some_and(SignerInfo::signed_attributes_are_sorted);
    let is_date = dictionary.m.as_deref().is_none_or(|m| Time::from_pdf_date(m).is_some());
    let covers_all = dictionary.byte_range.is_ok() && facts.covers != Coverage::Other;
    let rules = [
        (!facts.is_pades(), SubFilter, "/SubFilter is not ETSI.CAdES.detached"),
        (dictionary.filter.is_none(), Filter, "/Filter is missing"),
        (!covers_all, ByteRange, "/ByteRange does not cover the file of its time"),
        (is_bound && !is_inside, SigningCertificateIncluded, "the signing certificate is not in the CMS"),
        (!is_data, ContentType, "the signed content type is not id-data"),
        (!has_digest, MessageDigest, "the signed message digest is missing or not readable"),
        (cms.content().is_some(), Detached, "the CMS is not detached"),
        (is_several, Detached, "the CMS has more than one signer"),
        (dictionary.m.is_none(), ClaimedTime, "/M, the claimed time, is missing"),
        (!is_date, ClaimedTime, "/M, the claimed time, is no date of PDF"),
        (has_signing_time, NoSigningTime, "the CMS holds a signing-time attribute"),
        (!is_bound, SigningCertificateAttribute, "the signing-certificate attribute is missing or not readable"),
        (!is_der, Encoding, "the CMS is not DER"),
        (cms.unreadable_certificates() > 0, SigningCertificateIncluded, "a certificate in the CMS cannot be read"),
        (dictionary.has_certificate, NoCertEntry, "the dictionary has a /Cert entry"),
        (
            dictionary.reason.is_some() && (commits || has_policy),
            NoReason,
            "/Reason beside a commitment type or policy",
        ),
    ];
    // Of what does not say to be of PAdES, nothing else is asked.
    let counts = |requirement: Requirement| facts.is_pades() || requirement == SubFilter;
    let broken = rules.into_iter().filter(|(is_broken, requirement, _)| *is_broken && counts(*requirement));
    broken.map(|(_, requirement, message)| LevelFinding::new(requirement, message)).collect()
}

/// What should be otherwise in a baseline signature. `path` is the signer's, without the anchor.
pub(super) fn of_details(facts: &Facts, cms: &SignedData, path: &[Certificate]) -> Vec<LevelFinding> {
    let mut findings = Vec::new();
    let mut note = |requirement, message: String| findings.push(LevelFinding::new(requirement, message));
    let signer = cms.signer().ok();
    if signer.and_then(|signer| signer.signing_certificate().ok()).is_some_and(|named| named.version == EssVersion::V1)
    {
        note(Requirement::SigningCertificateVersion, "the signing-certificate attribute is of version 1".to_owned());
    }
    for missing in path.iter().filter(|one| !cms.certificates().contains(one)) {
        note(Requirement::PathIncluded, format!("{missing} is not in the CMS"));
    }
    let room = facts.dictionary.contents.as_ref().ok();
    let room = room.map(|contents| contents.der.iter().rev().take_while(|byte| **byte == 0).count());
    if facts.tokens.is_empty() && room.is_some_and(|room| room < ROOM) {
        note(Requirement::Room, "/Contents has no room for a timestamp".to_owned());
    }
    findings
}

/// What of `needs` is missing in the file for B-LT.
pub(super) fn of_needs(needs: &Needs) -> Vec<LevelFinding> {
    let finding = |gap: &Gap| match gap {
        Gap::Issuer(reached) => {
            let highest = reached.last().map(ToString::to_string).unwrap_or_default();
            LevelFinding::new(Requirement::PathValues, format!("the file does not hold the issuer of {highest}"))
        }
        Gap::Path(of, why) => {
            LevelFinding::new(Requirement::PathValues, format!("the path of {of} does not hold: {why}"))
        }
        Gap::Revocation(of, ..) => {
            LevelFinding::new(Requirement::RevocationValues, format!("the file does not say whether {of} was revoked"))
        }
    };
    needs.gaps.iter().map(finding).collect()
}

/// A document timestamp's own dictionary.
pub(super) fn of_timestamp(facts: &Facts) -> Vec<LevelFinding> {
    use Requirement::{TimestampEncoding, TimestampEntries, TimestampSubFilter, TimestampTexts};
    let dictionary = &facts.dictionary;
    let is_der = !matches!(&facts.content, Content::Timestamp(token) if !token.signed_data().is_der());
    let is_rfc3161 = dictionary.sub_filter.as_deref() == Some("ETSI.RFC3161");
    let texts = [
        ("Name", &dictionary.name),
        ("M", &dictionary.m),
        ("Location", &dictionary.location),
        ("Reason", &dictionary.reason),
        ("ContactInfo", &dictionary.contact_info),
    ];
    let said = texts.into_iter().filter(|(_, text)| text.is_some()).map(|(name, _)| (true, TimestampTexts, name));
    let rules = [
        (!is_rfc3161, TimestampSubFilter, "SubFilter"),
        (!is_der, TimestampEncoding, "Contents"),
        (dictionary.has_certificate, TimestampEntries, "Cert"),
        (!dictionary.transforms.is_empty(), TimestampEntries, "Reference"),
    ];
    let broken = rules.into_iter().chain(said).filter(|(is_broken, ..)| *is_broken);
    let message = |requirement, entry: &str| match requirement {
        TimestampSubFilter => "/SubFilter is not ETSI.RFC3161".to_owned(),
        TimestampEncoding => "the token is not DER".to_owned(),
        _ => format!("the document timestamp has a /{entry} entry"),
    };
    broken.map(|(_, requirement, entry)| LevelFinding::new(requirement, message(requirement, entry))).collect()
}

/// The store as a whole.
pub(super) fn of_store(store: &Dss) -> Vec<LevelFinding> {
    let mut findings: Vec<LevelFinding> =
        store.faults.iter().take(NAMED).map(|fault| LevelFinding::new(Requirement::StoreStructure, fault)).collect();
    let lists = [("Certs", &store.certs), ("CRLs", &store.crls), ("OCSPs", &store.ocsps)];
    for (list, values) in lists {
        let mut seen: HashSet<&[u8]> = HashSet::new();
        let repeated = values.iter().filter(|value| !seen.insert(&value.der)).count();
        if repeated > 0 {
            let message = format!("/{list} holds {repeated} values more than once");
            findings.push(LevelFinding::new(Requirement::NoDuplicates, message));
        }
        let indirect = values.iter().filter(|value| value.id.is_none()).count();
        if indirect > 0 {
            let message = format!("{indirect} values of /{list} are no streams of their own");
            findings.push(LevelFinding::new(Requirement::StoreStructure, message));
        }
        let unreadable = values.iter().filter(|value| !is_readable(list, value)).count();
        if unreadable > 0 {
            let message = format!("{unreadable} values of /{list} cannot be read as DER");
            findings.push(LevelFinding::new(Requirement::StoreEncoding, message));
        }
    }
    if !store.vri.is_empty() {
        findings.push(LevelFinding::new(Requirement::NoVri, "the store has a /VRI"));
    }
    let own: HashSet<&[u8]> = lists.iter().flat_map(|(_, values)| values.iter()).map(|value| &*value.der).collect();
    for related in store.vri.iter().take(NAMED) {
        let values = [&related.certs, &related.crls, &related.ocsps].into_iter().flatten();
        let missing = values.filter(|value| !own.contains(&*value.der)).count();
        if missing > 0 {
            let message = format!("{missing} values of /VRI /{} are not in the store's own lists", related.key);
            findings.push(LevelFinding::new(Requirement::VriInStore, message));
        }
        if related.tu.is_some() || related.ts.is_some() {
            let message = format!("/VRI /{} states a time", related.key);
            findings.push(LevelFinding::new(Requirement::NoVriTime, message));
        }
    }
    findings
}

fn is_readable(list: &str, value: &DssValue) -> bool {
    let mut evidence = Evidence::new();
    match list {
        "Certs" => evidence.add_certificate(&value.der).is_ok(),
        "CRLs" => evidence.add_crl(&value.der).is_ok(),
        _ => evidence.add_ocsp(&value.der).is_ok(),
    }
}
