//! `pades sign --out-dir`: many documents and one key. What fails for one is that one's failure.
//!
//! A service that authorises many signatures at once is asked for all of the run before the first is written: so many cannot be open
//! at once, so they are prepared twice, and what was signed is found again by what was to be signed.

use std::collections::{BTreeMap, HashMap};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use pades_ltv::{Batch, Error, ErrorKind, Language, Signed, Signing, SigningInput, TimestampAuthority, Update};

use crate::arguments::Arguments;
use crate::atomic;
use crate::failure::{During, Failure, Stop};
use crate::inputs::{Input, Use};
use crate::look::Drawn;
use crate::mending::Opened;
use crate::messages::Message;
use crate::outcome::{self, SignedJson};
use crate::preflight::Form;
use crate::progress::Progress;
use crate::remote::RemoteKey;
use crate::services::{self, Services};
use crate::sign::Options;
use crate::who::{self, Key};

/// How many are open at once: systems let a process hold some hundreds of files.
const TOGETHER: usize = 64;
/// The exit code where some are signed and some are not.
const SOME: u8 = 5;

/// At least one document, and no two that would have one name in DIR.
pub(crate) fn check_names(inputs: &[PathBuf], arguments: &Arguments) -> Result<(), Stop> {
    if inputs.is_empty() {
        return Err(arguments.wrong(Message::OperandMissing("IN")));
    }
    let mut names: Vec<_> = inputs.iter().filter_map(|path| path.file_name()).collect();
    names.sort();
    match names.windows(2).find(|pair| pair.first() == pair.last()) {
        Some(pair) => {
            let name = pair.first().map(|name| name.to_string_lossy().into_owned());
            Err(arguments.wrong(Message::SameName(name.unwrap_or_default())))
        }
        None => Ok(()),
    }
}

/// What all documents have in common.
struct Work<'w> {
    options: &'w Options,
    folder: &'w Path,
    drawn: Drawn,
    password: Option<Vec<u8>>,
    key: Key,
    services: &'w Services<'w>,
    tsa: Option<&'w (dyn TimestampAuthority + Sync)>,
    threads: NonZeroUsize,
    progress: &'w Progress,
    language: Language,
}

/// What came of one.
struct Written {
    out: PathBuf,
    base_len: u64,
    file_len: u64,
}

impl Options {
    pub(crate) fn run_many(&self, folder: &Path, language: Language) -> Result<u8, Stop> {
        let progress = Progress::start(language);
        let services = Services::new(self.at.time, &progress)?;
        let (drawn, password) = (self.terms.draw()?, self.password.read()?);
        let outs = self.inputs.iter().filter_map(|path| Some(folder.join(path.file_name()?)));
        check_folder(folder, outs.clone().next()).during(|| Message::CannotWrite(folder.to_owned()))?;
        self.paths.check()?;
        self.paths.check_anchor(self.inputs.iter().cloned().chain(outs))?;
        let tsa = self.tsa.as_ref().map(|tsa| services.tsa(tsa)).transpose()?;
        let count = self.inputs.len();
        // Last, since a one-time password may be sent for it.
        let key = self.who.key(count, &services)?.ok_or_else(who::no_key)?;
        self.paths.store_anchor(&services)?;
        self.paths.warn(language);
        let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        let (tsa, services) = (tsa.as_deref(), &services);
        let (options, progress) = (self, &progress);
        let work = Work { options, folder, drawn, password, key, services, tsa, threads, progress, language };
        let mut ahead = work.sign_ahead(&self.inputs);
        let mut signed = 0_usize;
        for (paths, first, last) in runs(&self.inputs) {
            progress.step(&Message::Signing { first, last, count });
            signed = signed.saturating_add(work.sign(paths, ahead.as_mut()));
        }
        progress.finish();
        if signed < count {
            crate::complain(&Message::SignedOf { signed, count }.text(language));
        }
        Ok(match signed {
            0 => crate::FAILED,
            _ if signed < count => SOME,
            _ => 0,
        })
    }
}

