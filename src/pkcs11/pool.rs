//! A bounded number of sessions for any number of threads.
//!
//! What it is for: a PKCS #11 session is used by one thread at a time. Threads take one, work, and give it back; where one died, work is
//! done again in a new one.
//!
//! Invariant: never more sessions than allowed; each is given back, closed or forgotten, also when work panics.
//! Invariant: a session that does not exist any more is not closed: its handle may be somebody else's by now.

use std::mem;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::fault::{Fault, Loss, Outcome};
use crate::error::Result;

/// How often work is begun. Losing a token takes a moment: what is opened in the middle of it (SoftHSM first logs out, then takes the keys
/// away) is lost a second time.
const ATTEMPTS: usize = 3;

pub(super) struct Pool<S> {
    allowed: usize,
    state: Mutex<State<S>>,
    given_back: Condvar,
}

struct State<S> {
    idle: Vec<(S, u64)>,
    /// Idle, at work, or being opened.
    open: usize,
    /// As `allowed`, or fewer where the token had no room for more.
    limit: usize,
    /// Counts losses: sessions of an earlier generation were opened before the last.
    generation: u64,
    /// Sessions of earlier generations than this do not exist any more.
    first_alive: u64,
}

impl<S> Pool<S> {
    pub(super) fn new(allowed: usize) -> Self {
        let allowed = allowed.max(1);
        let state = State { idle: Vec::new(), open: 0, limit: allowed, generation: 0, first_alive: 0 };
        Self { allowed, state: Mutex::new(state), given_back: Condvar::new() }
    }

    /// Does `work` in a session, which `open` makes where none is idle; waits for one where all are at work. If the session turns
    /// out to be lost, does it again, in a new one.
    pub(super) fn with<T>(&self, open: impl Fn() -> Outcome<S>, work: impl Fn(&S) -> Outcome<T>) -> Result<T> {
        let mut outcome = self.attempt(&open, &work);
        for _ in 1..ATTEMPTS {
            match outcome {
                Err(Fault { loss: Some(_), .. }) => outcome = self.attempt(&open, &work),
                _ => break,
            }
        }
        outcome.map_err(|fault| fault.error)
    }

    fn attempt<T>(&self, open: &impl Fn() -> Outcome<S>, work: &impl Fn(&S) -> Outcome<T>) -> Outcome<T> {
        let (session, lease) = self.take(open)?;
        let outcome = work(&session);
        lease.end(Some(session), End::of(&outcome));
        outcome
    }

    fn take(&self, open: &impl Fn() -> Outcome<S>) -> Outcome<(S, Lease<'_, S>)> {
        let mut state = self.lock();
        loop {
            if let Some((session, generation)) = state.idle.pop() {
                return Ok((session, Lease { pool: self, generation }));
            }
            if state.open >= state.limit {
                state = self.given_back.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            state.open = state.open.saturating_add(1);
            let lease = Lease { pool: self, generation: state.generation };
            drop(state);
            let opened = open();
            let fault = match opened {
                Ok(session) => return Ok((session, lease)),
                Err(fault) => fault,
            };
            lease.end(None, fault.loss.map_or(End::Closed, End::Lost));
            state = self.lock();
            if !fault.is_full || state.open == 0 {
                return Err(fault);
            }
            // Those that are open will have to do, until a loss shows that the token has changed.
            state.limit = state.open;
        }
    }

    /// Takes `session` back.
    fn end(&self, session: Option<S>, generation: u64, end: End) {
        let mut state = self.lock();
        let mut lost = Vec::new();
        if let End::Lost(loss) = end {
            lost = state.lose(generation, loss, self.allowed);
        }
        let is_dead = generation < state.first_alive;
        match session {
            Some(session) if end == End::Kept && !is_dead => state.idle.push((session, generation)),
            session => {
                state.open = state.open.saturating_sub(1);
                lost.extend(session);
            }
        }
        drop(state);
        self.given_back.notify_all();
        // Closing asks the token, so nobody waits for it here.
        if is_dead {
            lost.into_iter().for_each(mem::forget);
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<S>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S> State<S> {
    /// A session of `generation` was lost. The others of its time are as well, and the idle ones among them are handed out.
    fn lose(&mut self, generation: u64, loss: Loss, allowed: usize) -> Vec<S> {
        let next = generation.saturating_add(1);
        if loss == Loss::Dead {
            self.first_alive = self.first_alive.max(next);
        }
        self.generation = self.generation.max(next);
        self.limit = allowed;
        let lost: Vec<S> = self.idle.extract_if(.., |(_, theirs)| *theirs < next).map(|(session, _)| session).collect();
        self.open = self.open.saturating_sub(lost.len());
        lost
    }
}

impl<S> Drop for Pool<S> {
    fn drop(&mut self) {
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        let first_alive = state.first_alive;
        for (session, generation) in state.idle.drain(..) {
            if generation < first_alive {
                mem::forget(session);
            }
        }
    }
}

/// The place of a session that somebody opens or works in. Dropped by a panic, it frees the place.
struct Lease<'p, S> {
    pool: &'p Pool<S>,
    generation: u64,
}

impl<S> Lease<'_, S> {
    fn end(self, session: Option<S>, end: End) {
        self.pool.end(session, self.generation, end);
        mem::forget(self);
    }
}

impl<S> Drop for Lease<'_, S> {
    fn drop(&mut self) {
        self.pool.end(None, self.generation, End::Closed);
    }
}

/// What becomes of a session after work.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Kept,
    Closed,
    Lost(Loss),
}

