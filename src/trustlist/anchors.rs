//! What a trusted list comes to: anchors with terms.
//!
//! Invariant: a service is trusted only while its status was in force, and for what its type says: those who issue qualified certificates
//! for signers, those who stamp time for timestamps. What other services there are, nobody is trusted for them here.
//!
//! Specified in TS 119 612, 5.5.1 and annex D (types), 5.5.4 (statuses), 5.5.9.4 (what a service is for).

use super::etsi::{Service, ServiceEntry, TrustedList};
use crate::pki::trust::store::TrustStore;
use crate::pki::trust::term::{Term, TrustUse};
use crate::time::Time;

const CA_QC: &str = "http://uri.etsi.org/TrstSvc/Svctype/CA/QC";
const TSA_QTST: &str = "http://uri.etsi.org/TrstSvc/Svctype/TSA/QTST";
/// Services that issue certificates say with these what for; those without are from before there was anything else than signatures.
const FOR: &str = "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/For";
const FOR_PEOPLE: [&str; 2] = ["eSignatures", "eSeals"];

/// The statuses in force: of Regulation 910/2014, and of Directive 1999/93 before 2016-07-01. A service that is ending is under
/// supervision until it has ended.
const IN_FORCE: [&str; 4] = ["granted", "undersupervision", "supervisionincessation", "accredited"];
/// Where statuses stand: the second for lists from before version 5, whose history newer lists carry on.
const STATUSES: [&str; 2] = [
    "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/",
    "http://uri.etsi.org/TrstSvc/eSigDir-1999-93-EC-TrustedList/Svcstatus/",
];

/// What was taken from a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Added {
    /// Certificates that became anchors.
    pub anchors: usize,
    /// Certificates of timestamp authorities that are reported as accredited.
    pub accredited: usize,
    /// What could not be read, each with its name and why.
    pub unreadable: Vec<String>,
}

impl TrustedList {
    /// What reports call it, with number and date: `EU Trusted List EL, No. 32, 2018-03-01`.
    pub fn label(&self) -> String {
        format!("EU Trusted List {}, No. {}, {}", self.territory, self.sequence, day(self.issued))
    }

    /// Trusts what the list says: the services that issue qualified certificates (`CA/QC`) for signatures, the qualified timestamp
    /// services (`TSA/QTST`) for timestamps, each while it was granted or under supervision. The latter are reported as accredited, too.
    pub fn add_to(&self, trust: &mut TrustStore) -> Added {
        let (label, mut added) = (self.label(), Added::default());
        let before = trust.len();
        for service in self.services() {
            let periods = periods(service);
            if periods.is_empty() {
                continue;
            }
            let terms: Vec<Term> = periods.iter().map(|period| self.current(period.term())).collect();
            let mut certificates: Vec<&[u8]> =
                service.entries().flat_map(|entry| &entry.certificates).map(Vec::as_slice).collect();
            certificates.sort_unstable();
            certificates.dedup();
            for der in certificates {
                if let Err(error) = trust.add_der_for(der, &label, &terms) {
                    added.unreadable.push(format!("{}: {error}", service.current.names.english()));
                    continue;
                }
                let stamping = periods.iter().filter(|period| period.uses == [TrustUse::Timestamping]);
                stamping.for_each(|period| drop(trust.add_accredited(der, &label, Some(period.from), period.until)));
            }
        }
        added.anchors = trust.len().saturating_sub(before);
        added.accredited = self.services().filter(|one| periods(one).iter().any(Period::is_of_time)).count();
        added
    }

    /// `term`, which counts until the next release.
    fn current(&self, term: Term) -> Term {
        self.next_update.into_iter().fold(term, Term::current_until)
    }
}

/// The day of a time, in UTC.
pub(super) fn day(time: Time) -> String {
    time.to_string().chars().take(10).collect()
}

/// A time during which a service is in force for the same uses.
#[derive(Debug, PartialEq, Eq)]
struct Period {
    uses: &'static [TrustUse],
    from: Time,
    until: Option<Time>,
}

impl Period {
    fn term(&self) -> Term {
        let term = Term::of(self.uses).from(self.from);
        self.until.into_iter().fold(term, Term::until)
    }

