//! What a document was concluded about: with whom, when, for how much.
//!
//! What it is for: records of transactions have to be found again by counterparty, date and amount (電子帳簿保存法施行規則, 2 (6) (v)). The
//! values stand in the document's metadata, in the revision of a signature ([`crate::pdf::metadata`]).
//!
//! Invariant: a text is one line and not empty; an amount is exact.
//!
//! Nouns: [`Transaction`], [`Date`], [`Amount`].

mod amount;

use std::fmt;

pub use amount::Amount;

use crate::error::{Error, ErrorKind, Result};

/// Characters of a text. A name in a commercial register has below 200.
const CHARACTERS: usize = 1_000;
/// Counterparties of one transaction.
const COUNTERPARTIES: usize = 100;

/// The transaction (取引) that a document is about: its counterparties (取引先), date (取引年月日) and amount (取引金額).
///
/// [`Signing::transaction`](crate::Signing::transaction) writes it, [`Document::transaction`](crate::Document::transaction) reads it, and
/// [`Report::transaction`](crate::Report::transaction) says whether anybody signed it. In the file it stands in the XMP packet of `/Metadata`
/// (ISO 16684-1; ISO 32000-2, 14.3.2), as properties of the namespace [`Transaction::NAMESPACE`]:
///
/// | property | type of XMP | what |
/// |---|---|---|
/// | `counterparty` | ordered array of Text | with whom, one or more |
/// | `date` | Date | the day, as in `2026-10-07` |
/// | `amount` | Real | how much, if it is about money, as in `1234567` or `-12.5` |
/// | `currency` | Text | in what: a code of ISO 4217; there if and only if there is an amount |
/// | `title` | Text | what people call it; optional |
/// | `number` | Text | what registers call it; optional |
///
/// # Examples
/// ```
/// use pades_ltv::{Amount, Transaction};
/// let transaction = Transaction::new("架空市", "2026-10-07".parse()?)?
///     .with_amount(Amount::new("1234567", "JPY")?)
///     .with_title("業務委託契約書")?;
/// assert_eq!(transaction.to_string(), "2026-10-07, 架空市, 1234567 JPY, 業務委託契約書");
/// # Ok::<(), pades_ltv::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    counterparties: Vec<String>,
    date: Date,
    amount: Option<Amount>,
    title: Option<String>,
    number: Option<String>,
}

impl Transaction {
    /// The namespace of its properties in XMP. Nobody else's, for it was drawn by lot.
    pub const NAMESPACE: &str = "urn:uuid:6c9f65a2-f3c2-4fa6-93d1-54fd946e7466#";

    /// A transaction with `counterparty` on `date`.
    ///
    /// # Errors
    /// [`ErrorKind::Metadata`] where the name is empty, has control characters, or has more than 1000 characters. Space around it is not part of it.
    pub fn new(counterparty: &str, date: Date) -> Result<Self> {
        let counterparties = vec![line("counterparty", counterparty)?];
        Ok(Self { counterparties, date, amount: None, title: None, number: None })
    }

    /// With a further counterparty, behind those before it.
    ///
    /// # Errors
    /// As [`new`](Self::new); and where there are 100 already.
    pub fn with_counterparty(mut self, name: &str) -> Result<Self> {
        if self.counterparties.len() >= COUNTERPARTIES {
            return Err(bad("counterparty", format!("there are more than {COUNTERPARTIES}")));
        }
        self.counterparties.push(line("counterparty", name)?);
        Ok(self)
    }

    /// For so much.
    #[must_use]
    pub fn with_amount(mut self, amount: Amount) -> Self {
        self.amount = Some(amount);
        self
    }

    /// With what people call it.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_title(mut self, title: &str) -> Result<Self> {
        self.title = Some(line("title", title)?);
        Ok(self)
    }

    /// With what registers call it: a contract's or an invoice's number.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_number(mut self, number: &str) -> Result<Self> {
        self.number = Some(line("number", number)?);
        Ok(self)
    }

    /// With whom; at least one.
    pub fn counterparties(&self) -> &[String] {
        &self.counterparties
    }

    /// On which day.
    pub fn date(&self) -> Date {
        self.date
    }

    /// For how much, if it is about money.
    pub fn amount(&self) -> Option<Amount> {
        self.amount
    }

    /// What people call it.
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// What registers call it.
    pub fn number(&self) -> Option<&str> {
        self.number.as_deref()
    }
}

