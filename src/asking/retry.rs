//! Asking again.

use std::fmt;
use std::time::Duration;

use super::judged;
use crate::digest::DigestAlgorithm;
use crate::error::{Error, ErrorClass, Result};
use crate::port::{Fetch, FetchRequest, TimestampAuthority};

/// When to ask again, and after how long: a plain value, for drivers of any kind.
///
/// Asked again is where the [class](Error::class) of the error says that it may help. The waits double, from one second to one minute
/// unless told. A server that says how long it wants to be left alone (`Retry-After`) is left alone so long; where that is longer than the
/// longest wait, it is not asked again, and its error says when to come back.
///
/// # Examples
/// ```
/// use std::time::Duration;
///
/// use pades_ltv::{Error, ErrorKind, Retry};
///
/// let retry = Retry::times(2);
/// let error = Error::new(ErrorKind::Timestamp, "503 Service Unavailable");
/// assert_eq!(retry.wait(1, &error), Some(Duration::from_secs(1)));
/// assert_eq!(retry.wait(2, &error), Some(Duration::from_secs(2)));
/// assert_eq!(retry.wait(3, &error), None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    again: u32,
    first: Duration,
    longest: Duration,
    spread: Option<u64>,
}

impl Retry {
    /// Asks once and never again.
    pub fn never() -> Self {
        Self::times(0)
    }

    /// Asks again up to `again` times.
    pub fn times(again: u32) -> Self {
        Self { again, first: Duration::from_secs(1), longest: Duration::from_secs(60), spread: None }
    }

    /// How long to wait before the second attempt: one second unless told.
    #[must_use]
    pub fn first_wait(mut self, wait: Duration) -> Self {
        self.first = wait;
        self
    }

    /// How long to wait at most, between two attempts: one minute unless told.
    #[must_use]
    pub fn longest_wait(mut self, wait: Duration) -> Self {
        self.longest = wait;
        self
    }

    /// Shortens each wait by up to a half, by what follows from `seed`: machines with different seeds do not come back all at once.
    /// What a server asks for is never shortened.
    #[must_use]
    pub fn spread(mut self, seed: u64) -> Self {
        self.spread = Some(seed);
        self
    }

    /// How long to wait before asking again, after `failed` attempts of which the last gave `error`; `None`: not at all.
    pub fn wait(&self, failed: u32, error: &Error) -> Option<Duration> {
        if failed > self.again || error.class() != ErrorClass::Retryable {
            return None;
        }
        let doubled = 2_u32.saturating_pow(failed.saturating_sub(1));
        let backoff = self.shortened(self.first.saturating_mul(doubled).min(self.longest), failed);
        let wait = error.retry_after().map_or(backoff, |asked| asked.max(backoff));
        (wait <= self.longest).then_some(wait)
    }

    fn shortened(&self, wait: Duration, failed: u32) -> Duration {
        let Some(seed) = self.spread else { return wait };
        let text = [b"pades-ltv wait".as_slice(), &seed.to_be_bytes(), &failed.to_be_bytes()].concat();
        let chance = DigestAlgorithm::Sha256.digest(&text).first().copied().map_or(0, u32::from);
        // From all of it (0) down to a little more than half of it (255).
        let less = wait.saturating_mul(chance).checked_div(512).unwrap_or_default();
        wait.saturating_sub(less)
    }
}

/// Somebody who is asked again: an authority or a fetcher, [`Retry`], and how to wait.
///
/// A timestamp that is not good in every respect is an answer that failed, and its own error says whether to ask again.
///
/// # Examples
/// ```
/// use pades_ltv::{Retry, Retrying};
///
/// # #[cfg(feature = "http")] {
/// let tsa = pades_ltv::HttpTsa::new("https://tsa.example.jp/rfc3161")?;
/// let tsa = Retrying::new(tsa, Retry::times(4), std::thread::sleep);
/// # let _ = tsa;
/// # }
/// # Ok::<(), pades_ltv::Error>(())
/// ```
#[derive(Clone)]
pub struct Retrying<T, P> {
    inner: T,
    retry: Retry,
    pause: P,
}

impl<T, P: Fn(Duration)> Retrying<T, P> {
    /// Asks `inner` as `retry` says; `pause` waits, as `std::thread::sleep` does.
    pub fn new(inner: T, retry: Retry, pause: P) -> Self {
        Self { inner, retry, pause }
    }

