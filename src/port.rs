//! All that a caller may implement: who signs, who stamps the time, who fetches evidence.
//!
//! Invariant: three traits, at most two methods each, bytes in and bytes out, usable as `dyn`. Whoever needs `async`, two
//! processes or days between question and answer uses the steps beneath them
//! ([`Prepared`](crate::Prepared), [`Collector`](crate::Collector)) and needs no trait at all.
//!
//! Nouns: [`Signer`] with [`Identity`] and [`SigningInput`]; [`TimestampAuthority`]; [`Fetch`] with [`FetchRequest`].

use std::sync::{Arc, OnceLock};

use crate::digest::DigestAlgorithm;
use crate::error::{Error, ErrorKind, Result};
use crate::limits::Limits;
use crate::pki::algorithm::SignatureAlgorithm;
use crate::pki::certificate::Certificate;
use crate::pki::certificates::Certificates;
use crate::pki::cms::known::Known;
use crate::pki::key::making::{Unfit, check_digest};
use crate::pki::key::{KeyFault, PublicKey};
use crate::pki::path::purpose::{self, Purpose};
use crate::pki::path::{Path, PathFault, PathSettings, Paths, validate};
use crate::pki::signature::SignatureFault;
use crate::pki::trust::store::TrustStore;
use crate::time::Time;

/// Something that holds a private key: memory, a smart card, an HSM, a remote service.
pub trait Signer {
    /// Whose key it is: the signing certificate, its chain, and the algorithm.
    ///
    /// # Errors
    /// Whatever keeps the certificate from being read; [`ErrorKind::Signer`] unless something fits better.
    fn identity(&self) -> Result<Identity>;

    /// Signs `input` and gives the bare signature value: RSA as a big-endian number of the modulus' length, ECDSA as DER
    /// `Ecdsa-Sig-Value` (RFC 5480) or as r and s, one behind the other, each of the curve's length. The value is verified with the certificate before it is used; only
    /// what a `SoftwareSigner` with an RSA key has verified itself is not always verified again.
    ///
    /// # Errors
    /// [`ErrorKind::Signer`], in the device's own words, where it did not sign.
    fn sign(&self, input: &SigningInput) -> Result<Vec<u8>>;
}

/// A timestamp authority (RFC 3161).
pub trait TimestampAuthority {
    /// Sends a DER `TimeStampReq` and gives the DER `TimeStampResp`, unjudged: it is checked in full before it is used.
    ///
    /// # Errors
    /// [`ErrorKind::Timestamp`], in the server's own words, where there is no answer.
    fn timestamp(&self, request: &[u8]) -> Result<Vec<u8>>;
}

impl<T: TimestampAuthority + ?Sized> TimestampAuthority for &T {
    fn timestamp(&self, request: &[u8]) -> Result<Vec<u8>> {
        (**self).timestamp(request)
    }
}

impl<T: TimestampAuthority + ?Sized> TimestampAuthority for Box<T> {
    fn timestamp(&self, request: &[u8]) -> Result<Vec<u8>> {
        (**self).timestamp(request)
    }
}

impl<T: TimestampAuthority + ?Sized> TimestampAuthority for Arc<T> {
    fn timestamp(&self, request: &[u8]) -> Result<Vec<u8>> {
        (**self).timestamp(request)
    }
}

/// Something that can fetch certificates, CRLs and OCSP responses.
pub trait Fetch {
    /// Does one request and gives the body of the answer, unjudged.
    ///
    /// # Errors
    /// [`ErrorKind::Fetch`], in the server's own words, where there is no answer.
    fn fetch(&self, request: &FetchRequest) -> Result<Vec<u8>>;
}

impl<T: Fetch + ?Sized> Fetch for &T {
    fn fetch(&self, request: &FetchRequest) -> Result<Vec<u8>> {
        (**self).fetch(request)
    }
}

impl<T: Fetch + ?Sized> Fetch for Arc<T> {
    fn fetch(&self, request: &FetchRequest) -> Result<Vec<u8>> {
        (**self).fetch(request)
    }
}