impl fmt::Display for Transaction {
    /// Everything in one line, for people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.date, self.counterparties.join(", "))?;
        if let Some(amount) = self.amount {
            write!(f, ", {amount}")?;
        }
        [&self.title, &self.number].into_iter().flatten().try_for_each(|text| write!(f, ", {text}"))
    }
}

/// A day of the Gregorian calendar, from 0001-01-01 to 9999-12-31, wherever it was.
///
/// # Examples
/// ```
/// let date: pades_ltv::Date = "2026-10-07".parse()?;
/// assert!(date < pades_ltv::Date::new(2027, 4, 1).unwrap());
/// assert_eq!(date.to_string(), "2026-10-07");
/// # Ok::<(), pades_ltv::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(jiff::civil::Date);

impl Date {
    /// The day of these numbers, months and days from 1; `None` where there is none.
    pub fn new(year: i16, month: i8, day: i8) -> Option<Self> {
        jiff::civil::Date::new(year, month, day).ok().filter(|_| year >= 1).map(Self)
    }

    /// As XMP writes it (ISO 16684-1, 8.2.1.2): a time may follow, which is passed over.
    pub(crate) fn from_xmp(text: &str) -> Option<Self> {
        let (day, rest) = text.split_at_checked(10)?;
        if rest.is_empty() || rest.starts_with('T') { day.parse().ok() } else { None }
    }
}

impl fmt::Display for Date {
    /// `2026-10-07`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl std::str::FromStr for Date {
    type Err = Error;

    /// Reads `2026-10-07`, and nothing else.
    ///
    /// # Errors
    /// [`ErrorKind::Metadata`] where it is no such day.
    fn from_str(text: &str) -> Result<Self> {
        let digits = |part: &str, count: usize| part.len() == count && part.bytes().all(|one| one.is_ascii_digit());
        let parts: Vec<&str> = text.split('-').collect();
        let date = match parts.as_slice() {
            [year, month, day] if digits(year, 4) && digits(month, 2) && digits(day, 2) => {
                year.parse().ok().zip(month.parse().ok()).zip(day.parse().ok())
            }
            _ => None,
        };
        let date = date.and_then(|((year, month), day)| Self::new(year, month, day));
        date.ok_or_else(|| bad("date", format!("\"{text}\" is no day")).advise("write it as 2026-10-07"))
    }
}

/// `text` without the space around it, where it is one line.
fn line(what: &str, text: &str) -> Result<String> {
    let text = text.trim();
    if text.is_empty() {
        return Err(bad(what, "it is empty"));
    }
    // The last two are no characters for XML 1.0 (2.2); nor are most control characters, and none belongs into a line.
    if text.chars().any(|one| one.is_control() || matches!(one, '\u{fffe}' | '\u{ffff}')) {
        return Err(bad(what, "it holds control characters"));
    }
    if text.chars().count() > CHARACTERS {
        return Err(bad(what, format!("it has more than {CHARACTERS} characters")));
    }
    Ok(text.to_owned())
}

/// The error for a property that is not as it should be.
pub(crate) fn bad(property: &str, why: impl Into<String>) -> Error {
    Error::new(ErrorKind::Metadata, format!("the transaction's {property} cannot be used")).because(why.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_of_the_calendar() {
        for text in
            ["2026-02-29", "2026-1-1", "+026-01-01", "2026-10-07T00:00:00", "20261007", "0000-01-01", "令和8年", ""]
        {
            assert_eq!(text.parse::<Date>().unwrap_err().kind(), ErrorKind::Metadata, "{text}");
        }
        for text in ["0001-01-01", "2024-02-29", "9999-12-31"] {
            assert_eq!(text.parse::<Date>().unwrap().to_string(), text);
        }
        assert_eq!(Date::from_xmp("2026-10-07T23:59:59+09:00"), Date::new(2026, 10, 7));
        assert_eq!(["2026", "2026-10", "2026-10-07 ", "2026-10-0令"].map(Date::from_xmp), [None; 4]);
    }

    #[test]
    fn texts_are_lines() {
        let day = Date::new(2026, 10, 7).unwrap();
        assert_eq!(Transaction::new("\u{3000}架空市 \n", day).unwrap().counterparties(), ["架空市"]);
        for name in ["", " \u{3000}", "a\nb", "a\u{0}", "\u{ffff}", &"あ".repeat(1001)] {
            assert_eq!(Transaction::new(name, day).unwrap_err().kind(), ErrorKind::Metadata, "{name:?}");
        }
        let first = Transaction::new("1", day).unwrap();
        let full = (2..=100).try_fold(first, |all, at| all.with_counterparty(&at.to_string())).unwrap();
        assert!(full.with_counterparty("101").is_err());
    }
}
