//! report
/// A finding.
#[derive(Debug)]
pub struct Finding;
