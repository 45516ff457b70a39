//! What the file says to be about, and who signed that.

use crate::transaction::Transaction;

/// What the file says to be about, and which signatures cover that.
///
/// Whether those signatures hold is for each of them to say: what counts here is that they are intact.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct TransactionReport {
    /// What the latest revision states; `None` where it states none, or not so that it can be understood.
    pub stated: Option<Transaction>,
    /// Why it cannot be understood.
    pub fault: Option<String>,
    /// The fields of the intact signatures whose document stated just this.
    pub signed_in: Vec<String>,
    /// What else intact signatures cover, each once.
    pub otherwise: Vec<SignedTransaction>,
    /// Whether the file is broken behind what was signed, so that nobody can tell what it states.
    pub(crate) is_lost: bool,
}

/// A transaction that is not the one stated now, and who signed it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SignedTransaction {
    /// What was signed.
    pub transaction: Transaction,
    /// The fields of the intact signatures whose document stated it.
    pub fields: Vec<String>,
}

impl SignedTransaction {
    pub(crate) fn new(transaction: Transaction) -> Self {
        Self { transaction, fields: Vec::new() }
    }
}

/// What may be said of a stated transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TransactionStatus {
    /// At least one intact signature covers it, and none covers another.
    Signed,
    /// No intact signature covers any: it was never signed, or put there afterwards.
    Unsigned,
    /// An intact signature covers another: it was changed or removed afterwards.
    Changed,
    /// It cannot be understood, or the file is broken behind what was signed.
    Unreadable,
}

impl TransactionReport {
    /// What may be said of it.
    pub fn status(&self) -> TransactionStatus {
        match self {
            Self { is_lost: true, .. } => TransactionStatus::Unreadable,
            Self { otherwise, .. } if !otherwise.is_empty() => TransactionStatus::Changed,
            Self { fault: Some(_), .. } => TransactionStatus::Unreadable,
            Self { signed_in, .. } if signed_in.is_empty() => TransactionStatus::Unsigned,
            _ => TransactionStatus::Signed,
        }
    }
}

impl TransactionStatus {
    /// The word in the JSON report.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Signed => "signed",
            Self::Unsigned => "unsigned",
            Self::Changed => "changed",
            Self::Unreadable => "unreadable",
        }
    }
}
