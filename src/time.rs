//! Points in time, as arguments: this crate never reads a clock.
//!
//! Invariant: a [`Time`] is a count of UTC seconds; a zone exists only where a time is *written* for people, as a [`UtcOffset`].
//!
//! Specified in ISO 32000-2, 7.9.4 (PDF dates), RFC 3339 (text), RFC 5280, 4.1.2.5 (certificates).

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;
use jiff::tz::Offset;

use crate::error::{Error, ErrorKind, Result};

/// A point in time: UTC seconds since 1970-01-01T00:00:00Z.
///
/// # Examples
/// ```
/// let time: pades_ltv::Time = "2026-10-07T09:25:23+09:00".parse()?;
/// assert_eq!(time.to_string(), "2026-10-07T00:25:23Z");
/// # Ok::<(), pades_ltv::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

impl Time {
    /// The earliest time that can be written: -9999-01-02T01:59:59Z.
    pub const MIN: Self = Self(-377_705_023_201);
    /// The latest time that can be written: 9999-12-30T22:00:00Z. RFC 5280's "no well-defined end" is later and is read as this.
    pub const MAX: Self = Self(253_402_207_200);

    /// The time `seconds` after the epoch, kept within [`Time::MIN`] and [`Time::MAX`].
    pub const fn from_unix(seconds: i64) -> Self {
        if seconds < Self::MIN.0 {
            Self::MIN
        } else if seconds > Self::MAX.0 {
            Self::MAX
        } else {
            Self(seconds)
        }
    }

    /// Seconds since the epoch.
    pub const fn to_unix(self) -> i64 {
        self.0
    }

    /// This time and `duration` (whole seconds) later, at most [`Time::MAX`].
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        let seconds = i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
        Self::from_unix(self.0.saturating_add(seconds))
    }

    /// This time and `duration` (whole seconds) earlier, at least [`Time::MIN`].
    #[must_use]
    pub fn before(self, duration: Duration) -> Self {
        let seconds = i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
        Self::from_unix(self.0.saturating_sub(seconds))
    }

    /// A PDF date string in the zone `offset`: `D:20261007092523+09'00'`, or `…Z` for UTC (ISO 32000-2, 7.9.4).
    pub fn to_pdf_date(self, offset: UtcOffset) -> String {
        let local = offset.0.to_datetime(self.timestamp());
        let (year, month, day) = (local.year(), local.month(), local.day());
        let (hour, minute, second) = (local.hour(), local.minute(), local.second());
        let mut text = format!("D:{year:04}{month:02}{day:02}{hour:02}{minute:02}{second:02}");
        let minutes = offset.minutes();
        let sign = if minutes < 0 { '-' } else { '+' };
        let (hours, rest) = (minutes.unsigned_abs() / 60, minutes.unsigned_abs() % 60);
        match minutes {
            0 => text.push('Z'),
            _ => text.push_str(&format!("{sign}{hours:02}'{rest:02}'")),
        }
        text
    }

    /// Reads a PDF date; parts after the year may be missing, and a missing zone is read as UTC.
    ///
    /// Returns `None` where the text is no date.
    pub fn from_pdf_date(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix("D:").unwrap_or(text);
        let digits_end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        let (digits, zone) = text.split_at_checked(digits_end)?;
        let part = |from: usize, to: usize, missing: i8| match digits.get(from..to) {
            Some(part) => part.parse().ok(),
            None if digits.len() <= from => Some(missing),
            None => None,
        };
        let date = jiff::civil::DateTime::new(
            digits.get(0..4)?.parse().ok()?,
            part(4, 6, 1)?,
            part(6, 8, 1)?,
            part(8, 10, 0)?,
            part(10, 12, 0)?,
            part(12, 14, 0)?,
            0,
        );
        let time = zone_of(zone)?.0.to_timestamp(date.ok()?).ok()?;
        Some(Self::from_unix(time.as_second()))
    }

    /// This time as `2026-10-07 09:25:23 +09:00`, in the zone `offset`.
    pub fn display_in(self, offset: UtcOffset) -> String {
        let local = offset.0.to_datetime(self.timestamp());
        format!("{} {offset}", local.strftime("%Y-%m-%d %H:%M:%S"))
    }

    fn timestamp(self) -> Timestamp {
        Timestamp::from_second(self.0).unwrap_or(Timestamp::MAX)
    }
}

impl fmt::Display for Time {
    /// RFC 3339, in UTC: `2026-10-07T00:25:23Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.timestamp())
    }
}

impl std::str::FromStr for Time {
    type Err = Error;

