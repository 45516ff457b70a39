//! Asking a server no more often than it wants to be asked: by all threads and for all files of this run.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use pades_ltv::{HttpTsa, Limited, Rate, Result, TimestampAuthority};

type Paced = Limited<HttpTsa, fn() -> Duration, fn(Duration)>;

/// The servers that were asked at a pace, by their places on the command line: a run over many files asks each as one. One address may
/// stand there twice, for two who ask.
static PACED: Mutex<BTreeMap<usize, Arc<Paced>>> = Mutex::new(BTreeMap::new());

/// A server, and whether it is asked at a pace.
pub(crate) enum Client {
    Free(Box<HttpTsa>),
    Paced(Arc<Paced>),
}

impl Client {
    pub(crate) fn new(place: usize, tsa: HttpTsa, rate: Option<Rate>) -> Self {
        let Some(rate) = rate else { return Self::Free(Box::new(tsa)) };
        let mut paced = PACED.lock().unwrap_or_else(PoisonError::into_inner);
        let known = paced.entry(place);
        Self::Paced(Arc::clone(known.or_insert_with(|| Arc::new(Limited::new(tsa, rate, clock, std::thread::sleep)))))
    }
}

impl TimestampAuthority for Client {
    fn timestamp(&self, request: &[u8]) -> Result<Vec<u8>> {
        match self {
            Self::Free(tsa) => tsa.timestamp(request),
            Self::Paced(tsa) => tsa.timestamp(request),
        }
    }
}

/// `10/s`, `100/m` or `1000/h`.
pub(crate) fn rate(text: &str) -> Option<Rate> {
    let (count, unit) = text.split_once('/')?;
    let count: u32 = count.parse().ok().filter(|count| (1..=100_000).contains(count))?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        _ => return None,
    };
    Some(Rate::new(count, Duration::from_secs(seconds)))
}

fn clock() -> Duration {
    static START: OnceLock<Instant> = OnceLock::new();
    START.get_or_init(Instant::now).elapsed()
}