/// As many of `paths` as are open at once, and which these are, counted from 1.
fn runs(paths: &[PathBuf]) -> impl Iterator<Item = (&[PathBuf], usize, usize)> {
    paths.chunks(TOGETHER).scan(0_usize, |before, paths| {
        let first = before.saturating_add(1);
        *before = before.saturating_add(paths.len());
        Some((paths, first, *before))
    })
}

/// Signature values, by what was to be signed; documents that are alike have several.
struct Ahead(HashMap<Vec<u8>, Vec<pades_ltv::Result<Vec<u8>>>>);

impl Ahead {
    /// The value for `input`, which is as it was when it was signed.
    fn take(&mut self, input: &SigningInput) -> pades_ltv::Result<Vec<u8>> {
        self.0.get_mut(input.message()).and_then(Vec::pop).unwrap_or_else(|| {
            let error = Error::new(ErrorKind::Base, "another program changed the file meanwhile");
            Err(error.advise("run the command again; nothing was written"))
        })
    }
}

impl Work<'_> {
    /// Has everything signed where the key signs all at once, and not all can be open at once.
    fn sign_ahead(&self, paths: &[PathBuf]) -> Option<Ahead> {
        let Key::AtOnce(remote) = &self.key else { return None };
        if paths.len() <= TOGETHER {
            return None;
        }
        let mut inputs = Vec::new();
        for (run, first, last) in runs(paths) {
            self.progress.step(&Message::Preparing { first, last, count: paths.len() });
            inputs.extend(self.prepare(remote, run));
        }
        let values = remote.sign_all(&inputs.iter().collect::<Vec<_>>(), self.services);
        let mut ahead = HashMap::<Vec<u8>, Vec<_>>::new();
        for (input, value) in inputs.iter().zip(values) {
            ahead.entry(input.message().to_vec()).or_default().push(value);
        }
        Some(Ahead(ahead))
    }

    /// What is to be signed of `paths`. Why there is nothing of some is said when it is their turn.
    fn prepare(&self, remote: &RemoteKey, paths: &[PathBuf]) -> Vec<SigningInput> {
        let inputs: Vec<Input> = paths.iter().filter_map(|path| Input::open(path, Use::Read).ok()).collect();
        let opened: Vec<Opened<'_>> = inputs.iter().filter_map(|input| self.open(input).ok()).collect();
        let signing = |opened| self.options.signing(Opened::document(opened), &self.drawn, self.language).ok();
        let signings: Vec<Signing<'_>> = opened.iter().filter_map(signing).collect();
        let prepared = Batch::new(&signings).threads(self.threads).prepare(remote.signer.credential().identity());
        prepared.iter().flatten().map(|prepared| prepared.input().clone()).collect()
    }

    fn sign_batch<'d>(&self, batch: &Batch<'_, 'd>, ahead: Option<&mut Ahead>) -> Vec<pades_ltv::Result<Signed<'d>>> {
        let remote = match &self.key {
            Key::Each(signer) => return batch.sign(signer.as_ref()),
            Key::AtOnce(remote) => remote,
        };
        batch.sign_with(remote.signer.credential().identity(), |inputs| match ahead {
            Some(ahead) => inputs.iter().map(|input| ahead.take(input)).collect(),
            None => remote.sign_all(inputs, self.services),
        })
    }

    /// Signs `paths`, says what came of each, in order, and counts those that are signed.
    fn sign(&self, paths: &[PathBuf], ahead: Option<&mut Ahead>) -> usize {
        let mut failures = Failures::default();
        let inputs = failures.sift(paths.iter().enumerate().map(|(place, path)| {
            let input = Input::open(path, Use::Read);
            (place, input.map_err(|error| Failure::Operation(Message::CannotOpen(path.clone()), error)))
        }));
        let opened = failures.sift(inputs.iter().map(|(place, input)| (*place, self.open(input))));
        let signings = failures.sift(opened.iter().map(|(place, opened)| {
            let signing = self.options.signing(opened.document(), &self.drawn, self.language);
            (*place, signing.map_err(|error| cannot_sign(paths, *place, error)))
        }));
        let (places, signings): (Vec<usize>, Vec<Signing<'_>>) = signings.into_iter().unzip();
        let batch = Batch::new(&signings).threads(self.threads);
        let signed = self.sign_batch(&batch, ahead);
        let updates = batch.finish(signed, |one| self.options.stamped(one, self.tsa.map(services::unshared)));
        let written = failures.sift(places.into_iter().zip(updates).map(|(place, update)| {
            let update = update.map_err(|error| cannot_sign(paths, place, error));
            (place, update.and_then(|update| self.write(inputs.get(&place), opened.get(&place), &update)))
        }));
        for (place, path) in paths.iter().enumerate() {
            let outcome = written.get(&place).ok_or_else(|| failures.0.get(&place));
            self.progress.above(|| self.say(path, outcome));
            if let (Some(opened), Ok(_)) = (opened.get(&place), outcome) {
                self.options.say_repair(path, opened, self.language);
            }
        }
        written.len()
    }

    fn open<'i>(&self, input: &'i Input) -> Result<Opened<'i>, Failure> {
        let opened = Opened::new(input, self.password.as_deref(), self.options.mending, self.progress);
        opened.map_err(|error| Failure::Operation(Message::CannotOpen(input.path().to_owned()), error))
    }

    fn write(&self, input: Option<&Input>, opened: Option<&Opened<'_>>, update: &Update) -> Result<Written, Failure> {
        let out = self.folder.join(input.and_then(|input| input.path().file_name()).unwrap_or_default());
        let write = |to: &mut dyn std::io::Write| match (input, opened) {
            (Some(input), Some(opened)) => {
                update.write_to(opened.document(), to)?;
                input.check_unchanged()
            }
            _ => Ok(()),
        };
        match atomic::replace(&out, write) {
            Ok(()) => {
                let base_len = input.map(Input::length).unwrap_or_default();
                Ok(Written { out, base_len, file_len: update.file_len() })
            }
            Err(error) => Err(Failure::Operation(Message::CannotWrite(out), error)),
        }
    }

    fn say(&self, path: &Path, outcome: Result<&Written, Option<&Failure>>) {
        match (self.options.form, outcome) {
            (Form::Json, Ok(Written { out, base_len, file_len })) => {
                crate::print(&outcome::line(&SignedJson::done(path, out, *base_len, *file_len)));
            }
            (Form::Text, Ok(Written { out, base_len, file_len })) => {
                let added = file_len.saturating_sub(*base_len);
                let wrote = Message::Wrote { path: out.clone(), length: *file_len, added };
                crate::print(&format!("{}\n", wrote.text(self.language)));
            }
            (Form::Json, Err(Some(failure))) => crate::print(&outcome::line(&SignedJson::failed(path, failure))),
            (Form::Text, Err(Some(failure))) => crate::complain(&failure.text(self.language)),
            (_, Err(None)) => {}
        }
    }
}

/// What failed, by place.
#[derive(Default)]
struct Failures(BTreeMap<usize, Failure>);

impl Failures {
    /// Keeps what failed, and gives the rest.
    fn sift<T>(&mut self, outcomes: impl Iterator<Item = (usize, Result<T, Failure>)>) -> BTreeMap<usize, T> {
        let mut good = BTreeMap::new();
        for (place, outcome) in outcomes {
            match outcome {
                Ok(value) => drop(good.insert(place, value)),
                Err(failure) => drop(self.0.insert(place, failure)),
            }
        }
        good
    }
}

fn cannot_sign(paths: &[PathBuf], place: usize, error: Error) -> Failure {
    Failure::Operation(Message::CannotSign(paths.get(place).cloned().unwrap_or_default()), error)
}

/// Whether there is such a folder, and `first` could be written there: no key signs for nothing.
fn check_folder(folder: &Path, first: Option<PathBuf>) -> pades_ltv::Result<()> {
    if folder.is_dir() {
        // A name that is taken by something else is that document's own failure.
        return match first.filter(|first| !first.exists()) {
            Some(first) => atomic::check(&first),
            None => Ok(()),
        };
    }
    Err(atomic::no_folder(folder))
}
