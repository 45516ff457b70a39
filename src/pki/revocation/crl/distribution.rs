//! Distribution points: which CRL speaks about which certificates, and for which reasons.
//!
//! Specified in RFC 5280, 4.2.1.13, 5.2.5 and 6.3.3 (b) to (d). Nouns: [`ReasonSet`], [`IssuingDistributionPoint`], [`DistributionPoints`].

use std::fmt;

use const_oid::ObjectIdentifier;
use der::asn1::BitString;
use der::{Any, Decode, Sequence, Tagged};

use super::Crl;
use crate::pki::certificate::Certificate;
use crate::pki::general_name::{GeneralName, general_names_within, relative_to};
use crate::pki::name::Name;

const CRL_DISTRIBUTION_POINTS: ObjectIdentifier = const_oid::db::rfc5912::ID_CE_CRL_DISTRIBUTION_POINTS;

/// Revocation reasons, as `ReasonFlags` has them (RFC 5280, 4.2.1.13).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct ReasonSet(u16);

impl ReasonSet {
    pub(crate) const NONE: Self = Self(0);
    /// Every reason: bits 1 (keyCompromise) to 8 (aACompromise).
    pub(crate) const ALL: Self = Self(0x1fe);

    fn from_bits(bits: &BitString) -> Self {
        let set = bits.bits().take(9).zip(0u32..).filter(|(is_set, _)| *is_set);
        Self(set.fold(0, |mask, (_, bit)| mask | 1 << bit) & Self::ALL.0)
    }

    #[cfg(test)]
    pub(crate) fn of(mask: u16) -> Self {
        Self(mask)
    }

    #[must_use]
    pub(crate) fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    #[must_use]
    pub(crate) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) fn is_all(self) -> bool {
        self == Self::ALL
    }

    pub(crate) fn is_empty(self) -> bool {
        self == Self::NONE
    }
}

impl fmt::Debug for ReasonSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ReasonSet({:09b})", self.0)
    }
}

/// What a CRL says about its own scope (RFC 5280, 5.2.5).
#[derive(Clone, Debug)]
pub(crate) struct IssuingDistributionPoint {
    /// Names of the distribution point; `None` where it names none.
    names: Option<Vec<GeneralName>>,
    only: Only,
    reasons: ReasonSet,
    pub(super) indirect: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Only {
    All,
    UserCertificates,
    CaCertificates,
    AttributeCertificates,
}

#[derive(Sequence)]
struct IssuingDistributionPointDer {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    distribution_point: Option<Any>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", default = "Default::default")]
    only_contains_user_certs: bool,
    #[asn1(context_specific = "2", tag_mode = "IMPLICIT", default = "Default::default")]
    only_contains_ca_certs: bool,
    #[asn1(context_specific = "3", tag_mode = "IMPLICIT", optional = "true")]
    only_some_reasons: Option<BitString>,
    #[asn1(context_specific = "4", tag_mode = "IMPLICIT", default = "Default::default")]
    indirect_crl: bool,
    #[asn1(context_specific = "5", tag_mode = "IMPLICIT", default = "Default::default")]
    only_contains_attribute_certs: bool,
}

#[derive(Sequence)]
struct DistributionPointDer {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    distribution_point: Option<Any>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    reasons: Option<BitString>,
    #[asn1(context_specific = "2", tag_mode = "IMPLICIT", optional = "true")]
    crl_issuer: Option<Vec<Any>>,
}

impl IssuingDistributionPoint {
    /// Reads the extension of a CRL of `issuer`.
    pub(super) fn from_der(der: &[u8], issuer: &Name) -> der::Result<Self> {
        let read = IssuingDistributionPointDer::from_der(der)?;
        let flags = [read.only_contains_user_certs, read.only_contains_ca_certs, read.only_contains_attribute_certs];
        let only = match flags {
            [false, false, false] => Only::All,
            [true, false, false] => Only::UserCertificates,
            [false, true, false] => Only::CaCertificates,
            [false, false, true] => Only::AttributeCertificates,
            _ => return Err(der::ErrorKind::Failed.into()),
        };
        Ok(Self {
            names: read.distribution_point.map(|name| point_names(&name, issuer)).transpose()?,
            only,
            reasons: read.only_some_reasons.map_or(ReasonSet::ALL, |bits| ReasonSet::from_bits(&bits)),
            indirect: read.indirect_crl,
        })
    }