    fn is_of_time(&self) -> bool {
        self.uses.contains(&TrustUse::Timestamping)
    }
}

/// When the service was in force and for what, oldest first. Entries that follow one another without a gap are one period.
fn periods(service: &Service) -> Vec<Period> {
    let mut entries: Vec<&ServiceEntry> = service.entries().collect();
    entries.sort_by_key(|entry| entry.since);
    let ends = entries.iter().skip(1).map(|next| Some(next.since)).chain([None]);
    let mut periods: Vec<Period> = Vec::new();
    for (entry, until) in entries.iter().zip(ends) {
        let uses = uses(entry);
        if uses.is_empty() || until == Some(entry.since) {
            continue;
        }
        match periods.last_mut() {
            Some(last) if last.uses == uses && last.until == Some(entry.since) => last.until = until,
            _ => periods.push(Period { uses, from: entry.since, until }),
        }
    }
    periods
}

/// What an entry is trusted for: nothing, unless it is in force.
fn uses(entry: &ServiceEntry) -> &'static [TrustUse] {
    let status = STATUSES.iter().find_map(|base| entry.status.strip_prefix(base));
    let is_in_force = status.is_some_and(|status| IN_FORCE.contains(&status));
    let purposes: Vec<&str> = entry.additional.iter().filter_map(|uri| uri.strip_prefix(FOR)).collect();
    let is_for_people = purposes.is_empty() || purposes.iter().any(|purpose| FOR_PEOPLE.contains(purpose));
    match entry.kind.as_str() {
        CA_QC if is_in_force && is_for_people => &[TrustUse::Signing, TrustUse::Certifying],
        TSA_QTST if is_in_force => &[TrustUse::Timestamping],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::super::etsi::Names;
    use super::*;

    fn entry(kind: &str, status: &str, since: &str, purposes: &[&str]) -> ServiceEntry {
        ServiceEntry {
            kind: format!("http://uri.etsi.org/TrstSvc/Svctype/{kind}"),
            names: Names::default(),
            status: format!("{}{status}", STATUSES[0]),
            since: format!("{since}T00:00:00Z").parse().unwrap(),
            certificates: Vec::new(),
            subjects: Vec::new(),
            key_ids: Vec::new(),
            additional: purposes.iter().map(|purpose| format!("{FOR}{purpose}")).collect(),
            qualifiers: Vec::new(),
        }
    }

    #[test]
    fn a_service_is_trusted_while_it_was_in_force() {
        let day = |text: &str| format!("{text}T00:00:00Z").parse::<Time>().unwrap();
        let history = vec![
            entry("CA/QC", "withdrawn", "2017-01-01", &["eSeals"]),
            entry("CA/QC", "granted", "2016-07-01", &["eSeals"]),
            entry("CA/QC", "undersupervision", "2010-01-01", &[]),
        ];
        let current = entry("CA/QC", "granted", "2018-01-01", &["eSignatures", "WebSiteAuthentication"]);
        let signing: &[TrustUse] = &[TrustUse::Signing, TrustUse::Certifying];
        let expected = [
            Period { uses: signing, from: day("2010-01-01"), until: Some(day("2017-01-01")) },
            Period { uses: signing, from: day("2018-01-01"), until: None },
        ];
        assert_eq!(periods(&Service { current, history }), expected);
    }

    #[test]
    fn other_services_are_trusted_for_nothing() {
        let uses_of = |kind, status, purposes: &[&str]| uses(&entry(kind, status, "2020-01-01", purposes));
        assert_eq!(uses_of("TSA/QTST", "granted", &[]), [TrustUse::Timestamping]);
        for (kind, status, purposes) in [
            ("TSA/QTST", "withdrawn", &[] as &[&str]),
            ("TSA", "recognisedatnationallevel", &[]),
            ("CA/PKC", "granted", &[]),
            ("CA/QC", "granted", &["WebSiteAuthentication"]),
            ("CA/QC", "supervisionrevoked", &[]),
            ("Certstatus/OCSP/QC", "granted", &[]),
        ] {
            assert_eq!(uses_of(kind, status, purposes), [], "{kind} {status}");
        }
    }
}
