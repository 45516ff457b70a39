//! Asking elsewhere.

use std::fmt;

use super::judged;
use crate::error::{Error, ErrorClass, ErrorKind, Result};
use crate::port::TimestampAuthority;

/// Several timestamp authorities, asked in order until one gives a timestamp that is good in every respect.
///
/// Never a silently weaker result: where all fail, so does this, with [`Refusals`] as the error's source; and where a later one gives
/// the timestamp, whoever [listens](Self::on_refusal) is told of those before.
///
/// # Examples
/// ```
/// # use pades_ltv::{Document, Signing, Time, authority::{Authority, Misbehaviour}};
/// use pades_ltv::Failover;
///
/// # let now: Time = "2026-10-07T00:25:23Z".parse()?;
/// # let pdf = include_bytes!("../../examples/contract.pdf").as_slice();
/// # let authority = Authority::new("doc", now)?;
/// # let (signer, ours, theirs) = (authority.issue("signer")?, authority.at(now), authority.at(now));
/// # let ours = ours.misbehaving(Misbehaviour::TransportFailure);
/// # let document = Document::open(pdf)?;
/// let tsa = Failover::new("ours", ours).or("theirs", theirs).on_refusal(|refusal| eprintln!("{refusal}"));
/// let update = Signing::new(&document, now).sign(&signer)?.timestamp(&tsa)?.finish()?;
/// # Ok::<(), pades_ltv::Error>(())
/// ```
pub struct Failover<'a> {
    authorities: Vec<(String, Box<dyn TimestampAuthority + Send + Sync + 'a>)>,
    told: Box<dyn Fn(&Refusal) + Send + Sync + 'a>,
}

impl<'a> Failover<'a> {
    /// Asks `authority` first; `name` is what errors call it.
    pub fn new(name: impl Into<String>, authority: impl TimestampAuthority + Send + Sync + 'a) -> Self {
        Self { authorities: vec![(name.into(), Box::new(authority))], told: Box::new(|_| ()) }
    }

    /// Asks `authority` where all before it failed.
    #[must_use]
    pub fn or(mut self, name: impl Into<String>, authority: impl TimestampAuthority + Send + Sync + 'a) -> Self {
        self.authorities.push((name.into(), Box::new(authority)));
        self
    }

    /// Tells `listener` of every authority that failed, at once, whether or not another gives the timestamp.
    #[must_use]
    pub fn on_refusal(mut self, listener: impl Fn(&Refusal) + Send + Sync + 'a) -> Self {
        self.told = Box::new(listener);
        self
    }
}

impl TimestampAuthority for Failover<'_> {
    fn timestamp(&self, request: &[u8]) -> Result<Vec<u8>> {
        let mut refusals = Vec::new();
        for (name, authority) in &self.authorities {
            match judged(authority.as_ref(), request) {
                Ok(answer) => return Ok(answer),
                Err(error) => {
                    let refusal = Refusal { name: name.clone(), error };
                    (self.told)(&refusal);
                    refusals.push(refusal);
                }
            }
        }
        Err(Refusals(refusals).into_error())
    }
}

impl fmt::Debug for Failover<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.authorities.iter().map(|(name, _)| name.as_str()).collect();
        write!(f, "Failover({})", names.join(", "))
    }
}

/// An authority that gave no timestamp, and why.
#[derive(Debug)]
pub struct Refusal {
    name: String,
    error: Error,
}

impl Refusal {
    /// What the caller calls the authority.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Why it gave none.
    pub fn error(&self) -> &Error {
        &self.error
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Errors of HTTP say whom they asked.
        match self.error.place() {
            Some(place) if place == self.name => write!(f, "{}", self.error),
            _ => write!(f, "{}: {}", self.name, self.error),
        }
    }
}

/// All authorities of a [`Failover`], each with why it gave no timestamp; the source of its error:
/// `error.source().and_then(|source| source.downcast_ref::<Refusals>())`.
#[derive(Debug)]
pub struct Refusals(Vec<Refusal>);

impl Refusals {
    /// In the order in which they were asked.
    pub fn iter(&self) -> impl Iterator<Item = &Refusal> {
        self.0.iter()
    }

