//! The ASN.1 of the time-stamp protocol, both ways.
//!
//! Invariant: plain values; nothing is judged here. What a TSA signed is the bytes in the token, never a re-encoding
//! of [`TstInfo`].
//!
//! Specified in RFC 3161, 2.4 (with RFC 5816's changes, which lie in the CMS attributes and not here).
//! Nouns: [`TimeStampReq`], [`TimeStampResp`] with [`PkiStatusInfo`], [`TstInfo`] with [`GenTime`] and [`Accuracy`].

use const_oid::ObjectIdentifier;
use der::asn1::{BitString, GeneralizedTime, Int, OctetString};
use der::{Any, DateTime, DecodeValue, EncodeValue, ErrorKind, FixedTag, Header, Length, Reader, Tag, Tagged, Writer};
use spki::AlgorithmIdentifierOwned;

use crate::pki::extension::Extension;
use crate::pki::name::text_of;
use crate::pki::oid::Oid;
use crate::time::Time;

/// `id-ct-TSTInfo`, the content type of every token (RFC 3161, 2.4.2).
pub(crate) const ID_CT_TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");

/// What a client asks (RFC 3161, 2.4.1).
#[derive(Clone, Debug, PartialEq, Eq, der::Sequence)]
pub(crate) struct TimeStampReq {
    pub(crate) version: u8,
    pub(crate) message_imprint: MessageImprint,
    #[asn1(optional = "true")]
    pub(crate) req_policy: Option<Oid>,
    #[asn1(optional = "true")]
    pub(crate) nonce: Option<Int>,
    #[asn1(default = "bool::default")]
    pub(crate) cert_req: bool,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", constructed = "true", optional = "true")]
    pub(crate) extensions: Option<Vec<Extension>>,
}

/// The digest of what is stamped (RFC 3161, 2.4.1).
#[derive(Clone, Debug, PartialEq, Eq, der::Sequence)]
pub(crate) struct MessageImprint {
    pub(crate) hash_algorithm: AlgorithmIdentifierOwned,
    pub(crate) hashed_message: OctetString,
}

impl MessageImprint {
    #[cfg(test)]
    pub(crate) fn new(algorithm: crate::digest::DigestAlgorithm, digest: &[u8]) -> der::Result<Self> {
        Ok(Self {
            hash_algorithm: crate::pki::algorithm::digest_identifier(algorithm),
            hashed_message: OctetString::new(digest)?,
        })
    }
}

/// What a TSA answers (RFC 3161, 2.4.2).
#[derive(Clone, Debug, PartialEq, Eq, der::Sequence)]
pub(crate) struct TimeStampResp {
    pub(crate) status: PkiStatusInfo,
    /// A `ContentInfo`, kept unread: its bytes are what is stored.
    #[asn1(optional = "true")]
    pub(crate) time_stamp_token: Option<Any>,
}

/// Whether a token was granted, and the server's reasons where not (RFC 3161, 2.4.2).
#[derive(Clone, Debug, PartialEq, Eq, der::Sequence)]
pub(crate) struct PkiStatusInfo {
    pub(crate) status: u32,
    /// `PKIFreeText`: UTF8Strings, but real servers write other string types too.
    #[asn1(optional = "true")]
    pub(crate) status_string: Option<Vec<Any>>,
    #[asn1(optional = "true")]
    pub(crate) fail_info: Option<BitString>,
}

impl PkiStatusInfo {
    pub(crate) const GRANTED: u32 = 0;
    pub(crate) const GRANTED_WITH_MODS: u32 = 1;
    #[cfg(any(test, feature = "authority"))]
    pub(crate) const REJECTION: u32 = 2;

    /// The answer that a token follows.
    #[cfg(any(test, feature = "authority"))]
    pub(crate) fn granted() -> Self {
        Self { status: Self::GRANTED, status_string: None, fail_info: None }
    }

    /// A refusal that says why; `bit` is one of `PKIFailureInfo`'s (RFC 3161, 2.4.2).
    #[cfg(any(test, feature = "authority"))]
    pub(crate) fn rejection(bit: u8, text: &str) -> der::Result<Self> {
        let index = usize::from(bit);
        let mut bits = vec![false; index.saturating_add(1)];
        if let Some(last) = bits.get_mut(index) {
            *last = true;
        }
        Ok(Self {
            status: Self::REJECTION,
            status_string: Some(vec![Any::new(Tag::Utf8String, text.as_bytes())?]),
            fail_info: Some(named_bits(&bits)?),
        })
    }

