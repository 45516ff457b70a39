//! What a file says to be about, in rows: as columns of a table and as keys of an object.

use pades_ltv::report::TransactionReport;
use serde::Serialize;

/// The cells of one file; empty where it says nothing.
#[derive(Default, Serialize)]
pub(crate) struct Stated {
    /// All of them, with `; ` between them.
    counterparty: Option<String>,
    pub(crate) date: Option<String>,
    amount: Option<String>,
    currency: Option<String>,
    title: Option<String>,
    number: Option<String>,
    /// `signed`, `unsigned`, `changed` or `unreadable`.
    transaction: Option<&'static str>,
}

impl Stated {
    pub(crate) const COLUMNS: [&str; 7] =
        ["counterparty", "date", "amount", "currency", "title", "number", "transaction"];

    pub(crate) fn of(report: Option<&TransactionReport>) -> Self {
        let Some(report) = report else { return Self::default() };
        let stated = report.stated.as_ref();
        let amount = stated.and_then(|stated| stated.amount());
        Self {
            counterparty: stated.map(|stated| stated.counterparties().join("; ")),
            date: stated.map(|stated| stated.date().to_string()),
            amount: amount.map(|amount| amount.number()),
            currency: amount.map(|amount| amount.currency().to_owned()),
            title: stated.and_then(|stated| stated.title()).map(str::to_owned),
            number: stated.and_then(|stated| stated.number()).map(str::to_owned),
            transaction: Some(report.status().as_str()),
        }
    }

    pub(crate) fn cells(&self) -> [Option<String>; 7] {
        [
            self.counterparty.clone(),
            self.date.clone(),
            self.amount.clone(),
            self.currency.clone(),
            self.title.clone(),
            self.number.clone(),
            self.transaction.map(str::to_owned),
        ]
    }
}
