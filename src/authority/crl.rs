//! Writing CRLs (RFC 5280, 5).

use std::sync::Arc;
use std::time::Duration;

use const_oid::db::rfc5912::{ID_AD_CA_ISSUERS, ID_CE_CERTIFICATE_ISSUER, ID_CE_ISSUING_DISTRIBUTION_POINT};
use der::asn1::{Ia5String, Uint};
use der::{Any, Decode, Encode, Sequence};
use spki::AlgorithmIdentifierOwned;
use x509_cert::crl::RevokedCert;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::crl::dp::IssuingDistributionPoint;
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::ext::pkix::{AccessDescription, AuthorityInfoAccessSyntax, CrlNumber, CrlReason};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::time::Time as X509Time;

use super::certificate::{Seal, authority_key_identifier, extension, raw_extension, seal, subject_of, x509_time};
use super::hierarchy::{DAY, Entity, ROOT};
use super::view::{AuthorityAt, Service};
use super::{Misbehaviour, Revocation, RevocationReason, unwritable};
use crate::error::Result;
use crate::pki::certificate::Criticality::{Critical, NonCritical};

const LIFE: Duration = Duration::from_secs(30 * DAY.as_secs());

impl AuthorityAt<'_> {
    /// The CRL of `issuer`, as of now.
    pub(super) fn crl(&self, issuer: &Arc<Entity>) -> Result<Vec<u8>> {
        if !self.is(Misbehaviour::CrlWrongIssuer) {
            return self.crl_of(issuer);
        }
        if issuer.label == ROOT {
            self.crl_of(&self.authority.issuer(self.time)?)
        } else {
            self.crl_of(&self.authority.root)
        }
    }

    fn crl_of(&self, issuer: &Arc<Entity>) -> Result<Vec<u8>> {
        let signer = self.authority.crl_issuer(issuer)?;
        let next_update = if self.is(Misbehaviour::CrlExpired) { self.time.before(DAY) } else { self.time.after(LIFE) };
        let write = || -> der::Result<Vec<u8>> {
            let revoked = self.revoked_by(issuer)?;
            let number = CrlNumber(Uint::new(&self.time.to_unix().unsigned_abs().to_be_bytes())?);
            let tbs = TbsCertList {
                version: 1,
                signature: signer.key.public_key().default_algorithm().to_identifier(),
                issuer: subject_of(&signer)?,
                this_update: x509_time(next_update.before(LIFE))?,
                next_update: x509_time(next_update)?,
                revoked_certificates: (!revoked.is_empty()).then_some(revoked),
                crl_extensions: self.extensions(issuer, &signer, &number)?,
            };
            tbs.to_der()
        };
        let broken = self.is(Misbehaviour::CrlBadSignature);
        seal(&write().map_err(unwritable)?, &signer.key, if broken { Seal::Broken } else { Seal::Good })
    }

    /// What an indirect CRL says of itself besides: where it is, and where its issuer's certificate is.
    fn extensions(&self, issuer: &Entity, signer: &Entity, number: &CrlNumber) -> der::Result<Vec<Extension>> {
        let mut extensions = vec![authority_key_identifier(signer)?, extension(NonCritical, number)?];
        if !self.authority.origin.shape.has_crl_issuers {
            return Ok(extensions);
        }
        let uri = |label: &str, service| {
            let url = self.authority.origin.url(label, service);
            Ia5String::new(&url).map(GeneralName::UniformResourceIdentifier)
        };
        let point = IssuingDistributionPoint {
            distribution_point: Some(DistributionPointName::FullName(vec![uri(&issuer.label, Service::Crl)?])),
            only_contains_user_certs: false,
            only_contains_ca_certs: false,
            only_some_reasons: None,
            indirect_crl: true,
            only_contains_attribute_certs: false,
        };
        extensions.push(raw_extension(ID_CE_ISSUING_DISTRIBUTION_POINT, Critical, point.to_der()?)?);
        let place = uri(&signer.label, Service::Certificate)?;
        let access = AccessDescription { access_method: ID_AD_CA_ISSUERS, access_location: place };
        extensions.push(extension(NonCritical, &AuthorityInfoAccessSyntax(vec![access]))?);
        Ok(extensions)
    }

    fn revoked_by(&self, issuer: &Entity) -> der::Result<Vec<RevokedCert>> {
        let mut revocations: Vec<&Revocation> = self.authority.revocations.iter().collect();
        revocations.retain(|one| one.certificate.issuer() == issuer.certificate.subject() && one.time <= self.time);
        revocations.sort_by(|a, b| (a.certificate.serial(), a.time).cmp(&(b.certificate.serial(), b.time)));
        revocations.dedup_by(|later, first| later.certificate.serial() == first.certificate.serial());
        let is_indirect = self.authority.origin.shape.has_crl_issuers;
        revocations.into_iter().map(|one| entry(one, is_indirect.then_some(issuer))).collect()
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

/// An entry; the reason "unspecified" is not written (RFC 5280, 5.3.1), the `issuer` in indirect CRLs (5.3.3).
fn entry(revocation: &Revocation, issuer: Option<&Entity>) -> der::Result<RevokedCert> {
    let mut extensions = Vec::new();
    if let Some(code) = revocation.reason.code() {
        extensions.push(extension(NonCritical, &code)?);
    }
    if let Some(issuer) = issuer {
        let name = Name::from_der(issuer.certificate.subject().der())?;
        let names = vec![GeneralName::DirectoryName(name)].to_der()?;
        extensions.push(raw_extension(ID_CE_CERTIFICATE_ISSUER, Critical, names)?);
    }
    Ok(RevokedCert {
        serial_number: SerialNumber::new(revocation.certificate.serial())?,
        revocation_date: x509_time(revocation.time)?,
        crl_entry_extensions: (!extensions.is_empty()).then_some(extensions),
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