/// What to fetch.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FetchRequest {
    /// An issuer's certificate: DER, or a certs-only CMS (RFC 5280, 4.2.2.1).
    Certificate {
        /// Where it is.
        url: String,
    },
    /// A certificate revocation list (RFC 5280, 5).
    Crl {
        /// Where it is.
        url: String,
    },
    /// An OCSP exchange: POST with `application/ocsp-request` (RFC 6960, A.1).
    Ocsp {
        /// The responder.
        url: String,
        /// The DER `OCSPRequest`.
        body: Vec<u8>,
    },
}

impl FetchRequest {
    /// The address asked.
    pub fn url(&self) -> &str {
        match self {
            Self::Certificate { url } | Self::Crl { url } | Self::Ocsp { url, .. } => url,
        }
    }
}

/// A signing certificate, the chain above it, and the algorithm that its key signs with.
#[derive(Clone, Debug)]
pub struct Identity {
    signing: Certificate,
    // Shared: whoever signs a thousand documents hands it out a thousand times.
    chain: Arc<[Certificate]>,
    algorithm: SignatureAlgorithm,
    key: Arc<PublicKey>,
    learned: Arc<Learned>,
}

/// What follows from an identity alone, and is found out with its first signature.
#[derive(Debug, Default)]
struct Learned {
    fitness: OnceLock<std::result::Result<(), Unfit>>,
    cms_len: OnceLock<usize>,
    cms: OnceLock<Known>,
}

impl Identity {
    /// The identity of `certificates`, each DER, the signing certificate first; the algorithm fits its key.
    ///
    /// # Errors
    /// [`ErrorKind::Certificate`] if there is none or one cannot be read; [`ErrorKind::Key`] if the key's type is unknown.
    pub fn new<C: AsRef<[u8]>>(certificates: impl IntoIterator<Item = C>) -> Result<Self> {
        let mut certificates = certificates.into_iter().map(|der| read(der.as_ref()));
        let signing = certificates.next().ok_or_else(|| {
            Error::new(ErrorKind::Certificate, "the signer has no certificate")
                .advise("give the signing certificate, followed by those of the issuing authorities")
        })??;
        let chain = certificates.collect::<Result<_>>()?;
        let key = signing.public_key().map_err(|fault| {
            Error::new(ErrorKind::Key, "the signing certificate's key cannot be used").because(fault).at(&signing)
        })?;
        let algorithm = key.default_algorithm();
        Ok(Self { signing, chain, algorithm, key: Arc::new(key), learned: Arc::default() })
    }

    /// Adds `certificates` to the chain, each DER, where whoever holds the key does not have them all. What is there already is not added
    /// again.
    ///
    /// # Errors
    /// [`ErrorKind::Certificate`] if one cannot be read.
    pub fn with_certificates<C: AsRef<[u8]>>(mut self, certificates: impl IntoIterator<Item = C>) -> Result<Self> {
        let mut chain = self.chain.to_vec();
        for der in certificates {
            let certificate = read(der.as_ref())?;
            if certificate != self.signing && !chain.contains(&certificate) {
                chain.push(certificate);
            }
        }
        self.chain = chain.into();
        self.learned = Arc::default();
        Ok(self)
    }

    /// The subjects (RFC 4514) of those certificates that are neither the signer's nor of an authority above it. They go into signatures as
    /// the others do, and help nobody: mostly a wrong file was given.
    pub fn unrelated(&self) -> Vec<String> {
        let (mut related, mut rest) = (vec![&self.signing], Vec::from_iter(self.chain()));
        let mut place = 0_usize;
        while let Some(&below) = related.get(place) {
            let (above, others) = rest.into_iter().partition(|one| *one == below || may_have_issued(one, below));
            rest = others;
            related.extend::<Vec<_>>(above);
            place = place.saturating_add(1);
        }
        rest.into_iter().map(|certificate| certificate.subject().to_string()).collect()
    }

