//! `SignatureValidationReport` (TS 119 102-2, 4.3), of signatures and of timestamps.

use super::objects::{bytes, of_certificate, of_document_timestamp, of_timestamp, of_value};
use super::sheet::Sheet;
use crate::digest::DigestAlgorithm;
use crate::report::{
    AssociatedData, ChainCertificate, Conclusion, DigestValue, Finding, Indication, Kind, PolicyDocument, Report,
    SignaturePolicy, SignatureReport, StatusReport, Step, TimestampReport,
};
use crate::time::Time;

/// Every proof here was derived by validation.
pub(super) const PROOF: &str = "urn:etsi:019102:poetype:validation";

/// What a status is told with.
struct Basis<'r> {
    chain: &'r [ChainCertificate],
    revocation: &'r [StatusReport],
    associated: &'r AssociatedData,
    findings: &'r [Finding],
    /// Those of the file as a whole.
    of_file: &'r [Finding],
    /// The `id`s of the timestamps that took part.
    stamps: Vec<String>,
}

/// The words of an indication: of a whole signature, or of a block or timestamp.
#[derive(Clone, Copy)]
enum Words {
    Whole,
    Part,
}

impl Sheet {
    /// One signature; its position and the file's name give its identifier.
    pub(super) fn signature(&mut self, report: &Report, signature: &SignatureReport, (index, file): (usize, &str)) {
        self.within("SignatureValidationReport", &[], |sheet| {
            sheet.identifier(signature, &format!("S-{}", index.saturating_add(1)), file);
            sheet.constraints(report, signature.signature_policy.as_ref(), &signature.process);
            sheet.times(report, signature);
            let document = signature.identifier.as_ref().and_then(|one| one.document.as_ref());
            if let Some(document) = document {
                sheet.within("SignersDocument", &[], |sheet| sheet.digest(document));
            }
            sheet.attributes(report, signature);
            sheet.signer(&signature.chain, signature.signer.as_ref().map(|signer| signer.subject.as_str()));
            if let Some(level) = signature.level {
                sheet.within("SignatureQuality", &[], |sheet| {
                    let level = format!("urn:pades-ltv:level:{}", level.as_str());
                    sheet.text("SignatureQualityInformation", &level);
                });
            }
            sheet.process();
            let stamps = signature.content_timestamps.iter().chain(&signature.signature_timestamps);
            let stamps = stamps.filter_map(of_timestamp);
            let stamps = stamps.chain(later_stamps(report, signature).filter_map(of_document_timestamp)).collect();
            sheet.status(signature.conclusion, Words::Whole, &Basis::of(report, signature, stamps));
        });
    }

    /// What stands in the place of reports that are not there: nobody signed, or what somebody signed cannot be read.
    ///
    /// The schema asks for one report at least, and ETSI has no word for a file that nobody signed. EU DSS's is the one that others read, too.
    pub(super) fn rest(&mut self, report: &Report) {
        self.within("SignatureValidationReport", &[], |sheet| {
            sheet.within("ValidationTimeInfo", &[], |sheet| {
                sheet.proof(report.validation_time, report.validation_time, None)
            });
            sheet.within("SignatureValidationStatus", &[], |sheet| {
                let nobody = "urn:cef:dss:mainindication:noSignatureFound";
                let unread = "urn:etsi:019102:mainindication:indeterminate";
                sheet.text("MainIndication", if report.is_unread() { unread } else { nobody });
                if !report.findings.is_empty() {
                    sheet
                        .within("AssociatedValidationReportData", &[], |sheet| sheet.additional(&[], &report.findings));
                }
            });
        });
    }

    /// A timestamp inside of a signature.
    pub(super) fn timestamp(&mut self, report: &Report, stamp: &TimestampReport) {
        self.constraints(report, None, &stamp.process);
        self.signer(&stamp.chain, stamp.signer.as_ref().map(|signer| signer.subject.as_str()));
        self.process();
        let basis = Basis {
            chain: &stamp.chain,
            revocation: &stamp.revocation,
            associated: &stamp.associated,
            findings: &[],
            of_file: &[],
            stamps: Vec::new(),
        };
        self.status(stamp.conclusion, Words::Part, &basis);
    }