    /// Reads RFC 3339. Fractions of a second are dropped.
    fn from_str(text: &str) -> Result<Self> {
        let timestamp: Timestamp = text.parse().map_err(|fault: jiff::Error| {
            Error::new(ErrorKind::Syntax, format!("\"{text}\" is not a time"))
                .because(fault)
                .advise("write RFC 3339 with a zone, as in 2026-10-07T09:25:23+09:00")
        })?;
        Ok(Self::from_unix(timestamp.as_second()))
    }
}

impl From<std::time::SystemTime> for Time {
    /// Whole seconds; parts of a second are dropped.
    fn from(time: std::time::SystemTime) -> Self {
        match time.duration_since(std::time::UNIX_EPOCH) {
            Ok(since) => Self(0).after(since),
            Err(earlier) => Self(0).before(earlier.duration()),
        }
    }
}

/// How far a zone is ahead of UTC, in whole minutes. Japan is `UtcOffset::east(9, 0)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UtcOffset(Offset);

impl UtcOffset {
    /// UTC itself.
    pub const UTC: Self = Self(Offset::UTC);

    /// The zone `hours` and `minutes` ahead of UTC, at most 25 hours.
    pub fn east(hours: u8, minutes: u8) -> Self {
        Self::from_minutes(in_minutes(hours, minutes))
    }

    /// The zone `hours` and `minutes` behind UTC, at most 25 hours.
    pub fn west(hours: u8, minutes: u8) -> Self {
        Self::from_minutes(in_minutes(hours, minutes).saturating_neg())
    }

    /// Minutes ahead of UTC; negative is behind.
    pub fn minutes(self) -> i32 {
        self.0.seconds() / 60
    }

    fn from_minutes(minutes: i32) -> Self {
        let minutes = minutes.clamp(-25 * 60, 25 * 60);
        Self(Offset::from_seconds(minutes.saturating_mul(60)).unwrap_or(Offset::UTC))
    }
}

impl fmt::Display for UtcOffset {
    /// `+09:00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = self.minutes();
        let sign = if minutes < 0 { '-' } else { '+' };
        write!(f, "{sign}{:02}:{:02}", minutes.unsigned_abs() / 60, minutes.unsigned_abs() % 60)
    }
}

/// The zone at the end of a PDF date: nothing, `Z`, `Z00'00'`, `+09`, `+09'00`, `+09'00'`.
fn zone_of(text: &str) -> Option<UtcOffset> {
    let (sign, rest) = match text.as_bytes().first() {
        None | Some(b'Z') => return Some(UtcOffset::UTC),
        Some(b'+') => (1, text.get(1..)?),
        Some(b'-') => (-1, text.get(1..)?),
        Some(_) => return None,
    };
    let mut parts = rest.split('\'').filter(|part| !part.is_empty());
    let hours: u8 = parts.next()?.parse().ok()?;
    let minutes: u8 = parts.next().map_or(Some(0), |part| part.parse().ok())?;
    let minutes = in_minutes(hours, minutes);
    (minutes <= 25 * 60).then(|| UtcOffset::from_minutes(minutes.saturating_mul(sign)))
}

fn in_minutes(hours: u8, minutes: u8) -> i32 {
    i32::from(hours).saturating_mul(60).saturating_add(i32::from(minutes))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn pdf_dates_of_all_lengths() {
        let full = Time::from_pdf_date("D:20261007092523+09'00'").unwrap();
        assert_eq!(full.to_string(), "2026-10-07T00:25:23Z");
        for (text, expected) in [
            ("D:2026", "2026-01-01T00:00:00Z"),
            ("20261007", "2026-10-07T00:00:00Z"),
            ("D:20261007092523Z", "2026-10-07T09:25:23Z"),
            ("D:20261007092523Z00'00'", "2026-10-07T09:25:23Z"),
            ("D:20261007092523-05'30", "2026-10-07T14:55:23Z"),
        ] {
            assert_eq!(Time::from_pdf_date(text).unwrap().to_string(), expected, "{text}");
        }
        for text in ["", "D:", "D:202", "D:20261", "D:20261307", "D:20261007092523+", "D:2026x", "あ"] {
            assert_eq!(Time::from_pdf_date(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn pdf_dates_round_trip(seconds in -2_000_000_000i64..10_000_000_000, minutes in -900i32..900) {
            let time = Time::from_unix(seconds);
            let text = time.to_pdf_date(UtcOffset::from_minutes(minutes));
            prop_assert_eq!(Time::from_pdf_date(&text), Some(time), "{}", text);
        }

        #[test]
        fn any_text_is_read_without_panic(text in ".*") {
            let _ = Time::from_pdf_date(&text);
        }
    }
}
