//! The token: a SignedData over a TSTInfo, which proves that data existed at a time.
//!
//! Invariant: the signer is the certificate that the signed ESS attribute names, never just any certificate at hand.
//! Invariant: the token's own bytes are what is stored and checked; the parsed view is only for reading.
//!
//! Specified in RFC 3161, 2.4.2 and 2.3; RFC 5816. Noun: [`TimestampToken`].

use const_oid::ObjectIdentifier;
use der::Decode;

use super::asn1::{Accuracy, ID_CT_TST_INFO, TstInfo};
use super::fault::TimestampFault;
use crate::digest::{DigestAlgorithm, hex};
use crate::limits::Limits;
use crate::pki::certificate::Certificate;
use crate::pki::cms::{SignedData, SignerInfo};
use crate::pki::general_name::GeneralName;
use crate::pki::oid::Oid;
use crate::pki::purpose::{self, Purpose};
use crate::time::Time;

/// A `TimeStampToken` that can be read; whether it stands is asked with the checks.
#[derive(Clone, Debug)]
pub(crate) struct TimestampToken {
    der: Vec<u8>,
    signed_data: SignedData,
    tst: TstInfo,
}

/// Where a token does not say how exact it is: what EN 319 421, 7.7.1 demands of every TSA at least, in nanoseconds.
const UNSTATED_ACCURACY: i128 = 1_000_000_000;

/// The times that a token may have been made at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Interval {
    /// What the token states, a fraction of a second dropped.
    pub(crate) time: Time,
    /// In nanoseconds since 1970.
    pub(crate) earliest: i128,
    /// In nanoseconds since 1970.
    pub(crate) latest: i128,
}

impl Interval {
    /// The earliest time at which the token may have been made, a fraction of a second dropped.
    pub(crate) fn earliest_time(&self) -> Option<Time> {
        i64::try_from(self.earliest.div_euclid(1_000_000_000)).ok().map(Time::from_unix)
    }
}

/// Reading.
impl TimestampToken {
    /// Reads a token as it stands in `/Contents` or in an attribute; zero padding may follow.
    pub(crate) fn from_der(bytes: &[u8], limits: &Limits) -> Result<Self, TimestampFault> {
        let signed_data = SignedData::from_der(bytes, limits)?;
        if *signed_data.content_type() != ID_CT_TST_INFO {
            return Err(TimestampFault::NotTstInfo(signed_data.content_type().clone()));
        }
        signed_data.signer()?;
        let content = signed_data.content().ok_or(TimestampFault::NoTstInfo)?;
        let tst = TstInfo::from_der(content).map_err(|_| TimestampFault::MalformedTstInfo)?;
        if tst.version != 1 {
            return Err(TimestampFault::Version(tst.version));
        }
        Ok(Self { der: bytes.to_vec(), signed_data, tst })
    }

    /// The bytes received.
    pub(crate) fn der(&self) -> &[u8] {
        &self.der
    }

    pub(crate) fn signed_data(&self) -> &SignedData {
        &self.signed_data
    }

    #[cfg(test)]
    pub(crate) fn tst(&self) -> &TstInfo {
        &self.tst
    }

    /// When the data existed at the latest, a fraction of a second dropped.
    pub(crate) fn gen_time(&self) -> Time {
        self.tst.gen_time.time()
    }

    /// When that was for certain, by the token's own accuracy (RFC 3161, 2.4.2).
    pub(crate) fn interval(&self) -> Interval {
        let time = self.gen_time();
        let stated = self.tst.gen_time.unix_nanoseconds();
        let accuracy = self.tst.accuracy.map_or(UNSTATED_ACCURACY, Accuracy::to_nanoseconds);
        Interval { time, earliest: stated.saturating_sub(accuracy), latest: stated.saturating_add(accuracy) }
    }

    pub(crate) fn policy(&self) -> &Oid {
        &self.tst.policy
    }

    /// The token's number at its TSA, in lower-case hexadecimal.
    pub(crate) fn serial_hex(&self) -> String {
        hex(self.tst.serial_number.as_bytes())
    }

    /// The nonce's content octets.
    pub(crate) fn nonce(&self) -> Option<&[u8]> {
        self.tst.nonce.as_ref().map(|nonce| nonce.as_bytes())
    }

    /// The digest that was stamped.
    pub(crate) fn imprint(&self) -> &[u8] {
        self.tst.message_imprint.hashed_message.as_bytes()
    }

    pub(crate) fn imprint_algorithm_oid(&self) -> ObjectIdentifier {
        self.tst.message_imprint.hash_algorithm.oid
    }