    pub(super) fn document_timestamp(&mut self, report: &Report, stamp: &SignatureReport) {
        self.constraints(report, None, &stamp.process);
        self.times(report, stamp);
        self.signer(&stamp.chain, stamp.signer.as_ref().map(|signer| signer.subject.as_str()));
        self.process();
        let stamps = later_stamps(report, stamp).filter_map(of_document_timestamp).collect();
        self.status(stamp.conclusion, Words::Part, &Basis::of(report, stamp, stamps));
    }

    /// `SignatureIdentifier` (4.2.3).
    fn identifier(&mut self, signature: &SignatureReport, id: &str, file: &str) {
        self.within("SignatureIdentifier", &[("id", id)], |sheet| {
            if let Some(identifier) = &signature.identifier {
                identifier.to_be_signed.iter().for_each(|digest| sheet.digest(digest));
                sheet.base64("ds:SignatureValue", &identifier.value);
            }
            sheet.text("HashOnly", "false");
            sheet.text("DocHashOnly", "false");
            sheet.text("DAIdentifier", &format!("{file}#{}", signature.field));
        });
    }

    /// `ValidationConstraintsEvaluationReport` (4.3.5): the policy, and every block that was run.
    fn constraints(&mut self, report: &Report, policy: Option<&SignaturePolicy>, steps: &[Step]) {
        self.within("ValidationConstraintsEvaluationReport", &[], |sheet| {
            sheet.within("SignatureValidationPolicy", &[], |sheet| {
                sheet.within("SignaturePolicyIdentifier", &[], |sheet| sheet.policy(policy));
                sheet.text("PolicyName", &format!("{}, {} model", report.policy, report.model.as_str()));
            });
            for step in steps {
                sheet.constraint(step);
            }
        });
    }

    /// The signature's own policy, where its document took part in the validation (EN 319 102-1, 5.2.4): one that is only named is an
    /// attribute of the signature.
    fn policy(&mut self, policy: Option<&SignaturePolicy>) {
        let at_hand = policy.filter(|policy| policy.document == PolicyDocument::Matches);
        let named = at_hand.and_then(|policy| Some((policy.identifier.as_ref()?, digest_in(policy.digest.as_ref()?)?)));
        let Some((identifier, digest)) = named else { return self.empty("XAdES:SignaturePolicyImplied", &[]) };
        self.within("XAdES:SignaturePolicyId", &[], |sheet| {
            sheet.within("XAdES:SigPolicyId", &[], |sheet| {
                sheet.text("XAdES:Identifier", &format!("urn:oid:{identifier}"));
            });
            sheet.within("XAdES:SigPolicyHash", &[], |sheet| sheet.digest_parts(&digest));
        });
    }

    fn constraint(&mut self, step: &Step) {
        self.within("ValidationConstraint", &[], |sheet| {
            let block = format!("urn:pades-ltv:block:{}", step.block.as_str());
            sheet.text("ValidationConstraintIdentifier", &block);
            let parameters = [("about", step.about.clone()), ("time", step.time.map(|time| time.to_string()))];
            let parameters = parameters.into_iter().chain([("why", step.why.clone())]);
            for (name, value) in parameters.filter_map(|(name, value)| Some((name, value?))) {
                sheet.within("ValidationConstraintParameter", &[], |sheet| sheet.typed(name, &value));
            }
            sheet.within("ConstraintStatus", &[], |sheet| {
                sheet.text("Status", "urn:etsi:019102:constraintStatus:applied")
            });
            sheet.within("ValidationStatus", &[], |sheet| sheet.indication(step.outcome, Words::Part));
        });
    }

    /// `TypedDataType`.
    fn typed(&mut self, name: &str, value: &str) {
        self.text("Type", &format!("urn:pades-ltv:{name}"));
        self.text("Value", value);
    }

