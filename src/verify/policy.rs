//! Which algorithms can be relied on, and until when.
//!
//! Invariant: pure values: the caller says which time counts; nothing here knows what time it is.
//!
//! Specified in TS 119 312 V1.5.1 (end dates), applied as EN 319 102-1, 5.2.8 asks. RSA PKCS#1 v1.5 from 1900 bits on ends
//! there on 2029-01-01, which is a transition of one market; a selectable policy carries it, not this floor.

use crate::digest::DigestAlgorithm;
use crate::pki::algorithm::SignatureAlgorithm;
use crate::pki::key::PublicKey;
use crate::time::Time;

/// 2004-08-01, 2010-08-01, 2012-08-01, 2015-12-01, 2019-10-01 and 2029-01-01, at the start of the day.
const END_2004: Time = Time::from_unix(1_091_318_400);
const END_2010: Time = Time::from_unix(1_280_620_800);
const END_2012: Time = Time::from_unix(1_343_779_200);
const END_2015: Time = Time::from_unix(1_448_928_000);
const END_2019: Time = Time::from_unix(1_569_888_000);
const END_2029: Time = Time::from_unix(1_861_920_000);

/// Why an algorithm cannot be relied on at a time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} is not reliable after {until}")]
pub(crate) struct Unreliable {
    what: String,
    until: Time,
}

/// Whether signatures of `algorithm` under `key` are reliable at `time`.
pub(crate) fn check_signature(algorithm: SignatureAlgorithm, key: &PublicKey, time: Time) -> Result<(), Unreliable> {
    check_digest(algorithm.digest(), time)?;
    let what = || format!("a key of {} bits", key.bits());
    until(key_end(key), time, what)
}

/// Whether `digest` is reliable at `time`.
pub(crate) fn check_digest(digest: DigestAlgorithm, time: Time) -> Result<(), Unreliable> {
    until(digest_end(digest), time, || digest.name().to_owned())
}

fn until(end: Option<Time>, time: Time, what: impl Fn() -> String) -> Result<(), Unreliable> {
    match end {
        Some(until) if until <= time => Err(Unreliable { what: what(), until }),
        _ => Ok(()),
    }
}

fn digest_end(digest: DigestAlgorithm) -> Option<Time> {
    match digest {
        DigestAlgorithm::Md5 => Some(END_2004),
        DigestAlgorithm::Sha1 => Some(END_2012),
        DigestAlgorithm::Sha224 => Some(END_2029),
        DigestAlgorithm::Sha256
        | DigestAlgorithm::Sha384
        | DigestAlgorithm::Sha512
        | DigestAlgorithm::Sha3_256
        | DigestAlgorithm::Sha3_384
        | DigestAlgorithm::Sha3_512
        | DigestAlgorithm::Shake256 => None,
    }
}

fn key_end(key: &PublicKey) -> Option<Time> {
    match (key, key.bits()) {
        (PublicKey::Rsa(_), ..786) => Some(Time::MIN),
        (PublicKey::Rsa(_), 786..1024) => Some(END_2010),
        (PublicKey::Rsa(_), 1024..1900) => Some(END_2019),
        (PublicKey::Dsa(_), ..1900) => Some(END_2015),
        (PublicKey::Dsa(_), 1900..3000) => Some(END_2029),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_ends_on_its_day() {
        let day = |text: &str| text.parse().unwrap();
        assert!(check_digest(DigestAlgorithm::Sha1, day("2012-07-31T23:59:59Z")).is_ok());
        let fault = check_digest(DigestAlgorithm::Sha1, day("2012-08-01T00:00:00Z")).unwrap_err();
        assert_eq!(fault.to_string(), "SHA-1 is not reliable after 2012-08-01T00:00:00Z");
        assert_eq!(END_2004.to_string(), "2004-08-01T00:00:00Z");
        assert_eq!(END_2015.to_string(), "2015-12-01T00:00:00Z");
        assert_eq!(END_2010.to_string(), "2010-08-01T00:00:00Z");
        assert_eq!(END_2019.to_string(), "2019-10-01T00:00:00Z");
        assert_eq!(END_2029.to_string(), "2029-01-01T00:00:00Z");
    }
}
