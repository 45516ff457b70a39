//! Reading what the command is given: documents and evidence.

use std::fs::{File, Metadata};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use der::pem::Base64Decoder;
use der::zeroize::Zeroizing;
use pades_ltv::{Document, Error, ErrorKind, Evidence, Limits, Result};

use crate::arguments::Arguments;
use crate::failure::{During, Stop};
use crate::messages::{Message, grouped};
use crate::progress::Progress;
use crate::settings::Fingerprint;

/// A certificate, CRL or OCSP response beyond this is no such thing; the largest public CRLs are about 50 MB.
const SMALL: u64 = 256 << 20;
/// A key, a password or a chain beyond this is no such thing: the largest keys (RSA-8192) have 7 KB, a PKCS#12 file with a long chain some 30.
const SECRET: u64 = 1 << 20;

/// Bytes that are wiped when dropped.
pub(crate) type Secret = Zeroizing<Vec<u8>>;

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

    /// The same for a verdict: of a damaged file that was signed, there is that much to be said.
    pub(crate) fn evidence(&self, password: Option<&[u8]>, progress: &Progress) -> Result<Document<'_>> {
        match self.document(password, progress) {
            Err(error) if matches!(error.kind(), ErrorKind::NotPdf | ErrorKind::Syntax) => {
                let (source, limits) = (progress.watch(&self.file), Limits::default());
                let damaged = match password {
                    Some(password) => Document::open_damaged_with_password(source, limits, password),
                    None => Document::open_damaged(source, limits),
                };
                damaged.map_err(|_| error)
            }
            opened => opened,
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
    Ok(std::mem::take(&mut *whole(path, SMALL)?))
}

/// All of a file that is a key or a password, or may hold one beside something else.
pub(crate) fn secret(path: &Path) -> Result<Secret> {
    whole(path, SECRET)
}

/// All of a file, which may be a pipe or a device: what such a one says of its length is nothing.
fn whole(path: &Path, limit: u64) -> Result<Secret> {
    let unreadable =
        |cause: std::io::Error| Error::new(ErrorKind::Io, "the file cannot be read").at(path.display()).because(cause);
    let file = File::open(path).map_err(unreadable)?;
    let length = file.metadata().map_err(unreadable)?.len().min(limit);
    // What fits from the beginning leaves no copies behind.
    let mut bytes = Secret::new(Vec::with_capacity(usize::try_from(length).unwrap_or_default().saturating_add(1)));
    let count = file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(unreadable)?;
    if u64::try_from(count).is_ok_and(|count| count <= limit) {
        return Ok(bytes);
    }
    let message = format!("the file has more than {} bytes, and so is not what it is to be", grouped(limit));
    Err(Error::new(ErrorKind::Limit, message).at(path.display()))
}

/// The certificates of `--chain`: DER, or PEM with anything else in it, as a private key. What else there is, is neither read nor shown.
pub(crate) fn chain(bytes: &[u8]) -> Result<Vec<Vec<u8>>> {
    let text = String::from_utf8_lossy(bytes);
    let Some(blocks) = blocks(&text) else { return Ok(vec![bytes.to_vec()]) };
    let certificates = blocks?.into_iter().filter(|block| block.label == "CERTIFICATE");
    let certificates = certificates.map(|block| block.decode(ErrorKind::Certificate)).collect::<Result<Vec<_>>>()?;
    if certificates.is_empty() {
        let error = Error::new(ErrorKind::Certificate, "the PEM has no certificate");
        return Err(error.advise("give a file with blocks `BEGIN CERTIFICATE`, the signer's first"));
    }
    Ok(certificates)
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
    match blocks(&String::from_utf8_lossy(bytes)) {
        Some(blocks) => blocks?.iter().map(|block| block.decode(ErrorKind::Evidence)).collect(),
        None => Ok(vec![bytes.to_vec()]),
    }
}

/// One PEM block (RFC 7468).
struct Block<'a> {
    label: &'a str,
    /// What stands between its first line and its last.
    body: &'a str,
    start: usize,
}

/// The PEM blocks of a text, if it has any.
fn blocks(text: &str) -> Option<Result<Vec<Block<'_>>>> {
    const BEGIN: &str = "-----BEGIN ";
    const END: &str = "-----END ";
    const DASHES: &str = "-----";
    if !text.contains(BEGIN) {
        return None;
    }
    let block = |start: usize| {
        let (label, rest) = text.get(start..)?.strip_prefix(BEGIN)?.split_once(DASHES)?;
        let (body, _) = rest.split_once(&format!("{END}{label}{DASHES}"))?;
        Some(Block { label, body, start })
    };
    let cut = |start: usize| Error::new(ErrorKind::Evidence, "the PEM cannot be read").at(format_args!("byte {start}"));
    Some(text.match_indices(BEGIN).map(|(start, _)| block(start).ok_or_else(|| cut(start))).collect())
}

impl Block<'_> {
    fn decode(&self, kind: ErrorKind) -> Result<Vec<u8>> {
        let digits: Vec<u8> = self.body.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
        let mut bytes = Vec::new();
        let decoded = Base64Decoder::new(&digits).and_then(|mut digits| digits.decode_to_end(&mut bytes).map(drop));
        decoded.map_err(|fault| {
            let error = Error::new(kind, "the PEM cannot be read").because(fault);
            error.at(format_args!("`BEGIN {}`, byte {}", self.label, self.start))
        })?;
        Ok(bytes)
    }
}
