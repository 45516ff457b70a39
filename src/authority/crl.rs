//! Writing CRLs (RFC 5280, 5).

use std::time::Duration;

use der::Any;
use der::asn1::Uint;
use der::{Encode, Sequence};
use spki::AlgorithmIdentifierOwned;
use x509_cert::crl::RevokedCert;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::{CrlNumber, CrlReason};
use x509_cert::serial_number::SerialNumber;
use x509_cert::time::Time as X509Time;

use super::certificate::{Seal, authority_key_identifier, extension, seal, subject_of, x509_time};
use super::hierarchy::{DAY, Entity, ROOT};
use super::view::AuthorityAt;
use super::{Misbehaviour, Revocation, RevocationReason, unwritable};
use crate::error::Result;
use crate::pki::certificate::Criticality::NonCritical;

const LIFE: Duration = Duration::from_secs(30 * DAY.as_secs());

impl AuthorityAt<'_> {
    /// The CRL of `issuer`, as of now.
    pub(super) fn crl(&self, issuer: &Entity) -> Result<Vec<u8>> {
        if !self.is(Misbehaviour::CrlWrongIssuer) {
            return self.crl_of(issuer);
        }
        if issuer.label == ROOT {
            self.crl_of(&*self.authority.issuer(self.time)?)
        } else {
            self.crl_of(&self.authority.root)
        }
    }

    fn crl_of(&self, issuer: &Entity) -> Result<Vec<u8>> {
        let next_update = if self.is(Misbehaviour::CrlExpired) { self.time.before(DAY) } else { self.time.after(LIFE) };
        let write = || -> der::Result<Vec<u8>> {
            let revoked = self.revoked_by(issuer)?;
            let number = CrlNumber(Uint::new(&self.time.to_unix().unsigned_abs().to_be_bytes())?);
            let tbs = TbsCertList {
                version: 1,
                signature: issuer.key.public_key().default_algorithm().to_identifier(),
                issuer: subject_of(issuer)?,
                this_update: x509_time(next_update.before(LIFE))?,
                next_update: x509_time(next_update)?,
                revoked_certificates: (!revoked.is_empty()).then_some(revoked),
                crl_extensions: vec![authority_key_identifier(issuer)?, extension(NonCritical, &number)?],
            };
            tbs.to_der()
        };
        let broken = self.is(Misbehaviour::CrlBadSignature);
        seal(&write().map_err(unwritable)?, &issuer.key, if broken { Seal::Broken } else { Seal::Good })
    }

    fn revoked_by(&self, issuer: &Entity) -> der::Result<Vec<RevokedCert>> {
        let mut revocations: Vec<&Revocation> = self.authority.revocations.iter().collect();
        revocations.retain(|one| one.certificate.issuer() == issuer.certificate.subject() && one.time <= self.time);
        revocations.sort_by(|a, b| (a.certificate.serial(), a.time).cmp(&(b.certificate.serial(), b.time)));
        revocations.dedup_by(|later, first| later.certificate.serial() == first.certificate.serial());
        revocations.into_iter().map(entry).collect()
    }
}

/// `TBSCertList` (RFC 5280, 5.1).
#[derive(Sequence)]
struct TbsCertList {
    version: u8,
    signature: AlgorithmIdentifierOwned,
    issuer: Any,
    this_update: X509Time,
    next_update: X509Time,
    #[asn1(optional = "true")]
    revoked_certificates: Option<Vec<RevokedCert>>,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    crl_extensions: Vec<Extension>,
}

/// An entry; the reason "unspecified" is not written (RFC 5280, 5.3.1).
fn entry(revocation: &Revocation) -> der::Result<RevokedCert> {
    let reason = revocation.reason.code();
    let reason = reason.map(|code| Ok::<_, der::Error>(vec![extension(NonCritical, &code)?])).transpose()?;
    Ok(RevokedCert {
        serial_number: SerialNumber::new(revocation.certificate.serial())?,
        revocation_date: x509_time(revocation.time)?,
        crl_entry_extensions: reason,
    })
}

impl RevocationReason {
    /// The reason's code; none where no reason is given.
    pub(super) fn code(self) -> Option<CrlReason> {
        match self {
            Self::Unspecified => None,
            Self::KeyCompromise => Some(CrlReason::KeyCompromise),
            Self::CaCompromise => Some(CrlReason::CaCompromise),
            Self::AffiliationChanged => Some(CrlReason::AffiliationChanged),
            Self::Superseded => Some(CrlReason::Superseded),
            Self::CessationOfOperation => Some(CrlReason::CessationOfOperation),
            Self::CertificateHold => Some(CrlReason::CertificateHold),
            Self::PrivilegeWithdrawn => Some(CrlReason::PrivilegeWithdrawn),
        }
    }
}
