//! The window of the E-Bookkeeping Act's rules for timestamps: up to two months, and then about seven business days.

use std::collections::BTreeSet;
use std::path::Path;

use jiff::civil::{Date, Weekday};
use jiff::{Timestamp, ToSpan, tz::Offset};
use pades_ltv::{Error, ErrorKind, Result, Time};

use crate::inputs;

const MONTHS: i64 = 2;
const BUSINESS_DAYS: usize = 7;
/// A run of holidays this long is none.
const LONGEST: usize = 366;

/// Days on which nobody works, besides Saturdays and Sundays.
pub(crate) struct Holidays(BTreeSet<Date>);

impl Holidays {
    /// A file with a date a line, as in `2027-01-01`; what stands behind it, and lines that begin with `#`, say more to people.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text = String::from_utf8(inputs::small(path)?)
            .map_err(|fault| Error::new(ErrorKind::Syntax, "the holidays are not UTF-8").because(fault))?;
        let lines = text.lines().enumerate().map(|(index, line)| (index.saturating_add(1), line.trim()));
        let lines = lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
        let dates = lines.map(|(number, line)| {
            let date = line.split([',', ' ', '\t']).next().unwrap_or_default();
            date.parse::<Date>().map_err(|_| {
                Error::new(ErrorKind::Syntax, "a holiday is no date")
                    .at(format_args!("line {number}"))
                    .advise("write a date a line, as 2027-01-01")
            })
        });
        Ok(Self(dates.collect::<Result<_>>()?))
    }

    /// The last second, in Japan, at which what was signed at `signed` is to have its timestamp: two months later, and seven business days
    /// after that. `None` where no such day is found.
    pub(crate) fn limit(&self, signed: Time) -> Option<Time> {
        let japan = Offset::constant(9);
        let day = japan.to_datetime(Timestamp::from_second(signed.to_unix()).ok()?).date();
        let mut day = day.checked_add(MONTHS.months()).ok()?;
        let mut left = BUSINESS_DAYS;
        for _ in 0..LONGEST {
            if left == 0 {
                break;
            }
            day = day.tomorrow().ok()?;
            if !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) && !self.0.contains(&day) {
                left = left.saturating_sub(1);
            }
        }
        let end = japan.to_timestamp(day.at(23, 59, 59, 0)).ok()?;
        (left == 0).then(|| Time::from_unix(end.as_second()))
    }
}
