//! What a signature or document timestamp lacks in the file, named for people; and the doctor, who puts it together.
//!
//! Specified in EN 319 142-1, 6.3 (r) and (t).

use super::certificate::{Gap, Needs};
use super::timestamp::certificate_report;
use super::verification::Verification;
use crate::pki::certificate::Certificate;
use crate::report::{ChainOf, Diagnosis, MissingEvidence, MissingValue};

impl Verification<'_> {
    /// What the document has, what it lacks for each PAdES level and for Acrobat's "LTV enabled", what to do next, and until when it
    /// verifies. What is missing is what the file itself does not hold; [`evidence`](Self::evidence) counts for the verdict and for
    /// until when it holds.
    pub fn diagnose(&self) -> Diagnosis {
        Diagnosis::new(&self.verify(), self.outlook())
    }
}

/// What of `needs` is not there, each once.
pub(super) fn missing<'n>(needs: impl Iterator<Item = (ChainOf, &'n Needs)>) -> Vec<MissingEvidence> {
    let mut all: Vec<MissingEvidence> = Vec::new();
    for (chain, needs) in needs {
        for missing in needs.gaps.iter().filter_map(|gap| of_gap(chain, gap)) {
            let is_same = |one: &MissingEvidence| one.certificate == missing.certificate && one.value == missing.value;
            if !all.iter().any(is_same) {
                all.push(missing);
            }
        }
    }
    all
}

fn of_gap(chain: ChainOf, gap: &Gap) -> Option<MissingEvidence> {
    let (about, value, reasons, urls) = match gap {
        Gap::Issuer(reached) => {
            let highest = reached.last()?;
            let value = if highest.is_self_issued() { MissingValue::Anchor } else { MissingValue::Issuer };
            (highest, value, Vec::new(), reached.iter().rev().flat_map(Certificate::issuer_urls).collect())
        }
        Gap::Path(certificate, why) => (certificate, MissingValue::Path, vec![why.clone()], certificate.issuer_urls()),
        Gap::Revocation(certificate, _, reasons) => {
            let urls = [certificate.ocsp_urls(), certificate.crl_urls()].concat();
            (certificate, MissingValue::Revocation, reasons.clone(), urls)
        }
    };
    Some(MissingEvidence { certificate: certificate_report(about), chain, value, urls, reasons })
}
