//! `SignatureAttributes` (TS 119 102-2, 4.3.8 and annex A): what the signature and its dictionary hold, signed and unsigned.

use super::objects::{bytes, of_certificate, of_document_timestamp, of_timestamp, of_value};
use super::sheet::Sheet;
use super::signature::later_stamps;
use crate::digest::DigestAlgorithm;
use crate::report::{AttributeOrigin, DigestValue, Place, Report, RevocationSource, SignatureReport};
use crate::time::Time;

const SIGNED: (&str, &str) = ("Signed", "true");
const UNSIGNED: (&str, &str) = ("Signed", "false");

impl Sheet {
    /// `SignatureAttributes` (4.3.8, annex A).
    pub(super) fn attributes(&mut self, report: &Report, signature: &SignatureReport) {
        self.within("SignatureAttributes", &[], |sheet| {
            sheet.dictionary(signature);
            if let Some(certificate) = signature.chain.first() {
                let digest = DigestValue::new(DigestAlgorithm::Sha256, bytes(&certificate.fingerprint));
                sheet.within("SigningCertificate", &[], |sheet| {
                    sheet.reference("AttributeObject", [of_certificate(certificate).as_str()]);
                    sheet.within("CertID", &[], |sheet| sheet.digest_parts(&digest));
                });
            }
            let document = signature.identifier.as_ref().and_then(|one| one.document.as_ref());
            if let Some(document) = document {
                sheet.within("MessageDigest", &[SIGNED], |sheet| sheet.base64("Digest", &document.value));
            }
            sheet.statements(signature);
            for stamp in &signature.content_timestamps {
                sheet.stamp("AllDataObjectsTimeStamp", SIGNED, of_timestamp(stamp), stamp.time);
            }
            for stamp in &signature.signature_timestamps {
                sheet.stamp("SignatureTimeStamp", UNSIGNED, of_timestamp(stamp), stamp.time);
            }
            for stamp in later_stamps(report, signature) {
                sheet.stamp(
                    "DocTimeStamp",
                    UNSIGNED,
                    of_document_timestamp(stamp),
                    stamp.claimed_time.or(stamp.best_signature_time),
                );
            }
            sheet.store(signature);
        });
    }

    /// The signed entries of the signature dictionary.
    fn dictionary(&mut self, signature: &SignatureReport) {
        if let Some(time) = signature.claimed_time {
            self.within("SigningTime", &[SIGNED], |sheet| sheet.time("Time", time));
        }
        let entries = [
            ("SignatureProductionPlace", "AddressString", &signature.location),
            ("Reason", "ReasonElement", &signature.reason),
            ("Name", "NameElement", &signature.name),
            ("ContactInfo", "ContactInfoElement", &signature.contact_info),
            ("SubFilter", "SubFilterElement", &signature.sub_filter),
        ];
        for (name, inner, value) in entries {
            if let Some(value) = value {
                self.within(name, &[SIGNED], |sheet| sheet.text(inner, value));
            }
        }
        let Some(identifier) = &signature.identifier else { return };
        if let Some(range) = identifier.byte_range {
            self.text("ByteRange", &range.map(|number| number.to_string()).join(" "));
        }
        if let Some(filter) = &identifier.filter {
            self.within("Filter", &[], |sheet| sheet.text("Filter", filter));
        }
    }

    /// What the signer states besides. A commitment type without a name is an OID.
    fn statements(&mut self, signature: &SignatureReport) {
        for commitment in &signature.commitment_types {
            let is_oid = commitment.starts_with(|first: char| first.is_ascii_digit());
            let space = if is_oid { "urn:oid" } else { "urn:pades-ltv:commitment" };
            let identifier = format!("{space}:{}", commitment.replace(' ', "-"));
            self.within("CommitmentTypeIndication", &[SIGNED], |sheet| {
                sheet.text("CommitmentTypeIdentifier", &identifier);
            });
        }
        let identifier = signature.signature_policy.as_ref().and_then(|policy| policy.identifier.as_ref());
        if let Some(identifier) = identifier {
            self.within("SigPolicyIdentifier", &[SIGNED], |sheet| {
                sheet.text("SigPolicyId", &format!("urn:oid:{identifier}"));
            });
        }
        if signature.signer_attributes.is_empty() {
            return;
        }
        self.within("SignerRole", &[SIGNED], |sheet| {
            for attribute in &signature.signer_attributes {
                sheet.within("RoleDetails", &[], |sheet| {
                    sheet.text("Role", &attribute.values.join(", "));
                    let endorsement = match attribute.origin {
                        AttributeOrigin::Claimed => "claimed",
                        AttributeOrigin::Certified => "certified",
                        AttributeOrigin::Asserted => "signed",
                    };
                    sheet.text("EndorsementType", endorsement);
                });
            }
        });
    }

    fn stamp(&mut self, name: &str, signed: (&str, &str), id: Option<String>, time: Option<Time>) {
        let Some(time) = time else { return };
        self.within(name, &[signed], |sheet| {
            sheet.reference("AttributeObject", id.as_deref());
            sheet.time("TimeStampValue", time);
        });
    }

    /// What of the evidence was found in the document security store.
    fn store(&mut self, signature: &SignatureReport) {
        let stamped = signature.signature_timestamps.iter().flat_map(|stamp| &stamp.revocation);
        let values = signature.revocation.iter().chain(stamped).filter_map(|status| status.value.as_ref());
        let mut stored: Vec<(RevocationSource, String)> =
            values.filter(|one| one.found_in.contains(&Place::Dss)).map(|one| (one.source, of_value(one))).collect();
        stored.sort_by(|one, other| one.1.cmp(&other.1));
        stored.dedup();
        if stored.is_empty() {
            return;
        }
        self.within("DSS", &[UNSIGNED], |sheet| {
            let of = |is_ocsp: bool| {
                let kind = stored.iter().filter(move |(source, _)| (*source == RevocationSource::Ocsp) == is_ocsp);
                kind.map(|(_, id)| id.as_str()).collect::<Vec<_>>()
            };
            sheet.reference("CRLs", of(false));
            sheet.reference("OCSPs", of(true));
        });
    }
}
