//! The validation objects: certificates, revocation values and timestamps, each once, named by its digest.

use std::collections::BTreeMap;

use super::sheet::Sheet;
use crate::digest::DigestAlgorithm;
use crate::report::{
    ChainCertificate, DigestValue, Kind, Report, RevocationSource, RevocationValue, SignatureReport, TimestampReport,
};
use crate::time::Time;

/// What reports refer to, by its `id`.
pub(super) struct Objects<'r> {
    all: BTreeMap<String, Object<'r>>,
}

/// One validation object.
struct Object<'r> {
    content: Content<'r>,
    digest: DigestValue,
    proved: Option<Time>,
}

enum Content<'r> {
    Certificate,
    Revocation(RevocationSource),
    /// A timestamp inside of the signature in this field.
    SignatureTimestamp(&'r TimestampReport, &'r SignatureReport),
    DocumentTimestamp(&'r SignatureReport),
}

impl<'r> Objects<'r> {
    pub(super) fn of(report: &'r Report) -> Self {
        let mut objects = Self { all: BTreeMap::new() };
        for signature in &report.signatures {
            objects.add_basis(&signature.chain, signature.revocation.iter().filter_map(|one| one.value.as_ref()));
            for stamp in signature.signature_timestamps.iter().chain(&signature.content_timestamps) {
                objects.add_basis(&stamp.chain, stamp.revocation.iter().filter_map(|one| one.value.as_ref()));
                objects.add(
                    of_timestamp(stamp),
                    stamp.fingerprint.as_deref(),
                    Content::SignatureTimestamp(stamp, signature),
                    None,
                );
            }
            if signature.kind == Kind::DocumentTimestamp {
                let content = Content::DocumentTimestamp(signature);
                objects.add(of_document_timestamp(signature), token_of(signature), content, None);
            }
        }
        objects
    }

    fn add_basis(&mut self, chain: &'r [ChainCertificate], values: impl Iterator<Item = &'r RevocationValue>) {
        for certificate in chain {
            let (id, digest) = (of_certificate(certificate), Some(certificate.fingerprint.as_str()));
            self.add(Some(id), digest, Content::Certificate, certificate.proved);
        }
        for value in values {
            let content = Content::Revocation(value.source);
            self.add(Some(of_value(value)), Some(&value.fingerprint), content, value.proved);
        }
    }

    fn add(&mut self, id: Option<String>, digest: Option<&str>, content: Content<'r>, proved: Option<Time>) {
        let (Some(id), Some(digest)) = (id, digest) else { return };
        let digest = DigestValue::new(DigestAlgorithm::Sha256, bytes(digest));
        let known = self.all.entry(id).or_insert(Object { content, digest, proved });
        known.proved = known.proved.into_iter().chain(proved).min();
    }

    /// The objects that a timestamp which states `time` is the first to prove.
    fn proved_at(&self, time: Time) -> impl Iterator<Item = &str> {
        let proved = self.all.iter().filter(move |(_, object)| object.proved == Some(time));
        proved.map(|(id, _)| id.as_str())
    }

    /// `SignatureValidationObjects` (4.4).
    pub(super) fn write(&self, report: &Report, sheet: &mut Sheet) {
        if self.all.is_empty() {
            return;
        }
        sheet.within("SignatureValidationObjects", &[], |sheet| {
            for (id, object) in &self.all {
                sheet.within("ValidationObject", &[("id", id)], |sheet| self.object(report, object, sheet));
            }
        });
    }

    fn object(&self, report: &Report, object: &Object<'_>, sheet: &mut Sheet) {
        let kind = match object.content {
            Content::Certificate => "certificate",
            Content::Revocation(RevocationSource::Ocsp) => "OCSPResponse",
            Content::Revocation(_) => "CRL",
            Content::SignatureTimestamp(..) | Content::DocumentTimestamp(_) => "timestamp",
        };
        sheet.text("ObjectType", &format!("urn:etsi:019102:validationObject:{kind}"));
        sheet.within("ValidationObjectRepresentation", &[], |sheet| sheet.digest(&object.digest));
        sheet.within("POE", &[], |sheet| {
            sheet.time("POETime", object.proved.unwrap_or(report.validation_time));
            sheet.text("TypeOfProof", super::signature::PROOF);
        });
        match object.content {
            Content::Certificate | Content::Revocation(_) => {}
            Content::SignatureTimestamp(stamp, signature) => {
                if let Some(time) = stamp.time.filter(|_| stamp.conclusion.is_passed()) {
                    self.provisioning(time, [signature.field.as_str()], sheet);
                }
                sheet.within("ValidationReport", &[], |sheet| sheet.timestamp(report, stamp));
            }
            Content::DocumentTimestamp(stamp) => {
                if let Some(time) = stamp.best_signature_time.filter(|_| stamp.conclusion.is_passed()) {
                    let covered = report.signatures.iter().filter(|one| one.revision < stamp.revision);
                    self.provisioning(time, covered.map(|one| one.field.as_str()), sheet);
                }
                sheet.within("ValidationReport", &[], |sheet| sheet.document_timestamp(report, stamp));
            }
        }
    }

    /// What a timestamp that passed proves to have been there.
    fn provisioning<'f>(&self, time: Time, fields: impl IntoIterator<Item = &'f str>, sheet: &mut Sheet) {
        sheet.within("POEProvisioning", &[], |sheet| {
            sheet.time("POETime", time);
            for id in self.proved_at(time) {
                sheet.reference("ValidationObject", [id]);
            }
            for field in fields {
                sheet.within("SignatureReference", &[], |sheet| sheet.text("PAdESFieldName", field));
            }
        });
    }
}

pub(super) fn of_certificate(certificate: &ChainCertificate) -> String {
    format!("C-{}", certificate.fingerprint)
}

pub(super) fn of_value(value: &RevocationValue) -> String {
    format!("R-{}", value.fingerprint)
}

pub(super) fn of_timestamp(stamp: &TimestampReport) -> Option<String> {
    stamp.fingerprint.as_ref().map(|fingerprint| format!("T-{fingerprint}"))
}

pub(super) fn of_document_timestamp(stamp: &SignatureReport) -> Option<String> {
    token_of(stamp).map(|fingerprint| format!("T-{fingerprint}"))
}

fn token_of(stamp: &SignatureReport) -> Option<&str> {
    stamp.identifier.as_ref()?.token.as_deref()
}

/// The bytes of a hexadecimal number.
pub(super) fn bytes(hexadecimal: &str) -> Vec<u8> {
    let digits: Vec<u8> = hexadecimal.chars().filter_map(|digit| u8::try_from(digit.to_digit(16)?).ok()).collect();
    digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte: u8, digit| byte.wrapping_mul(16) | digit)).collect()
}
