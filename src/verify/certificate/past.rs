//! Past certificate validation (EN 319 102-1, 5.6.2.1): up to when did a certificate hold, though it may not hold now?

use super::validation::{check_issuing_times, described, policies, untrusted};
use super::{Known, SIGNER_DEPTH, Unmended, Validator};
use crate::pki::certificate::Certificate;
use crate::pki::path::{Path, PathFault, Purpose, ValidityCheck, validate};
use crate::report::{Block, Conclusion, Model, Step, SubIndication};
use crate::time::Time;

/// That a certificate held up to a time.
#[derive(Clone, Debug)]
pub(crate) struct Past {
    pub(crate) path: Path,
    pub(crate) steps: Vec<Step>,
    /// What was known of the path's certificates, from the anchor down.
    pub(crate) known: Vec<Known>,
}

impl Validator<'_> {
    /// A path of `target` that held for `purpose` at least until `proved`, the time at which the work of `target` is proved to have
    /// existed.
    pub(crate) fn past(&self, target: &Certificate, purpose: Purpose, proved: Time) -> Result<Past, Unmended> {
        self.past_at_depth(target, purpose, proved, SIGNER_DEPTH)
    }

    pub(super) fn past_at_depth(
        &self,
        target: &Certificate,
        purpose: Purpose,
        proved: Time,
        depth: u8,
    ) -> Result<Past, Unmended> {
        let key = (target.clone(), purpose, proved, depth, self.proofs.len());
        if let Some(past) = self.pool.past.borrow().get(&key) {
            return past.clone();
        }
        let past = self.past_of_paths(target, purpose, proved, depth);
        self.pool.past.borrow_mut().insert(key, past.clone());
        past
    }

    fn past_of_paths(&self, target: &Certificate, purpose: Purpose, proved: Time, depth: u8) -> Result<Past, Unmended> {
        let mut current = None;
        for candidate in self.paths(target) {
            let past = match candidate {
                Ok(path) => self.past_of_path(path, purpose, proved, depth),
                Err(fault) => Err((SubIndication::NoCertificateChainFound, fault.to_string())),
            };
            match past {
                Ok(past) => return Ok(past),
                Err(unmended) => current = current.or(Some(unmended)),
            }
        }
        Err(current.unwrap_or((SubIndication::NoCertificateChainFound, format!("no path leads from {target}"))))
    }

    fn past_of_path(&self, path: Path, purpose: Purpose, proved: Time, depth: u8) -> Result<Past, Unmended> {
        let (mut steps, mut known) = (Vec::new(), Vec::new());
        self.check_some_time(&path)
            .map_err(|fault| (SubIndication::CertificateChainGeneralFailure, fault.to_string()))?;
        // A term that came later makes up for none that was missing then (`a_gap_between_two_terms_is_no_term`).
        let vouched = path.anchor.vouches(purpose, &policies(&path), proved, proved);
        vouched.map_err(|fault| (SubIndication::NoCertificateChainFoundNoPoe, untrusted(&path, &fault)))?;
        let control = self.slide(&path, purpose, depth, &mut steps, &mut known)?;
        self.check_purpose(&path, purpose).map_err(|fault| (fault.sub_indication, fault.finding.message))?;
        if control < proved {
            let message =
                format!("{} held until {control} only, and what it did is proved for {proved}", described(&path));
            return Err((SubIndication::NoPoe, message));
        }
        let step = Step::new(Block::PastCertificateValidation, Conclusion::PASSED).at(control);
        steps.push(step.about(described(&path)));
        Ok(Past { path, steps, known })
    }

    /// RFC 5280, 6.1 at some time at which everybody on the path was valid; in the chain model, each when it issued the next.
    fn check_some_time(&self, path: &Path) -> Result<(), PathFault> {
        let begins = path.certificates.iter().map(Certificate::not_before).max();
        match self.model {
            Model::Shell => {
                let settings = self.settings(ValidityCheck::All);
                validate(path, begins.unwrap_or(Time::MIN), &settings).map(drop)
            }
            Model::Chain => {
                validate(path, begins.unwrap_or(Time::MIN), &self.settings(ValidityCheck::Nobody))?;
                check_issuing_times(path)
            }
        }
    }
}
