//! Answers out of CRLs (RFC 5280, 6.3.3).

use super::crl::distribution::{DistributionPoints, ReasonSet};
use super::crl::{Crl, CrlEntry};
use super::{Answer, Reason, RevocationFault, Search, Source, Status};
use crate::pki::certificate::Certificate;
use crate::pki::path::{Purpose, purpose};

/// A CRL that speaks about the certificate, with those who signed it.
struct Authentic<'a> {
    index: usize,
    crl: &'a Crl,
    reasons: ReasonSet,
    signers: Vec<Certificate>,
}

impl Search<'_> {
    /// Answers of complete CRLs, then those of delta CRLs with the complete ones that they belong to.
    pub(super) fn ask_crls(&mut self, crls: &[Crl]) {
        let mut complete = Vec::new();
        let mut deltas = Vec::new();
        let points = DistributionPoints::of(self.certificate);
        for (index, crl) in crls.iter().enumerate() {
            let reasons = points.scope(crl);
            if reasons.is_empty() {
                continue;
            }
            match self.signers_of(crl) {
                Ok(signers) => {
                    let list = if crl.is_delta() { &mut deltas } else { &mut complete };
                    list.push(Authentic { index, crl, reasons, signers });
                }
                Err(fault) => self.refuse(Source::Crl(index), fault),
            }
        }
        for one in &complete {
            let entry = one.crl.find(self.certificate.issuer(), self.certificate.serial());
            self.conclude(one, Source::Crl(one.index), entry);
        }
        for delta in &deltas {
            self.ask_delta(delta, &complete);
        }
    }

    /// RFC 5280, 6.3.3 (c), (i) and (j): the delta counts first; what it does not list is as the complete CRL says.
    fn ask_delta(&mut self, delta: &Authentic<'_>, complete: &[Authentic<'_>]) {
        let (issuer, serial) = (self.certificate.issuer(), self.certificate.serial());
        let shares_key = |base: &&Authentic<'_>| base.signers.iter().any(|signer| delta.signers.contains(signer));
        let newest = complete.iter().filter(|base| delta.crl.is_delta_of(base.crl)).filter(shares_key);
        let Some(base) = newest.max_by_key(|base| base.crl.number()) else {
            return self.refuse(Source::Crl(delta.index), RevocationFault::NoBase);
        };
        let source = Source::DeltaCrl { delta: delta.index, base: base.index };
        let entry = delta.crl.find(issuer, serial).and_then(|entry| match entry {
            Some(CrlEntry { reason: Reason::RemoveFromCrl, .. }) => Ok(None),
            Some(entry) => Ok(Some(entry)),
            None => base.crl.find(issuer, serial),
        });
        self.conclude(delta, source, entry);
    }

    fn conclude(&mut self, from: &Authentic<'_>, source: Source, entry: Result<Option<CrlEntry>, RevocationFault>) {
        let status = match entry {
            Ok(None) => Status::Good,
            Ok(Some(entry)) => Status::Revoked { time: entry.revoked_at, reason: entry.reason },
            Err(fault) => return self.refuse(source, fault),
        };
        self.answers.answers.extend(from.signers.iter().map(|signer| Answer {
            status,
            this_update: from.crl.this_update(),
            next_update: from.crl.next_update(),
            produced_at: None,
            signer: signer.clone(),
            source,
            reasons: from.reasons,
            nocheck: false,
            expired_kept_since: from.crl.expired_kept_since(),
            algorithm: from.crl.signature_algorithm(),
            not_after: self.certificate.not_after(),
        }));
    }

    /// Who signed `crl`: the issuer of the certificate alone where it did, else every certificate of the CRL issuer's name that did.
    fn signers_of(&mut self, crl: &Crl) -> Result<Vec<Certificate>, RevocationFault> {
        if let Some(oid) = crl.unknown_critical() {
            return Err(RevocationFault::CriticalExtension(oid.clone()));
        }
        if let Some(oid) = crl.repeated_extension() {
            return Err(RevocationFault::RepeatedExtension(oid.clone()));
        }
        let mut signers = Vec::new();
        let mut fault = RevocationFault::NoSigner;
        let issuer = [self.issuer].into_iter().filter(|one| one.subject() == crl.issuer());
        for candidate in issuer.chain(self.pools.iter().flat_map(|pool| pool.named(crl.issuer()))) {
            if signers.contains(candidate) || (!signers.is_empty() && self.is_issuer(candidate)) {
                continue;
            }
            self.checks.count(crl.is_checked(candidate.working_key()))?;
            let outcome = crl
                .verify(candidate.working_key())
                .and_then(|()| purpose::check(candidate, Purpose::CrlSigning).map_err(RevocationFault::SignerPurpose));
            match outcome {
                Ok(()) => signers.push(candidate.clone()),
                Err(reason) => fault = reason,
            }
            if signers.last() == Some(self.issuer) {
                break;
            }
        }
        if signers.is_empty() { Err(fault) } else { Ok(signers) }
    }
}
