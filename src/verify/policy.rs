//! Which algorithms can be relied on, and until when; and what else is asked of a signature.
//!
//! Invariant: pure values: the caller says which time counts; nothing here knows what time it is.
//!
//! Specified in TS 119 312 V1.5.1 and CRYPTREC LS-0001-2022 (end dates), applied as EN 319 102-1, 5.2.8 asks; EN 319 102-1, 4.2.4
//! (constraints). Nouns: [`Policy`], [`Algorithm`], and [`Constraint`], which stands in the report.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use crate::digest::DigestAlgorithm;
use crate::pki::algorithm::SignatureAlgorithm;
use crate::pki::key::PublicKey;
use crate::report::{Constraint, ModificationRule};
use crate::time::Time;

/// The start of each day on which something ends.
const END_2004: Time = Time::from_unix(1_091_318_400);
const END_2010: Time = Time::from_unix(1_280_620_800);
const END_2012: Time = Time::from_unix(1_343_779_200);
const END_2015: Time = Time::from_unix(1_448_928_000);
const END_2019: Time = Time::from_unix(1_569_888_000);
const END_2021: Time = Time::from_unix(1_633_046_400);
const END_2029: Time = Time::from_unix(1_861_920_000);
const END_2031: Time = Time::from_unix(1_924_992_000);
const END_2051: Time = Time::from_unix(2_556_144_000);
const END_2071: Time = Time::from_unix(3_187_296_000);
const NEVER: Option<Time> = None;

/// A digest, or a kind of signature under keys of some size. In a rule, `bits` is the least size that the rule is about; a rule about a
/// greater size takes over from there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// A digest, wherever it is used.
    Digest(DigestAlgorithm),
    /// RSASSA-PKCS1-v1_5.
    RsaPkcs1 {
        /// The modulus' length.
        bits: u32,
    },
    /// RSASSA-PSS.
    RsaPss {
        /// The modulus' length.
        bits: u32,
    },
    /// ECDSA.
    Ecdsa {
        /// The field's length.
        bits: u32,
    },
    /// DSA.
    Dsa {
        /// The modulus' length.
        bits: u32,
    },
    /// Ed25519 and Ed448.
    EdDsa {
        /// The field's length.
        bits: u32,
    },
    /// ML-DSA.
    MlDsa {
        /// The strength that its parameters are for: 128, 192 or 256.
        bits: u32,
    },
}

/// What a verification relies on and asks for: algorithms, each until a date, and constraints. A pure value.
///
/// An algorithm without a rule is not relied on at all. Every policy of this library asks for all [constraints](Constraint) but
/// [`ContentCommitment`](Constraint::ContentCommitment) and [`ClaimedTime`](Constraint::ClaimedTime), so that what cannot be told
/// does not pass.
///
/// # Differences to the default policy of EU DSS
/// | Check | Here | EU DSS 6.4 |
/// |---|---|---|
/// | Changes that `/DocMDP`, `/FieldMDP` or a lock forbids, and changes that nothing permits | do not pass ([`ModificationRule`]) | warning |
/// | Status of the certificate authorities of timestamps | required | warning |
/// | Freshness of revocation data (EN 319 102-1, 5.2.5) | required: until `nextUpdate` | ignored |
/// | Order of timestamps | required | warning |
/// | Extended key usage of timestamp authorities | required, critical and sole (RFC 3161, 2.3) | required |
/// | Key usage of the signer | digitalSignature or nonRepudiation required | nonRepudiation: warning |
/// | An algorithm past its end | fails from that date on | warning where it ended after the catalogue was issued |
/// | Claimed time within the certificate's validity | on request: nobody vouches for it | required |
///
/// # Examples
/// ```
/// use pades_ltv::{Algorithm, Policy};
/// let end = "2040-01-01T00:00:00Z".parse()?;
/// let own = Policy::etsi_119312().named("ours").ending(Algorithm::Ecdsa { bits: 256 }, end);
/// assert_eq!(own.end_of(Algorithm::Ecdsa { bits: 256 }), Some(end));
/// assert_eq!(own.end_of(Algorithm::Ecdsa { bits: 384 }), Some(end), "no rule of its own");
/// # Ok::<(), pades_ltv::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    name: String,
    /// What comes later counts more.
    rules: Vec<(Algorithm, Option<Time>)>,
    constraints: BTreeSet<Constraint>,
    modification: ModificationRule,
    timestamp_delay: Option<Duration>,
    clock_tolerance: Duration,
}

