//! Whether a document survives until a date that somebody asked about.

use super::Outlook;
use crate::time::Time;

/// A question about the future, and the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Future {
    /// The time that was asked about.
    pub asked: Time,
    /// What is to be expected if nobody renews the document.
    pub outlook: Outlook,
}

impl Future {
    /// The answer for `asked` that `outlook` gives.
    pub fn new(asked: Time, outlook: Outlook) -> Self {
        Self { asked, outlook }
    }

    /// Whether everything still passes at the time that was asked about, which is later than now.
    pub fn survives(&self) -> bool {
        self.outlook.holds_until.is_none_or(|last| self.asked <= last)
    }
}