    /// What verifiers will say against the signing certificate or one above it, at `now`, as far as that can be told without trust and
    /// revocation: a key usage that is not for signatures (RFC 5280, 4.2.1.3), an extended key usage that is not for documents, an authority
    /// that has expired. `None` where nothing is.
    ///
    /// # Examples
    /// ```
    /// # use pades_ltv::{Limits, Signer, Time, authority::Authority};
    /// # let now: Time = "2026-10-07T00:25:23Z".parse()?;
    /// # let signer = Authority::new("doc", now)?.issue("甲野太郎")?;
    /// assert_eq!(signer.identity()?.objection(now, &Limits::default()), None);
    /// # Ok::<(), pades_ltv::Error>(())
    /// ```
    pub fn objection(&self, now: Time, limits: &Limits) -> Option<String> {
        if let Err(fault) = purpose::check(&self.signing, Purpose::DocumentSigning) {
            return Some(fault.to_string());
        }
        validate(&self.path(limits)?.ok()?, now, &PathSettings::new(limits)).err().map(|fault| fault.to_string())
    }

    /// The first path to a self-issued certificate among those given. Whom to trust is the verifier's business.
    pub(crate) fn path(&self, limits: &Limits) -> Option<std::result::Result<Path, PathFault>> {
        let mut roots = TrustStore::new();
        for root in self.all().filter(|certificate| certificate.is_self_issued()) {
            roots.add(root.clone(), "");
        }
        Paths::new(&self.signing, &Certificates::from(self.chain()), &roots, limits).next()
    }

    /// Signs with `algorithm` rather than with the one that fits the key.
    #[must_use]
    pub fn with_algorithm(mut self, algorithm: SignatureAlgorithm) -> Self {
        self.algorithm = algorithm;
        self.learned = Arc::default();
        self
    }

    /// Signs with `digest` rather than with the one that fits the key.
    ///
    /// # Errors
    /// [`ErrorKind::Key`] for MD5 and SHA-1, which are broken, and for any other digest than their own with Ed25519, Ed448, ML-DSA and DSA. What
    /// the key or its certificate forbids beyond that, [`Signing::prepare`](crate::Signing::prepare) refuses.
    pub fn with_digest(self, digest: DigestAlgorithm) -> Result<Self> {
        check_digest(digest).map_err(|unfit| self.refuses(unfit.to_string()))?;
        match self.algorithm {
            SignatureAlgorithm::RsaPkcs1(_) => Ok(self.with_algorithm(SignatureAlgorithm::RsaPkcs1(digest))),
            // What a certificate asks of PSS beyond the digest (RFC 4055, 1.2) stays.
            SignatureAlgorithm::RsaPss { digest: same, .. } if same == digest => Ok(self),
            SignatureAlgorithm::RsaPss { .. } => Ok(self.with_algorithm(SignatureAlgorithm::rsa_pss(digest))),
            SignatureAlgorithm::Ecdsa(_) => Ok(self.with_algorithm(SignatureAlgorithm::Ecdsa(digest))),
            fixed if fixed.digest() == digest => Ok(self),
            fixed => {
                let message = format!("{fixed} signs with {}, not with {}", fixed.digest().name(), digest.name());
                Err(self.refuses(message))
            }
        }
    }

    /// Signs with RSASSA-PSS rather than with PKCS#1 v1.5: the same digest, a salt as long. What signs with PSS already, stays as it is.
    ///
    /// # Errors
    /// [`ErrorKind::Key`] if the key is not RSA.
    pub fn with_pss(self) -> Result<Self> {
        let pss = SignatureAlgorithm::rsa_pss(self.algorithm.digest());
        match self.algorithm {
            SignatureAlgorithm::RsaPkcs1(_) => Ok(self.with_algorithm(pss)),
            SignatureAlgorithm::RsaPss { .. } => Ok(self),
            other => Err(self.refuses(format!("a key that signs with {other} cannot sign with {pss}"))),
        }
    }

    /// Whether a new signature may be made so: not with MD5, SHA-1, DSA or a short key, nor with what the certificate does not let
    /// its key be used for.
    pub(crate) fn check_making(&self) -> Result<()> {
        let advice = "choose another algorithm or key";
        let fitness = self.learned.fitness.get_or_init(|| self.key.check_making(self.algorithm));
        fitness.clone().map_err(|unfit| self.refuses(unfit.to_string()).advise(advice))
    }