/// How far the clocks of those who answer may be ahead of ours unless told: what OpenSSL and most clients allow.
const CLOCK_TOLERANCE: Duration = Duration::from_secs(300);

/// What no policy asks for unless told.
const ON_REQUEST: [Constraint; 2] = [Constraint::ContentCommitment, Constraint::ClaimedTime];

impl Policy {
    /// TS 119 312 V1.5.1, the default.
    ///
    /// EdDSA and ML-DSA are not in that edition; ISO/TS 32002 and FIPS 204 are, and neither has an end yet.
    pub fn etsi_119312() -> Self {
        use Algorithm::{Digest, Dsa, Ecdsa, EdDsa, MlDsa, RsaPkcs1, RsaPss};
        use DigestAlgorithm::{Md5, Sha1, Sha224};
        let rules = [
            (Digest(Md5), Some(END_2004)),
            (Digest(Sha1), Some(END_2012)),
            (Digest(Sha224), Some(END_2029)),
            (RsaPkcs1 { bits: 786 }, Some(END_2010)),
            (RsaPkcs1 { bits: 1024 }, Some(END_2019)),
            (RsaPkcs1 { bits: 1900 }, Some(END_2029)),
            (RsaPss { bits: 786 }, Some(END_2010)),
            (RsaPss { bits: 1024 }, Some(END_2019)),
            (RsaPss { bits: 1900 }, Some(END_2029)),
            (RsaPss { bits: 3000 }, NEVER),
            (Dsa { bits: 1024 }, Some(END_2015)),
            (Dsa { bits: 1900 }, Some(END_2029)),
            (Dsa { bits: 3000 }, NEVER),
            (Ecdsa { bits: 160 }, Some(END_2012)),
            (Ecdsa { bits: 224 }, Some(END_2021)),
            (Ecdsa { bits: 256 }, NEVER),
            (EdDsa { bits: 0 }, NEVER),
            (MlDsa { bits: 0 }, NEVER),
        ];
        Self::of("etsi-119312", every_digest(|_| NEVER).chain(rules))
    }

    /// The Japanese government's list and key lengths (CRYPTREC LS-0001-2022): 112 bits of strength to the end of 2030, 128 to that of
    /// 2050, more to that of 2070. What was out before the list ends as in [`etsi_119312`](Self::etsi_119312).
    pub fn cryptrec() -> Self {
        use Algorithm::{Digest, Dsa, Ecdsa, EdDsa, MlDsa, RsaPkcs1, RsaPss};
        use DigestAlgorithm::{Md5, Sha1, Sha3_256, Sha224, Sha256};
        // Keys of the multiplicative group, by the length of the modulus.
        let modulus = |of: fn(u32) -> Algorithm| {
            [
                (of(786), Some(END_2010)),
                (of(1024), Some(END_2019)),
                (of(2048), Some(END_2031)),
                (of(3072), Some(END_2051)),
                (of(7680), Some(END_2071)),
            ]
        };
        let rules = [
            (Digest(Md5), Some(END_2004)),
            (Digest(Sha1), Some(END_2012)),
            (Digest(Sha224), Some(END_2031)),
            (Digest(Sha256), Some(END_2051)),
            (Digest(Sha3_256), Some(END_2051)),
            (Ecdsa { bits: 160 }, Some(END_2012)),
            (Ecdsa { bits: 224 }, Some(END_2031)),
            (Ecdsa { bits: 256 }, Some(END_2051)),
            (Ecdsa { bits: 384 }, Some(END_2071)),
            (EdDsa { bits: 0 }, Some(END_2051)),
            (EdDsa { bits: 448 }, Some(END_2071)),
            (MlDsa { bits: 0 }, Some(END_2051)),
            (MlDsa { bits: 192 }, Some(END_2071)),
        ];
        let keys = [modulus(|bits| RsaPkcs1 { bits }), modulus(|bits| RsaPss { bits }), modulus(|bits| Dsa { bits })];
        Self::of("cryptrec", every_digest(|_| Some(END_2071)).chain(rules).chain(keys.into_iter().flatten()))
    }

