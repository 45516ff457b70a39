//! A line on the terminal while work takes long.
//!
//! Nothing is written where standard error is no terminal, nor in the first second.

use std::io::{IsTerminal, Write};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use pades_ltv::{Language, Source};

use crate::messages::Message;

const PATIENCE: Duration = Duration::from_secs(1);
const TICK: Duration = Duration::from_millis(200);
/// Columns of a step that are shown, so that the whole line fits into 80.
const SHOWN: usize = 54;

/// Shows, from the first second on, which step is being done; the line is gone when this is dropped.
pub(crate) struct Progress {
    state: Arc<State>,
    ticker: Mutex<Option<JoinHandle<()>>>,
    language: Language,
}

#[derive(Default)]
struct State {
    step: Mutex<String>,
    bytes: AtomicU64,
    is_done: AtomicBool,
    /// Whether the line stands there. Whoever writes to the terminal holds it.
    is_shown: Mutex<bool>,
}

impl Progress {
    pub(crate) fn start(language: Language) -> Self {
        let state = Arc::new(State::default());
        let ticker = std::io::stderr().is_terminal().then(|| {
            let state = Arc::clone(&state);
            std::thread::spawn(move || tick(&state, language))
        });
        Self { state, ticker: Mutex::new(ticker), language }
    }

    /// What the terminal reads.
    pub(crate) fn language(&self) -> Language {
        self.language
    }

    /// Takes the line away, for something else to be written.
    pub(crate) fn finish(&self) {
        self.state.is_done.store(true, Ordering::Relaxed);
        if let Some(ticker) = self.ticker.lock().unwrap_or_else(PoisonError::into_inner).take() {
            ticker.thread().unpark();
            let _ = ticker.join();
        }
    }

    /// Writes something else meanwhile, in place of the line.
    pub(crate) fn above(&self, write: impl FnOnce()) {
        let mut is_shown = self.state.is_shown.lock().unwrap_or_else(PoisonError::into_inner);
        if std::mem::take(&mut *is_shown) {
            clear();
        }
        write();
    }

    /// What is being done from now on.
    pub(crate) fn step(&self, message: &Message) {
        *self.state.step.lock().unwrap_or_else(PoisonError::into_inner) = message.text(self.language);
    }

    /// `source`, with what is read from it counted.
    pub(crate) fn watch<S: Source>(&self, source: S) -> Watched<S> {
        Watched { source, state: Arc::clone(&self.state) }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.finish();
    }
}

/// A source whose reads are counted.
pub(crate) struct Watched<S> {
    source: S,
    state: Arc<State>,
}

impl<S: Source> Source for Watched<S> {
    fn len(&self) -> std::io::Result<u64> {
        self.source.len()
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> std::io::Result<()> {
        self.state.bytes.fetch_add(u64::try_from(buffer.len()).unwrap_or_default(), Ordering::Relaxed);
        self.source.read_at(offset, buffer)
    }
}

fn tick(state: &State, language: Language) {
    let start = Instant::now();
    std::thread::park_timeout(PATIENCE);
    while !state.is_done.load(Ordering::Relaxed) {
        let seconds = start.elapsed().as_secs();
        if seconds >= PATIENCE.as_secs() {
            let step = state.step.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let megabytes = state.bytes.load(Ordering::Relaxed) / 1_000_000;
            let mut is_shown = state.is_shown.lock().unwrap_or_else(PoisonError::into_inner);
            show(&shortened(&step), &Message::SoFar { megabytes, seconds }.text(language));
            *is_shown = true;
        }
        std::thread::park_timeout(TICK);
    }
    if *state.is_shown.lock().unwrap_or_else(PoisonError::into_inner) {
        clear();
    }
}

fn clear() {
    let _ = write!(std::io::stderr(), "\r\x1b[K");
}

fn show(step: &str, so_far: &str) {
    let _ = write!(std::io::stderr(), "\r\x1b[Kpades: {step} ({so_far})");
    let _ = std::io::stderr().flush();
}

/// As much of `step` as there is room for.
fn shortened(step: &str) -> String {
    let mut columns = 0_usize;
    let mut text = String::new();
    for one in step.chars().map(|one| if one.is_control() { ' ' } else { one }) {
        // Beyond the scripts of Europe and West Asia, nearly all characters are two columns wide.
        columns = columns.saturating_add(if one < '\u{2e80}' { 1 } else { 2 });
        if columns > SHOWN {
            text.push('…');
            break;
        }
        text.push(one);
    }
    text
}
