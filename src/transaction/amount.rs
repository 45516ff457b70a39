//! An exact amount of money.

use std::cmp::Ordering;
use std::fmt;

use super::bad;
use crate::error::Result;

/// Decimals: no currency of ISO 4217 has more.
const DECIMALS: usize = 4;
/// Ten to their power.
const UNIT: u128 = 10_000;
/// Digits before the point. The world's yearly product in the smallest currency has 19.
const DIGITS: usize = 24;

/// An amount of money: an exact number and a currency.
///
/// Two amounts compare where their currencies are the same.
///
/// # Examples
/// ```
/// use pades_ltv::Amount;
/// let amount = Amount::new("1234567", "JPY")?;
/// assert!(amount > Amount::new("-0.5", "JPY")?);
/// assert_eq!(amount.partial_cmp(&Amount::new("1", "USD")?), None);
/// assert_eq!(Amount::new("12.5", "USD")?.to_string(), "12.50 USD");
/// # Ok::<(), pades_ltv::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Amount {
    /// In ten-thousandths.
    parts: i128,
    currency: [u8; 3],
}

impl Amount {
    /// The amount of `number`, up to 24 digits and up to four decimals behind a point, in `currency`, a code of ISO 4217.
    ///
    /// # Errors
    /// [`ErrorKind::Metadata`](crate::ErrorKind::Metadata) where the number has another form, with separators for example, or the currency is no
    /// three capital letters.
    pub fn new(number: &str, currency: &str) -> Result<Self> {
        let code = <[u8; 3]>::try_from(currency.as_bytes()).ok().filter(|code| code.iter().all(u8::is_ascii_uppercase));
        let code = code.ok_or_else(|| {
            bad("currency", format!("\"{currency}\" is no code of ISO 4217")).advise("write it as JPY or USD")
        })?;
        let parts = parts(number).ok_or_else(|| {
            bad("amount", format!("\"{number}\" is no amount"))
                .advise("write it as 1234567 or 12.50, without separators")
        })?;
        Ok(Self { parts, currency: code })
    }

    /// The number, without decimals where there are none, else with two or more.
    pub fn number(self) -> String {
        let sign = if self.parts < 0 { "-" } else { "" };
        let (whole, rest) = (self.parts.unsigned_abs() / UNIT, self.parts.unsigned_abs() % UNIT);
        if rest == 0 {
            return format!("{sign}{whole}");
        }
        let decimals = format!("{rest:04}");
        let decimals = decimals.strip_suffix("00").or(decimals.strip_suffix('0')).unwrap_or(&decimals);
        format!("{sign}{whole}.{decimals}")
    }

    /// The code of its currency (ISO 4217).
    pub fn currency(&self) -> &str {
        // Three capital letters.
        std::str::from_utf8(&self.currency).unwrap_or_default()
    }
}

impl PartialOrd for Amount {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        (self.currency == other.currency).then(|| self.parts.cmp(&other.parts))
    }
}

impl fmt::Display for Amount {
    /// `1234567 JPY`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.number(), self.currency())
    }
}

/// `-12.5` in ten-thousandths.
fn parts(number: &str) -> Option<i128> {
    let (sign, digits) = match number.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, number),
    };
    let (whole, decimals) = match digits.split_once('.') {
        Some((_, "")) => return None,
        Some(parts) => parts,
        None => (digits, ""),
    };
    let is_digits = |text: &str| text.bytes().all(|one| one.is_ascii_digit());
    if whole.is_empty()
        || whole.len() > DIGITS
        || decimals.len() > DECIMALS
        || !is_digits(whole)
        || !is_digits(decimals)
    {
        return None;
    }
    let parts: i128 = format!("{whole}{decimals:0<DECIMALS$}").parse().ok()?;
    parts.checked_mul(sign)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_exact_or_refused() {
        for (text, expected) in [
            ("0", "0"),
            ("-0", "0"),
            ("007", "7"),
            ("1234567", "1234567"),
            ("12.5", "12.50"),
            ("-12.05", "-12.05"),
            ("0.0001", "0.0001"),
            ("1.2300", "1.23"),
            ("1.230", "1.23"),
            ("1.234", "1.234"),
            ("999999999999999999999999.9999", "999999999999999999999999.9999"),
        ] {
            assert_eq!(Amount::new(text, "JPY").unwrap().number(), expected);
        }
        for text in [
            "",
            "-",
            "+1",
            "1,000",
            "1.",
            ".5",
            "1.23456",
            "1e3",
            "１",
            " 1",
            "1000000000000000000000000",
            "--1",
            "1.-5",
        ] {
            assert!(Amount::new(text, "JPY").is_err(), "{text}");
        }
        for code in ["", "jpy", "JP", "JPYN", "円", "J1Y"] {
            assert!(Amount::new("1", code).is_err(), "{code}");
        }
    }

    proptest! {
        #[test]
        fn order_is_that_of_numbers(one in -(1i64 << 50)..1 << 50, other in -(1i64 << 50)..1 << 50) {
            let amount = |cents: i64| {
                let sign = if cents < 0 { "-" } else { "" };
                Amount::new(&format!("{sign}{}.{:02}", cents.abs() / 100, cents.abs() % 100), "EUR").unwrap()
            };
            prop_assert_eq!(amount(one).partial_cmp(&amount(other)), one.partial_cmp(&other));
            prop_assert_eq!(Amount::new(&amount(one).number(), "EUR").unwrap(), amount(one));
        }
    }
}
