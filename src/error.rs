//! The one error type: what could not be done, where, and what to do about it.
//!
//! Invariant: an [`Error`] means that an operation could not be done. What is wrong with somebody's signature is a
//! [`Finding`](crate::report::Finding) in a report, never an error.
//!
//! Nouns: [`Error`], [`ErrorKind`] (what to match on), [`ErrorClass`] (what a queue should do with the job).

use std::fmt;
use std::time::Duration;

/// The result of an operation of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What could not be done: the cause, its place, what to do, and the underlying error in the words of whoever made it.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct Error(Box<Inner>);

#[derive(Debug, thiserror::Error)]
#[error("{message}{}{}{}", Part(" (", place.as_deref(), ")"), Part(": ", source.as_deref(), ""), Part("; ", advice.as_deref(), ""))]
struct Inner {
    kind: ErrorKind,
    class: ErrorClass,
    message: String,
    place: Option<String>,
    advice: Option<String>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
    retry_after: Option<Duration>,
}

impl Error {
    /// An error of `kind` that says `message`.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            class: kind.class(),
            message: message.into(),
            place: None,
            advice: None,
            source: None,
            retry_after: None,
        }))
    }

    /// Says where: a byte offset, an object, a field, a certificate's serial number.
    #[must_use]
    pub fn at(mut self, place: impl fmt::Display) -> Self {
        self.0.place.get_or_insert_with(|| place.to_string());
        self
    }

    /// Says what the reader can do about it.
    #[must_use]
    pub fn advise(mut self, advice: impl Into<String>) -> Self {
        self.0.advice.get_or_insert_with(|| advice.into());
        self
    }

    /// Keeps the error beneath this one; its words become part of the message.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Overrides the class that the kind implies, where the cause is known better.
    #[must_use]
    pub fn class_is(mut self, class: ErrorClass) -> Self {
        self.0.class = class;
        self
    }

    /// Says how long whoever was asked wants to be left alone.
    #[must_use]
    pub fn wait(mut self, wait: Duration) -> Self {
        self.0.retry_after = Some(wait);
        self
    }

    /// The same error once more, for something else that it struck; what is beneath it, in words.
    #[cfg(all(feature = "csc", feature = "http"))]
    pub(crate) fn again(&self) -> Self {
        let source = self.0.source.as_ref().map(|source| source.to_string().into());
        let (message, place, advice) = (self.0.message.clone(), self.0.place.clone(), self.0.advice.clone());
        Self(Box::new(Inner {
            kind: self.0.kind,
            class: self.0.class,
            message,
            place,
            advice,
            source,
            retry_after: self.0.retry_after,
        }))
    }

    /// What kind of thing went wrong: match on this.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Whether trying again can help.
    pub fn class(&self) -> ErrorClass {
        self.0.class
    }

    /// How long to wait before the same is asked again, where a server said so (`Retry-After`; RFC 9110, 10.2.3).
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// What could not be done, alone.
    pub(crate) fn message(&self) -> &str {
        &self.0.message
    }

    /// Where it went wrong, if a place is known.
    pub fn place(&self) -> Option<&str> {
        self.0.place.as_deref()
    }

    /// What to do about it, if something is known.
    pub fn advice(&self) -> Option<&str> {
        self.0.advice.as_deref()
    }
}

/// The kinds of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The input is not a PDF file at all, or is cut off.
    NotPdf,
    /// The PDF's syntax or cross-reference structure is broken.
    Syntax,
    /// The PDF is encrypted in a way that this operation cannot handle.
    Encrypted,
    /// A feature of the file, key or protocol that this version does not support.
    Unsupported,
    /// A bound of [`Limits`](crate::Limits) was reached.
    Limit,
    /// The signature field does not exist, is taken, is no signature field, or may not be signed so: its seed values, a lock or
    /// a certification forbid it.
    Field,
    /// An image, font or text cannot be shown, or a place is not on the page.
    Appearance,
    /// The document's metadata cannot be read, or cannot take the transaction.
    Metadata,
    /// A private or public key cannot be read or does not match its certificate.
    Key,
    /// A private key's password is missing, wrong or not needed.
    Password,
    /// A certificate cannot be read or may not be used for this.
    Certificate,
    /// A published list of trust anchors is none, or its signature does not hold.
    TrustList,
    /// The place reserved for a signature or timestamp is too small.
    Capacity,
    /// The signer failed or answered with something that does not verify.
    Signer,
    /// The timestamp authority failed, or its answer is not usable.
    Timestamp,
    /// A certificate, CRL or OCSP response could not be fetched.
    Fetch,
    /// Certificates or revocation data that are needed are missing.
    Evidence,
    /// The file is not the one that the operation was prepared for.
    Base,
    /// The file is not repaired: it holds a signature, or there is nothing to repair.
    Repair,
    /// Reading the source or writing the sink failed.
    Io,
    /// A stored value of this crate cannot be read back.
    State,
    /// What was produced did not pass this crate's own check; nothing was handed out.
    SelfCheck,
}

impl ErrorKind {
    /// The kind in the JSON report, as in `not_pdf`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotPdf => "not_pdf",
            Self::Syntax => "syntax",
            Self::Encrypted => "encrypted",
            Self::Unsupported => "unsupported",
            Self::Limit => "limit",
            Self::Field => "field",
            Self::Appearance => "appearance",
            Self::Metadata => "metadata",
            Self::Key => "key",
            Self::Password => "password",
            Self::Certificate => "certificate",
            Self::TrustList => "trust_list",
            Self::Capacity => "capacity",
            Self::Signer => "signer",
            Self::Timestamp => "timestamp",
            Self::Fetch => "fetch",
            Self::Evidence => "evidence",
            Self::Base => "base",
            Self::Repair => "repair",
            Self::Io => "io",
            Self::State => "state",
            Self::SelfCheck => "self_check",
        }
    }

    fn class(self) -> ErrorClass {
        match self {
            Self::Signer | Self::Timestamp | Self::Fetch | Self::Io => ErrorClass::Retryable,
            Self::Key | Self::Password | Self::Certificate | Self::TrustList | Self::Evidence | Self::Capacity => {
                ErrorClass::Operator
            }
            _ => ErrorClass::Permanent,
        }
    }
}

/// What a queue should do with the job that failed. The project's `docs/faults.md` has a table of faults and their classes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorClass {
    /// The same call may succeed later.
    Retryable,
    /// The same call will fail again.
    Permanent,
    /// Somebody has to change a key, a certificate or a setting first.
    Operator,
}

impl ErrorClass {
    /// The class in JSON: `retryable`, `permanent` or `operator`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Retryable => "retryable",
            Self::Permanent => "permanent",
            Self::Operator => "operator",
        }
    }
}

/// An optional part of a message with what stands around it.
struct Part<'a, T: ?Sized>(&'a str, Option<&'a T>, &'a str);

impl<T: fmt::Display + ?Sized> fmt::Display for Part<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.1 {
            Some(text) => write!(f, "{}{text}{}", self.0, self.2),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_cause_place_source_and_advice() {
        let error = Error::new(ErrorKind::Syntax, "the dictionary does not end")
            .at("byte 17")
            .because("unexpected end of input")
            .advise("fetch the file again");
        assert_eq!(
            error.to_string(),
            "the dictionary does not end (byte 17): unexpected end of input; fetch the file again"
        );
        assert_eq!(error.class(), ErrorClass::Permanent);
    }

    #[test]
    fn the_innermost_place_wins() {
        let error = Error::new(ErrorKind::Syntax, "x").at("byte 1").at("object 2 0");
        assert_eq!(error.place(), Some("byte 1"));
    }
}
