//! `UTCTime` and `GeneralizedTime`, as certificates, CRLs and OCSP responses hold them.
//!
//! Invariant: everything that RFC 5280 allows is read, `UTCTime` from 1950 to 1969 too, which the `der` crate refuses.
//!
//! Specified in RFC 5280, 4.1.2.5.

use der::{Any, Tag, Tagged};

use crate::time::Time;

/// The time in `any`; the end of time where it lies beyond [`Time::MAX`], as "no well-defined expiration" does.
pub(crate) fn time_of(any: &Any) -> der::Result<Time> {
    let malformed = || der::Error::from(any.tag().value_error());
    let text = std::str::from_utf8(any.value()).map_err(|_| malformed())?;
    let digits = text.strip_suffix('Z').filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    let digits = digits.ok_or_else(malformed)?;
    let full = match (any.tag(), digits.len()) {
        (Tag::UtcTime, 12) => format!("{}{digits}", century(digits)),
        (Tag::GeneralizedTime, 14) => digits.to_owned(),
        _ => return Err(malformed()),
    };
    match Time::from_pdf_date(&full) {
        None if full.starts_with("999912") => Ok(Time::MAX),
        time => time.ok_or_else(malformed),
    }
}

/// Years from 50 on are of the last century.
fn century(digits: &str) -> &'static str {
    if digits.as_bytes().first().is_some_and(|first| *first >= b'5') { "19" } else { "20" }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(tag: Tag, text: &str) -> Option<String> {
        time_of(&Any::new(tag, text.as_bytes()).unwrap()).ok().map(|time| time.to_string())
    }

    #[test]
    fn both_forms_and_their_ends() {
        let utc = |text| read(Tag::UtcTime, text);
        assert_eq!(utc("500101120100Z").as_deref(), Some("1950-01-01T12:01:00Z"));
        assert_eq!(utc("491231235959Z").as_deref(), Some("2049-12-31T23:59:59Z"));
        let general = |text| read(Tag::GeneralizedTime, text);
        assert_eq!(general("20500101000000Z").as_deref(), Some("2050-01-01T00:00:00Z"));
        assert_eq!(general("99991231235959Z"), Some(Time::MAX.to_string()));
        for text in ["", "Z", "5001011201Z", "500101120100", "501301120100Z", "500101120100+0900", "+00101120100Z"] {
            assert_eq!(utc(text), None, "{text}");
        }
        for text in ["20500101000000.5Z", "205001010000Z", "20501301000000Z"] {
            assert_eq!(general(text), None, "{text}");
        }
    }
}
