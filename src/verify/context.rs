//! The validation context: which signature policy applies, and what else the signer states (EN 319 102-1, 5.2.4).
//!
//! Invariant: a signature policy is never fetched, and never read for rules: its document is compared with the digest that was signed.
//! What it asks for is the caller's to put into a [`Policy`].
//!
//! Specified in EN 319 102-1, 5.2.4 (POLICY_PROCESSING_ERROR, SIGNATURE_POLICY_NOT_AVAILABLE); EN 319 122-1, 5.2.9.

use std::collections::BTreeMap;

use super::policy::Policy;
use crate::digest::hex;
use crate::pki::cms::{CmsFault, ExplicitPolicy, PolicyIdentifier, SignerInfo, SignerStatement};
use crate::report::{
    AttributeOrigin, Code, Constraint, Finding, PolicyDocument, SignaturePolicy, SignatureReport, SignerAttribute,
    SubIndication, commitment_name,
};

/// The documents of signature policies that the caller gave, by their identifiers.
pub(super) type PolicyDocuments = BTreeMap<String, Vec<u8>>;

/// What initializing the context came to.
pub(super) struct Context {
    pub(super) signature_policy: Option<SignaturePolicy>,
    /// What keeps the signature from passing, where the policy in force asks for that.
    pub(super) fault: Option<SubIndication>,
    pub(super) findings: Vec<Finding>,
}

impl Context {
    /// Of what names no signature policy: a timestamp token.
    pub(super) fn empty() -> Self {
        Self { signature_policy: None, fault: None, findings: Vec::new() }
    }

    /// Reads which policy `signer` names, and compares it with `documents`.
    pub(super) fn initialize(policy: &Policy, documents: &PolicyDocuments, signer: Option<&SignerInfo>) -> Self {
        let named = signer.map_or(Ok(None), SignerInfo::signature_policy);
        let (signature_policy, fault) = match named {
            Ok(None) => (None, None),
            Ok(Some(PolicyIdentifier::Implied)) => (Some(implied()), None),
            Ok(Some(PolicyIdentifier::Explicit(named))) => {
                let (document, fault) = compare(&named, documents);
                (Some(explicit(&named, document)), fault)
            }
            Err(fault) => (None, Some((SubIndication::PolicyProcessingError, fault.to_string()))),
        };
        let is_required = policy.requires(Constraint::SignaturePolicy);
        let findings = fault.iter().map(|(_, message)| Finding::new(Code::SignaturePolicy, message)).collect();
        let fault = fault.map(|(sub_indication, _)| sub_indication).filter(|_| is_required);
        Self { signature_policy, fault, findings }
    }
}

/// 5.2.4: the policy is at hand, and the one that was signed.
fn compare(named: &ExplicitPolicy, documents: &PolicyDocuments) -> (PolicyDocument, Option<(SubIndication, String)>) {
    let oid = &named.oid;
    let Some(document) = documents.get(&oid.to_string()) else {
        let message = format!("the signature was made under the policy {oid}, whose document is not at hand");
        return (PolicyDocument::NotAtHand, Some((SubIndication::SignaturePolicyNotAvailable, message)));
    };
    let error = |message| Some((SubIndication::PolicyProcessingError, message));
    match &named.digest {
        None => (PolicyDocument::Unbound, None),
        Some(digest) if digest.is_of(document) => (PolicyDocument::Matches, None),
        Some(digest) if digest.algorithm.is_none() => {
            let message = format!("the digest algorithm {} of the policy {oid} is not supported", digest.oid);
            (PolicyDocument::Differs, error(message))
        }
        Some(_) => {
            let message = format!("the document given for the policy {oid} is not the one that was signed");
            (PolicyDocument::Differs, error(message))
        }
    }
}

fn implied() -> SignaturePolicy {
    SignaturePolicy {
        identifier: None,
        digest: None,
        locations: Vec::new(),
        notices: Vec::new(),
        document: PolicyDocument::Implied,
    }
}

fn explicit(named: &ExplicitPolicy, document: PolicyDocument) -> SignaturePolicy {
    let digest = named.digest.as_ref().map(|digest| {
        let name = digest.algorithm.map_or_else(|| digest.oid.to_string(), |algorithm| algorithm.name().to_owned());
        format!("{name} {}", hex(&digest.value))
    });
    SignaturePolicy {
        identifier: Some(named.oid.to_string()),
        digest,
        locations: named.locations.clone(),
        notices: named.notices.clone(),
        document,
    }
}

/// Puts into `report` what `signer` states. An attribute that cannot be read is a flaw of the attribute: no policy asks for one, so
/// the verdict does not depend on it (EN 319 102-1, 5.2.8).
pub(super) fn report_statements(report: &mut SignatureReport, signer: &SignerInfo) {
    let flaw = |fault: CmsFault| Finding::new(Code::Conformity, fault);
    match signer.commitment_types() {
        Ok(types) => report.commitment_types = types.iter().map(|oid| commitment_name(&oid.to_string())).collect(),
        Err(fault) => report.findings.push(flaw(fault)),
    }
    match signer.statements() {
        Ok(statements) => report.signer_attributes = statements.into_iter().map(attribute).collect(),
        Err(fault) => report.findings.push(flaw(fault)),
    }
}

fn attribute(statement: SignerStatement) -> SignerAttribute {
    let (origin, identifier, values) = match statement {
        SignerStatement::Claimed { oid, values } => (AttributeOrigin::Claimed, Some(oid), values),
        SignerStatement::Certified => (AttributeOrigin::Certified, None, Vec::new()),
        SignerStatement::Asserted { oid } => (AttributeOrigin::Asserted, Some(oid), Vec::new()),
    };
    SignerAttribute { origin, identifier: identifier.map(|oid| oid.to_string()), values }
}
