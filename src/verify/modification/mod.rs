//! x
use crate::pdf::document::Document;
use crate::report::{Finding, Modification};
/// x
pub(crate) struct Modified {
    pub(crate) modification: Modification,
    pub(crate) is_permitted: bool,
    pub(crate) findings: Vec<Finding>,
}
/// x
pub(crate) fn analyse(_document: &Document<'_>, revisions: &[Option<usize>]) -> Vec<Modified> {
    revisions
        .iter()
        .map(|_| Modified { modification: Modification::None, is_permitted: true, findings: Vec::new() })
        .collect()
}
