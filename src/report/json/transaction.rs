//! What a file says to be about, in the JSON.

use serde::Serialize;

use crate::report::{SignedTransaction, TransactionReport};
use crate::transaction::Transaction;

#[derive(Serialize)]
pub(super) struct TransactionJson<'a> {
    status: &'a str,
    stated: Option<Stated<'a>>,
    fault: Option<&'a str>,
    signed_in: &'a [String],
    otherwise: Vec<Otherwise<'a>>,
}

#[derive(Serialize)]
struct Stated<'a> {
    counterparties: &'a [String],
    date: String,
    amount: Option<String>,
    currency: Option<String>,
    title: Option<&'a str>,
    number: Option<&'a str>,
}

#[derive(Serialize)]
struct Otherwise<'a> {
    transaction: Stated<'a>,
    fields: &'a [String],
}

impl<'a> From<&'a TransactionReport> for TransactionJson<'a> {
    fn from(report: &'a TransactionReport) -> Self {
        Self {
            status: report.status().as_str(),
            stated: report.stated.as_ref().map(Stated::from),
            fault: report.fault.as_deref(),
            signed_in: &report.signed_in,
            otherwise: report.otherwise.iter().map(Otherwise::from).collect(),
        }
    }
}

impl<'a> From<&'a Transaction> for Stated<'a> {
    fn from(transaction: &'a Transaction) -> Self {
        let amount = transaction.amount();
        Self {
            counterparties: transaction.counterparties(),
            date: transaction.date().to_string(),
            amount: amount.map(|amount| amount.number()),
            currency: amount.map(|amount| amount.currency().to_owned()),
            title: transaction.title(),
            number: transaction.number(),
        }
    }
}

impl<'a> From<&'a SignedTransaction> for Otherwise<'a> {
    fn from(signed: &'a SignedTransaction) -> Self {
        Self { transaction: Stated::from(&signed.transaction), fields: &signed.fields }
    }
}