    fn ask(&self, once: impl Fn() -> Result<Vec<u8>>) -> Result<Vec<u8>> {
        let mut failed = 0_u32;
        loop {
            let error = match once() {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            failed = failed.saturating_add(1);
            match self.retry.wait(failed, &error) {
                Some(wait) => (self.pause)(wait),
                None => return Err(error),
            }
        }
    }
}

impl<T: TimestampAuthority, P: Fn(Duration)> TimestampAuthority for Retrying<T, P> {
    fn timestamp(&self, request: &[u8]) -> Result<Vec<u8>> {
        self.ask(|| judged(&self.inner, request))
    }
}

impl<T: Fetch, P: Fn(Duration)> Fetch for Retrying<T, P> {
    fn fetch(&self, request: &FetchRequest) -> Result<Vec<u8>> {
        self.ask(|| self.inner.fetch(request))
    }
}

impl<T: fmt::Debug, P> fmt::Debug for Retrying<T, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Retrying").field("inner", &self.inner).field("retry", &self.retry).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use proptest::prelude::*;

    use super::*;
    use crate::error::ErrorKind;

    fn busy() -> Error {
        Error::new(ErrorKind::Fetch, "busy")
    }

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn waits_double_up_to_the_longest_and_end() {
        let retry = Retry::times(6).first_wait(SECOND * 5);
        let waits: Vec<Option<u64>> =
            (1..=7).map(|failed| retry.wait(failed, &busy()).map(|wait| wait.as_secs())).collect();
        assert_eq!(waits, [Some(5), Some(10), Some(20), Some(40), Some(60), Some(60), None]);
        assert_eq!(Retry::never().wait(1, &busy()), None);
    }

    #[test]
    fn only_what_may_help_is_tried_again() {
        for class in [ErrorClass::Permanent, ErrorClass::Operator] {
            assert_eq!(Retry::times(9).wait(1, &busy().class_is(class)), None);
        }
    }

    #[test]
    fn what_the_server_asks_for_is_obeyed_or_nothing_is_asked() {
        let retry = Retry::times(3);
        assert_eq!(retry.wait(1, &busy().wait(SECOND * 30)), Some(SECOND * 30));
        assert_eq!(retry.wait(2, &busy().wait(Duration::ZERO)), Some(SECOND * 2));
        assert_eq!(retry.wait(1, &busy().wait(SECOND * 61)), None);
        assert_eq!(retry.longest_wait(SECOND * 61).wait(1, &busy().wait(SECOND * 61)), Some(SECOND * 61));
    }

    /// Fails as often as it says.
    struct Fails(Cell<u32>);

    impl Fetch for Fails {
        fn fetch(&self, _: &FetchRequest) -> Result<Vec<u8>> {
            match self.0.get().checked_sub(1) {
                Some(left) => {
                    self.0.set(left);
                    Err(busy())
                }
                None => Ok(b"answer".to_vec()),
            }
        }
    }

    #[test]
    fn the_driver_waits_and_asks_and_gives_the_last_error() {
        let request = FetchRequest::Crl { url: String::new() };
        for (fails, is_answered) in [(0, true), (3, true), (4, false)] {
            let waited = RefCell::new(Vec::new());
            let asked = Retrying::new(Fails(Cell::new(fails)), Retry::times(3), |wait| {
                waited.borrow_mut().push(wait.as_secs())
            });
            assert_eq!(asked.fetch(&request).is_ok(), is_answered);
            assert_eq!(*waited.borrow(), [1, 2, 4][..usize::try_from(fails.min(3)).unwrap()]);
        }
    }

    proptest! {
        #[test]
        fn no_wait_is_too_long_or_too_short(failed: u32, seed: u64, first in 0..100_000_u64, asked in prop::option::of(0..100_u64)) {
            let retry = Retry::times(u32::MAX).first_wait(Duration::from_millis(first));
            let error = asked.into_iter().fold(busy(), |error, asked| error.wait(SECOND * u32::try_from(asked).unwrap()));
            let (plain, spread) = (retry.wait(failed, &error), retry.spread(seed).wait(failed, &error));
            prop_assert_eq!(plain.is_some(), spread.is_some());
            if let (Some(plain), Some(spread)) = (plain, spread) {
                prop_assert!(spread <= plain && spread * 2 >= plain && plain <= SECOND * 60);
                prop_assert!(asked.is_none_or(|asked| spread.as_secs() >= asked));
            }
        }
    }
}