    /// The server's words, one string a line.
    pub(crate) fn text(&self) -> String {
        let strings = self.status_string.iter().flatten();
        strings.filter_map(|any| text_of(any.tag(), any.value())).collect::<Vec<_>>().join("\n")
    }
}

/// A named bit list: trailing zero bits are left out (X.690, 11.2.2).
#[cfg(any(test, feature = "authority"))]
fn named_bits(bits: &[bool]) -> der::Result<BitString> {
    let mut bytes = vec![0u8; bits.len().div_ceil(8)];
    for (index, _) in bits.iter().enumerate().filter(|(_, set)| **set) {
        if let Some(byte) = bytes.get_mut(index / 8) {
            *byte |= 0x80u8 >> (index % 8);
        }
    }
    let unused = bytes.len().saturating_mul(8).saturating_sub(bits.len());
    BitString::new(u8::try_from(unused).unwrap_or(0), bytes)
}

/// What a TSA signs (RFC 3161, 2.4.2).
#[derive(Clone, Debug, PartialEq, Eq, der::Sequence)]
pub(crate) struct TstInfo {
    pub(crate) version: u8,
    pub(crate) policy: Oid,
    pub(crate) message_imprint: MessageImprint,
    pub(crate) serial_number: Int,
    pub(crate) gen_time: GenTime,
    #[asn1(optional = "true")]
    pub(crate) accuracy: Option<Accuracy>,
    #[asn1(default = "bool::default")]
    pub(crate) ordering: bool,
    #[asn1(optional = "true")]
    pub(crate) nonce: Option<Int>,
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT", optional = "true")]
    /// A `GeneralName`, left as received.
    pub(crate) tsa: Option<Any>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", constructed = "true", optional = "true")]
    pub(crate) extensions: Option<Vec<Extension>>,
}

/// How far `genTime` may be off, both ways (RFC 3161, 2.4.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, der::Sequence)]
pub(crate) struct Accuracy {
    #[asn1(optional = "true")]
    pub(crate) seconds: Option<u64>,
    #[asn1(context_specific = "0", tag_mode = "IMPLICIT", optional = "true")]
    pub(crate) millis: Option<u16>,
    #[asn1(context_specific = "1", tag_mode = "IMPLICIT", optional = "true")]
    pub(crate) micros: Option<u16>,
}

impl Accuracy {
    pub(crate) fn to_nanoseconds(self) -> i128 {
        let parts = [
            (i128::from(self.seconds.unwrap_or(0)), 1_000_000_000),
            (i128::from(self.millis.unwrap_or(0)), 1_000_000),
            (i128::from(self.micros.unwrap_or(0)), 1_000),
        ];
        parts.into_iter().fold(0, |sum, (count, unit)| sum.saturating_add(count.saturating_mul(unit)))
    }
}

/// A GeneralizedTime in UTC that may have a fraction of a second, as RFC 3161 allows and RFC 5280 does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct GenTime {
    seconds: Time,
    nanoseconds: u32,
}

impl GenTime {
    /// A full second, which is what we write.
    #[cfg(any(test, feature = "authority"))]
    pub(crate) fn new(seconds: Time) -> Self {
        Self { seconds, nanoseconds: 0 }
    }

    /// The second, its fraction dropped.
    pub(crate) fn time(self) -> Time {
        self.seconds
    }

    pub(crate) fn unix_nanoseconds(self) -> i128 {
        i128::from(self.seconds.to_unix()).saturating_mul(1_000_000_000).saturating_add(self.nanoseconds.into())
    }

    /// The fraction; digits beyond the ninth are dropped.
    #[cfg(test)]
    pub(crate) fn nanoseconds(self) -> u32 {
        self.nanoseconds
    }

    fn parse(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?.strip_suffix('Z')?;
        let (whole, fraction) = text.split_at_checked(14)?;
        if !whole.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let two = |from: usize| whole.get(from..from.checked_add(2)?)?.parse::<u8>().ok();
        // A leap second is the last of its minute: DateTime knows none.
        let second = two(12).filter(|second| *second <= 60)?.min(59);
        let date = DateTime::new(whole.get(..4)?.parse().ok()?, two(4)?, two(6)?, two(8)?, two(10)?, second).ok()?;
        let seconds = Time::from_unix(i64::try_from(date.unix_duration().as_secs()).ok()?);
        Some(Self { seconds, nanoseconds: nanoseconds(fraction)? })
    }

