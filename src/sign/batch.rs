//! Many documents and one signer: an envelope (封筒), a night's work.
//!
//! Each document is its own: what fails for one is that one's error, and the order is kept. Nothing is stored here.
//! Whoever has to survive a crash stores each [`Prepared`], completes what has its value, and prepares the rest again.

use std::num::NonZeroUsize;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;

use super::prepared::Prepared;
use super::signed::Signed;
use super::signing::Signing;
use super::update::Update;
use crate::error::{Error, ErrorKind, Result};
use crate::port::{Identity, Signer, SigningInput};

/// How many documents are prepared, then signed, then completed: what does the same for each stays in the processor's cache.
const RUN: usize = 32;
/// Into how many runs the work of a thread falls at least, so that none waits long for the others, where there are others.
const RUNS: usize = 8;

/// Signatures on many documents by one signer.
///
/// # Examples
/// All of them in one exchange with a remote service; a `CscSigner` signs them with one authorisation:
/// ```
/// use pades_ltv::{Batch, Document, Signing};
/// # use pades_ltv::{Result, Signer, SigningInput, Time, authority::Authority};
/// # struct Service(pades_ltv::SoftwareSigner);
/// # impl Service {
/// #     fn identity(&self) -> Result<pades_ltv::Identity> { self.0.identity() }
/// #     fn sign_all(&self, inputs: &[&SigningInput]) -> Vec<Result<Vec<u8>>> { inputs.iter().map(|one| self.0.sign(one)).collect() }
/// # }
/// # let now: Time = "2026-10-07T00:25:23Z".parse()?;
/// # let authority = Authority::new("doc", now)?;
/// # let (service, tsa) = (Service(authority.issue("甲野サービス")?), authority.at(now));
/// # let pdf = include_bytes!("../../examples/contract.pdf").as_slice();
/// # let envelope = [Document::open(pdf)?, Document::open(pdf)?];
/// let signings: Vec<Signing> = envelope.iter().map(|document| Signing::new(document, now)).collect();
/// let batch = Batch::new(&signings);
/// let signed = batch.sign_with(&service.identity()?, |inputs| service.sign_all(inputs));
/// for (update, file) in batch.finish(signed, |one| one.timestamp(&tsa)).into_iter().zip([pdf, pdf]) {
///     let signed: Vec<u8> = update?.apply(file)?;
/// }
/// # Ok::<(), pades_ltv::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Batch<'s, 'd> {
    signings: &'s [Signing<'d>],
    threads: NonZeroUsize,
}

impl<'s, 'd> Batch<'s, 'd> {
    /// A batch of `signings`, done on the thread that asks, one after the other.
    pub fn new(signings: &'s [Signing<'d>]) -> Self {
        Self { signings, threads: NonZeroUsize::MIN }
    }

    /// Works on `count` threads at once, this one included. They hash, verify and finish, and with
    /// [`sign`](Self::sign) they sign; they end before the call does.
    #[must_use]
    pub fn threads(mut self, count: NonZeroUsize) -> Self {
        self.threads = count;
        self
    }

    /// Prepares each one, in order: what to store where the values come later, or elsewhere. Each is completed by
    /// [`Prepared::complete`].
    pub fn prepare(&self, identity: &Identity) -> Vec<Result<Prepared>> {
        self.each(self.signings.iter().collect(), |signing| signing.prepare(identity))
    }

    /// Signs each one with `signer`, in order: one question for each document.
    pub fn sign<S: Signer + Sync + ?Sized>(&self, signer: &S) -> Vec<Result<Signed<'d>>> {
        let runs = match self.threads.get() {
            1 => 1,
            threads => threads.saturating_mul(RUNS),
        };
        let length = self.signings.len().checked_div(runs).unwrap_or_default().clamp(1, RUN);
        let signed = self.each(self.signings.chunks(length).collect(), |run| sign_run(run, signer));
        signed.into_iter().flatten().collect()
    }

    /// Signs each one, in order, with one question for all of them: `sign` gets what is to be signed, of every document
    /// that could be prepared, and gives the values in that order. Every value is verified before it is used, as for one document.
    pub fn sign_with(
        &self,
        identity: &Identity,
        sign: impl FnOnce(&[&SigningInput]) -> Vec<Result<Vec<u8>>>,
    ) -> Vec<Result<Signed<'d>>> {
        let prepared = self.prepare(identity);
        let inputs: Vec<&SigningInput> = prepared.iter().flatten().map(Prepared::input).collect();
        let values = if inputs.is_empty() { Vec::new() } else { sign(&inputs) };
        let (asked, given) = (inputs.len(), values.len());
        let mut values = values.into_iter();
        let paired = prepared.into_iter().zip(self.signings).map(|(prepared, signing)| {
            let value = prepared.is_ok().then(|| values.next().unwrap_or_else(|| Err(miscounted(asked, given))));
            (signing, prepared, value)
        });
        self.each(paired.collect(), |(signing, prepared, value)| match value {
            Some(_) if asked != given => Err(miscounted(asked, given)),
            Some(value) => prepared?.complete_with(signing.document, &value?),
            None => Err(prepared.err().unwrap_or_else(|| miscounted(asked, given))),
        })
    }

    /// Finishes each one, in order, after what `then` still adds: a timestamp, or with `Ok` nothing. What is an error
    /// already stays one.
    pub fn finish(
        &self,
        signed: Vec<Result<Signed<'d>>>,
        then: impl Fn(Signed<'d>) -> Result<Signed<'d>> + Sync,
    ) -> Vec<Result<Update>> {
        self.each(signed, |one| then(one?)?.finish())
    }

    /// `work` on each of `items`, in their order, by as many threads as there may be. Where the system gives no more
    /// threads, fewer do it.
    fn each<T: Send, R: Send>(&self, items: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
        let threads = self.threads.get().min(items.len());
        let queue = Mutex::new(items.into_iter().enumerate());
        let done = Mutex::new(Vec::new());
        let run = || {
            // The lock is held while an item is taken, not while it is worked on.
            let next = || lock(&queue).next();
            while let Some((place, item)) = next() {
                let result = work(item);
                lock(&done).push((place, result));
            }
        };
        thread::scope(|scope| {
            for _ in 1..threads {
                let _ = thread::Builder::new().spawn_scoped(scope, run);
            }
            run();
        });
        let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.sort_by_key(|(place, _)| *place);
        done.into_iter().map(|(_, result)| result).collect()
    }
}

/// Signs each of `run`: the same as [`Signing::sign`], a step at a time.
fn sign_run<'d, S: Signer + ?Sized>(run: &[Signing<'d>], signer: &S) -> Vec<Result<Signed<'d>>> {
    let prepared: Vec<_> = run.iter().map(|signing| signing.prepare(&signer.identity()?)).collect();
    let valued = prepared.into_iter().map(|prepared| {
        let prepared = prepared?;
        let value = signer.sign(prepared.input())?;
        Ok((prepared, value))
    });
    let valued: Vec<Result<_>> = valued.collect();
    let completed = valued.into_iter().zip(run).map(|(valued, signing)| {
        let (prepared, value) = valued?;
        prepared.complete_with(signing.document, &value)
    });
    completed.collect()
}

/// A panic of another worker ends the whole call; until then its lock is as good as ever.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn miscounted(asked: usize, given: usize) -> Error {
    Error::new(ErrorKind::Signer, format!("the signer gave {given} values for {asked} documents"))
        .advise("give one value, or one error, for each input, in their order")
}
