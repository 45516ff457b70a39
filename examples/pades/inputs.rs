//! Reading what the command is given: documents and evidence.

use std::fs::{File, Metadata};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use pades_ltv::{Document, Error, ErrorKind, Evidence, Result};

use crate::arguments::Arguments;
use crate::failure::{During, Stop};
use crate::messages::Message;
use crate::progress::Progress;
use crate::settings::Fingerprint;

/// A certificate, CRL or OCSP response beyond this is no such thing; the largest public CRLs are about 50 MB.
const SMALL: u64 = 256 << 20;

/// What will be done to the file of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    Read,
    /// Something is appended to the file itself.
    Append,
}

/// The file of a document, and what it looked like when it was opened.
pub(crate) struct Input {
    pub(crate) file: File,
    path: PathBuf,
    seen: Seen,
}

/// What changes when another program writes to a file, or puts another in its place.
#[derive(PartialEq, Eq)]
struct Seen {
    length: u64,
    modified: Option<SystemTime>,
    #[cfg(unix)]
    inode: (u64, u64),
}

impl Input {
    /// Opens the file of a document, which must allow reading at any place.
    pub(crate) fn open(path: &Path, purpose: Use) -> Result<Self> {
        let unreadable = |cause: std::io::Error| Error::new(ErrorKind::Io, "the file cannot be opened").because(cause);
        // Opening a pipe would wait for whoever writes to it.
        if !path.metadata().map_err(unreadable)?.is_file() {
            let error = Error::new(ErrorKind::Io, "it is a folder or a stream, not a file");
            return Err(error.advise("save the PDF to a file first"));
        }
        let is_append = purpose == Use::Append;
        let file = File::options().read(true).write(is_append).open(path).map_err(|cause| match is_append {
            true => unreadable(cause).advise("leave out --in-place, and name OUT"),
            false => unreadable(cause),
        })?;
        let seen = Seen::of(&file.metadata().map_err(unreadable)?);
        Ok(Self { file, path: path.to_owned(), seen })
    }

    /// The document in it, with its reads counted.
    pub(crate) fn document(&self, password: Option<&[u8]>, progress: &Progress) -> Result<Document<'_>> {
        let document = Document::open(progress.watch(&self.file))?;
        match password {
            Some(password) => document.unlock(password),
            None => Ok(document),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Its length in bytes when it was opened.
    pub(crate) fn length(&self) -> u64 {
        self.seen.length
    }

    /// Whether the name still stands for the file that was opened, and nobody wrote to it since.
    pub(crate) fn check_unchanged(&self) -> Result<()> {
        let unreadable = |cause: std::io::Error| Error::new(ErrorKind::Io, "the file is gone").because(cause);
        if Seen::of(&self.path.metadata().map_err(unreadable)?) == self.seen {
            return Ok(());
        }
        let error = Error::new(ErrorKind::Base, "another program changed the file meanwhile").at(self.path.display());
        Err(error.advise("run the command again; nothing was written"))
    }
}

impl Seen {
    fn of(metadata: &Metadata) -> Self {
        Self {
            length: metadata.len(),
            modified: metadata.modified().ok(),
            #[cfg(unix)]
            inode: (std::os::unix::fs::MetadataExt::dev(metadata), std::os::unix::fs::MetadataExt::ino(metadata)),
        }
    }
}

/// All of a file that is not a document.
pub(crate) fn small(path: &Path) -> Result<Vec<u8>> {
    let unreadable =
        |cause: std::io::Error| Error::new(ErrorKind::Io, "the file cannot be read").at(path.display()).because(cause);
    if path.metadata().map_err(unreadable)?.len() > SMALL {
        return Err(Error::new(ErrorKind::Limit, "the file is too large for what it is to be").at(path.display()));
    }
    std::fs::read(path).map_err(unreadable)
}

/// Files with evidence, as the command line names them.
#[derive(Debug, Default)]
pub(crate) struct EvidenceFiles {
    certificates: Vec<PathBuf>,
    crls: Vec<PathBuf>,
    ocsps: Vec<PathBuf>,
}

impl EvidenceFiles {
    /// Takes `option` with its value, if it is one of these.
    pub(crate) fn take(&mut self, option: &str, arguments: &mut Arguments) -> std::result::Result<bool, Stop> {
        let files = match option {
            "cert" => &mut self.certificates,
            "crl" => &mut self.crls,
            "ocsp" => &mut self.ocsps,
            _ => return Ok(false),
        };
        files.push(arguments.path(option)?);
        Ok(true)
    }

    /// All that is given here, for telling it from something else.
    pub(crate) fn print(&self, print: &mut Fingerprint) -> std::result::Result<(), Stop> {
        for (option, paths) in [("cert", &self.certificates), ("crl", &self.crls), ("ocsp", &self.ocsps)] {
            for path in paths {
                print.take(&small(path).during(|| Message::CannotUse { option, path: path.clone() })?);
            }
        }
        Ok(())
    }

    /// What is in them. A file that is not what its option says is an error, never passed over.
    pub(crate) fn read(&self) -> std::result::Result<Evidence, Stop> {
        let mut evidence = Evidence::new();
        add("cert", &self.certificates, |der| evidence.add_certificate(der))?;
        add("crl", &self.crls, |der| evidence.add_crl(der))?;
        add("ocsp", &self.ocsps, |der| evidence.add_ocsp(der))?;
        Ok(evidence)
    }
}

fn add(
    option: &'static str,
    paths: &[PathBuf],
    mut add: impl FnMut(&[u8]) -> Result<()>,
) -> std::result::Result<(), Stop> {
    for path in paths {
        let values = small(path).and_then(|bytes| values(&bytes));
        let added = values.and_then(|values| values.iter().try_for_each(|der| add(der)));
        added.during(|| Message::CannotUse { option, path: path.clone() })?;
    }
    Ok(())
}

/// The DER in a file: all of it, or each PEM block.
pub(crate) fn values(bytes: &[u8]) -> Result<Vec<Vec<u8>>> {
    const BEGIN: &str = "-----BEGIN ";
    const END: &str = "-----END ";
    let text = match std::str::from_utf8(bytes) {
        Ok(text) if text.contains(BEGIN) => text,
        _ => return Ok(vec![bytes.to_vec()]),
    };
    let broken = || Error::new(ErrorKind::Evidence, "the PEM cannot be read");
    let mut values = Vec::new();
    for (start, _) in text.match_indices(BEGIN) {
        let block = text.get(start..).unwrap_or_default();
        let end = block.find(END).ok_or_else(broken)?;
        let line = block.get(end..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        let block = block.get(..end.saturating_add(line.len())).unwrap_or_default();
        let (_, der) = der::pem::decode_vec(block.as_bytes())
            .map_err(|fault| broken().at(format_args!("byte {start}")).because(fault))?;
        values.push(der);
    }
    Ok(values)
}