    /// `ValidationTimeInfo` (4.3.6). Where nothing proves more, the signature exists at the validation time.
    fn times(&mut self, report: &Report, signature: &SignatureReport) {
        let best = signature.best_signature_time.filter(|_| signature.kind == Kind::Signature);
        let stamps = signature.signature_timestamps.iter();
        let own = stamps.filter(|stamp| stamp.conclusion.is_passed() && stamp.time == best).find_map(of_timestamp);
        let later = later_stamps(report, signature).filter(|stamp| stamp.best_signature_time == best);
        let proof = own.or_else(|| later.filter_map(of_document_timestamp).next()).filter(|_| best.is_some());
        let time = best.unwrap_or(report.validation_time);
        self.within("ValidationTimeInfo", &[], |sheet| sheet.proof(report.validation_time, time, proof.as_deref()));
    }

    fn proof(&mut self, now: Time, best: Time, object: Option<&str>) {
        self.time("ValidationTime", now);
        self.within("BestSignatureTime", &[], |sheet| {
            sheet.time("POETime", best);
            sheet.text("TypeOfProof", PROOF);
            sheet.reference("POEObject", object);
        });
    }

    /// `SignerInformation` (4.3.9).
    fn signer(&mut self, chain: &[ChainCertificate], subject: Option<&str>) {
        let Some(certificate) = chain.first() else { return };
        self.within("SignerInformation", &[], |sheet| {
            sheet.reference("SignerCertificate", [of_certificate(certificate).as_str()]);
            subject.iter().for_each(|subject| sheet.text("Signer", subject));
        });
    }

    /// `SignatureValidationProcess` (4.3.11): it is always the longest there is.
    fn process(&mut self) {
        self.within("SignatureValidationProcess", &[], |sheet| {
            sheet.text("SignatureValidationProcessID", "urn:etsi:019102:validationprocess:LTA");
        });
    }

    /// `SignatureValidationStatus` (4.3.12).
    fn status(&mut self, conclusion: Conclusion, words: Words, basis: &Basis<'_>) {
        self.within("SignatureValidationStatus", &[], |sheet| {
            sheet.indication(conclusion, words);
            sheet.within("AssociatedValidationReportData", &[], |sheet| sheet.associated(basis));
        });
    }

    fn indication(&mut self, conclusion: Conclusion, words: Words) {
        let main = match (conclusion.indication, words) {
            (Indication::TotalPassed, Words::Whole) => "total-passed",
            (Indication::TotalPassed, Words::Part) => "passed",
            (Indication::TotalFailed, Words::Whole) => "total-failed",
            (Indication::TotalFailed, Words::Part) => "failed",
            (Indication::Indeterminate, _) => "indeterminate",
        };
        self.text("MainIndication", &format!("urn:etsi:019102:mainindication:{main}"));
        if let Some(sub_indication) = conclusion.sub_indication {
            self.text("SubIndication", &format!("urn:etsi:019102:subindication:{sub_indication}"));
        }
    }

    /// `AssociatedValidationReportData` (4.3.12.3 to 4.3.12.8).
    fn associated(&mut self, basis: &Basis<'_>) {
        let anchor = basis.chain.last().filter(|last| last.trust_source.is_some()).map(of_certificate);
        self.reference("TrustAnchor", anchor.as_deref());
        if let Some((first, rest)) = basis.chain.split_first() {
            self.within("CertificateChain", &[], |sheet| {
                sheet.reference("SigningCertificate", [of_certificate(first).as_str()]);
                for above in rest.iter().filter(|one| one.trust_source.is_none()) {
                    sheet.reference("IntermediateCertificate", [of_certificate(above).as_str()]);
                }
                sheet.reference("TrustAnchor", anchor.as_deref());
            });
        }
        let values = basis.revocation.iter().filter_map(|status| status.value.as_ref()).map(of_value);
        for id in values.chain(basis.stamps.iter().cloned()) {
            self.reference("RelatedValidationObject", [id.as_str()]);
        }
        self.revocation(basis);
        self.cryptography(basis);
        self.additional(basis.findings, basis.of_file);
    }

