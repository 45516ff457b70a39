//! How the hierarchy is built, and what it publishes: real ones differ.

use super::subscriber::{Key, KeyType};

/// The shape of an [`Authority`](super::Authority): who answers for whom, and where. By default OCSP and CRLs, with a delegated responder,
/// and timestamp units below the issuing authority.
///
/// # Examples
/// ```
/// use pades_ltv::authority::{Authority, OcspSigner, RevocationSources, Shape};
///
/// let shape = Shape::new().sources(RevocationSources::OcspOnly).ocsp_signer(OcspSigner::Issuer).nested_tsa(2);
/// let authority = Authority::shaped("a chain of five", "2026-10-07T00:25:23Z".parse()?, shape)?;
/// # let _ = authority;
/// # Ok::<(), pades_ltv::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    pub(super) keys: Option<KeyType>,
    pub(super) sources: RevocationSources,
    pub(super) ocsp_signer: OcspSigner,
    pub(super) tsa_authorities: u8,
    pub(super) tsa_years: Option<u8>,
    pub(super) is_cross_certified: bool,
    pub(super) has_crl_issuers: bool,
    pub(super) has_bundles: bool,
    pub(super) has_decoys: bool,
}

/// What certificates name to ask for their revocation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RevocationSources {
    /// An OCSP responder and a CRL.
    #[default]
    OcspAndCrl,
    /// An OCSP responder.
    OcspOnly,
    /// A CRL.
    CrlOnly,
}

/// Who signs OCSP responses (RFC 6960, 4.2.2.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OcspSigner {
    /// A responder of the issuer's, whose own revocation need not be asked (`id-pkix-ocsp-nocheck`).
    #[default]
    Delegated,
    /// A responder of the issuer's whose own revocation is to be asked, in the issuer's CRL.
    DelegatedWithStatus,
    /// The issuer itself; a root has a responder all the same.
    Issuer,
}

impl Shape {
    /// The default shape.
    pub fn new() -> Self {
        Self::default()
    }

    /// The keys of all authorities and units; P-256 unless told.
    #[must_use]
    pub fn keys(mut self, keys: KeyType) -> Self {
        self.keys = Some(keys);
        self
    }

    /// What certificates name to ask for their revocation.
    #[must_use]
    pub fn sources(mut self, sources: RevocationSources) -> Self {
        self.sources = sources;
        self
    }

    /// Who signs OCSP responses.
    #[must_use]
    pub fn ocsp_signer(mut self, signer: OcspSigner) -> Self {
        self.ocsp_signer = signer;
        self
    }

    /// Puts `count` authorities of their own between the root and the timestamp units, one below the other.
    #[must_use]
    pub fn nested_tsa(mut self, count: u8) -> Self {
        self.tsa_authorities = count;
        self
    }

    /// How many years the certificates of timestamp units live, from 2 to 11; a unit stamps in the first of them. 11 unless told, so that a
    /// timestamp lasts for 10.
    #[must_use]
    pub fn tsa_years(mut self, years: u8) -> Self {
        self.tsa_years = Some(years.clamp(2, 11));
        self
    }

    /// Makes another root the anchor, which certified this one; both certificates of this root are served together.
    #[must_use]
    pub fn cross_certified(mut self) -> Self {
        self.is_cross_certified = true;
        self
    }

    /// Has CRLs signed by an issuer of their own (RFC 5280, 5.2.5: indirect CRLs), whose certificate only the CRL points to (5.2.7), and
    /// whose own revocation is asked by OCSP.
    #[must_use]
    pub fn crl_issuers(mut self) -> Self {
        self.has_crl_issuers = true;
        self
    }

    /// Serves certificates as a certs-only CMS (RFC 5280, 4.2.2.1) rather than as one DER certificate.
    #[must_use]
    pub fn bundles(mut self) -> Self {
        self.has_bundles = true;
        self
    }

    /// Names, before each good address, one of a directory (LDAP) and one that answers nothing.
    #[must_use]
    pub fn decoys(mut self) -> Self {
        self.has_decoys = true;
        self
    }

    pub(super) fn key(&self) -> Key {
        Key::Derived(self.keys.unwrap_or(KeyType::P256))
    }
}
