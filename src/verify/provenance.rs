//! Where the revocation values that a verdict rests on were found, and what is to be said of the store that holds them.
//!
//! Invariant: it comes after the verdict, and changes none.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::basis::fingerprint;
use super::conformity;
use super::integrity::{Content, Facts};
use crate::digest::hex;
use crate::pdf::document::Document;
use crate::pdf::dss::{Dss, DssValue};
use crate::pki::cms::SignedData;
use crate::pki::evidence::Evidence;
use crate::report::{Kind, LevelFinding, Place, RevocationValue, SignatureReport, StatusReport};

/// The places of those revocation values that reports speak of, by fingerprint.
struct Places<'r> {
    wanted: HashSet<&'r str>,
    found: HashMap<String, BTreeSet<Place>>,
}

/// Says of every revocation value in `reports` where it was found, and of every signature what keeps the store from being one of B-LT.
pub(super) fn complete(reports: &mut [SignatureReport], document: &Document<'_>, facts: &[Facts], given: &Evidence) {
    // What cannot be read is a finding already.
    let store = Dss::read(document.latest()).ok().flatten();
    let found = {
        let values = reports.iter().flat_map(statuses).filter_map(|status| status.value.as_ref());
        let wanted: HashSet<&str> = values.map(|value| value.fingerprint.as_str()).collect();
        let mut places = Places { wanted, found: HashMap::new() };
        if !places.wanted.is_empty() {
            places.look(store.as_ref(), facts, given);
        }
        places.found
    };
    let said: Vec<LevelFinding> = store.iter().flat_map(conformity::of_store).collect();
    for report in reports {
        for value in values_mut(report) {
            value.found_in = found.get(&value.fingerprint).into_iter().flatten().copied().collect();
        }
        if report.kind == Kind::Signature && report.sub_filter.as_deref() == Some("ETSI.CAdES.detached") {
            report.level_findings.extend(said.iter().cloned());
        }
    }
}

impl Places<'_> {
    fn look(&mut self, store: Option<&Dss>, facts: &[Facts], given: &Evidence) {
        for facts in facts {
            match &facts.content {
                Content::Signature(cms) => {
                    self.add_cms(cms);
                    let tokens = facts.tokens.iter().chain(&facts.content_tokens).flatten();
                    tokens.for_each(|token| self.add_cms(token.signed_data()));
                }
                Content::Timestamp(token) => self.add_cms(token.signed_data()),
                Content::None => {}
            }
        }
        if let Some(store) = store {
            self.add_values(Place::Dss, &store.crls);
            self.add_values(Place::Dss, &store.ocsps);
            for related in &store.vri {
                self.add_values(Place::Vri, &related.crls);
                self.add_values(Place::Vri, &related.ocsps);
            }
        }
        for known in given.fingerprints() {
            self.add(Place::Given, hex(known));
        }
    }

    fn add_cms(&mut self, cms: &SignedData) {
        let Ok(signer) = cms.signer() else { return };
        let archived = signer.adbe_revocation().unwrap_or_default();
        let valued = signer.revocation_values().unwrap_or_default();
        let lists = [cms.crls(), cms.ocsp_responses(), &archived.crls, &archived.ocsps, &valued.crls, &valued.ocsps];
        for der in lists.into_iter().flatten() {
            self.add(Place::Cms, fingerprint(der));
        }
    }

    fn add_values(&mut self, place: Place, values: &[DssValue]) {
        values.iter().for_each(|value| self.add(place, fingerprint(&value.der)));
    }

    fn add(&mut self, place: Place, fingerprint: String) {
        if self.wanted.contains(fingerprint.as_str()) {
            self.found.entry(fingerprint).or_default().insert(place);
        }
    }
}

fn statuses(report: &SignatureReport) -> impl Iterator<Item = &StatusReport> {
    let stamps = report.content_timestamps.iter().chain(&report.signature_timestamps);
    report.revocation.iter().chain(stamps.flat_map(|stamp| &stamp.revocation))
}

fn values_mut(report: &mut SignatureReport) -> impl Iterator<Item = &mut RevocationValue> {
    let stamps = report.content_timestamps.iter_mut().chain(&mut report.signature_timestamps);
    let stamps = stamps.flat_map(|stamp| &mut stamp.revocation);
    report.revocation.iter_mut().chain(stamps).filter_map(|status| status.value.as_mut())
}