    /// One error for all: retryable where any is, and not before the first of those may be asked again.
    fn into_error(self) -> Error {
        if self.0.len() == 1 {
            return self.0.into_iter().next().map_or_else(none, |only| only.error);
        }
        let of = |class: ErrorClass| self.0.iter().filter(move |one| one.error.class() == class);
        let class = [ErrorClass::Retryable, ErrorClass::Operator, ErrorClass::Permanent];
        let class = class.into_iter().find(|class| of(*class).next().is_some()).unwrap_or(ErrorClass::Permanent);
        let waits = of(ErrorClass::Retryable).map(|one| one.error.retry_after().unwrap_or_default());
        let wait = waits.min().filter(|wait| !wait.is_zero());
        let error = none().class_is(class).because(self);
        wait.into_iter().fold(error, Error::wait)
    }
}

impl fmt::Display for Refusals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: Vec<String> =
            self.0.iter().enumerate().map(|(at, one)| format!("[{}] {one}", at.saturating_add(1))).collect();
        f.write_str(&all.join(" "))
    }
}

impl std::error::Error for Refusals {}

fn none() -> Error {
    Error::new(ErrorKind::Timestamp, "no timestamp authority gave a timestamp")
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;
    use std::sync::Mutex;
    use std::time::Duration;

    use super::*;
    use crate::pki::timestamp::TimestampRequest;

    /// Fails with this class, and asks to be left alone so long.
    struct Fails(&'static str, ErrorClass, Option<u64>);

    impl TimestampAuthority for Fails {
        fn timestamp(&self, _: &[u8]) -> Result<Vec<u8>> {
            let error = Error::new(ErrorKind::Timestamp, self.0).class_is(self.1);
            Err(self.2.into_iter().fold(error, |error, wait| error.wait(Duration::from_secs(wait))))
        }
    }

    /// Answers with no token at all.
    struct Garbage;

    impl TimestampAuthority for Garbage {
        fn timestamp(&self, _: &[u8]) -> Result<Vec<u8>> {
            Ok(b"garbage".to_vec())
        }
    }

    fn request() -> Vec<u8> {
        TimestampRequest::new(crate::digest::DigestAlgorithm::Sha256, &[7; 32], &[9; 8]).to_der()
    }

    #[test]
    fn all_refusals_are_in_the_error_and_told_one_by_one() {
        use ErrorClass::{Operator, Permanent, Retryable};
        let told = Mutex::new(Vec::new());
        let all = Failover::new("a", Fails("gone", Permanent, None))
            .or("b", Fails("locked", Operator, None))
            .or("c", Fails("busy", Retryable, Some(9)))
            .or("d", Fails("crowded", Retryable, Some(5)))
            .on_refusal(|refusal| told.lock().unwrap().push(refusal.to_string()));
        let error = all.timestamp(&request()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "no timestamp authority gave a timestamp: [1] a: gone [2] b: locked [3] c: busy [4] d: crowded"
        );
        assert_eq!((error.class(), error.retry_after()), (Retryable, Some(Duration::from_secs(5))));
        let refusals = error.source().unwrap().downcast_ref::<Refusals>().unwrap();
        assert_eq!(refusals.iter().map(|one| one.name()).collect::<Vec<_>>(), ["a", "b", "c", "d"]);
        assert!(refusals.iter().all(|one| one.error().kind() == ErrorKind::Timestamp));
        assert_eq!(*told.lock().unwrap(), ["a: gone", "b: locked", "c: busy", "d: crowded"]);
    }

    #[test]
    fn what_is_no_timestamp_is_a_refusal() {
        let error = Failover::new("a", Garbage).or("b", Garbage).timestamp(&request()).unwrap_err();
        assert!(error.to_string().contains("[1] a: the timestamp authority's answer is not usable"), "{error}");
        // One authority alone fails in its own words.
        let error = Failover::new("a", Garbage).timestamp(&request()).unwrap_err();
        assert!(error.to_string().starts_with("the timestamp authority's answer is not usable"), "{error}");
        let error = Failover::new("a", Garbage).timestamp(b"no request").unwrap_err();
        assert_eq!(error.class(), ErrorClass::Permanent, "{error}");
    }

    #[test]
    fn an_authority_that_may_be_asked_at_once_keeps_nobody_waiting() {
        let fails = |wait| Fails("busy", ErrorClass::Retryable, wait);
        let error = Failover::new("a", fails(Some(9))).or("b", fails(None)).timestamp(&request()).unwrap_err();
        assert_eq!(error.retry_after(), None);
        let both =
            Failover::new("a", Fails("x", ErrorClass::Permanent, None)).or("b", Fails("y", ErrorClass::Operator, None));
        assert_eq!(both.timestamp(&request()).unwrap_err().class(), ErrorClass::Operator);
    }
}