    /// Everything that this library can compute, for ever: for looking at old files, not for relying on them.
    pub fn permissive() -> Self {
        use Algorithm::{Dsa, Ecdsa, EdDsa, MlDsa, RsaPkcs1, RsaPss};
        let bits = 0;
        let keys = [RsaPkcs1 { bits }, RsaPss { bits }, Dsa { bits }, Ecdsa { bits }, EdDsa { bits }, MlDsa { bits }];
        Self::of("permissive", every_digest(|_| NEVER).chain(keys.map(|one| (one, NEVER))))
    }

    fn of(name: &str, rules: impl Iterator<Item = (Algorithm, Option<Time>)>) -> Self {
        let constraints = Constraint::ALL.iter().copied().filter(|one| !ON_REQUEST.contains(one)).collect();
        Self {
            name: name.to_owned(),
            rules: rules.collect(),
            constraints,
            modification: ModificationRule::default(),
            timestamp_delay: None,
            clock_tolerance: CLOCK_TOLERANCE,
        }
    }

    /// The same rules under another name, which stands in reports.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Relies on `algorithm`, and on greater keys of its kind that had the same rule, before `date` only.
    #[must_use]
    pub fn ending(mut self, algorithm: Algorithm, date: Time) -> Self {
        self.rules.push((algorithm, Some(date)));
        self
    }

    /// Asks for `constraint`, too.
    #[must_use]
    pub fn requiring(mut self, constraint: Constraint) -> Self {
        self.constraints.insert(constraint);
        self
    }

    /// Does not ask for `constraint`.
    #[must_use]
    pub fn waiving(mut self, constraint: Constraint) -> Self {
        self.constraints.remove(&constraint);
        self
    }

    /// Whether `constraint` is asked for.
    pub fn requires(&self, constraint: Constraint) -> bool {
        self.constraints.contains(&constraint)
    }

    /// Everything that is asked for.
    pub fn constraints(&self) -> impl Iterator<Item = Constraint> {
        self.constraints.iter().copied()
    }

    /// What later revisions may change; [`ModificationRule::AsPermitted`] unless told.
    #[must_use]
    pub fn modifications(mut self, rule: ModificationRule) -> Self {
        self.modification = rule;
        self
    }

    /// What later revisions may change.
    pub fn modification_rule(&self) -> ModificationRule {
        self.modification
    }

    /// Wants proof that a signature existed within `delay` of its claimed time (EN 319 102-1, 5.5.4, step 4). A signature without a
    /// claimed time or without such a proof is INDETERMINATE / SIG_CONSTRAINTS_FAILURE.
    #[must_use]
    pub fn timestamped_within(mut self, delay: Duration) -> Self {
        self.timestamp_delay = Some(delay);
        self
    }

    /// How long after its claimed time a signature has to be proved to exist; `None` where that is not asked.
    pub fn timestamp_delay(&self) -> Option<Duration> {
        self.timestamp_delay
    }

    /// Allows the clocks of authorities to be ahead of the validation time by `tolerance`; five minutes unless told. Who says "good" of a
    /// later time, and a timestamp that states one, is not relied on (RFC 6960, 4.2.2.1; EN 319 102-1, 5.4). No proof of existence is ever
    /// taken from ahead of the validation time, tolerance or not.
    #[must_use]
    pub fn clocks_apart(mut self, tolerance: Duration) -> Self {
        self.clock_tolerance = tolerance;
        self
    }

    /// How far the clocks of authorities may be ahead of the validation time.
    pub fn clock_tolerance(&self) -> Duration {
        self.clock_tolerance
    }

