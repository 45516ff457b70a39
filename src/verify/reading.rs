//! Reading: every signature of a document, and the evidence that it holds.
//!
//! Invariant: nothing is judged here; whoever put evidence into a file is not trusted.
//!
//! Specified in EN 319 102-1, 4.2.8; ISO 32000-2, 12.8.4.

use std::collections::HashSet;

use super::integrity::{Content, Facts};
use crate::error::Result;
use crate::pdf::document::Document;
use crate::pdf::dss::{Dss, DssValue, Vri};
use crate::pdf::form::Form;
use crate::pdf::object::Ref;
use crate::pki::certificate::Certificate;
use crate::pki::cms::SignedData;
use crate::pki::evidence::Evidence;
use crate::pki::timestamp::TimestampToken;
use crate::report::{Code, Finding};
use crate::time::Time;

/// How many certificates are known again: those of the first signatures, since whoever signs once often signs again.
const KNOWN: usize = 64;

/// Every signature of `document`, oldest revision first; what has no readable place comes last.
pub(crate) fn read_signatures(document: &Document<'_>, findings: &mut Vec<Finding>) -> Result<Vec<Facts>> {
    document.require_open()?;
    let form = Form::read(document.latest())?;
    findings.extend(form.faults.iter().map(|fault| Finding::new(Code::Structure, fault)));
    let (mut facts, mut known) = (Vec::new(), Vec::new());
    for field in form.signatures() {
        let Some(one) = Facts::read(document, field, &known)? else { continue };
        if let Content::Signature(cms) = &one.content {
            let new = cms.certificates().iter().filter(|one| !known.contains(*one));
            let new: Vec<_> = new.take(KNOWN.saturating_sub(known.len())).cloned().collect();
            known.extend(new);
        }
        facts.push(one);
    }
    for shared in form.shared_values() {
        for facts in facts.iter_mut().filter(|facts| facts.dictionary.id == Some(shared.value)) {
            let message = format!("the fields {} share one signature dictionary", shared.fields.join(", "));
            facts.findings.push(Finding::new(Code::SharedValue, message));
        }
    }
    facts.sort_by_key(|facts| facts.end().unwrap_or(u64::MAX));
    Ok(facts)
}

/// What the security store of `revision` and the signatures up to it hold.
pub(crate) fn evidence_in(
    document: &Document<'_>,
    revision: usize,
    facts: &[Facts],
    findings: &mut Vec<Finding>,
) -> Evidence {
    let mut evidence = stored_in(document, revision, &Evidence::new(), findings);
    // What was found by searching belongs to no revision, and is at hand all the same.
    let up_to = |facts: &&Facts| facts.revision.map_or(document.is_searched(), |one| one <= revision);
    facts.iter().filter(up_to).for_each(|facts| add_facts(&mut evidence, facts));
    evidence
}

/// The newest timestamp of all, by its field, and when its authority's certificate ends, as far as that is known: a document timestamp, or
/// else the one that lasts longest of the newest signature with any.
pub(crate) fn newest_timestamp<'f>(facts: &'f [Facts], certificates: &[Certificate]) -> Option<(&'f Facts, Time)> {
    let end = |token: &TimestampToken| token.signer(certificates).ok().map(Certificate::not_after);
    let archived = facts.iter().rev().find_map(|facts| match &facts.content {
        Content::Timestamp(token) => Some((facts, end(token))),
        _ => None,
    });
    let own = || {
        let newest = facts.iter().rev().find(|facts| facts.tokens.iter().any(Result::is_ok))?;
        let ends: Option<Vec<Time>> = newest.tokens.iter().flatten().map(end).collect();
        Some((newest, ends.and_then(|ends| ends.into_iter().max())))
    };
    archived.or_else(own).and_then(|(facts, end)| Some((facts, end?)))
}