    fn text(self) -> der::Result<String> {
        let since = u64::try_from(self.seconds.to_unix()).map_err(|_| Tag::GeneralizedTime.value_error())?;
        let date = GeneralizedTime::from_unix_duration(std::time::Duration::from_secs(since))?.to_date_time();
        let (year, month, day) = (date.year(), date.month(), date.day());
        let (hour, minute, second) = (date.hour(), date.minutes(), date.seconds());
        let fraction = format!(".{:09}", self.nanoseconds);
        let fraction = fraction.trim_end_matches('0').trim_end_matches('.');
        Ok(format!("{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}{fraction}Z"))
    }
}

/// Nothing, or a point (or comma: X.680, 46.2) and at least one digit.
fn nanoseconds(fraction: &str) -> Option<u32> {
    if fraction.is_empty() {
        return Some(0);
    }
    let digits = fraction.strip_prefix(['.', ','])?;
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    format!("{digits:0<9}").get(..9)?.parse().ok()
}

impl FixedTag for GenTime {
    const TAG: Tag = Tag::GeneralizedTime;
}

impl<'a> DecodeValue<'a> for GenTime {
    type Error = der::Error;

    fn decode_value<R: Reader<'a>>(reader: &mut R, header: Header) -> der::Result<Self> {
        let text = reader.read_vec(header.length())?;
        Self::parse(&text).ok_or_else(|| ErrorKind::DateTime.into())
    }
}

impl EncodeValue for GenTime {
    fn value_len(&self) -> der::Result<Length> {
        Length::try_from(self.text()?.len())
    }

    fn encode_value(&self, writer: &mut impl Writer) -> der::Result<()> {
        writer.write(self.text()?.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use crate::digest::DigestAlgorithm;
    use der::{Decode, Encode};

    use super::*;

    fn gen_time(text: &str) -> Option<GenTime> {
        GenTime::parse(text.as_bytes())
    }

    #[test]
    fn gen_time_with_and_without_fraction() {
        let full = gen_time("20261007002523Z").unwrap();
        assert_eq!((full.time().to_string().as_str(), full.nanoseconds()), ("2026-10-07T00:25:23Z", 0));
        for (text, nanoseconds) in [
            ("20261007002523.5Z", 500_000_000),
            ("20261007002523.000001Z", 1_000),
            ("20261007002523.123456789123Z", 123_456_789),
            ("20261007002523,25Z", 250_000_000),
        ] {
            let read = gen_time(text).unwrap();
            assert_eq!((read.time(), read.nanoseconds()), (full.time(), nanoseconds), "{text}");
        }
        for text in [
            "",
            "Z",
            "20261007002523",
            "20261007002523.Z",
            "20261007002523.5",
            "202610070025Z",
            "20261307002523Z",
            "20261007002561Z",
            "+2026100700252Z",
            "20261007002523+0900",
        ] {
            assert_eq!(gen_time(text), None, "{text}");
        }
    }

    #[test]
    fn values_round_trip() {
        let tst = TstInfo {
            version: 1,
            policy: "2.999.4".parse().unwrap(),
            message_imprint: MessageImprint::new(DigestAlgorithm::Sha256, &[7; 32]).unwrap(),
            serial_number: Int::new(&[1, 2, 3]).unwrap(),
            gen_time: gen_time("20261007002523.25Z").unwrap(),
            accuracy: Some(Accuracy { seconds: Some(1), millis: Some(500), micros: None }),
            ordering: true,
            nonce: Some(Int::new(&[0x7f, 0]).unwrap()),
            tsa: None,
            extensions: None,
        };
        assert_eq!(TstInfo::from_der(&tst.to_der().unwrap()), Ok(tst));
    }

    #[test]
    fn a_rejection_names_its_bit_and_its_words() {
        let status = PkiStatusInfo::rejection(25, "out of order").unwrap();
        let read = PkiStatusInfo::from_der(&status.to_der().unwrap()).unwrap();
        assert_eq!(read.text(), "out of order");
        let set: Vec<usize> =
            read.fail_info.unwrap().bits().enumerate().filter(|(_, set)| *set).map(|(at, _)| at).collect();
        assert_eq!(set, [25]);
    }
}
