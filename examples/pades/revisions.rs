//! `pades revisions`: the saves that a file consists of, and any of them as the file that it was.

use std::fs::File;
use std::io::{Read, Write};
use std::path::PathBuf;

use pades_ltv::{Document, Error, ErrorKind, Language, Report, Result, TrustStore, Verification};
use serde::Serialize;

use crate::access::Password;
use crate::arguments::{Arguments, Given, Moment};
use crate::atomic;
use crate::failure::{During, Failure, Stop};
use crate::help::Topic;
use crate::inputs::{Input, Use};
use crate::messages::{Message, grouped, one_line};
use crate::progress::Progress;

const SCHEMA: &str = "pades-ltv/revisions/1";

pub(crate) struct Options {
    input: PathBuf,
    password: Password,
    task: Task,
}

enum Task {
    List { is_json: bool },
    Extract { revision: usize, output: PathBuf },
}

impl Options {
    pub(crate) fn read(arguments: &mut Arguments) -> std::result::Result<Self, Stop> {
        let (mut revision, mut is_json, mut operands) = (None, false, Vec::new());
        let mut password = Password::default();
        while let Some(given) = arguments.next()? {
            match given {
                Given::Operand(path) => operands.push(path),
                Given::Option(option) => match option.as_str() {
                    "json" => is_json = true,
                    "extract" => revision = Some(arguments.parsed(&option, "1, 2, 3 …", |text| text.parse().ok())?),
                    _ if password.take(&option, arguments)? => {}
                    _ => return Err(arguments.unknown(option)),
                },
            }
        }
        match revision {
            Some(_) if is_json => Err(arguments.wrong(Message::Apart("json", "extract"))),
            Some(revision) => {
                let (input, output) = arguments.in_and_out(operands)?;
                Ok(Self { input, password, task: Task::Extract { revision, output } })
            }
            None => Ok(Self { input: arguments.only_in(operands)?, password, task: Task::List { is_json } }),
        }
    }
}

pub(crate) fn run(options: &Options, language: Language) -> std::result::Result<u8, Stop> {
    let (path, password) = (&options.input, options.password.read()?);
    let progress = Progress::start(language);
    let input = Input::open(path, Use::Read).during(|| Message::CannotOpen(path.clone()))?;
    progress.step(&Message::Reading(path.clone()));
    let document = input.document(password.as_deref(), &progress).during(|| Message::CannotOpen(path.clone()))?;
    match &options.task {
        Task::List { is_json } => {
            // Who closed which revision does not depend on whom anybody trusts.
            let report = Verification::new(&document, &TrustStore::new(), Moment::now().time).verify();
            progress.finish();
            let listing = Listing { document: &document, report: &report };
            let text = match is_json {
                true => format!("{}\n", listing.json(&path.to_string_lossy())),
                false => listing.text(language),
            };
            crate::print(&text);
        }
        Task::Extract { revision, output } => {
            let length = end(&document, *revision, path)?;
            atomic::replace(output, |out| copy(&input.file, length, out))
                .during(|| Message::CannotWrite(output.clone()))?;
            progress.finish();
            let extracted = Message::Extracted { path: output.clone(), revision: *revision, length };
            crate::print(&format!("{}\n", extracted.text(language)));
        }
    }
    Ok(0)
}

#[derive(Serialize)]
struct FileJson<'a> {
    schema: &'a str,
    file: &'a str,
    bytes: u64,
    /// What stands behind the last revision.
    bytes_behind: u64,
    revisions: Vec<RevisionJson<'a>>,
}

#[derive(Serialize)]
struct RevisionJson<'a> {
    number: usize,
    start: u64,
    end: u64,
    bytes: u64,
    signatures: Vec<&'a str>,
}

struct Listing<'l> {
    document: &'l Document<'l>,
    report: &'l Report,
}

impl Listing<'_> {
    fn text(&self, language: Language) -> String {
        let mut text = match language {
            Language::Japanese => "番号           開始           終了         バイト  署名フィールド\n".to_owned(),
            _ => format!("{:>4} {:>14} {:>14} {:>14}  {}\n", "No.", "start", "end", "bytes", "signature fields"),
        };
        for revision in self.document.revisions() {
            let length = revision.end().saturating_sub(revision.start());
            let [start, end, length] = [revision.start(), revision.end(), length].map(grouped);
            let fields = one_line(&self.fields(revision.number()).collect::<Vec<_>>().join(", "));
            let row = format!("{:>4} {start:>14} {end:>14} {length:>14}  {fields}", revision.number());
            text.push_str(row.trim_end());
            text.push('\n');
        }
        if self.behind() > 0 {
            text.push_str(&format!("! {}\n", Message::BytesBehind(self.behind()).text(language)));
        }
        text
    }

    fn json(&self, file: &str) -> String {
        let revisions = self.document.revisions().iter().map(|revision| RevisionJson {
            number: revision.number(),
            start: revision.start(),
            end: revision.end(),
            bytes: revision.end().saturating_sub(revision.start()),
            signatures: self.fields(revision.number()).collect(),
        });
        let listing = FileJson {
            schema: SCHEMA,
            file,
            bytes: self.document.len(),
            bytes_behind: self.behind(),
            revisions: revisions.collect(),
        };
        // Strings and numbers alone: nothing here can fail to serialize.
        serde_json::to_string(&listing).unwrap_or_default()
    }

    /// The names of the signature fields that close a revision.
    fn fields(&self, revision: usize) -> impl Iterator<Item = &str> {
        let closing = self.report.signatures.iter().filter(move |signature| signature.revision == Some(revision));
        closing.map(|signature| signature.field.as_str())
    }

    fn behind(&self) -> u64 {
        let end = self.document.revisions().last().map_or(0, |revision| revision.end());
        self.document.len().saturating_sub(end)
    }
}

fn end(document: &Document<'_>, wanted: usize, path: &std::path::Path) -> std::result::Result<u64, Stop> {
    let revisions = document.revisions();
    let found = revisions.iter().find(|revision| revision.number() == wanted);
    found.map(|revision| revision.end()).ok_or_else(|| {
        let message = Message::NoSuchRevision { path: path.to_owned(), wanted, count: revisions.len() };
        Failure::usage(Topic::Revisions, message).into()
    })
}

/// The first `length` bytes of `file`, which has not been read from the front before.
fn copy(file: &File, length: u64, out: &mut dyn Write) -> Result<()> {
    let failed = |cause: std::io::Error| Error::new(ErrorKind::Io, "the revision cannot be copied").because(cause);
    let copied = std::io::copy(&mut file.take(length), out).map_err(failed)?;
    if copied == length { Ok(()) } else { Err(failed(std::io::ErrorKind::UnexpectedEof.into())) }
}