    /// Whether the kind of `certificate` is in scope (RFC 5280, 6.3.3 (b)(2)(ii) to (iv)).
    fn has_kind_of(&self, certificate: &Certificate) -> bool {
        let is_ca = || matches!(certificate.basic_constraints(), Ok(Some(constraints)) if constraints.ca);
        match self.only {
            Only::All => true,
            Only::UserCertificates => !is_ca(),
            Only::CaCertificates => is_ca(),
            Only::AttributeCertificates => false,
        }
    }
}

/// A distribution point of a certificate.
struct DistributionPoint {
    names: Option<Vec<GeneralName>>,
    reasons: ReasonSet,
    crl_issuer: Option<Vec<GeneralName>>,
}

impl DistributionPoint {
    /// The one that every certificate has unsaid: its issuer, for all reasons (RFC 5280, 6.3.3).
    fn implicit(certificate: &Certificate) -> Self {
        let names = Some(vec![GeneralName::Directory(certificate.issuer().clone())]);
        Self { names, reasons: ReasonSet::ALL, crl_issuer: None }
    }

    fn read(read: DistributionPointDer, issuer: &Name) -> der::Result<Self> {
        let crl_issuer: Option<Vec<_>> = read.crl_issuer.map(|names| names.iter().map(GeneralName::from_any).collect());
        let directory = crl_issuer.iter().flatten().find_map(|name| match name {
            GeneralName::Directory(name) => Some(name),
            _ => None,
        });
        let base = directory.unwrap_or(issuer);
        Ok(Self {
            names: read.distribution_point.map(|name| point_names(&name, base)).transpose()?,
            reasons: read.reasons.map_or(ReasonSet::ALL, |bits| ReasonSet::from_bits(&bits)),
            crl_issuer,
        })
    }

    /// RFC 5280, 6.3.3 (b)(1).
    fn is_issued_by(&self, crl: &Crl, certificate: &Certificate) -> bool {
        match &self.crl_issuer {
            Some(names) => {
                let indirect = crl.distribution().is_some_and(|distribution| distribution.indirect);
                indirect && names.contains(&GeneralName::Directory(crl.issuer().clone()))
            }
            None => crl.issuer() == certificate.issuer(),
        }
    }

    /// RFC 5280, 6.3.3 (b)(2)(i).
    fn is_named_by(&self, distribution: &IssuingDistributionPoint) -> bool {
        let Some(theirs) = &distribution.names else { return true };
        let ours = self.names.as_ref().or(self.crl_issuer.as_ref());
        ours.is_some_and(|ours| ours.iter().any(|name| theirs.contains(name)))
    }
}

/// The distribution points of a certificate: those that it names (one that cannot be read names nothing), and the implicit one.
pub(crate) struct DistributionPoints<'a> {
    certificate: &'a Certificate,
    points: Vec<DistributionPoint>,
}

impl<'a> DistributionPoints<'a> {
    pub(crate) fn of(certificate: &'a Certificate) -> Self {
        let mut points = vec![DistributionPoint::implicit(certificate)];
        if let Some(extension) = certificate.raw_extension(CRL_DISTRIBUTION_POINTS) {
            let read = Vec::<Any>::from_der(extension.extn_value.as_bytes()).unwrap_or_default();
            let read = read.iter().filter_map(|point| point.decode_as::<DistributionPointDer>().ok());
            points.extend(read.filter_map(|point| DistributionPoint::read(point, certificate.issuer()).ok()));
        }
        Self { certificate, points }
    }

    /// The reasons for which `crl` speaks about the certificate; none when it does not.
    pub(crate) fn scope(&self, crl: &Crl) -> ReasonSet {
        let distribution = crl.distribution();
        let matching = self.points.iter().filter(|point| {
            point.is_issued_by(crl, self.certificate)
                && distribution.is_none_or(|distribution| point.is_named_by(distribution))
        });
        let reasons = matching.fold(ReasonSet::NONE, |reasons, point| reasons.or(point.reasons));
        let reasons = reasons.and(distribution.map_or(ReasonSet::ALL, |distribution| distribution.reasons));
        let has_kind = || distribution.is_none_or(|distribution| distribution.has_kind_of(self.certificate));
        if reasons.is_empty() || !has_kind() { ReasonSet::NONE } else { reasons }
    }
}

/// The names of a `DistributionPointName`: a list, or one relative to `base`.
fn point_names(name: &Any, base: &Name) -> der::Result<Vec<GeneralName>> {
    match name.tag() {
        der::Tag::ContextSpecific { number, .. } if number.value() == 0 => general_names_within(name.value()),
        der::Tag::ContextSpecific { number, .. } if number.value() == 1 => {
            Ok(vec![GeneralName::Directory(relative_to(base, name.value())?)])
        }
        tag => Err(tag.unexpected_error(None).into()),
    }
}