    /// What the stamped data must be digested with.
    pub(crate) fn imprint_algorithm(&self) -> Result<DigestAlgorithm, TimestampFault> {
        let oid = self.imprint_algorithm_oid();
        DigestAlgorithm::from_oid(oid).ok_or(TimestampFault::UnknownImprintAlgorithm(oid))
    }
}

/// Checking.
impl TimestampToken {
    /// The token is for the data with this digest, made with [`Self::imprint_algorithm`].
    pub(crate) fn check_imprint(&self, digest: &[u8]) -> Result<(), TimestampFault> {
        self.imprint_algorithm()?;
        if self.imprint() == digest { Ok(()) } else { Err(TimestampFault::Imprint) }
    }

    /// The TSA's certificate: the one that the ESS attribute names, in the token or in `pool`.
    pub(crate) fn signer<'a>(&'a self, pool: &'a [Certificate]) -> Result<&'a Certificate, TimestampFault> {
        let pool = self.signed_data.certificates().iter().chain(pool);
        Ok(self.signer_info()?.authority_certificate_in(pool)?)
    }

    /// The certificate may sign tokens, was valid at the token's time, and is whom the token names (RFC 3161, 2.3 and
    /// 2.4.2).
    pub(crate) fn check_authority(&self, certificate: &Certificate) -> Result<(), TimestampFault> {
        purpose::check(certificate, Purpose::TimeStamping)?;
        self.check_statement(certificate)
    }

    /// The certificate was valid at the token's time and is whom the token names, and nothing in the token is critical
    /// and unknown (RFC 3161, 2.4.2).
    pub(crate) fn check_statement(&self, certificate: &Certificate) -> Result<(), TimestampFault> {
        self.check_validity(certificate)?;
        self.check_name(certificate)?;
        self.check_extensions()
    }

    /// The token does not state a time after `latest`: a clock that runs ahead says of nothing that it was there before.
    pub(crate) fn check_not_after(&self, latest: Time) -> Result<(), TimestampFault> {
        let time = self.gen_time();
        if time <= latest { Ok(()) } else { Err(TimestampFault::Ahead { time, latest }) }
    }

    /// The token does not state a time before `earliest`, when it was not asked for yet.
    pub(crate) fn check_not_before(&self, earliest: Time) -> Result<(), TimestampFault> {
        let time = self.gen_time();
        if time >= earliest { Ok(()) } else { Err(TimestampFault::Behind { time, earliest }) }
    }

    /// The token holds together: `certificate` signed this TSTInfo (RFC 5652, 5.6). EN 319 102-1 calls the failures
    /// HASH_FAILURE and SIG_CRYPTO_FAILURE: [`CmsFault`](crate::pki::cms::CmsFault) tells them apart.
    pub(crate) fn verify_signature(&self, certificate: &Certificate) -> Result<(), TimestampFault> {
        let signer = self.signer_info()?;
        let content = self.signed_data.content().ok_or(TimestampFault::NoTstInfo)?;
        let digest = signer.digest_algorithm()?.digest(content);
        Ok(signer.verify(certificate, &digest, ID_CT_TST_INFO)?)
    }

    /// The token's time lies in the certificate's validity.
    pub(crate) fn check_validity(&self, certificate: &Certificate) -> Result<(), TimestampFault> {
        let time = self.gen_time();
        if certificate.is_valid_at(time) {
            return Ok(());
        }
        let (not_before, not_after) = (certificate.not_before(), certificate.not_after());
        Err(TimestampFault::OutsideValidity { time, not_before, not_after })
    }

    /// The `tsa` field, where present, is one of the certificate's subject names (RFC 3161, 2.4.2).
    pub(crate) fn check_name(&self, certificate: &Certificate) -> Result<(), TimestampFault> {
        let Some(named) = &self.tst.tsa else { return Ok(()) };
        let named = GeneralName::from_any(named);
        let alternatives = certificate.alternative_names().map_err(TimestampFault::Certificate)?;
        if named == GeneralName::Directory(certificate.subject().clone()) || alternatives.contains(&named) {
            return Ok(());
        }
        Err(TimestampFault::TsaName { named: named.to_string(), subject: certificate.subject().to_string() })
    }

    fn check_extensions(&self) -> Result<(), TimestampFault> {
        let critical = self.tst.extensions.iter().flatten().find(|extension| extension.critical);
        critical.map_or(Ok(()), |extension| Err(TimestampFault::CriticalExtension(extension.extn_id.clone())))
    }

    fn signer_info(&self) -> Result<&SignerInfo, TimestampFault> {
        Ok(self.signed_data.signer()?)
    }
}