    /// `AdditionalValidationReportData` (4.3.12.8): what was found, of the signature and of the file as a whole.
    fn additional(&mut self, findings: &[Finding], of_file: &[Finding]) {
        let findings = findings.iter().map(|finding| ("finding", finding));
        let all: Vec<_> = findings.chain(of_file.iter().map(|finding| ("file:finding", finding))).collect();
        if all.is_empty() {
            return;
        }
        self.within("AdditionalValidationReportData", &[], |sheet| {
            for (whose, finding) in all {
                let kind = format!("{whose}:{}", finding.code.as_str());
                sheet.within("ReportData", &[], |sheet| sheet.typed(&kind, &finding.message));
            }
        });
    }

    /// `RevocationStatusInformation` (4.3.12.6).
    fn revocation(&mut self, basis: &Basis<'_>) {
        let Some(revoked) = &basis.associated.revocation else { return };
        let named = basis.chain.iter().position(|one| revoked.certificate.ends_with(&format!("serial {}", one.serial)));
        let Some((index, certificate)) = named.and_then(|index| Some((index, basis.chain.get(index)?))) else { return };
        self.within("RevocationStatusInformation", &[], |sheet| {
            sheet.reference("ValidationObjectId", [of_certificate(certificate).as_str()]);
            sheet.time("RevocationTime", revoked.time);
            // There is no URI for what nobody defined.
            let reason = if revoked.reason.starts_with("undefined") { "unspecified" } else { &revoked.reason };
            sheet.text("RevocationReason", &format!("urn:etsi:019102:revocationReason:{reason}"));
            let value = basis.revocation.get(index).and_then(|status| status.value.as_ref()).map(of_value);
            sheet.reference("RevocationObject", value.as_deref());
        });
    }

    /// `CryptoInformation` (4.3.12.7), about the first algorithm that is not relied on; the schema has room for one.
    fn cryptography(&mut self, basis: &Basis<'_>) {
        let (Some(weak), Some(certificate)) = (basis.associated.algorithms.first(), basis.chain.first()) else {
            return;
        };
        let name: String =
            weak.algorithm.chars().map(|one| if one.is_ascii_alphanumeric() { one } else { '-' }).collect();
        self.within("CryptoInformation", &[], |sheet| {
            sheet.reference("ValidationObjectId", [of_certificate(certificate).as_str()]);
            sheet.text("Algorithm", &format!("urn:pades-ltv:algorithm:{name}"));
            sheet.text("SecureAlgorithm", "false");
            weak.end.iter().for_each(|end| sheet.time("NotAfter", *end));
        });
    }
}

impl<'r> Basis<'r> {
    fn of(report: &'r Report, signature: &'r SignatureReport, stamps: Vec<String>) -> Self {
        let of_file = if signature.kind == Kind::Signature { report.findings.as_slice() } else { &[] };
        Self {
            chain: &signature.chain,
            revocation: &signature.revocation,
            associated: &signature.associated,
            findings: &signature.findings,
            of_file,
            stamps,
        }
    }
}

/// The digest in words, as in `SHA-256 0f1e…`.
fn digest_in(words: &str) -> Option<DigestValue> {
    let (name, value) = words.split_once(' ')?;
    let algorithm = DigestAlgorithm::ALL.iter().find(|one| one.name() == name)?;
    Some(DigestValue::new(*algorithm, bytes(value)))
}

/// The document timestamps after `signature`.
pub(super) fn later_stamps<'r>(
    report: &'r Report,
    signature: &'r SignatureReport,
) -> impl Iterator<Item = &'r SignatureReport> {
    let stamps = report.signatures.iter().filter(|one| one.kind == Kind::DocumentTimestamp);
    stamps.filter(|one| signature.revision.is_some() && one.revision > signature.revision)
}
