//! Asking not too often.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::error::Result;
use crate::port::{Fetch, FetchRequest, TimestampAuthority};

/// How often somebody may be asked: a plain value.
///
/// # Examples
/// ```
/// use std::time::Duration;
///
/// use pades_ltv::Rate;
///
/// let rate = Rate::new(10, Duration::from_secs(1)).burst(20); // ten a second, and twenty at once after a rest
/// # let _ = rate;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    every: Duration,
    burst: u32,
}

impl Rate {
    /// `count` questions in each `period`, one after another; none counts as one.
    pub fn new(count: u32, period: Duration) -> Self {
        Self { every: period.checked_div(count.max(1)).unwrap_or(period), burst: 1 }
    }

    /// As many as `count` at once, after nobody asked for a while.
    #[must_use]
    pub fn burst(mut self, count: u32) -> Self {
        self.burst = count.max(1);
        self
    }

    /// How long to wait at `now`, and when the next would come in an even row (the generic cell rate algorithm), given when this one would.
    fn admit(&self, due: Duration, now: Duration) -> (Duration, Duration) {
        let due = due.max(now);
        let ahead = self.every.saturating_mul(self.burst.saturating_sub(1));
        (due.saturating_sub(ahead).saturating_sub(now), due.saturating_add(self.every))
    }
}

/// Somebody who is asked no more often than a [`Rate`], by all threads together: an authority or a fetcher, a clock, and how to wait.
///
/// # Examples
/// ```
/// use std::time::{Duration, Instant};
///
/// use pades_ltv::{Limited, Rate};
///
/// # #[cfg(feature = "http")] {
/// let tsa = pades_ltv::HttpTsa::new("https://tsa.example.jp/rfc3161")?;
/// let start = Instant::now();
/// let tsa = Limited::new(tsa, Rate::new(10, Duration::from_secs(1)), move || start.elapsed(), std::thread::sleep);
/// # let _ = tsa;
/// # }
/// # Ok::<(), pades_ltv::Error>(())
/// ```
pub struct Limited<T, C, P> {
    inner: T,
    rate: Rate,
    clock: C,
    pause: P,
    due: Mutex<Duration>,
}

impl<T, C: Fn() -> Duration, P: Fn(Duration)> Limited<T, C, P> {
    /// Asks `inner` as often as `rate` says; `clock` gives the time since any beginning and never goes back, `pause` waits.
    pub fn new(inner: T, rate: Rate, clock: C, pause: P) -> Self {
        Self { inner, rate, clock, pause, due: Mutex::default() }
    }

    /// Waits for a turn. Turns are given in the order of asking, and nobody holds the lock while waiting.
    fn queue(&self) {
        let wait = {
            let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
            let (wait, next) = self.rate.admit(*due, (self.clock)());
            *due = next;
            wait
        };
        if !wait.is_zero() {
            (self.pause)(wait);
        }
    }
}

impl<T: TimestampAuthority, C: Fn() -> Duration, P: Fn(Duration)> TimestampAuthority for Limited<T, C, P> {
    fn timestamp(&self, request: &[u8]) -> Result<Vec<u8>> {
        self.queue();
        self.inner.timestamp(request)
    }
}

impl<T: Fetch, C: Fn() -> Duration, P: Fn(Duration)> Fetch for Limited<T, C, P> {
    fn fetch(&self, request: &FetchRequest) -> Result<Vec<u8>> {
        self.queue();
        self.inner.fetch(request)
    }
}

impl<T: fmt::Debug, C, P> fmt::Debug for Limited<T, C, P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limited").field("inner", &self.inner).field("rate", &self.rate).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// When each of those who come at `arrivals` (milliseconds) has a turn.
    fn turns(rate: Rate, arrivals: &[u64]) -> Vec<u64> {
        let mut due = Duration::ZERO;
        let mut turn = |now: u64| {
            let (wait, next) = rate.admit(due, Duration::from_millis(now));
            due = next;
            now + u64::try_from(wait.as_millis()).unwrap()
        };
        arrivals.iter().map(|now| turn(*now)).collect()
    }

    #[test]
    fn turns_are_even_and_a_rest_allows_a_burst() {
        let rate = Rate::new(10, Duration::from_secs(1));
        assert_eq!(turns(rate, &[0, 0, 0, 1000, 1000]), [0, 100, 200, 1000, 1100]);
        assert_eq!(turns(rate.burst(3), &[0, 0, 0, 0, 5000, 5000, 5000, 5000]), [0, 0, 0, 100, 5000, 5000, 5000, 5100]);
    }

    struct Counted(Mutex<u32>);

    impl Fetch for Counted {
        fn fetch(&self, _: &FetchRequest) -> Result<Vec<u8>> {
            *self.0.lock().unwrap() += 1;
            Ok(Vec::new())
        }
    }

    #[test]
    fn threads_share_one_rate() {
        let waited = Mutex::new(Vec::new());
        let limited = Limited::new(
            Counted(Mutex::default()),
            Rate::new(4, Duration::from_secs(1)),
            || Duration::ZERO,
            |wait| waited.lock().unwrap().push(wait.as_millis()),
        );
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| (0..5).for_each(|_| drop(limited.fetch(&FetchRequest::Crl { url: String::new() }))));
            }
        });
        let mut waited = waited.lock().unwrap().clone();
        waited.sort_unstable();
        assert_eq!(waited, (1..20).map(|turn| turn * 250).collect::<Vec<u128>>());
        assert_eq!(*limited.inner.0.lock().unwrap(), 20);
    }

    proptest! {
        /// In no second are there more turns than the rate and its burst.
        #[test]
        fn no_second_is_too_full(mut arrivals in prop::collection::vec(0..5_000_u64, 1..100), count in 1..20_u32, burst in 1..5_u32) {
            arrivals.sort_unstable();
            let turns = turns(Rate::new(count, Duration::from_secs(1)).burst(burst), &arrivals);
            for start in &turns {
                let within = turns.iter().filter(|turn| (*start..start + 999).contains(turn)).count();
                prop_assert!(within <= usize::try_from(count + burst).unwrap(), "{within} from {start}: {turns:?}");
            }
        }
    }
}
