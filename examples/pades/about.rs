//! What a document is about: said when it is signed.

use pades_ltv::{Amount, Date, Signing, Transaction};

use crate::arguments::Arguments;
use crate::failure::{During, Stop};
use crate::messages::Message;

/// The currency of an amount, unless given.
pub(crate) const CURRENCY: &str = "JPY";

/// As the command line has it.
#[derive(Default)]
pub(crate) struct About {
    counterparties: Vec<String>,
    date: Option<Date>,
    amount: Option<String>,
    currency: Option<String>,
    title: Option<String>,
    number: Option<String>,
    /// All of it, once it is known to make sense.
    settled: Option<Transaction>,
}

impl About {
    /// Takes `option` with its value, if it is one of these.
    pub(crate) fn take(&mut self, option: &str, arguments: &mut Arguments) -> Result<bool, Stop> {
        match option {
            "counterparty" => self.counterparties.push(arguments.text(option)?),
            "date" => self.date = Some(date(option, arguments)?),
            "amount" => self.amount = Some(number(option, arguments)?),
            "currency" => self.currency = Some(currency(option, arguments)?),
            "title" => self.title = Some(arguments.text(option)?),
            "number" => self.number = Some(arguments.text(option)?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Whether all that belongs together was given.
    pub(crate) fn settle(&mut self, arguments: &Arguments) -> Result<(), Stop> {
        let rest = [("amount", &self.amount), ("title", &self.title), ("number", &self.number)];
        if self.currency.is_some() && self.amount.is_none() {
            return Err(arguments.wrong(Message::OnlyWith("currency", "amount")));
        }
        let (Some((first, others)), Some(date)) = (self.counterparties.split_first(), self.date) else {
            if !self.counterparties.is_empty() || self.date.is_some() {
                return Err(arguments.wrong(Message::Together("counterparty", "date")));
            }
            return match rest.into_iter().find(|(_, value)| value.is_some()) {
                Some((option, _)) => Err(arguments.wrong(Message::OnlyWith(option, "counterparty"))),
                None => Ok(()),
            };
        };
        let transaction = || {
            let mut transaction = Transaction::new(first, date)?;
            for name in others {
                transaction = transaction.with_counterparty(name)?;
            }
            if let Some(amount) = &self.amount {
                transaction =
                    transaction.with_amount(Amount::new(amount, self.currency.as_deref().unwrap_or(CURRENCY))?);
            }
            if let Some(title) = &self.title {
                transaction = transaction.with_title(title)?;
            }
            match &self.number {
                Some(number) => transaction.with_number(number),
                None => Ok(transaction),
            }
        };
        self.settled = Some(transaction().during(|| Message::CannotState)?);
        Ok(())
    }

    pub(crate) fn say<'d>(&self, signing: Signing<'d>) -> Signing<'d> {
        match &self.settled {
            Some(transaction) => signing.transaction(transaction.clone()),
            None => signing,
        }
    }
}

/// A day.
pub(crate) fn date(option: &str, arguments: &mut Arguments) -> Result<Date, Stop> {
    arguments.parsed(option, "2026-10-07", |text| text.parse().ok())
}

/// The number of an amount, in whatever currency.
pub(crate) fn number(option: &str, arguments: &mut Arguments) -> Result<String, Stop> {
    arguments.parsed(option, "1234567, 12.50", |text| Amount::new(text, CURRENCY).is_ok().then(|| text.to_owned()))
}

/// The code of a currency.
pub(crate) fn currency(option: &str, arguments: &mut Arguments) -> Result<String, Stop> {
    arguments
        .parsed(option, "JPY, USD, EUR … (ISO 4217)", |text| Amount::new("0", text).is_ok().then(|| text.to_owned()))
}