    fn refuses(&self, message: String) -> Error {
        Error::new(ErrorKind::Key, message).at(&self.signing)
    }

    /// The algorithm that the signer is asked for.
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// The subject of the signing certificate (RFC 4514).
    pub fn subject(&self) -> String {
        self.signing.subject().to_string()
    }

    /// The signing certificate, then its chain, each DER.
    pub fn certificates(&self) -> impl Iterator<Item = &[u8]> {
        self.all().map(Certificate::der)
    }

    pub(crate) fn signing_certificate(&self) -> &Certificate {
        &self.signing
    }

    /// The signing certificate, then its chain.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Certificate> {
        std::iter::once(&self.signing).chain(self.chain())
    }

    /// The certificates above the signing certificate.
    pub(crate) fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    pub(crate) fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The length of a CMS by this identity, in bytes: `measure` is asked once.
    pub(crate) fn cms_len(&self, measure: impl FnOnce() -> usize) -> usize {
        *self.learned.cms_len.get_or_init(measure)
    }

    /// A CMS by this identity that was read in full, once [`learn_cms`](Self::learn_cms) was told one.
    pub(crate) fn known_cms(&self) -> Option<&Known> {
        self.learned.cms.get()
    }

    /// Keeps a CMS by this identity that was read in full, unless one is kept already.
    pub(crate) fn learn_cms(&self, known: impl FnOnce() -> Option<Known>) {
        if self.known_cms().is_none()
            && let Some(known) = known()
        {
            let _ = self.learned.cms.set(known);
        }
    }
}

fn read(der: &[u8]) -> Result<Certificate> {
    Certificate::from_der(der).map_err(|fault| {
        Error::new(ErrorKind::Certificate, "a certificate of the signer's chain cannot be read").because(fault)
    })
}

/// Whether nothing speaks against it: signatures by algorithms that are unknown here may be good.
fn may_have_issued(issuer: &Certificate, certificate: &Certificate) -> bool {
    let is_refuted = || {
        let answer = certificate.verify(issuer.spki());
        matches!(answer, Err(SignatureFault::Key(KeyFault::BadSignature | KeyFault::Mismatch)))
    };
    issuer.subject() == certificate.issuer() && !is_refuted()
}

/// What a signer is to sign: the DER signed attributes of a signature (RFC 5652, 5.4).
#[derive(Clone, Debug)]
pub struct SigningInput {
    message: Vec<u8>,
    algorithm: SignatureAlgorithm,
    verified: OnceLock<(Certificate, Vec<u8>)>,
}

impl SigningInput {
    pub(crate) fn new(message: Vec<u8>, algorithm: SignatureAlgorithm) -> Self {
        Self { message, algorithm, verified: OnceLock::new() }
    }

    /// The message, for devices that hash for themselves.
    pub fn message(&self) -> &[u8] {
        &self.message
    }

    /// The message's digest under [`algorithm`](Self::algorithm), for devices that sign digests.
    pub fn digest(&self) -> Vec<u8> {
        self.algorithm.digest().digest(&self.message)
    }

    /// How to sign it.
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.algorithm
    }

    /// Notes that whoever made `value` with the key of `certificate` raised it to the public exponent, and found what he had signed.
    #[cfg(feature = "software")]
    pub(crate) fn note_verified(&self, certificate: &Certificate, value: &[u8]) {
        let _ = self.verified.set((certificate.clone(), value.to_vec()));
    }

    /// Whether `value` is, byte for byte, the one that its maker verified with the key of `certificate`.
    pub(crate) fn is_verified(&self, certificate: &Certificate, value: &[u8]) -> bool {
        self.verified.get().is_some_and(|(by, verified)| by == certificate && verified == value)
    }
}

/// By what is to be signed, and how.
impl PartialEq for SigningInput {
    fn eq(&self, other: &Self) -> bool {
        (&self.message, self.algorithm) == (&other.message, other.algorithm)
    }
}

impl Eq for SigningInput {}
