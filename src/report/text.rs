//! The report as text for people: the signature panel, in Japanese or English.

/// The languages that reports are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Language {
    /// 日本語.
    Japanese,
    /// English.
    English,
}