    /// The policy's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// From when on `algorithm` is not relied on; `None` where it never ends.
    pub fn end_of(&self, algorithm: Algorithm) -> Option<Time> {
        let about = self.rules.iter().filter_map(|(rule, end)| Some((rule.least(algorithm)?, *end)));
        // The last of equal ones.
        about.max_by_key(|(least, _)| *least).map_or(Some(Time::MIN), |(_, end)| end)
    }

    /// Every date on which something ends.
    pub(crate) fn ends(&self) -> impl Iterator<Item = Time> {
        self.rules.iter().filter_map(|(_, end)| *end)
    }

    /// From when on signatures of `algorithm` under `key` are not relied on, and because of what.
    pub(crate) fn end_of_signature(&self, algorithm: SignatureAlgorithm, key: &PublicKey) -> Option<Unreliable> {
        let parts = [Some(Algorithm::Digest(algorithm.digest())), Some(scheme(algorithm, key)), mask_of(algorithm)];
        let ends = parts.into_iter().flatten().filter_map(|what| Some(Unreliable { what, until: self.end_of(what)? }));
        ends.min_by_key(|one| one.until)
    }

    /// Whether signatures of `algorithm` under `key` are reliable at `time`.
    pub(crate) fn check_signature(
        &self,
        algorithm: SignatureAlgorithm,
        key: &PublicKey,
        time: Time,
    ) -> Result<(), Unreliable> {
        self.end_of_signature(algorithm, key).filter(|weak| weak.until <= time).map_or(Ok(()), Err)
    }

    /// Whether `digest` is reliable at `time`.
    pub(crate) fn check_digest(&self, digest: DigestAlgorithm, time: Time) -> Result<(), Unreliable> {
        let what = Algorithm::Digest(digest);
        match self.end_of(what) {
            Some(until) if until <= time => Err(Unreliable { what, until }),
            _ => Ok(()),
        }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::etsi_119312()
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

impl Algorithm {
    /// Where a rule about `self` is about `other`, its least size.
    fn least(self, other: Self) -> Option<u32> {
        let (least, bits) = match (self, other) {
            (Self::Digest(rule), Self::Digest(digest)) => return (rule == digest).then_some(0),
            (Self::RsaPkcs1 { bits: least }, Self::RsaPkcs1 { bits })
            | (Self::RsaPss { bits: least }, Self::RsaPss { bits })
            | (Self::Dsa { bits: least }, Self::Dsa { bits })
            | (Self::Ecdsa { bits: least }, Self::Ecdsa { bits })
            | (Self::EdDsa { bits: least }, Self::EdDsa { bits })
            | (Self::MlDsa { bits: least }, Self::MlDsa { bits }) => (least, bits),
            _ => return None,
        };
        (least <= bits).then_some(least)
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Digest(digest) => f.write_str(digest.name()),
            Self::RsaPkcs1 { bits } => write!(f, "RSA PKCS#1 v1.5 with {bits} bits"),
            Self::RsaPss { bits } => write!(f, "RSASSA-PSS with {bits} bits"),
            Self::Ecdsa { bits } => write!(f, "ECDSA with {bits} bits"),
            Self::Dsa { bits } => write!(f, "DSA with {bits} bits"),
            Self::EdDsa { bits } => write!(f, "EdDSA with {bits} bits"),
            Self::MlDsa { bits } => write!(f, "ML-DSA of {bits} bits"),
        }
    }
}

fn every_digest(end: impl Fn(DigestAlgorithm) -> Option<Time>) -> impl Iterator<Item = (Algorithm, Option<Time>)> {
    DigestAlgorithm::ALL.iter().map(move |digest| (Algorithm::Digest(*digest), end(*digest)))
}

fn scheme(algorithm: SignatureAlgorithm, key: &PublicKey) -> Algorithm {
    let bits = key.bits();
    match algorithm {
        SignatureAlgorithm::RsaPkcs1(_) => Algorithm::RsaPkcs1 { bits },
        SignatureAlgorithm::RsaPss { .. } => Algorithm::RsaPss { bits },
        SignatureAlgorithm::Ecdsa(_) => Algorithm::Ecdsa { bits },
        SignatureAlgorithm::Dsa(_) => Algorithm::Dsa { bits },
        SignatureAlgorithm::Ed25519 | SignatureAlgorithm::Ed448 => Algorithm::EdDsa { bits },
        SignatureAlgorithm::MlDsa44 => Algorithm::MlDsa { bits: 128 },
        SignatureAlgorithm::MlDsa65 => Algorithm::MlDsa { bits: 192 },
        SignatureAlgorithm::MlDsa87 => Algorithm::MlDsa { bits: 256 },
    }
}

/// The digest inside of PSS's mask, which a forger would have to break as well.
fn mask_of(algorithm: SignatureAlgorithm) -> Option<Algorithm> {
    match algorithm {
        SignatureAlgorithm::RsaPss { mask, .. } => Some(Algorithm::Digest(mask)),
        _ => None,
    }
}

/// Why an algorithm cannot be relied on at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) struct Unreliable {
    pub(crate) what: Algorithm,
    pub(crate) until: Time,
}

