//! `Retry-After`: how long a server wants to be left alone.
//!
//! Invariant: no clock: where the server names a time, it counts from the server's own `Date`.
//!
//! Specified in RFC 9110, 10.2.3 and 5.6.7.

use std::time::Duration;

use jiff::fmt::rfc2822::DateTimeParser;
use ureq::http::HeaderMap;

/// The wait that `headers` ask for, if they say it in a way that can be read.
pub(super) fn wait(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let asked = text("Retry-After")?;
    if !asked.is_empty() && asked.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Duration::from_secs(asked.parse().unwrap_or(u64::MAX)));
    }
    let seconds = date(asked)?.checked_sub(date(text("Date")?)?)?;
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}

/// An HTTP date (RFC 9110, 5.6.7) in seconds since 1970; not those of the times before 1995.
fn date(text: &str) -> Option<i64> {
    DateTimeParser::new().parse_timestamp(text).ok().map(|time| time.as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_dates_are_read() {
        const DATE: &str = "Wed, 07 Oct 2026 00:25:23 GMT";
        for (asked, date, expected) in [
            ("120", None, Some(120)),
            (" 0 ", None, Some(0)),
            ("99999999999999999999999", None, Some(u64::MAX)),
            ("Wed, 07 Oct 2026 00:26:23 GMT", Some(DATE), Some(60)),
            ("Wed, 07 Oct 2026 00:20:23 GMT", Some(DATE), Some(0)),
            ("Wed, 07 Oct 2026 00:26:23 GMT", None, None),
            ("Wed, 07 Oct 2026 00:26:23 GMT", Some("today"), None),
            ("-1", Some(DATE), None),
            ("1.5", Some(DATE), None),
            ("", Some(DATE), None),
            ("soon", Some(DATE), None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert("Retry-After", asked.parse().unwrap());
            date.into_iter().for_each(|date| drop(headers.insert("Date", date.parse().unwrap())));
            assert_eq!(wait(&headers), expected.map(Duration::from_secs), "{asked}");
        }
        assert_eq!(wait(&HeaderMap::new()), None);
    }
}
