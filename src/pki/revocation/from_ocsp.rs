//! Answers out of OCSP responses (RFC 6960, 3.2 and 4.2.2.2).

use der::Encode;

use super::crl::distribution::ReasonSet;
use super::ocsp::asn1::{CertStatus, ID_PKIX_OCSP_NOCHECK, SingleResponse};
use super::ocsp::{OcspResponse, archive_cutoff, time};
use super::{Answer, Reason, RevocationFault, Search, Source, Status};
use crate::pki::certificate::Certificate;
use crate::pki::path::{Purpose, purpose};

impl Search<'_> {
    pub(super) fn ask_ocsp(&mut self, index: usize, ocsp: &OcspResponse) {
        let (certificate, issuer) = (self.certificate, self.issuer);
        let about: Vec<_> = ocsp.about(certificate, issuer).collect();
        if about.is_empty() {
            return;
        }
        let source = Source::Ocsp(index);
        let signer = match self.responder_of(ocsp) {
            Ok(signer) => signer,
            Err(fault) => return self.refuse(source, fault),
        };
        for single in about {
            match ocsp.check(single, certificate).and_then(|()| status_of(single)) {
                Ok(status) => self.answers.answers.push(Answer {
                    status,
                    this_update: time(single.this_update),
                    next_update: single.next_update.map(time),
                    produced_at: ocsp.produced_at(),
                    signer: signer.clone(),
                    source,
                    reasons: ReasonSet::ALL,
                    nocheck: signer.raw_extension(ID_PKIX_OCSP_NOCHECK).is_some(),
                    expired_kept_since: archive_cutoff(single),
                    algorithm: ocsp.signature_algorithm(),
                    not_after: certificate.not_after(),
                }),
                Err(fault) => self.refuse(source, fault),
            }
        }
    }

    /// Who signed: the issuer, or a certificate that the issuer itself issued for it.
    fn responder_of(&mut self, ocsp: &OcspResponse) -> Result<Certificate, RevocationFault> {
        let mut fault = RevocationFault::NoSigner;
        let own = [self.issuer].into_iter().chain(ocsp.certificates()).filter(|candidate| ocsp.is_responder(candidate));
        for candidate in own.chain(self.pools.iter().flat_map(|pool| ocsp.responders_in(pool))) {
            self.checks.count(ocsp.is_checked(candidate.working_key()))?;
            match ocsp.verify(candidate.working_key()).and_then(|()| self.check_authority(candidate)) {
                Ok(()) => return Ok(candidate.clone()),
                Err(reason) => fault = reason,
            }
        }
        Err(fault)
    }

    /// RFC 6960, 4.2.2.2. A responder that is only configured locally (its item 1) is not supported.
    fn check_authority(&mut self, candidate: &Certificate) -> Result<(), RevocationFault> {
        if self.is_issuer(candidate) {
            return Ok(());
        }
        if candidate == self.certificate || candidate.issuer() != self.issuer.subject() {
            return Err(RevocationFault::NotAuthorised);
        }
        self.checks.count(candidate.is_checked(self.issuer.working_key()))?;
        candidate.verify(self.issuer.working_key()).map_err(|_| RevocationFault::NotAuthorised)?;
        purpose::check(candidate, Purpose::OcspSigning).map_err(RevocationFault::SignerPurpose)
    }
}

fn status_of(single: &SingleResponse) -> Result<Status, RevocationFault> {
    match &single.cert_status {
        CertStatus::Good(_) => Ok(Status::Good),
        CertStatus::Revoked(info) => {
            let stated = info.revocation_reason.as_ref();
            let reason = stated.map_or(Reason::Unspecified, |any| Reason::from_der(&any.to_der().unwrap_or_default()));
            Ok(Status::Revoked { time: time(info.revocation_time), reason })
        }
        CertStatus::Unknown(_) => Err(RevocationFault::Unknown),
    }
}