impl fmt::Display for Unreliable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.until == Time::MIN {
            return write!(f, "{} is not reliable", self.what);
        }
        write!(f, "{} is not reliable after {}", self.what, self.until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Time {
        format!("{text}T00:00:00Z").parse().unwrap()
    }

    #[test]
    fn a_digest_ends_on_its_day() {
        let policy = Policy::default();
        assert!(policy.check_digest(DigestAlgorithm::Sha1, "2012-07-31T23:59:59Z".parse().unwrap()).is_ok());
        let fault = policy.check_digest(DigestAlgorithm::Sha1, day("2012-08-01")).unwrap_err();
        assert_eq!(fault.to_string(), "SHA-1 is not reliable after 2012-08-01T00:00:00Z");
        for (end, text) in [
            (END_2004, "2004-08-01"),
            (END_2010, "2010-08-01"),
            (END_2015, "2015-12-01"),
            (END_2019, "2019-10-01"),
            (END_2021, "2021-10-01"),
            (END_2029, "2029-01-01"),
            (END_2031, "2031-01-01"),
            (END_2051, "2051-01-01"),
            (END_2071, "2071-01-01"),
        ] {
            assert_eq!(end, day(text));
        }
    }

    #[test]
    fn policies_differ_where_their_lists_do() {
        let ends = |algorithm: Algorithm| {
            [Policy::etsi_119312(), Policy::cryptrec(), Policy::permissive()].map(|policy| policy.end_of(algorithm))
        };
        let (y29, y31, y51) = (Some(END_2029), Some(END_2031), Some(END_2051));
        assert_eq!(ends(Algorithm::RsaPkcs1 { bits: 2048 }), [y29, y31, None]);
        assert_eq!(ends(Algorithm::RsaPkcs1 { bits: 4096 }), [y29, y51, None]);
        assert_eq!(ends(Algorithm::RsaPss { bits: 3072 }), [None, y51, None]);
        assert_eq!(ends(Algorithm::Ecdsa { bits: 256 }), [None, y51, None]);
        assert_eq!(ends(Algorithm::Digest(DigestAlgorithm::Sha1)), [Some(END_2012), Some(END_2012), None]);
        // What nobody lists is never relied on.
        assert_eq!(ends(Algorithm::RsaPkcs1 { bits: 512 }), [Some(Time::MIN), Some(Time::MIN), None]);
    }

    #[test]
    fn ones_own_rules_come_last() {
        let policy = Policy::default().ending(Algorithm::Ecdsa { bits: 256 }, day("2030-01-01"));
        assert_eq!(policy.end_of(Algorithm::Ecdsa { bits: 521 }), Some(day("2030-01-01")));
        let policy = policy.ending(Algorithm::Ecdsa { bits: 384 }, day("2040-01-01"));
        assert_eq!(policy.end_of(Algorithm::Ecdsa { bits: 521 }), Some(day("2040-01-01")));
        assert_eq!(policy.end_of(Algorithm::Ecdsa { bits: 256 }), Some(day("2030-01-01")));
    }
}