impl End {
    fn of<T>(outcome: &Outcome<T>) -> Self {
        match outcome {
            Ok(_) => Self::Kept,
            Err(Fault { loss: Some(loss), .. }) => Self::Lost(*loss),
            // Whatever failed may have left an operation behind, which only closing the session ends.
            Err(_) => Self::Closed,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::error::{Error, ErrorKind};

    /// A session that counts how often its like was closed.
    struct Session<'c>(usize, &'c AtomicUsize);

    impl Drop for Session<'_> {
        fn drop(&mut self) {
            self.1.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// How many sessions are idle, and how many there are.
    fn count<S>(pool: &Pool<S>) -> (usize, usize) {
        let state = pool.lock();
        (state.idle.len(), state.open)
    }

    fn fault(loss: Option<Loss>) -> Fault {
        Fault { error: Error::new(ErrorKind::Signer, "no"), loss, is_full: false }
    }

    #[test]
    fn work_is_done_again_after_a_loss_and_never_without_end() {
        for (loss, lost, opened, works, closed) in [
            (None, 1, 1, 1, 1),
            (Some(Loss::Stale), 1, 2, 2, 1),
            (Some(Loss::Dead), 1, 2, 2, 0),
            (Some(Loss::Stale), 2, 3, 3, 2),
            (Some(Loss::Dead), 9, 3, 3, 0),
            (Some(Loss::Stale), 9, 3, 3, 3),
        ] {
            let (opens, calls, closes) = (Cell::new(0), Cell::new(0), AtomicUsize::new(0));
            let pool = Pool::new(4);
            let open = || {
                opens.set(opens.get() + 1);
                Ok(Session(opens.get(), &closes))
            };
            let done = pool.with(open, |session| {
                calls.set(calls.get() + 1);
                if session.0 <= lost { Err(fault(loss)) } else { Ok(session.0) }
            });
            assert_eq!((opens.get(), calls.get(), closes.load(Ordering::SeqCst)), (opened, works, closed), "{loss:?}");
            assert_eq!(done.is_ok(), loss.is_some() && lost < ATTEMPTS);
            assert_eq!(count(&pool).1, usize::from(done.is_ok()));
        }
    }

    #[test]
    fn one_loss_clears_out_the_idle_sessions_of_its_time() {
        let closes = AtomicUsize::new(0);
        let pool = Pool::new(4);
        let opens = AtomicUsize::new(0);
        let open = || Ok(Session(opens.fetch_add(1, Ordering::SeqCst), &closes));
        // Three sessions at once, then all idle.
        let one = || pool.with(open, |_| Ok(1)).unwrap();
        let two = || pool.with(open, |_| Ok(one() + 1)).unwrap();
        assert_eq!(pool.with(open, |_| Ok(two() + 1)).unwrap(), 3);
        assert_eq!(count(&pool), (3, 3));
        pool.with(open, |session| if session.0 < 3 { Err(fault(Some(Loss::Dead))) } else { Ok(()) }).unwrap();
        assert_eq!((count(&pool), closes.load(Ordering::SeqCst)), ((1, 1), 0));
        drop(pool);
        assert_eq!(closes.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn what_was_at_work_during_a_loss_is_not_kept() {
        let (closes, opens) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let pool = Pool::new(4);
        let open = || Ok(Session(opens.fetch_add(1, Ordering::SeqCst), &closes));
        let dies = |session: &Session<'_>| if session.0 < 2 { Err(fault(Some(Loss::Dead))) } else { Ok(session.0) };
        assert_eq!(pool.with(open, |_| Ok(pool.with(open, dies).unwrap())).unwrap(), 2);
        assert_eq!((count(&pool), closes.load(Ordering::SeqCst)), ((1, 1), 0));
    }

    #[test]
    fn a_token_without_room_makes_threads_share() {
        let (opened, most, closes) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
        let pool = Pool::new(8);
        let open = || {
            if opened.fetch_add(1, Ordering::SeqCst) >= 2 {
                opened.fetch_sub(1, Ordering::SeqCst);
                return Err(Fault { is_full: true, ..fault(None) });
            }
            Ok(Session(0, &closes))
        };
        let work = |_: &Session<'_>| {
            most.fetch_max(opened.load(Ordering::SeqCst), Ordering::SeqCst);
            std::thread::yield_now();
            Ok(())
        };
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| (0..200).for_each(|_| pool.with(open, work).unwrap()));
            }
        });
        assert!(most.load(Ordering::SeqCst) <= 3 && count(&pool).1 <= 2);
        let full = Pool::<Session<'_>>::new(8);
        assert!(full.with(|| Err(Fault { is_full: true, ..fault(None) }), |_| Ok(())).is_err());
    }

    #[test]
    fn a_panic_frees_the_place() {
        let closes = AtomicUsize::new(0);
        let pool = Pool::new(1);
        let open = || Ok(Session(0, &closes));
        for _ in 0..3 {
            let work = std::panic::AssertUnwindSafe(|| pool.with(open, |_| -> Outcome<()> { panic!("on purpose") }));
            assert!(std::panic::catch_unwind(work).is_err());
        }
        assert_eq!((count(&pool), closes.load(Ordering::SeqCst)), ((0, 0), 3));
        assert!(pool.with(open, |_| Ok(())).is_ok());
    }
}