/// What a document timestamp that ends `revision` covers: not its own token, which lies in its hole.
pub(super) fn evidence_covered(
    document: &Document<'_>,
    revision: usize,
    facts: &[Facts],
    known: &Evidence,
) -> Evidence {
    let mut evidence = stored_in(document, revision, known, &mut Vec::new());
    let before = |facts: &&Facts| facts.revision.is_some_and(|one| one < revision);
    facts.iter().filter(before).for_each(|facts| add_facts(&mut evidence, facts));
    evidence
}

/// The security store as `revision` has it. What stands under `/VRI` only counts as well: the store is a pool, and `/VRI` a hint at most
/// (EN 319 142-1, 5.4.2.3).
fn stored_in(document: &Document<'_>, revision: usize, known: &Evidence, findings: &mut Vec<Finding>) -> Evidence {
    let mut evidence = Evidence::new();
    let mut note = |added: Result<()>| {
        if let Err(error) = added {
            findings.push(Finding::new(Code::SecurityStore, error));
        }
    };
    match Dss::read(document.view(revision)) {
        Ok(None) => {}
        Ok(Some(store)) => {
            let mut add = |certs: &[DssValue], crls: &[DssValue], ocsps: &[DssValue]| {
                for value in certs.iter().filter(|value| !evidence.take(&value.der, known)).collect::<Vec<_>>() {
                    note(evidence.add_certificate(&value.der));
                }
                for value in crls.iter().filter(|value| !evidence.take(&value.der, known)).collect::<Vec<_>>() {
                    note(evidence.add_crl(&value.der));
                }
                for value in ocsps.iter().filter(|value| !evidence.take(&value.der, known)).collect::<Vec<_>>() {
                    note(evidence.add_ocsp(&value.der));
                }
            };
            add(&store.certs, &store.crls, &store.ocsps);
            // Most writers name the same streams twice.
            let stored = [&store.certs, &store.crls, &store.ocsps].map(|values| references(values));
            for Vri { certs, crls, ocsps, .. } in &store.vri {
                let [certs, crls, ocsps] = [(certs, &stored[0]), (crls, &stored[1]), (ocsps, &stored[2])]
                    .map(|(related, stored)| only_here(related, stored));
                add(&certs, &crls, &ocsps);
            }
            findings.extend(store.faults.iter().map(|fault| Finding::new(Code::SecurityStore, fault)));
        }
        Err(error) => note(Err(error)),
    }
    evidence
}

fn references(values: &[DssValue]) -> HashSet<Ref> {
    values.iter().filter_map(|value| value.id).collect()
}

/// The values of `related` that the store's own array has not under the same reference.
fn only_here(related: &[DssValue], stored: &HashSet<Ref>) -> Vec<DssValue> {
    related.iter().filter(|value| value.id.is_none_or(|id| !stored.contains(&id))).cloned().collect()
}

fn add_facts(evidence: &mut Evidence, facts: &Facts) {
    match &facts.content {
        Content::Signature(cms) => {
            add_cms(evidence, cms);
            for token in facts.tokens.iter().chain(&facts.content_tokens).flatten() {
                add_cms(evidence, token.signed_data());
            }
        }
        Content::Timestamp(token) => add_cms(evidence, token.signed_data()),
        Content::None => {}
    }
}

/// What travels inside a CMS. A value that cannot be read is no evidence; that the CMS itself is sound was judged before.
pub(super) fn add_cms(evidence: &mut Evidence, cms: &SignedData) {
    cms.certificates().iter().for_each(|one| evidence.insert_certificate(one.clone()));
    let Ok(signer) = cms.signer() else { return };
    signer.certificate_values().unwrap_or_default().into_iter().for_each(|one| evidence.insert_certificate(one));
    let archived = signer.adbe_revocation().unwrap_or_default();
    let valued = signer.revocation_values().unwrap_or_default();
    for crl in cms.crls().iter().chain(&archived.crls).chain(&valued.crls) {
        let _ = evidence.add_crl(crl);
    }
    for ocsp in cms.ocsp_responses().iter().chain(&archived.ocsps).chain(&valued.ocsps) {
        let _ = evidence.add_ocsp(ocsp);
    }
}
